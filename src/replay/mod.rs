//! Replay: a trace decided under a policy, and what it comes to.

mod explain;
mod grants;
mod pace;
mod parallel;
mod run;
mod summary;

pub use explain::Explanation;
pub use grants::Grants;
pub use pace::Pace;
pub use run::{NumberedCall, Run, RunError, RunOptions, Visitor, run, run_alone};
pub use summary::{Hold, LimitUse, Summary, ToolUse};

use crate::engine::{Call, Counters, Decision, Gate, GrantId, Timestamp, Walk};
use crate::trace::{CallResult, Record};

/// Decides the calls of one trace, in their order, under one policy.
pub struct Replay<'g> {
    gate: &'g Gate,
    counters: Counters,
}

impl<'g> Replay<'g> {
    /// A replay with empty counters, of calls in any order.
    pub fn new(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::default() }
    }

    /// A replay with empty counters, of calls in the order of time: its memory grows with the live
    /// counters only.
    pub fn in_time_order(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::in_time_order() }
    }

    /// Decides the next call.
    pub fn decide(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Decision<'g> {
        self.gate.decide(&call(record, grant, time), &mut self.counters)
    }

    /// Decides the next call and tells every step.
    pub fn walk<'a>(
        &mut self,
        record: &'a Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Walk<'g, 'a> {
        self.gate.walk(&call(record, grant, time), &mut self.counters)
    }
}

fn call<'a>(record: &'a Record<'_>, grant: GrantId, time: Option<Timestamp>) -> Call<'a> {
    Call {
        tool: &record.tool,
        grant,
        time,
        in_order: record.in_order,
        arguments: record.arguments.as_arguments(),
        failed_upstream: record.result == CallResult::UpstreamError,
    }
}
