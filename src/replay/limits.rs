//! What each limit did: how close it came, whom it throttled, how long it held.

use super::grants::Grants;
use super::refusals::{Hold, Refusal};
use super::share::percent;
use super::summary::Summary;
use crate::engine::{LimitFacts, Outcome, Timestamp};

/// What one limit did.
#[derive(Clone, Debug, PartialEq)]
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
    pub peak: Option<PeakUse>,
    /// How many calls it throttled.
    pub calls: u64,
    /// Each time that it began to throttle a grant until its window ended.
    pub holds: u64,
    /// How many seconds it held in sum, from the first throttled call of each window to its end.
    pub held_seconds: i64,
    /// The first of them, with the grant's name.
    pub first: Option<(String, Hold)>,
}

/// The most that one window of a limit was used up.
#[derive(Clone, Debug, PartialEq)]
pub struct PeakUse {
    /// So much is certain.
    pub used: i64,
    /// The most that it may have been, where it is not known which calls passed.
    pub possible: i64,
    /// The grant that first reached it; none while nothing was used.
    pub grant: Option<String>,
    /// When the window began, if that is known.
    pub window: Option<Timestamp>,
}

impl PeakUse {
    /// What was used of what fits, in per cent; none where nothing fits.
    pub fn percent(&self, max: i64) -> Option<f64> {
        percent(self.used, max)
    }
}

/// All limits that have a `max`, and rules that throttled without one.
pub(super) fn totals(summary: &Summary, grants: &Grants) -> Vec<LimitTotal> {
    let mut limits: Vec<LimitTotal> = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    for (policy, used) in summary.policies.iter().enumerate() {
        for (facts, peak) in used.limits.iter().zip(&used.peaks) {
            numbers.insert((policy, facts.pointer.as_ref()), limits.len());
            let peak = PeakUse {
                used: peak.used,
                // What may be unknown of a counter, a call that passed never left it above.
                possible: peak.possible.min(facts.max.max(peak.used)),
                grant: peak.reached.map(|reached| grants.name(reached.grant).to_owned()),
                window: peak
                    .reached
                    .and_then(|reached| reached.time)
                    .map(|time| Timestamp::at_second(facts.window.start(time.seconds))),
            };
            limits.push(LimitTotal {
                facts: Some(facts.clone()),
                peak: Some(peak),
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
        limits[number].add(refusal, grants);
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

    fn add(&mut self, refusal: &Refusal, grants: &Grants) {
        self.calls += refusal.calls;
        self.holds += refusal.holds;
        self.held_seconds += refusal.held_seconds;
        let first = refusal.first_hold.map(|(_, hold)| (grants.name(hold.grant).to_owned(), hold));
        self.first = self.first.take().or(first);
    }
}
