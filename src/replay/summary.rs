//! What a replay comes to: counts by tool and outcome, the rules that decided, how long limits
//! held.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::engine::{Cause, Decision, GrantId, Missing, Outcome, Timestamp};

/// Counts of outcomes, in the order of [`Outcome::ALL`].
pub type Counts = [u64; 4];

/// What a replay comes to.
#[derive(Debug, Default)]
pub struct Summary {
    /// All calls by outcome.
    pub counts: Counts,
    /// The calls of each tool.
    pub tools: BTreeMap<String, ToolUse>,
    /// The rules that refused calls, by pointer, rule string and outcome, and how many.
    pub rules: BTreeMap<(String, String, Outcome), u64>,
    /// The limits that throttled calls, by the pointer of their rule.
    pub limits: BTreeMap<String, LimitUse>,
    /// The facts that were missing, and for how many calls.
    pub missing: BTreeMap<Missing, u64>,
    /// How many calls the gateway forwards without looking at them.
    pub uninspected: u64,
    /// How many calls have no time.
    pub untimed: u64,
    /// The time of the first call that has one.
    pub first: Option<Timestamp>,
    /// The time of the last call that has one.
    pub last: Option<Timestamp>,
    holds: HashMap<(GrantId, String), Timestamp>,
}

/// The calls of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolUse {
    /// Its calls by outcome.
    pub counts: Counts,
}

/// What one limit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitUse {
    /// The limit's rule string.
    pub rule: String,
    /// How many calls it throttled.
    pub calls: u64,
    /// Each time that it began to throttle a grant until its window ended.
    pub holds: u64,
    /// The first of them.
    pub first: Option<Hold>,
    /// How many seconds it held in sum, from the first throttled call of each window to its end.
    pub held_seconds: i64,
}

/// A limit holding a grant back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The grant.
    pub grant: GrantId,
    /// The time of the first throttled call.
    pub from: Timestamp,
    /// When there was room again.
    pub until: Timestamp,
}

impl Summary {
    /// Counts a decided call.
    pub fn add(
        &mut self,
        tool: &str,
        grant: GrantId,
        time: Option<Timestamp>,
        decision: &Decision<'_>,
    ) {
        let outcome = decision.outcome;
        self.counts[outcome as usize] += 1;
        match self.tools.get_mut(tool) {
            Some(tool) => tool.counts[outcome as usize] += 1,
            None => {
                let mut counts = Counts::default();
                counts[outcome as usize] = 1;
                self.tools.insert(tool.to_owned(), ToolUse { counts });
            }
        }
        match time {
            Some(_) => {
                self.first = self.first.or(time).min(time);
                self.last = self.last.max(time);
            }
            None => self.untimed += 1,
        }
        if let Some(missing) = decision.missing {
            *self.missing.entry(missing).or_default() += 1;
        }
        self.uninspected += u64::from(decision.cause == Cause::Uninspected);
        if matches!(outcome, Outcome::Deny | Outcome::Throttle) {
            self.add_refusal(grant, time, decision);
        }
    }

    fn add_refusal(&mut self, grant: GrantId, time: Option<Timestamp>, decision: &Decision<'_>) {
        let (pointer, rule) = (decision.cause.pointer(), decision.cause.rule());
        let outcome = decision.outcome;
        *self.rules.entry((pointer.to_owned(), rule.to_owned(), outcome)).or_default() += 1;
        if outcome != Outcome::Throttle {
            return;
        }
        let used = self.limits.entry(pointer.to_owned()).or_default();
        used.rule = rule.to_owned();
        used.calls += 1;
        let (Some(from), Some(until)) = (time, decision.held_until) else { return };
        let held_until = self.holds.entry((grant, pointer.to_owned())).or_insert(from);
        if *held_until > from {
            return;
        }
        *held_until = until;
        used.holds += 1;
        used.held_seconds += until.seconds - from.seconds;
        used.first = used.first.or(Some(Hold { grant, from, until }));
    }

    /// Adds what other calls of the same trace, of other grants, come to.
    pub fn merge(mut self, other: Summary) -> Summary {
        add(&mut self.counts, other.counts);
        for (tool, used) in other.tools {
            add(&mut self.tools.entry(tool).or_default().counts, used.counts);
        }
        for (rule, count) in other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        for (pointer, used) in other.limits {
            let limit = self.limits.entry(pointer).or_default();
            limit.rule = used.rule;
            limit.calls += used.calls;
            limit.holds += used.holds;
            limit.held_seconds += used.held_seconds;
            limit.first = match (limit.first, used.first) {
                (Some(ours), Some(theirs)) if theirs.from < ours.from => Some(theirs),
                (ours, theirs) => ours.or(theirs),
            };
        }
        for (fact, count) in other.missing {
            *self.missing.entry(fact).or_default() += count;
        }
        self.uninspected += other.uninspected;
        self.untimed += other.untimed;
        self.first = self.first.or(other.first).min(other.first.or(self.first));
        self.last = self.last.max(other.last);
        self.holds.extend(other.holds);
        self
    }

    /// How many calls were decided.
    pub fn calls(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many calls had an outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts[outcome as usize]
    }
}

fn add(counts: &mut Counts, more: Counts) {
    counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
}
