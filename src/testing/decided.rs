//! Cases that expect what policies say.

use std::ops::ControlFlow;

use super::expected::Expected;
use super::found::since;
use super::run::play;
use super::suite::{Case, Step};
use crate::replay::{Gateway, Policies, Replay};

/// The case with the outcome that policies give each call, whatever it expected; none where no policy is for one.
pub fn decided(case: Case, policies: &Policies) -> Option<Case> {
    let mut gateway = Gateway::new(policies, Replay::new);
    let mut steps: Vec<Step> = Vec::new();
    let mut last = None;
    let stop = play(&case, |played| {
        let step = played.step;
        let Some(routed) = gateway.decide(&step.record, played.grant, Some(played.time)) else {
            return ControlFlow::Break(());
        };
        let outcome = routed.decision.outcome;
        match steps.last_mut() {
            Some(same) if last == Some((played.index, outcome)) => same.times += 1,
            _ => steps.push(Step {
                record: step.record.clone(),
                expected: Expected::of(outcome),
                pointer: step.pointer.clone(),
                at: since(case.start, played.time).unwrap_or(step.at),
                times: 1,
                every: step.every,
            }),
        }
        last = Some((played.index, outcome));
        ControlFlow::Continue(())
    });
    stop.is_none().then_some(Case { steps, ..case })
}
