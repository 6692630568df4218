//! Replay: a trace decided under a policy, and what it comes to.

mod counts;
mod gateway;
mod grants;
mod groups;
mod limits;
mod names;
mod peaks;
mod policies;
mod recorded;
mod refusals;
mod summary;
mod timeline;
mod totals;

use std::time::Duration;

pub use counts::Counts;
pub use gateway::{Gateway, Routed};
pub use grants::Grants;
pub use groups::{By, Top};
pub use limits::{LimitTotal, PeakUse};
pub use policies::{Policies, Route};
pub use recorded::{Comparison, Disagreement};
pub use refusals::Hold;
pub use summary::{Decided, Summary};
pub use timeline::Timeline;
pub use totals::{Group, RuleTotal, Share, Totals};

use crate::engine::{Call, Charge, Counters, Decision, Gate, GrantId, Timestamp};
use crate::trace::{CallResult, Record};

/// Decides the calls of one trace, in their order, under one policy.
pub struct Replay<'g> {
    gate: &'g Gate,
    counters: Counters,
    charged: Vec<Charge>,
}

impl<'g> Replay<'g> {
    /// A replay with empty counters.
    pub fn new(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::default(), charged: Vec::new() }
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
            in_order: record.in_order,
            arguments: record.arguments.as_arguments(),
            failed_upstream: match record.result {
                CallResult::UpstreamError => true,
                CallResult::Unknown => {
                    self.gate.assumptions().unanswered_failed.unwrap_or_default()
                }
                CallResult::Ok | CallResult::ToolError => false,
            },
        };
        self.charged.clear();
        let charged = &mut self.charged;
        self.gate.decide_watched(&call, &mut self.counters, &mut |charge| charged.push(charge))
    }

    /// The limits that were charged for the latest call, and how far they are used up with it.
    pub fn charged(&self) -> &[Charge] {
        &self.charged
    }
}

/// Gives times to the calls of a trace that has none, so long after each other, from 1970 on.
/// Behind a call with a time of its own an unknown time stays unknown: a made-up one could fall
/// behind the next real one.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    step: Duration,
    /// The next time; none once a call had its own.
    next: Option<Timestamp>,
}

impl Pace {
    /// One call every `step`.
    pub fn new(step: Duration) -> Pace {
        Pace { step, next: Some(Timestamp::at_second(0)) }
    }

    /// The time of a call: its own, or the next one; none from the year 9999 on, where windows
    /// could not be named any more.
    pub fn time(&mut self, own: Option<Timestamp>) -> Option<Timestamp> {
        const LATEST: Timestamp = Timestamp { seconds: 253_370_764_800, nanoseconds: 0 };
        if own.is_some() {
            self.next = None;
            return own;
        }
        let time = self.next.filter(|next| *next < LATEST)?;
        self.next = Some(time.after(self.step));
        Some(time)
    }
}
