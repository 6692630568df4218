//! Replay: a trace decided under a policy, and what it comes to.

mod counts;
mod decided;
mod explain;
mod gateway;
mod grants;
mod group;
mod groups;
mod limits;
mod merge;
mod names;
mod pace;
mod parallel;
mod part;
mod partition_key;
mod peaks;
mod policies;
mod read;
mod recorded;
mod refusals;
mod run;
mod share;
mod summary;
mod timeline;
mod totals;
mod what_if;

pub use counts::Counts;
pub use decided::Decided;
pub use explain::Explanation;
pub use gateway::{Gateway, Routed};
pub use grants::{GrantSet, Grants};
pub use group::{Group, Top};
pub use groups::By;
pub use limits::LimitTotal;
pub use pace::Pace;
pub use part::{Merging, Part, PartError};
pub use partition_key::{Parted, PartitionKey};
pub use peaks::{Peak, Reached};
pub use policies::{AGENT, Policies, Route, is_called};
pub use read::{RunOptions, run, run_alone};
pub use recorded::{Comparison, Disagreement};
pub use refusals::Hold;
pub use run::{NumberedCall, Run, RunError, Visitor};
pub use share::Share;
pub use summary::{Hours, Summary};
pub use timeline::Timeline;
pub use totals::{RuleTotal, Totals, UseTotal};
pub use what_if::{Curve, Step, without_limits};

use crate::engine::{
    Call, CallResult, Charge, Counters, Decision, Gate, GrantId, Outcome, Seen, Surroundings,
    Timestamp, Walk,
};
use crate::trace::Record;

/// Decides the calls of one trace, in their order, under one policy.
pub struct Replay<'g> {
    gate: &'g Gate,
    counters: Counters,
    charged: Vec<Charge>,
}

impl<'g> Replay<'g> {
    /// A replay with empty counters, of calls in any order.
    pub fn new(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::default(), charged: Vec::new() }
    }

    /// A replay with empty counters, of calls in the order of time: its memory grows with the live
    /// counters only.
    pub fn in_time_order(gate: &'g Gate) -> Replay<'g> {
        Replay { gate, counters: Counters::in_time_order(), charged: Vec::new() }
    }

    /// Decides the next call.
    #[inline]
    pub fn decide(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Decision<'g> {
        let call = self.call(record, grant, time);
        self.charged.clear();
        let charged = &mut self.charged;
        self.gate.decide_watched(&call, &mut self.counters, |charge| charged.push(charge))
    }

    /// Decides the next call, and adds what it meets to what others have met.
    pub fn decide_seeing(
        &mut self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
        seen: &mut Seen,
    ) -> Decision<'g> {
        let call = self.call(record, grant, time);
        self.charged.clear();
        let charged = &mut self.charged;
        self.gate.decide_seeing(&call, &mut self.counters, seen, |charge| charged.push(charge))
    }

    /// Decides a call as if the calls before it had been decided by another replay. No counter is
    /// charged.
    pub fn decide_after(
        &self,
        other: &Replay<'_>,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Decision<'g> {
        let mut counters = self.gate.adopted(other.gate, &other.counters, grant);
        self.gate.decide(&self.call(record, grant, time), &mut counters)
    }

    /// The limits that were charged for the latest call, and how far they are used up with it.
    pub fn charged(&self) -> &[Charge] {
        &self.charged
    }

    /// Decides the next call and tells every step.
    pub fn walk<'a>(
        &mut self,
        record: &'a Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Walk<'g, 'a> {
        self.gate.walk(&self.call(record, grant, time), &mut self.counters)
    }

    #[inline]
    fn call<'a>(
        &self,
        record: &'a Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
    ) -> Call<'a> {
        let Record { in_order, after, .. } = *record;
        let arguments = record.arguments.as_arguments();
        // What a gateway refused or asked about never reached the tool, which gives nothing back.
        let result = match record.decision {
            None | Some(Outcome::Allow) => record.result,
            Some(_) => CallResult::Ok,
        };
        let around = Surroundings {
            server: &record.server,
            folder: &record.folder,
            roots: record.roots.as_deref().unwrap_or_default(),
            mode: &record.mode,
            ..Surroundings::default()
        };
        Call { tool: &record.tool, grant, time, in_order, after, arguments, result, around }
    }
}
