//! Replay: a trace decided under a policy, and what it comes to.

mod grants;
mod summary;

use std::time::Duration;

pub use grants::Grants;
pub use summary::{Hold, LimitUse, Summary, ToolUse};

use crate::engine::{Call, Counters, Decision, Gate, GrantId, Timestamp};
use crate::trace::{CallResult, Record};

/// Decides the calls of one trace, in their order, under one policy.
pub struct Replay<'g> {
    gate: &'g Gate,
    counters: Counters,
}

impl<'g> Replay<'g> {
    /// A replay with empty counters.
    pub fn new(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::default() }
    }

    /// Decides the next call.
    pub fn decide(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Decision<'g> {
        let call = Call {
            tool: &record.tool,
            grant,
            time,
            arguments: record.arguments.as_arguments(),
            failed_upstream: record.result == CallResult::UpstreamError,
        };
        self.gate.decide(&call, &mut self.counters)
    }
}

/// The first moment of the year 9999, after 1970.
const LATEST: Duration = Duration::from_secs(253_370_764_800);

/// Gives times to calls that have none, one every so often, starting in 1970.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    step: Duration,
    next: Duration,
}

impl Pace {
    /// One call every `step`.
    pub fn new(step: Duration) -> Pace {
        Pace { step, next: Duration::ZERO }
    }

    /// The time of a call: its own, or the next one.
    pub fn time(&mut self, own: Option<Timestamp>) -> Option<Timestamp> {
        own.or_else(|| {
            let at = self.next;
            self.next = at.saturating_add(self.step);
            let nanoseconds = at.subsec_nanos();
            // Beyond this no window can be named any more.
            (at < LATEST).then_some(Timestamp { seconds: at.as_secs() as i64, nanoseconds })
        })
    }
}
