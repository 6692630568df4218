//! A policy compiled for deciding.

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::assume::{Assuming, Assumptions, Choice};
use super::call::Call;
use super::check::{Check, Verdict};
use super::counters::{Count, CounterNumbers, Counters, Key, Taken};
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Charge, KnownLimits, Limit, LimitFacts, Reservation, retry_at};
use super::walk::{Observer, Walk};
use crate::policy::{self, Amount, Charging, Policy, Semantics, Unreadable};

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
pub(super) struct Rules {
    /// The number of the tool, if it is a listed one.
    tool: Option<u32>,
    pub(super) checks: Vec<Check>,
    pub(super) limits: Vec<Limit>,
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
            let checks = policy.rules(Some(own)).flat_map(|rules| &rules.checks);
            let limits = policy.rules(Some(own)).flat_map(|rules| &rules.limits);
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
        self.observed(call, counters, &mut ())
    }

    /// Decides a call as [`Gate::decide`] does, charges the counters for it, and tells every step.
    pub fn walk<'g, 'a>(&'g self, call: &Call<'a>, counters: &mut Counters) -> Walk<'g, 'a> {
        let listed = self.listed.contains_key(call.tool);
        let rules = self.listed.get(call.tool).unwrap_or(&self.unlisted);
        let mut walk = Walk::before(rules, listed, call, counters);
        let decision = self.observed(call, counters, &mut walk);
        Walk { decision, ..walk }
    }

    /// Decides a call, charges the counters for it, and tells of every limit that was charged how
    /// far it is used up.
    pub fn decide_watched<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        watch: impl FnMut(Charge),
    ) -> Decision<'g> {
        self.observed(call, counters, &mut ChargeWatch(watch))
    }

    fn observed<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        let unreadable = self.semantics.unreadable == Unreadable::Forwarded;
        if unreadable && call.arguments.are_unreadable() {
            return decision(Outcome::Allow, Cause::Uninspected);
        }
        if !self.hidden.is_empty()
            && let Some(pointer) = self.hidden.get(call.tool).or_else(|| self.hidden.get("*"))
        {
            return decision(Outcome::Deny, Cause::Hidden(pointer));
        }
        let rules = match self.listed.get(call.tool) {
            Some(rules) => rules,
            None if self.default_allows => &self.unlisted,
            None => return decision(Outcome::Deny, Cause::Unlisted),
        };
        let mut assuming = Assuming::new(&self.assumptions);
        let decision = self.ask(rules, call, counters, &mut assuming, observer);
        Decision { tool: rules.tool, assumed: assuming.first, ..decision }
    }

    /// Asks the rules of a tool.
    fn ask<'g>(
        &self,
        rules: &'g Rules,
        call: &Call<'_>,
        counters: &mut Counters,
        assuming: &mut Assuming<'_>,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        let mut missing = None;
        let mut counted = false;
        for check in &rules.checks {
            let verdict = check.verdict(call, counters, observer, assuming);
            observer.check(&verdict);
            match verdict {
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
        self.charge(&rules.limits, missing, call, counters, assuming, observer)
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
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        if unsure.is_none() && charge_all(limits, call, counters, observer) {
            observer.all_limits();
            return decision(Outcome::Allow, Cause::None);
        }
        let before: SmallVec<[Count; INLINE]> =
            limits.iter().map(|limit| limit.count(call, counters)).collect();
        let mut missing = unsure;
        let mut refusal = None;
        let mut reserved: SmallVec<[Reserved; INLINE]> = SmallVec::new();
        for (index, limit) in limits.iter().enumerate() {
            let reservation = limit.reserve(call, counters, assuming);
            observer.limit(&reservation);
            match reservation {
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
                        observer.charged(Charge {
                            limit: number,
                            least: sum.least,
                            most: sum.most,
                        });
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
                    observer.charged(Charge { limit, least: count.least, most: count.most });
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

/// Tells of the limits that were charged and of nothing else.
struct ChargeWatch<F>(F);

impl<F: FnMut(Charge)> Observer for ChargeWatch<F> {
    fn charged(&mut self, charge: Charge) {
        (self.0)(charge);
    }
}

/// Charges a call to all limits at once, where that is plain: everything is known exactly, and all
/// have room. Otherwise nothing is charged.
fn charge_all(
    limits: &[Limit],
    call: &Call<'_>,
    counters: &mut Counters,
    observer: &mut impl Observer,
) -> bool {
    let Some(time) = call.time else { return limits.is_empty() };
    if call.failed_upstream || !call.in_order || !counters.are_exact() {
        return limits.is_empty();
    }
    let mut taken: SmallVec<[(Key, Option<Taken>); INLINE]> = SmallVec::new();
    for limit in limits {
        let Amount::Fixed(amount) = limit.amount else { break };
        let key = limit.key(call.grant);
        match limit.max {
            None => taken.push((key, None)),
            Some(max) => match counters.take(key, limit.window, time, amount, max) {
                Some(one) => taken.push((key, Some(one))),
                None => break,
            },
        }
    }
    if taken.len() == limits.len() {
        for (limit, (_, taken)) in limits.iter().zip(&taken) {
            if let (Some(limit), Some(Taken { sum, .. })) = (limit.number, taken) {
                observer.charged(Charge { limit, least: *sum, most: *sum });
            }
        }
        return true;
    }
    // The last first, so that a counter that stands twice becomes what it was at the start.
    for (key, taken) in taken.into_iter().rev() {
        if let Some(taken) = taken {
            counters.restore(key, taken.before);
        }
    }
    false
}

pub(super) fn decision(outcome: Outcome, cause: Cause<'_>) -> Decision<'_> {
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
