//! What other limits would have throttled.
//!
//! The calls are decided a second time under the policies without their limits, which tells how many wanted to
//! pass in each window. Under a limit all pass up to it, and no more: so the calls that found more wanted than
//! the limit are those that it throttles. Each limit is looked at alone, as if the others held nobody back.

use crate::engine::{Charge, Gate, LimitFacts};
use crate::policy::{Policy, Rules, Subject};

/// The steps within each power of ten at which limits are tried.
const STEPS: [i64; 9] = [10, 12, 15, 20, 25, 30, 40, 50, 75];

/// What limits would have throttled, limit by limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The number of the policy.
    pub policy: usize,
    /// The limit as it is.
    pub limit: LimitFacts,
    /// The calls that every other rule lets through.
    pub calls: u64,
    /// Those among them of which it is not known how many came before.
    pub unknown: u64,
    /// The limits that were tried, the smallest first: up to the one that throttles nothing, and the one that
    /// the policy has.
    pub steps: Vec<Step>,
}

/// A limit, and what it would have throttled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// How much fits into one window.
    pub max: i64,
    /// How many of the recorded calls it would have throttled; of a limit that sums an argument up, at most so
    /// many.
    pub throttled: u64,
    /// Their share of the calls of which that is known, from 0 to 1.
    pub share: f64,
}

/// How much was wanted of each limit of each policy.
#[derive(Clone, Debug)]
pub(super) struct Wanted(Vec<Vec<Demand>>);

/// How much was wanted of one limit.
#[derive(Clone, Debug)]
struct Demand {
    limit: LimitFacts,
    /// The limits that are tried, in order.
    tried: Vec<i64>,
    /// How many calls made of the window what is above so many of them, and not above the next.
    above: Vec<u64>,
    calls: u64,
    unknown: u64,
    peak: i64,
}

/// The policy without its limits, which are counted all the same.
pub fn without_limits(policy: &Policy) -> Policy {
    let lift = |rules: &mut Rules| {
        rules.limits.iter_mut().filter(|limit| limit.max.is_some()).for_each(|limit| {
            limit.max = Some(i64::MAX);
        });
        // Intercept's limits are conditions on counters as well.
        for check in &mut rules.checks {
            check.conditions.retain(|one| !matches!(one.subject, Subject::Counter(_)));
        }
    };
    let mut policy = policy.clone();
    policy.tools.iter_mut().for_each(|tool| lift(&mut tool.rules));
    lift(&mut policy.all_tools);
    policy
}

impl Wanted {
    /// Nothing yet, of the limits of policies.
    pub(super) fn new<'n>(gates: impl Iterator<Item = &'n Gate>) -> Wanted {
        let demands = |gate: &Gate| gate.limits().iter().map(Demand::new).collect();
        Wanted(gates.map(demands).collect())
    }

    pub(super) fn add(&mut self, policy: u32, charges: &[Charge]) {
        let demands = &mut self.0[policy as usize];
        charges.iter().for_each(|charge| demands[charge.limit as usize].add(charge));
    }

    pub(super) fn merge(&mut self, other: &Wanted) {
        let pairs = self.0.iter_mut().flatten().zip(other.0.iter().flatten());
        pairs.for_each(|(ours, theirs)| ours.merge(theirs));
    }

    pub(super) fn curves(&self) -> Vec<Curve> {
        let numbered = self.0.iter().enumerate();
        numbered
            .flat_map(|(policy, demands)| demands.iter().map(move |demand| demand.curve(policy)))
            .collect()
    }
}

impl Demand {
    fn new(limit: &LimitFacts) -> Demand {
        let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
        let steps = powers.flat_map(|power| STEPS.map(|step| step.checked_mul(power)));
        let mut tried: Vec<i64> = (1..10).chain(steps.flatten()).chain([limit.max]).collect();
        tried.sort_unstable();
        tried.dedup();
        let above = vec![0; tried.len() + 1];
        Demand { limit: limit.clone(), tried, above, calls: 0, unknown: 0, peak: 0 }
    }

    fn add(&mut self, charge: &Charge) {
        self.calls += 1;
        if charge.least != charge.most {
            self.unknown += 1;
            return;
        }
        self.peak = self.peak.max(charge.least);
        self.above[self.tried.partition_point(|max| *max < charge.least)] += 1;
    }

    fn merge(&mut self, other: &Demand) {
        self.calls += other.calls;
        self.unknown += other.unknown;
        self.peak = self.peak.max(other.peak);
        self.above.iter_mut().zip(&other.above).for_each(|(ours, theirs)| *ours += theirs);
    }

    fn curve(&self, policy: usize) -> Curve {
        let known = self.calls - self.unknown;
        let step = |max: i64, throttled: u64| {
            let share = if known == 0 { 0.0 } else { throttled as f64 / known as f64 };
            Step { max, throttled, share }
        };
        let mut left = known;
        let tried = self.tried.iter().zip(&self.above).map(|(max, below)| {
            left -= below;
            step(*max, left)
        });
        let is_shown = |one: &Step| one.throttled > 0 || one.max == self.limit.max;
        let mut steps: Vec<Step> = tried.filter(is_shown).collect();
        if self.peak > 0 && self.peak != self.limit.max {
            steps.push(step(self.peak, 0));
            steps.sort_by_key(|step| step.max);
        }
        let (limit, calls, unknown) = (self.limit.clone(), self.calls, self.unknown);
        Curve { policy, limit, calls, unknown, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Scope, Window};

    fn demand(max: i64, wanted: &[i64]) -> Demand {
        let (rule, pointer) = ("/r".into(), "/p".into());
        let (window, scope) = (Window::Minute, Scope::Grant);
        let mut demand = Demand::new(&LimitFacts { rule, pointer, window, max, scope });
        for used in wanted {
            demand.add(&Charge { limit: 0, least: *used, most: *used });
        }
        demand
    }

    #[test]
    fn a_limit_throttles_the_calls_that_find_more_wanted_than_it_has() {
        // A minute with one call, one with four and one with twelve.
        let wanted: Vec<i64> = [1].into_iter().chain(1..=4).chain(1..=12).collect();
        let curve = demand(10, &wanted).curve(0);
        let found: Vec<(i64, u64)> =
            curve.steps.iter().map(|one| (one.max, one.throttled)).collect();
        assert_eq!(found[..4], [(1, 14), (2, 12), (3, 10), (4, 8)]);
        assert_eq!(found[found.len() - 2..], [(10, 2), (12, 0)]);
        assert!((curve.steps[0].share - 14.0 / 17.0).abs() < 1e-12);
    }

    #[test]
    fn the_limit_of_the_policy_is_among_those_tried_and_unknown_calls_are_no_share() {
        let mut one = demand(33, &[1, 2]);
        one.merge(&demand(33, &[1]));
        one.add(&Charge { limit: 0, least: 0, most: 9 });
        let curve = one.curve(0);
        assert_eq!((curve.calls, curve.unknown), (4, 1));
        let found: Vec<(i64, u64)> =
            curve.steps.iter().map(|one| (one.max, one.throttled)).collect();
        assert_eq!(found, [(1, 1), (2, 0), (33, 0)]);
    }
}
