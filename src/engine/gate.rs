//! A policy compiled for deciding.

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::call::Call;
use super::check::{Check, Verdict};
use super::counters::{Count, CounterNumbers, Counters};
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Limit, Reservation, retry_at};
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
}

#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) checks: Vec<Check>,
    pub(super) limits: Vec<Limit>,
}

/// Something that was taken from a limit.
struct Reserved {
    /// Which limit.
    index: usize,
    amount: i64,
    /// Whether it is known that there was room.
    certain: bool,
}

impl Gate {
    /// Compiles a policy.
    pub fn new(policy: &Policy) -> Gate {
        let mut numbers = CounterNumbers::default();
        let compile = |own: &policy::Rules, numbers: &mut CounterNumbers| {
            let checks = policy.rules(Some(own)).flat_map(|rules| &rules.checks);
            let limits = policy.rules(Some(own)).flat_map(|rules| &rules.limits);
            Rules {
                checks: checks.map(|check| Check::new(check, policy.semantics, numbers)).collect(),
                limits: limits.map(|limit| Limit::new(limit, numbers)).collect(),
            }
        };
        let listed = policy.tools.iter();
        // Of a name that stands twice the last one counts, as in every reader of the document.
        let listed = listed
            .map(|tool| (tool.name.as_str().into(), compile(&tool.rules, &mut numbers)))
            .collect();
        Gate {
            semantics: policy.semantics,
            hidden: policy
                .hide
                .iter()
                .rev()
                .map(|hidden| (hidden.name.as_str().into(), hidden.pointer.as_str().into()))
                .collect(),
            default_allows: policy.default.allows(),
            unlisted: compile(&policy::Rules::default(), &mut numbers),
            listed,
        }
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
        let mut missing = None;
        let mut counted = false;
        for check in &rules.checks {
            let verdict = check.verdict(call, counters, observer);
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
        self.charge(&rules.limits, missing, call, counters, observer)
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
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        if unsure.is_none() && charge_all(limits, call, counters) {
            observer.all_limits();
            return decision(Outcome::Allow, Cause::None);
        }
        let before: SmallVec<[Count; INLINE]> =
            limits.iter().map(|limit| limit.count(call, counters)).collect();
        let mut missing = unsure;
        let mut refusal = None;
        let mut reserved: SmallVec<[Reserved; INLINE]> = SmallVec::new();
        for (index, limit) in limits.iter().enumerate() {
            let reservation = limit.reserve(call, counters);
            observer.limit(&reservation);
            match reservation {
                Reservation::Unlimited => {}
                Reservation::Made(amount) => {
                    reserved.push(Reserved { index, amount, certain: true });
                }
                Reservation::Unknown(fact, amount) => {
                    missing = missing.or(Some(fact));
                    reserved.push(Reserved { index, amount, certain: false });
                }
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
            return decision(Outcome::Allow, Cause::None);
        };
        // Whether the call passed is unknown, so each counter is what it was or what it became.
        for (limit, before) in limits.iter().zip(before) {
            let after = limit.count(call, counters);
            if limit.max.is_some() && after != before {
                counters.set(limit.key(call.grant), limit.window, call.time, before.or(after));
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
                for Reserved { index, amount, certain } in reserved {
                    let limit = &limits[*index];
                    let count = limit.count(call, counters);
                    let lower = |value: i64| value.wrapping_sub(*amount).max(0);
                    let lowered = Count { least: lower(count.least), most: lower(count.most) };
                    let count = if *certain { lowered } else { before[*index].or(lowered) };
                    counters.set(limit.key(call.grant), limit.window, call.time, count);
                }
            }
        }
    }
}

/// Charges a call to all limits at once, where that is plain: everything is known exactly, and all
/// have room. Otherwise nothing is charged.
fn charge_all(limits: &[Limit], call: &Call<'_>, counters: &mut Counters) -> bool {
    let Some(time) = call.time else { return limits.is_empty() };
    if call.failed_upstream || !call.in_order || !counters.are_exact() {
        return limits.is_empty();
    }
    let mut taken: SmallVec<[_; INLINE]> = SmallVec::new();
    for limit in limits {
        let Amount::Fixed(amount) = limit.amount else { break };
        let key = limit.key(call.grant);
        let before = match limit.max {
            None => None,
            Some(max) => match counters.take(key, limit.window, time, amount, max) {
                Some(before) => Some(before),
                None => break,
            },
        };
        taken.push((key, before));
    }
    if taken.len() == limits.len() {
        return true;
    }
    // The last first, so that a counter that stands twice becomes what it was at the start.
    for (key, before) in taken.into_iter().rev() {
        if let Some(before) = before {
            counters.restore(key, before);
        }
    }
    false
}

pub(super) fn decision(outcome: Outcome, cause: Cause<'_>) -> Decision<'_> {
    Decision { outcome, cause, retry_at: None, held_until: None, missing: None }
}
