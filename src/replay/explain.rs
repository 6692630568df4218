//! One decision of a replay, with what led to it.

use crate::engine::{CheckStep, Decision, LimitStep, Outcome, Timestamp, Walk};
use crate::policy::{Check, Limit, Policy};
use crate::trace::Record;

/// A call, the policy that decided it, and every step of the decision.
#[derive(Debug)]
pub struct Explanation<'x> {
    /// The policy.
    pub policy: &'x Policy,
    /// The call.
    pub record: &'x Record<'x>,
    /// The number of the call in its trace, counted from 1; none for a call of its own.
    pub number: Option<u64>,
    /// The file of the trace that it stands in; none for a call of its own.
    pub file: Option<&'x str>,
    /// When the call was made, as far as it is known.
    pub time: Option<Timestamp>,
    /// The steps.
    pub walk: Walk<'x, 'x>,
}

impl<'x> Explanation<'x> {
    /// The decision.
    pub fn decision(&self) -> &Decision<'x> {
        &self.walk.decision
    }

    /// Whether the decision is a refusal, so that the step that refuses is what decided.
    pub fn is_refusal(&self) -> bool {
        matches!(self.decision().outcome, Outcome::Deny | Outcome::Throttle)
    }

    /// The checks of the policy with what they said, in the order in which they are asked.
    pub fn checks(&self) -> impl Iterator<Item = (&'x Check, &CheckStep<'x, 'x>)> {
        let own = self.policy.tool(&self.record.tool).map(|tool| &tool.rules);
        let checks = self.policy.rules(own).flat_map(|rules| &rules.checks);
        checks.zip(&self.walk.checks)
    }

    /// The limits of the policy with what they said, in the order in which they are asked.
    pub fn limits(&self) -> impl Iterator<Item = (&'x Limit, &LimitStep<'x>)> {
        let own = self.policy.tool(&self.record.tool).map(|tool| &tool.rules);
        let limits = self.policy.rules(own).flat_map(|rules| &rules.limits);
        limits.zip(&self.walk.limits)
    }
}
