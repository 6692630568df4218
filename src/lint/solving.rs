//! What the rules ask the solver may cost.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::Value;

use crate::catalogue::Tool;
use crate::policy::{Policy, Predicate, ToolPolicy};
use crate::solver::{Budget, Passing, Shape, Version};

/// How many steps of the solver a rule may take for one policy: some milliseconds.
const STEPS: u32 = 20_000;

/// How many large patterns a policy may have that questions are asked about; following one takes
/// a second and many megabytes.
const LARGE_PATTERNS: usize = 16;

/// A policy that is asked for calls, compiled when the first one is wanted.
pub(super) struct Witnesses<'p> {
    policy: &'p Policy,
    version: OnceCell<Version<'p>>,
}

impl<'p> Witnesses<'p> {
    pub(super) fn new(policy: &'p Policy) -> Witnesses<'p> {
        Witnesses { policy, version: OnceCell::new() }
    }

    /// The arguments of a call of a tool that the policy lets pass, if one is found.
    pub(super) fn passing(&self, listed: &ToolPolicy, tool: &Tool) -> Option<Value> {
        let version = self.version.get_or_init(|| Version::new(self.policy));
        let shape = Shape::of_tool(tool).unwrap_or_else(Shape::any);
        Passing::new(version, &listed.name, shape).arguments(&[], &budget(self.policy))
    }
}

/// What a rule may spend on one policy. It is counted in steps and patterns, so that the findings are
/// the same on every machine; a rule that has spent it stays silent.
pub(super) fn budget(policy: &Policy) -> Budget {
    Budget::of_steps(bounded(policy, STEPS))
}

/// What a statement of the house may spend on one policy: ten times as much, for somebody waits for its
/// answer.
pub(super) fn statement_budget(policy: &Policy) -> Budget {
    Budget::of_steps(bounded(policy, 10 * STEPS))
}

/// How many steps of some the solver may take for a policy: none where too much would be followed. All of the policy is
/// looked at.
pub(super) fn bounded(policy: &Policy, steps: u32) -> u32 {
    let rules = policy.tools.iter().map(|tool| &tool.rules).chain([&policy.all_tools]);
    let conditions = rules.flat_map(|rules| &rules.checks).flat_map(|check| &check.conditions);
    let large: HashSet<&str> = conditions
        .filter_map(|condition| match &condition.predicate {
            Predicate::Matches(pattern) if pattern.is_large() => Some(pattern.source()),
            _ => None,
        })
        .collect();
    if large.len() > LARGE_PATTERNS { 0 } else { steps }
}
