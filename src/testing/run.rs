//! Deciding cases.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::expected::Wrong;
use super::found::Found;
use super::suite::{Case, Step};
use crate::engine::{GrantId, Seen, Timestamp, Walk};
use crate::replay::{Gateway, Policies, Replay};

/// A call of a case, when its turn comes.
#[derive(Clone, Copy, Debug)]
pub struct Played<'c> {
    /// The index of its step.
    pub index: usize,
    /// Its step.
    pub step: &'c Step,
    /// The how many-th time it is made, counted from 1.
    pub time_of: u64,
    /// Who calls.
    pub grant: GrantId,
    /// When.
    pub time: Timestamp,
}

/// A call that did not come out as it must.
#[derive(Clone, Debug)]
pub struct Failure<'c, 'g> {
    /// The call.
    pub played: Played<'c>,
    /// What came of it.
    pub found: Found<'g>,
    /// What of that is wrong.
    pub wrong: Vec<Wrong>,
}

/// Makes the calls of a case one after the other, until one says that it is enough.
pub fn play<'c, B>(
    case: &'c Case,
    mut each: impl FnMut(Played<'c>) -> ControlFlow<B>,
) -> Option<B> {
    let mut grants: HashMap<&str, GrantId> = HashMap::new();
    for (index, step) in case.steps.iter().enumerate() {
        let next = GrantId(u32::try_from(grants.len()).expect("a file has fewer grants"));
        let grant = *grants.entry(&step.record.grant).or_insert(next);
        let mut time = case.start.after(step.at);
        for time_of in 1..=step.times {
            if let ControlFlow::Break(end) = each(Played { index, step, time_of, grant, time }) {
                return Some(end);
            }
            time = time.after(step.every);
        }
    }
    None
}

/// The first call of a case that does not come out as it must, under policies whose counters are empty. What the
/// calls up to it meet of each policy is added to what others have met, where that is wanted.
pub fn first_failure<'c, 'g>(
    case: &'c Case,
    policies: &'g Policies,
    mut seen: Option<&mut [Seen]>,
) -> Option<Failure<'c, 'g>> {
    let mut gateway = Gateway::new(policies, Replay::new);
    play(case, |played| {
        let Played { step, grant, time, .. } = played;
        let seen = seen.as_deref_mut();
        let routed = gateway.decide_seeing(&step.record, grant, Some(time), seen);
        let found = match &routed {
            Some(routed) => {
                Found::of(&routed.decision, routed.policy, &step.record, time, policies)
            }
            None => Found::nothing(),
        };
        let wrong = step.expected.unmet(&found);
        if wrong.is_empty() {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(Failure { played, found, wrong })
    })
}

/// Every step of the decision on the call that failed, after the calls before it; with the number of its
/// policy. None where no policy is for its server.
pub fn walk_of<'c, 'g>(
    case: &'c Case,
    policies: &'g Policies,
    failed: &Played<'_>,
) -> Option<(u32, Walk<'g, 'c>)> {
    let mut gateway = Gateway::new(policies, Replay::new);
    let walked = play(case, |played| {
        let Played { step, grant, time, .. } = played;
        if (played.index, played.time_of) == (failed.index, failed.time_of) {
            return ControlFlow::Break(gateway.walk(&step.record, grant, Some(time)));
        }
        gateway.decide(&step.record, grant, Some(time));
        ControlFlow::Continue(())
    });
    walked.flatten()
}
