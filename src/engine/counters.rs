//! The state of limits: how much of each window is used up, by whom.

use hashbrown::hash_map::Entry;
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
    /// Whether time never goes back, so that a window that has ended is never needed again.
    forgets: bool,
}

/// One counter in the window it was last used in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    start: i64,
    window: Window,
    count: Count,
}

/// What was taken from a counter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// What the counter was before; none if it was not there.
    pub(super) before: Option<Slot>,
    /// What it is now.
    pub(super) sum: i64,
}

/// What is known of when a call was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    /// The time, if it is known.
    pub(super) time: Option<Timestamp>,
    /// When it was at the earliest, if the time is not known.
    pub(super) after: Option<Timestamp>,
}

impl When {
    /// Whether a window may not have ended by then.
    fn may_be_in(self, slot: &Slot) -> bool {
        self.after.is_none_or(|after| slot.start + slot.window.seconds() > after.seconds)
    }
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
    /// Counters for calls that come in the order of time: what is used up of a window is forgotten
    /// once the window has ended, so that only live counters take room.
    pub fn in_time_order() -> Counters {
        Counters { forgets: true, ..Counters::default() }
    }

    /// The counters that a grant meets, under the numbers that another gate has for them.
    pub(super) fn renumbered(
        &self,
        grant: GrantId,
        numbers: impl Iterator<Item = (u32, u32)>,
    ) -> Counters {
        let mut found = Counters::default();
        for (from, to) in numbers {
            for owner in [grant, GrantId::EVERYBODY] {
                let (from, to) = ((owner, from), (owner, to));
                found.slots.extend(self.slots.get(&from).map(|slot| (to, *slot)));
                found.untimed.extend(self.untimed.get(&from).map(|count| (to, *count)));
                found.lost.extend(self.lost.get(&from).map(|_| to));
            }
        }
        found
    }

    /// Whether every counter is known exactly.
    pub(super) fn are_exact(&self) -> bool {
        self.untimed.is_empty() && self.lost.is_empty()
    }

    /// Takes an amount if there is room for it under `max`; none, and nothing taken, if there is no room or if what is used up is not known exactly.
    /// Only where all counters were exact before.
    pub(super) fn take(
        &mut self,
        key: Key,
        window: Window,
        time: Timestamp,
        amount: i64,
        max: i64,
    ) -> Option<Taken> {
        let start = window.start(time.seconds);
        self.make_room(time);
        match self.slots.entry(key) {
            Entry::Occupied(mut entry) => {
                let before = *entry.get();
                let count = if before.start == start { before.count } else { Count::default() };
                let sum = count.least.wrapping_add(amount);
                if count.least != count.most || sum > max {
                    return None;
                }
                entry.insert(Slot { start, window, count: Count { least: sum, most: sum } });
                Some(Taken { before: Some(before), sum })
            }
            Entry::Vacant(entry) => {
                if amount > max {
                    return None;
                }
                entry.insert(Slot { start, window, count: Count { least: amount, most: amount } });
                Some(Taken { before: None, sum: amount })
            }
        }
    }

    /// Makes a counter what it was before.
    pub(super) fn restore(&mut self, key: Key, before: Option<Slot>) {
        match before {
            Some(slot) => self.slots.insert(key, slot),
            None => self.slots.remove(&key),
        };
    }

    /// Forgets windows that have ended, where there is no room for one more counter.
    fn make_room(&mut self, now: Timestamp) {
        if self.forgets && self.slots.len() == self.slots.capacity() {
            self.slots.retain(|_, slot| slot.start + slot.window.seconds() > now.seconds);
            // Room for as many again, so that this is not done at every call.
            self.slots.reserve(self.slots.len());
        }
    }

    /// The count in the window of a time. A different window start, also an earlier one, means a
    /// fresh window. Without a time it may be any window from the last one used on, unless that had ended.
    pub(super) fn count(&self, key: Key, window: Window, when: When) -> Count {
        if self.is_lost(key) {
            return Count { least: i64::MIN, most: i64::MAX };
        }
        let mut count = match when.time {
            Some(time) => {
                let slot = self.slots.get(&key);
                slot.filter(|slot| slot.start == window.start(time.seconds))
                    .map_or(Count::default(), |slot| slot.count)
            }
            None => Count { least: 0, most: self.most_timed(key, when) },
        };
        if !self.untimed.is_empty() {
            count.most = count.most.saturating_add(self.untimed.get(&key).copied().unwrap_or(0));
        }
        count
    }

    /// The most that calls with a time may have used up of the window of one without. What was forgotten had ended
    /// before it, so that it makes no difference.
    fn most_timed(&self, key: Key, when: When) -> i64 {
        let slot = self.slots.get(&key).filter(|slot| when.may_be_in(slot));
        slot.map_or(0, |slot| slot.count.most.max(0))
    }

    /// The count as a condition reads it: in the window in which the counter was last used.
    pub(super) fn read(&self, key: Key, when: When) -> Count {
        if self.is_lost(key) {
            return Count { least: i64::MIN, most: i64::MAX };
        }
        match self.slots.get(&key) {
            Some(slot) => self.count(key, slot.window, when),
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
    pub(super) fn set(&mut self, key: Key, window: Window, when: When, count: Count) {
        match when.time {
            Some(time) => {
                let untimed = self.untimed.get(&key).copied().unwrap_or(0);
                let start = window.start(time.seconds);
                let count = Count { most: count.most.saturating_sub(untimed), ..count };
                self.make_room(time);
                self.slots.insert(key, Slot { start, window, count });
            }
            None => {
                let timed = self.most_timed(key, when);
                self.untimed.insert(key, count.most.saturating_sub(timed).max(0));
            }
        }
    }
}

/// Numbers the counters of a policy: limits and conditions with one key share one number.
#[derive(Debug, Default)]
pub(super) struct CounterNumbers(HashMap<String, u32>);

impl CounterNumbers {
    pub(super) fn of(&mut self, key: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry_ref(key).or_insert(next)
    }

    /// The numbers of the counters that both have, the others' first.
    pub(super) fn shared(&self, others: &CounterNumbers) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().filter_map(|(key, own)| Some((*others.0.get(key)?, *own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_have_ended_are_forgotten_where_time_never_goes_back() {
        let mut counters = Counters::in_time_order();
        for second in 0..100_000 {
            let (key, time) = ((GrantId(second), 0), Timestamp::at_second(i64::from(second)));
            assert!(counters.take(key, Window::Minute, time, 1, 1).is_some());
            assert!(counters.take(key, Window::Minute, time, 1, 1).is_none(), "it is used up");
        }
        assert!(counters.slots.capacity() < 1_000, "{}", counters.slots.capacity());
    }

    #[test]
    fn what_was_forgotten_makes_no_difference_to_calls_without_a_time() {
        for others in [0, 1, 5, 1_000] {
            let mut counters = Counters::in_time_order();
            let key = |grant| (GrantId(grant), 0);
            let mut take = |grant, second| {
                counters.take(key(grant), Window::Minute, Timestamp::at_second(second), 1, 1)
            };
            assert!(take(0, 0).is_some());
            (1..=others).for_each(|grant| assert!(take(grant, 60 + i64::from(grant)).is_some()));
            let after = |second| When { time: None, after: Some(Timestamp::at_second(second)) };
            let most = |when| counters.count(key(0), Window::Minute, when).most;
            assert_eq!(most(after(60 + i64::from(others))), 0, "its window has ended");
            if others == 0 {
                assert_eq!(most(after(59)), 1, "it may be in the same window");
            }
        }
    }

    #[test]
    fn what_was_taken_can_be_given_back() {
        let mut counters = Counters::default();
        let (key, now) = ((GrantId(1), 0), Timestamp::at_second(7));
        let count = |counters: &Counters| {
            counters.count(key, Window::Hour, When { time: Some(now), after: None }).most
        };
        let before = counters.take(key, Window::Hour, now, 2, 5).unwrap();
        let between = counters.take(key, Window::Hour, now, 3, 5).unwrap();
        assert_eq!(count(&counters), 5);
        counters.restore(key, between.before);
        assert_eq!(count(&counters), 2);
        counters.restore(key, before.before);
        assert_eq!(count(&counters), 0);
    }
}
