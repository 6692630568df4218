//! What the rules ask the solver may cost.

use std::collections::HashSet;

use crate::policy::{Policy, Predicate};
use crate::solver::Budget;

/// How many steps of the solver a rule may take for one policy: some milliseconds.
const STEPS: u32 = 20_000;

/// How many large patterns a policy may have that questions are asked about; following one takes
/// a second and many megabytes.
const LARGE_PATTERNS: usize = 16;

/// What a rule may spend on one policy. It is counted in steps and patterns, so that the findings are
/// the same on every machine; a rule that has spent it stays silent.
pub(super) fn budget(policy: &Policy) -> Budget {
    bounded(policy, STEPS)
}

/// What a statement of the house may spend on one policy: ten times as much, for somebody waits for its
/// answer.
pub(super) fn statement_budget(policy: &Policy) -> Budget {
    bounded(policy, 10 * STEPS)
}

/// The same with another number of steps.
pub(super) fn bounded(policy: &Policy, steps: u32) -> Budget {
    let rules = policy.tools.iter().map(|tool| &tool.rules).chain([&policy.all_tools]);
    let conditions = rules.flat_map(|rules| &rules.checks).flat_map(|check| &check.conditions);
    let large: HashSet<&str> = conditions
        .filter_map(|condition| match &condition.predicate {
            Predicate::Matches(pattern) if pattern.is_large() => Some(pattern.source()),
            _ => None,
        })
        .collect();
    Budget::of_steps(if large.len() > LARGE_PATTERNS { 0 } else { steps })
}
