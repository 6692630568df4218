//! The rules that the calls of one tool meet, compiled.

use super::call::Call;
use super::check::{Check, Numbering};
use super::counters::{CounterNumbers, Counters};
use super::decision::{Cause, Decision, Outcome};
use super::limit::{KnownLimits, Limit};
use crate::policy::{self, Policy};

#[derive(Debug, Default)]
pub(super) struct Rules {
    /// The number of the tool, if it is a listed one.
    pub(super) tool: Option<u32>,
    pub(super) checks: Vec<Check>,
    pub(super) limits: Vec<Limit>,
}

impl Rules {
    /// Compiles the rules of a tool and those of all tools.
    pub(super) fn new(
        policy: &Policy,
        (tool, own): (Option<u32>, &policy::Rules),
        next: &mut Numbering,
        numbers: &mut CounterNumbers,
        known: &mut KnownLimits,
    ) -> Rules {
        let mut checks = Vec::new();
        // Those of all tools come first in the numbers, whatever the tool.
        for (rules, next) in [(own, next), (&policy.all_tools, &mut Numbering::default())] {
            let compile = |check| Check::new(check, policy.semantics, numbers, next);
            checks.extend(rules.checks.iter().map(compile));
        }
        let limits = policy.rules(Some(own)).flat_map(|rules| &rules.limits);
        let limits = limits.map(|limit| Limit::new(limit, numbers, known)).collect();
        Rules { tool, checks, limits }
    }

    /// The decision on a call that one of the checks refuses.
    pub(super) fn refused_by<'g>(
        &'g self,
        check: &'g Check,
        by_counter: bool,
        call: &Call<'_>,
        counters: &Counters,
    ) -> Decision<'g> {
        if !by_counter {
            return Decision::new(Outcome::Deny, Cause::Check(&check.reason));
        }
        let retry_at = call.time.and_then(|time| {
            let used = |limit: &&Limit| {
                check.reads(limit.counter) && limit.count(call, counters).most != 0
            };
            self.limits.iter().filter(used).map(|limit| limit.window_end(time)).max()
        });
        Decision {
            retry_at,
            held_until: retry_at,
            ..Decision::new(Outcome::Throttle, Cause::Limit(&check.reason))
        }
    }
}
