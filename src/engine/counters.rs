//! The state of limits: how much of each window is used up, by whom.

use hashbrown::{HashMap, HashSet};

use super::Timestamp;
use crate::policy::Window;

/// A grant, numbered by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(pub u32);

impl GrantId {
    /// Stands for everybody, in counters that all grants share.
    pub(super) const EVERYBODY: GrantId = GrantId(u32::MAX);
}

/// What identifies one counter: whose it is, and its number in the gate.
pub(super) type Key = (GrantId, u32);

/// Counters of one replay. They start empty.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    slots: HashMap<Key, Slot>,
    /// What calls without a time may have used up; it may lie in any window.
    untimed: HashMap<Key, i64>,
    /// Counters of which nothing can be told any more, in any window.
    lost: HashSet<Key>,
}

/// One counter in the window it was last used in.
#[derive(Clone, Copy, Debug)]
struct Slot {
    start: i64,
    window: Window,
    count: Count,
}

/// How much is used up; the two differ once it is unknown whether an earlier call passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Count {
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Count {
    /// Both what it was and what it may have become.
    pub(super) fn or(self, other: Count) -> Count {
        Count { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

impl Counters {
    /// The count in the window of a time. A different window start, also an earlier one, means a
    /// fresh window. Without a time it may be any window from the last one used on.
    pub(super) fn count(&self, key: Key, window: Window, time: Option<Timestamp>) -> Count {
        if self.is_lost(key) {
            return Count { least: i64::MIN, most: i64::MAX };
        }
        let slot = self.slots.get(&key);
        let mut count = match time {
            Some(time) => slot
                .filter(|slot| slot.start == window.start(time.seconds))
                .map_or(Count::default(), |slot| slot.count),
            None => Count { least: 0, most: slot.map_or(0, |slot| slot.count.most.max(0)) },
        };
        if !self.untimed.is_empty() {
            count.most = count.most.saturating_add(self.untimed.get(&key).copied().unwrap_or(0));
        }
        count
    }

    /// The count as a condition reads it: in the window in which the counter was last used.
    pub(super) fn read(&self, key: Key, time: Option<Timestamp>) -> Count {
        if self.is_lost(key) {
            return Count { least: i64::MIN, most: i64::MAX };
        }
        match self.slots.get(&key) {
            Some(slot) => self.count(key, slot.window, time),
            None => Count { least: 0, most: self.untimed.get(&key).copied().unwrap_or(0) },
        }
    }

    /// Gives a counter up: a call without a time may have changed it by anything, in any window.
    pub(super) fn lose(&mut self, key: Key) {
        self.lost.insert(key);
    }

    /// Whether nothing can be told of a counter.
    pub(super) fn is_lost(&self, key: Key) -> bool {
        !self.lost.is_empty() && self.lost.contains(&key)
    }

    /// Sets the count of the window of a time. Without a time, what was added is kept apart.
    pub(super) fn set(&mut self, key: Key, window: Window, time: Option<Timestamp>, count: Count) {
        match time {
            Some(time) => {
                let untimed = self.untimed.get(&key).copied().unwrap_or(0);
                let start = window.start(time.seconds);
                let count = Count { most: count.most.saturating_sub(untimed), ..count };
                self.slots.insert(key, Slot { start, window, count });
            }
            None => {
                let timed = self.slots.get(&key).map_or(0, |slot| slot.count.most.max(0));
                self.untimed.insert(key, count.most.saturating_sub(timed).max(0));
            }
        }
    }
}

/// Numbers the counters of a policy: limits and conditions with one key share one number.
#[derive(Default)]
pub(super) struct CounterNumbers(HashMap<String, u32>);

impl CounterNumbers {
    pub(super) fn of(&mut self, key: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry_ref(key).or_insert(next)
    }
}
