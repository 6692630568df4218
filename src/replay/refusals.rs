//! What refused calls, and of an agent also what allowed them: which rule, for whom, of which tool, when, and how long limits held.

use std::hash::{Hash, Hasher};

use hashbrown::{Equivalent, HashMap};
use serde::{Deserialize, Serialize};

use super::decided::Decided;
use super::timeline::Timeline;
use crate::engine::{GrantId, Outcome, Timestamp};

/// The rules that refused calls, in the order in which they first did.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals {
    numbers: HashMap<Key, u32>,
    pub(super) entries: Vec<Refusal>,
}

/// A rule with what it did. One that both denies and throttles is two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) policy: Option<u32>,
    pub(super) pointer: Box<str>,
    pub(super) rule: Box<str>,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct KeyRef<'a> {
    policy: Option<u32>,
    pointer: &'a str,
    rule: &'a str,
    outcome: Outcome,
}

impl Key {
    fn as_ref(&self) -> KeyRef<'_> {
        let Key { policy, pointer, rule, outcome } = self;
        KeyRef { policy: *policy, pointer, rule, outcome: *outcome }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Hash for KeyRef<'_> {
    /// The rule string goes with the pointer.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.policy, self.pointer, self.outcome).hash(state);
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.as_ref()
    }
}

/// What one rule refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) key: Key,
    pub(super) calls: u64,
    /// The file and line of the rule, where the policy is made of several files.
    pub(super) place: Option<Box<str>>,
    /// Whether it denies for good with a message that sounds as if somebody could approve.
    pub(super) speaks_of_approval: bool,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) timeline: Timeline,
    pub(super) grants: HashMap<GrantId, u64>,
    pub(super) tools: HashMap<u32, u64>,
    /// Until when each grant is held by a limit.
    held: HashMap<GrantId, Timestamp>,
    pub(super) holds: u64,
    pub(super) held_seconds: i64,
    pub(super) first_hold: Option<Hold>,
}

/// A limit holding a grant back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hold {
    /// The time of the first throttled call.
    pub from: Timestamp,
    /// The grant.
    pub grant: Box<str>,
    /// When there was room again.
    pub until: Timestamp,
}

impl Refusals {
    /// Counts a refused call of a tool.
    pub(super) fn add(&mut self, call: &Decided<'_, '_>, tool: u32) {
        let key = KeyRef {
            policy: call.policy,
            pointer: call.decision.cause.pointer(),
            rule: call.decision.cause.rule(),
            outcome: call.decision.outcome,
        };
        let refusal = self.entry(key);
        if refusal.calls == 0 {
            refusal.speaks_of_approval = call.decision.only_speaks_of_approval();
            refusal.place = call.decision.cause.place().map(Into::into);
        }
        refusal.add(call, tool);
    }

    /// Adds the refusals of other calls, whose tools have these numbers here.
    pub(super) fn merge(&mut self, other: Refusals, tools: &[u32]) {
        for refusal in other.entries {
            self.entry(refusal.key.as_ref()).merge(&refusal, tools);
        }
    }

    fn entry(&mut self, key: KeyRef<'_>) -> &mut Refusal {
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None => {
                let number = self.entries.len() as u32;
                let KeyRef { policy, pointer, rule, outcome } = key;
                let key = Key { policy, pointer: pointer.into(), rule: rule.into(), outcome };
                self.entries.push(Refusal::new(key.clone()));
                self.numbers.insert(key, number);
                number
            }
        };
        &mut self.entries[number as usize]
    }
}

impl Refusal {
    fn new(key: Key) -> Refusal {
        Refusal {
            key,
            calls: 0,
            place: None,
            speaks_of_approval: false,
            first: None,
            last: None,
            timeline: Timeline::default(),
            grants: HashMap::new(),
            tools: HashMap::new(),
            held: HashMap::new(),
            holds: 0,
            held_seconds: 0,
            first_hold: None,
        }
    }

    fn add(&mut self, call: &Decided<'_, '_>, tool: u32) {
        self.calls += 1;
        *self.grants.entry(call.grant).or_default() += 1;
        *self.tools.entry(tool).or_default() += 1;
        self.first = earlier(self.first, call.time);
        self.last = self.last.max(call.time);
        if let Some(time) = call.time {
            self.timeline.add(time.seconds, self.key.outcome);
        }
        if let (Some(from), Some(until)) = (call.time, call.decision.held_until) {
            self.hold(call, from, until);
        }
    }

    /// A limit holds a grant from its first throttled call until there is room again.
    fn hold(&mut self, call: &Decided<'_, '_>, from: Timestamp, until: Timestamp) {
        let held_until = self.held.entry(call.grant).or_insert(from);
        if *held_until > from {
            return;
        }
        *held_until = until;
        self.holds += 1;
        self.held_seconds += until.seconds - from.seconds;
        if self.first_hold.as_ref().is_none_or(|first| from <= first.from) {
            let hold = Hold { grant: call.record.grant.as_ref().into(), from, until };
            self.first_hold = first_hold(self.first_hold.take(), Some(hold));
        }
    }

    fn merge(&mut self, other: &Refusal, tools: &[u32]) {
        if self.place.is_none() {
            self.place.clone_from(&other.place);
        }
        self.speaks_of_approval |= other.speaks_of_approval;
        self.calls += other.calls;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.timeline.merge(&other.timeline);
        for (grant, calls) in &other.grants {
            *self.grants.entry(*grant).or_default() += calls;
        }
        for (tool, calls) in &other.tools {
            *self.tools.entry(tools[*tool as usize]).or_default() += calls;
        }
        self.held.extend(&other.held);
        self.holds += other.holds;
        self.held_seconds += other.held_seconds;
        self.first_hold = first_hold(self.first_hold.take(), other.first_hold.clone());
    }
}

/// The first of two holds: at one time that of the grant whose name comes first.
pub(super) fn first_hold(one: Option<Hold>, other: Option<Hold>) -> Option<Hold> {
    one.into_iter().chain(other).min()
}

/// The earlier of two times that may not be known.
pub(super) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
