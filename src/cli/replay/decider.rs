//! What is done with each call of a replay.

use std::io::{self, Write};

use super::arguments::{ReplayArguments, SummaryFormat};
use crate::cli::common::call_choice::CallChoice;
use crate::engine::Seen;
use crate::replay::{
    Decided, Gateway, NumberedCall, Parted, PartitionKey, Policies, Routed, Summary, Visitor,
};
use crate::report::write_decision;

/// Decides calls and sums them up.
pub(super) struct Decider<'g> {
    gateway: Gateway<'g>,
    /// The same without limits, where other limits are to be weighed.
    lifted: Option<Gateway<'g>>,
    pub(super) summary: Summary,
    /// What the calls that count have met of each policy, where that is wanted.
    pub(super) seen: Option<Vec<Seen>>,
    /// What no other part has; for other summaries nothing is gathered.
    pub(super) parted: Parted,
    choice: &'g CallChoice,
}

impl<'g> Decider<'g> {
    pub(super) fn new(
        policies: &'g Policies,
        lifted: Option<&'g Policies>,
        seen: Option<Vec<Seen>>,
        arguments: &'g ReplayArguments,
    ) -> Decider<'g> {
        arguments.choice.begin();
        let summary = Summary::new(policies.iter(), arguments.by);
        let summary = match lifted {
            Some(_) => summary.weighing_limits(policies.iter().map(|(_, gate)| gate)),
            None => summary,
        };
        let gateway = |policies| Gateway::new(policies, |gate| arguments.trace.replay(gate));
        Decider {
            gateway: gateway(policies),
            lifted: lifted.map(gateway),
            summary: if arguments.compares_recorded() {
                summary.comparing_recorded()
            } else {
                summary
            },
            seen,
            parted: Parted::new(match arguments.format {
                SummaryFormat::Part => policies.partition_key(),
                _ => PartitionKey::Call,
            }),
            choice: &arguments.choice,
        }
    }

    /// Decides a call, if a policy covers it, and goes on with the decision.
    fn decide(
        &mut self,
        call: NumberedCall<'_>,
        then: impl FnOnce(&Decided<'_, '_>) -> io::Result<()>,
    ) -> io::Result<()> {
        self.parted.add(&call);
        let is_chosen = self.choice.has(&call);
        let seen = self.seen.as_deref_mut().filter(|_| is_chosen);
        let routed = self.gateway.decide_seeing(call.record, call.grant, call.time, seen);
        let wanted = self.lifted.as_mut().and_then(|gateway| {
            let policy = gateway.decide(call.record, call.grant, call.time)?.policy;
            Some((policy, gateway.charged(policy)))
        });
        if !is_chosen {
            return Ok(());
        }
        let Some(Routed { policy, decision }) = routed else {
            self.summary.add_uncovered(call.record);
            return Ok(());
        };
        if let Some((policy, charged)) = wanted {
            self.summary.add_wanted(policy, charged);
        }
        let decided = Decided {
            number: call.number,
            policy,
            record: call.record,
            grant: call.grant,
            time: call.time,
            decision: &decision,
            charged: self.gateway.charged(policy),
        };
        self.summary.add(decided);
        then(&decided)
    }
}

impl Visitor for Decider<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        self.decide(call, |_| Ok(()))
    }
}

/// Decides calls, writes every decision and sums them up.
pub(super) struct DecisionWriter<'g, 'o> {
    pub(super) decider: Decider<'g>,
    pub(super) show_args: bool,
    pub(super) out: &'o mut dyn Write,
}

impl Visitor for DecisionWriter<'_, '_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        let (out, show_args) = (&mut *self.out, self.show_args);
        self.decider.decide(call, |decided| write_decision(out, decided, call.file, show_args))
    }

    fn pause(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
