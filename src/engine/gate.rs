//! A policy compiled for deciding.

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::assume::{Assuming, Assumptions, Choice};
use super::call::Call;
use super::check::{Check, Verdict};
use super::counters::{Count, CounterNumbers, Counters};
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Charge, KnownLimits, Limit, LimitFacts, Reservation, retry_at};
use crate::policy::{self, Charging, Policy, Semantics, Unreadable};

/// More limits than this on one tool are rare; only then deciding a call allocates.
const INLINE: usize = 4;

/// A policy compiled for deciding.
#[derive(Debug)]
pub struct Gate {
    semantics: Semantics,
    hidden: HashMap<Box<str>, Box<str>>,
    default_allows: bool,
    listed: HashMap<Box<str>, Rules>,
    /// The rules of a tool that is not listed: those of all tools.
    unlisted: Rules,
    tools: Vec<Box<str>>,
    limits: Vec<LimitFacts>,
    assumptions: Assumptions,
}

#[derive(Debug, Default)]
struct Rules {
    /// The number of the tool, if it is a listed one.
    tool: Option<u32>,
    checks: Vec<Check>,
    limits: Vec<Limit>,
}

/// Something that was taken from a limit.
struct Reserved {
    /// Which limit.
    index: usize,
    amount: i64,
    /// The count that it made; none where it is not known whether there was room.
    sum: Option<Count>,
}

impl Gate {
    /// Compiles a policy.
    pub fn new(policy: &Policy) -> Gate {
        let mut numbers = CounterNumbers::default();
        let mut known = KnownLimits::default();
        let mut compile = |tool: Option<u32>, own: &policy::Rules| {
            let all = &policy.all_tools;
            let checks = own.checks.iter().chain(&all.checks);
            let limits = own.limits.iter().chain(&all.limits);
            Rules {
                tool,
                checks: checks
                    .map(|check| Check::new(check, policy.semantics, &mut numbers))
                    .collect(),
                limits: limits.map(|limit| Limit::new(limit, &mut numbers, &mut known)).collect(),
            }
        };
        // Of a name that stands twice the last one counts, as in every reader of the document.
        let listed = (0..)
            .zip(&policy.tools)
            .map(|(number, tool)| (tool.name.as_str().into(), compile(Some(number), &tool.rules)))
            .collect();
        let unlisted = compile(None, &policy::Rules::default());
        Gate {
            semantics: policy.semantics,
            hidden: policy
                .hide
                .iter()
                .rev()
                .map(|hidden| (hidden.name.as_str().into(), hidden.pointer.as_str().into()))
                .collect(),
            default_allows: policy.default.allows(),
            unlisted,
            listed,
            tools: policy.tools.iter().map(|tool| tool.name.as_str().into()).collect(),
            limits: known.facts,
            assumptions: Assumptions::default(),
        }
    }

    /// The same gate, which assumes what the user chose where facts are missing.
    pub fn assuming(self, assumptions: Assumptions) -> Gate {
        Gate { assumptions, ..self }
    }

    /// What is assumed where facts are missing.
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    /// The names of the listed tools, by their numbers.
    pub fn tools(&self) -> &[Box<str>] {
        &self.tools
    }

    /// The limits that have a `max`, by their numbers.
    pub fn limits(&self) -> &[LimitFacts] {
        &self.limits
    }

    /// Decides a call and charges the counters for it.
    pub fn decide<'g>(&'g self, call: &Call<'_>, counters: &mut Counters) -> Decision<'g> {
        self.decide_watched(call, counters, &mut |_| {})
    }

    /// Decides a call, charges the counters for it, and tells of every limit that was charged how
    /// far it is used up.
    pub fn decide_watched<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        watch: &mut impl FnMut(Charge),
    ) -> Decision<'g> {
        let unreadable = self.semantics.unreadable == Unreadable::Forwarded;
        if unreadable && call.arguments.are_unreadable() {
            return decision(Outcome::Allow, Cause::Uninspected);
        }
        if let Some(pointer) = self.hidden.get(call.tool).or_else(|| self.hidden.get("*")) {
            return decision(Outcome::Deny, Cause::Hidden(pointer));
        }
        let rules = match self.listed.get(call.tool) {
            Some(rules) => rules,
            None if self.default_allows => &self.unlisted,
            None => return decision(Outcome::Deny, Cause::Unlisted),
        };
        let mut assuming = Assuming::new(&self.assumptions);
        let decision = self.ask(rules, call, counters, &mut assuming, watch);
        Decision { tool: rules.tool, assumed: assuming.first, ..decision }
    }

    /// Asks the rules of a tool.
    fn ask<'g>(
        &self,
        rules: &'g Rules,
        call: &Call<'_>,
        counters: &mut Counters,
        assuming: &mut Assuming<'_>,
        watch: &mut impl FnMut(Charge),
    ) -> Decision<'g> {
        let mut missing = None;
        let mut counted = false;
        for check in &rules.checks {
            match check.verdict(call, counters, assuming) {
                Verdict::Passes => {}
                Verdict::Denies { by_counter } => {
                    // Whether an earlier check refuses the call as well, and in which way, is not
                    // known: a refusal is certain, its kind only where both are alike.
                    if let Some(fact) = missing
                        && (by_counter || counted)
                    {
                        let indeterminate = decision(Outcome::Indeterminate, Cause::None);
                        return Decision { missing: Some(fact), ..indeterminate };
                    }
                    return self.denied(rules, check, by_counter, call, counters);
                }
                // A later check may still deny for certain.
                Verdict::Unknown(fact) => {
                    missing = missing.or(Some(fact));
                    counted |= check.counts();
                }
            }
        }
        self.charge(&rules.limits, missing, call, counters, assuming, watch)
    }

    fn denied<'g>(
        &self,
        rules: &'g Rules,
        check: &'g Check,
        by_counter: bool,
        call: &Call<'_>,
        counters: &Counters,
    ) -> Decision<'g> {
        if !by_counter {
            return decision(Outcome::Deny, Cause::Check(&check.reason));
        }
        let retry_at = call.time.and_then(|time| {
            let used = |limit: &&Limit| {
                check.reads(limit.counter) && limit.count(call, counters).most != 0
            };
            rules.limits.iter().filter(used).map(|limit| limit.window_end(time)).max()
        });
        let held_until = retry_at;
        Decision {
            retry_at,
            held_until,
            ..decision(Outcome::Throttle, Cause::Limit(&check.reason))
        }
    }

    /// Asks the limits in their order and charges them. `unsure` is a fact without which it is
    /// not even known whether the call gets this far.
    fn charge<'g>(
        &self,
        limits: &'g [Limit],
        unsure: Option<Missing>,
        call: &Call<'_>,
        counters: &mut Counters,
        assuming: &mut Assuming<'_>,
        watch: &mut impl FnMut(Charge),
    ) -> Decision<'g> {
        let before: SmallVec<[Count; INLINE]> =
            limits.iter().map(|limit| limit.count(call, counters)).collect();
        let mut missing = unsure;
        let mut refusal = None;
        let mut reserved: SmallVec<[Reserved; INLINE]> = SmallVec::new();
        for (index, limit) in limits.iter().enumerate() {
            match limit.reserve(call, counters, assuming) {
                Reservation::Unlimited => {}
                Reservation::Made(amount, sum) => {
                    reserved.push(Reserved { index, amount, sum: Some(sum) });
                }
                Reservation::Unknown(fact, amount) => match assuming.choose(fact) {
                    Some(Choice::Deny) => {
                        if limit.max.is_some() && limit.count(call, counters) != before[index] {
                            let key = limit.key(call.grant);
                            counters.set(key, limit.window, call.time, before[index]);
                        }
                        refusal = Some((
                            Cause::Limit(&limit.reason),
                            call.time.map(|time| limit.window_end(time)),
                        ));
                        break;
                    }
                    choice => {
                        missing = missing.or(choice.is_none().then_some(fact));
                        reserved.push(Reserved { index, amount, sum: None });
                    }
                },
                Reservation::Refused => {
                    refusal = Some((
                        Cause::Limit(&limit.reason),
                        call.time.map(|time| limit.window_end(time)),
                    ));
                    break;
                }
                Reservation::Unreadable => {
                    refusal = Some((Cause::Amount(&limit.reason), None));
                    break;
                }
            }
        }
        if refusal.is_some() || call.failed_upstream {
            self.give_back(&reserved, limits, &before, call, counters);
        }
        if let Some((cause, held_until)) = refusal
            && unsure.is_none()
        {
            let retry_at = held_until.and_then(|_| retry_at(limits, call, counters));
            // A call that can never pass is not held back by the window.
            let held_until = retry_at.and(held_until);
            return Decision { retry_at, held_until, ..decision(Outcome::Throttle, cause) };
        }
        let Some(fact) = missing else {
            if !call.failed_upstream {
                for Reserved { index, sum, .. } in &reserved {
                    let limit = &limits[*index];
                    let assumed = || before[*index].or(limit.count(call, counters));
                    if let Some(number) = limit.number {
                        let sum = sum.unwrap_or_else(assumed);
                        watch(Charge { limit: number, least: sum.least, most: sum.most });
                    }
                }
            }
            return decision(Outcome::Allow, Cause::None);
        };
        // Whether the call passed is unknown, so each counter is what it was or what it became.
        for (limit, before) in limits.iter().zip(before) {
            let after = limit.count(call, counters);
            if limit.max.is_some() && after != before {
                let count = before.or(after);
                counters.set(limit.key(call.grant), limit.window, call.time, count);
                if let Some(limit) = limit.number {
                    watch(Charge { limit, least: count.least, most: count.most });
                }
            }
        }
        Decision { missing: Some(fact), ..decision(Outcome::Indeterminate, Cause::None) }
    }

    fn give_back(
        &self,
        reserved: &[Reserved],
        limits: &[Limit],
        before: &[Count],
        call: &Call<'_>,
        counters: &mut Counters,
    ) {
        match self.semantics.charging {
            Charging::Whole => {
                for (limit, before) in limits.iter().zip(before) {
                    if limit.count(call, counters) != *before {
                        counters.set(limit.key(call.grant), limit.window, call.time, *before);
                    }
                }
            }
            Charging::OneByOne => {
                for Reserved { index, amount, sum } in reserved {
                    let limit = &limits[*index];
                    let count = limit.count(call, counters);
                    let lower = |value: i64| value.wrapping_sub(*amount).max(0);
                    let lowered = Count { least: lower(count.least), most: lower(count.most) };
                    let count = if sum.is_some() { lowered } else { before[*index].or(lowered) };
                    counters.set(limit.key(call.grant), limit.window, call.time, count);
                }
            }
        }
    }
}

fn decision(outcome: Outcome, cause: Cause<'_>) -> Decision<'_> {
    Decision {
        outcome,
        cause,
        retry_at: None,
        held_until: None,
        missing: None,
        assumed: None,
        tool: None,
    }
}
