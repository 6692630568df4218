//! What each limit did: how close it came, whom it throttled, how long it held.

use serde::{Deserialize, Serialize};

use super::peaks::Peak;
use super::refusals::{Hold, Refusal, first_hold};
use super::summary::Summary;
use crate::engine::{LimitFacts, Outcome};

/// What one limit did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitTotal {
    /// The number of the policy.
    pub policy: usize,
    /// The limit's rule string.
    pub rule: String,
    /// The pointer of the entry.
    pub pointer: String,
    /// The limit itself; none for a rule that only reads a counter.
    pub facts: Option<LimitFacts>,
    /// The most that one window was used up; none where the limit itself is none.
    pub peak: Option<Peak>,
    /// How many calls it throttled.
    pub calls: u64,
    /// Each time that it began to throttle a grant until its window ended.
    pub holds: u64,
    /// How many seconds it held in sum, from the first throttled call of each window to its end.
    pub held_seconds: i64,
    /// The first of them.
    pub first: Option<Hold>,
}

/// All limits that have a `max`, and rules that throttled without one.
pub(super) fn totals(summary: &Summary) -> Vec<LimitTotal> {
    let mut limits: Vec<LimitTotal> = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    for (policy, used) in summary.policies.iter().enumerate() {
        for (facts, peak) in used.limits.iter().zip(&used.peaks) {
            numbers.insert((policy, facts.pointer.as_ref()), limits.len());
            limits.push(LimitTotal {
                facts: Some(facts.clone()),
                peak: Some(peak.clone()),
                ..LimitTotal::new(policy, &facts.rule, &facts.pointer)
            });
        }
    }
    for refusal in &summary.refusals.entries {
        let key = &refusal.key;
        if key.outcome != Outcome::Throttle {
            continue;
        }
        let Some(policy) = key.policy.map(|number| number as usize) else { continue };
        let number = *numbers.entry((policy, key.pointer.as_ref())).or_insert(limits.len());
        if number == limits.len() {
            limits.push(LimitTotal::new(policy, &key.rule, &key.pointer));
        }
        limits[number].add(refusal);
    }
    limits.sort_by(|a, b| (a.policy, &a.pointer).cmp(&(b.policy, &b.pointer)));
    limits
}

impl LimitTotal {
    fn new(policy: usize, rule: &str, pointer: &str) -> LimitTotal {
        LimitTotal {
            policy,
            rule: rule.to_owned(),
            pointer: pointer.to_owned(),
            facts: None,
            peak: None,
            calls: 0,
            holds: 0,
            held_seconds: 0,
            first: None,
        }
    }

    fn add(&mut self, refusal: &Refusal) {
        self.calls += refusal.calls;
        self.holds += refusal.holds;
        self.held_seconds += refusal.held_seconds;
        self.first = first_hold(self.first.take(), refusal.first_hold.clone());
    }
}
