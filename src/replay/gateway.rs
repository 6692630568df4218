//! A gateway in front of several servers: each call is decided under the policy of its server.

use super::Replay;
use super::policies::{Policies, Route};
use crate::engine::{Charge, Decision, Gate, GrantId, Seen, Timestamp, Walk};
use crate::trace::Record;

/// Decides the calls of one trace, in their order, each under its server's policy. Every policy
/// has counters of its own.
pub struct Gateway<'g> {
    policies: &'g Policies,
    replays: Vec<Replay<'g>>,
}

/// A decision with the policy that it was made under; none where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Routed<'g> {
    /// The number of the policy.
    pub policy: Option<u32>,
    /// The decision.
    pub decision: Decision<'g>,
}

impl<'g> Gateway<'g> {
    /// A gateway with a new replay for each policy.
    pub fn new(policies: &'g Policies, new_replay: impl Fn(&'g Gate) -> Replay<'g>) -> Gateway<'g> {
        let replays = policies.iter().map(|(_, gate)| new_replay(gate));
        Gateway { policies, replays: replays.collect() }
    }

    /// Decides the next call; none where no policy covers it.
    pub fn decide(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Option<Routed<'g>> {
        self.decide_seeing(record, grant, time, None)
    }

    /// Decides the next call as [`Gateway::decide`] does, and adds what it meets to what others have met of each
    /// policy, by their numbers, where that is wanted.
    #[inline]
    pub fn decide_seeing(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
        seen: Option<&mut [Seen]>,
    ) -> Option<Routed<'g>> {
        match self.policies.route(record) {
            Route::Policy(number) => {
                let replay = &mut self.replays[number as usize];
                let decision = match seen {
                    Some(seen) => {
                        replay.decide_seeing(record, grant, time, &mut seen[number as usize])
                    }
                    None => replay.decide(record, grant, time),
                };
                Some(Routed { policy: Some(number), decision })
            }
            Route::NoPolicy => Some(Routed { policy: None, decision: Decision::no_policy() }),
            Route::NotCovered => None,
        }
    }

    /// Decides the next call and keeps every step, with the number of the policy that covers it; none
    /// where there is none.
    pub fn walk<'a>(
        &mut self,
        record: &'a Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Option<(u32, Walk<'g, 'a>)> {
        let Route::Policy(number) = self.policies.route(record) else { return None };
        Some((number, self.replays[number as usize].walk(record, grant, time)))
    }

    /// The limits of a policy that were charged for the latest call that it decided.
    #[inline]
    pub fn charged(&self, policy: Option<u32>) -> &[Charge] {
        policy.map_or(&[], |number| self.replays[number as usize].charged())
    }
}
