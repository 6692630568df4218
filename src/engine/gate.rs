//! A policy compiled for deciding.

use std::ops::ControlFlow;

use hashbrown::HashMap;

use super::assume::{Assuming, Assumptions};
use super::call::{Call, CallResult};
use super::charging::Charged;
use super::check::Numbering;
use super::counters::{CounterNumbers, Counters, GrantId};
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Charge, KnownLimits, LimitFacts};
use super::observer::{Observer, Verdict};
use super::parting::Parting;
use super::permissions::{Holding, PermissionGate};
use super::rules::Rules;
use super::seen::Seen;
use super::walk::Walk;
use crate::policy::{self, Effect, Hidden, Policy, Scope, Semantics, ToolPolicy, Unreadable};

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
    counters: CounterNumbers,
    permissions: Option<PermissionGate>,
    assumptions: Assumptions,
}

impl Gate {
    /// Compiles a policy.
    pub fn new(policy: &Policy) -> Gate {
        Gate::of(policy, &policy.tools, &policy.hide)
    }

    /// Compiles what a policy says of one tool, given what lists it and what hides it: it decides the calls of that
    /// tool as the whole policy does where there are no others.
    pub fn of_tool(policy: &Policy, listed: Option<&ToolPolicy>, hidden: Option<&Hidden>) -> Gate {
        Gate::of(policy, listed, hidden)
    }

    fn of<'p>(
        policy: &Policy,
        tools: impl IntoIterator<Item = &'p ToolPolicy> + Clone,
        hide: impl IntoIterator<Item = &'p Hidden, IntoIter: DoubleEndedIterator>,
    ) -> Gate {
        let mut numbers = CounterNumbers::default();
        let mut known = KnownLimits::default();
        let of_all = policy.all_tools.checks.iter();
        let mut next = of_all.fold(Numbering::default(), Numbering::after);
        let mut compile = |tool, own: &policy::Rules| {
            Rules::new(policy, (tool, own), &mut next, &mut numbers, &mut known)
        };
        // Of a name that stands twice the last one counts, as in every reader of the document.
        let listed = (0..)
            .zip(tools.clone())
            .map(|(number, tool)| (tool.name.as_str().into(), compile(Some(number), &tool.rules)))
            .collect();
        let unlisted = compile(None, &policy::Rules::default());
        Gate {
            semantics: policy.semantics,
            hidden: hide
                .into_iter()
                .rev()
                .map(|hidden| (hidden.name.as_str().into(), hidden.pointer.as_str().into()))
                .collect(),
            default_allows: policy.default.allows(),
            unlisted,
            listed,
            tools: tools.into_iter().map(|tool| tool.name.as_str().into()).collect(),
            limits: known.facts,
            counters: numbers,
            permissions: policy.permissions.clone().map(PermissionGate::new),
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

    /// What can decide a call, each at least once.
    pub fn causes(&self) -> Vec<Cause<'_>> {
        if let Some(permissions) = &self.permissions {
            return permissions.reasons().map(Cause::Check).collect();
        }
        let mut causes: Vec<Cause<'_>> =
            self.hidden.values().map(|pointer| Cause::Hidden(pointer)).collect();
        causes.extend((!self.default_allows).then_some(Cause::Unlisted));
        for rules in self.listed.values().chain([&self.unlisted]) {
            causes.extend(rules.checks.iter().map(|check| Cause::Check(&check.reason)));
            causes.extend(rules.limits.iter().map(|limit| Cause::Limit(&limit.reason)));
        }
        causes
    }

    /// The limits that have a `max`, by their numbers.
    pub fn limits(&self) -> &[LimitFacts] {
        &self.limits
    }

    /// Whether it decides by an agent's own permission files, which are about all its tools.
    pub fn is_of_agent(&self) -> bool {
        self.permissions.is_some()
    }

    /// Which of some rules of an agent's permission files, by their numbers, hold for a call, whether they count
    /// or not; none where there are no such files.
    pub fn holding(&self, call: &Call<'_>, wanted: &[u32]) -> Holding {
        self.permissions.as_ref().map(|gate| gate.holding(call, wanted)).unwrap_or_default()
    }

    /// Whether some limit counts the calls of each grant apart.
    pub fn counts_by_grant(&self) -> bool {
        self.limits.iter().any(|limit| limit.scope == Scope::Grant)
    }

    /// What the calls have in common that meet one counter; none where nothing is counted.
    pub fn parting(&self) -> Option<Parting> {
        let unlisted = self.default_allows.then_some(&self.unlisted);
        Parting::of(self.listed.values(), unlisted)
    }

    /// The counters that a grant meets as another gate left them, as far as this gate has the same
    /// ones.
    pub fn adopted(&self, other: &Gate, counters: &Counters, grant: GrantId) -> Counters {
        counters.renumbered(grant, self.counters.shared(&other.counters))
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

    /// Decides a call as [`Gate::decide_watched`] does, and adds what it meets to what others have met.
    pub fn decide_seeing<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        seen: &mut Seen,
        watch: impl FnMut(Charge),
    ) -> Decision<'g> {
        let decision = self.observed(call, counters, &mut (&mut *seen, ChargeWatch(watch)));
        seen.close(call, &decision);
        decision
    }

    fn observed<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        if let Some(permissions) = &self.permissions {
            return permissions.decide(call, &self.assumptions, observer.ruled());
        }
        let unreadable = self.semantics.unreadable == Unreadable::Forwarded;
        if unreadable && call.arguments.are_unreadable() {
            return Decision::new(Outcome::Allow, Cause::Uninspected);
        }
        if !self.hidden.is_empty()
            && let Some(pointer) = self.hidden.get(call.tool).or_else(|| self.hidden.get("*"))
        {
            return Decision::new(Outcome::Deny, Cause::Hidden(pointer));
        }
        let rules = match self.listed.get(call.tool) {
            Some(rules) => rules,
            None if self.default_allows => &self.unlisted,
            None => return Decision::new(Outcome::Deny, Cause::Unlisted),
        };
        let mut assuming = Assuming::new(&self.assumptions);
        let decision = self.ask(rules, call, counters, &mut assuming, observer);
        Decision { tool: rules.tool, assumed: assuming.first, answered: assuming.asked, ..decision }
    }

    /// Asks the rules of a tool: the checks, then, unless one of them decides, the limits.
    fn ask<'g>(
        &self,
        rules: &'g Rules,
        call: &Call<'_>,
        counters: &mut Counters,
        assuming: &mut Assuming<'_>,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        let unsure = match self.checked(rules, call, counters, assuming, observer) {
            ControlFlow::Break(decision) => return decision,
            ControlFlow::Continue(unsure) => unsure,
        };
        let charging = self.semantics.charging;
        let is_refunded = self.refunds(call.result);
        let charged = Charged { limits: &rules.limits, charging, call, counters, is_refunded };
        charged.decide(unsure, assuming, observer)
    }

    /// Whether what a call takes from the limits is given back when this comes of it.
    fn refunds(&self, result: CallResult) -> bool {
        match result {
            CallResult::Ok => false,
            CallResult::UpstreamError => true,
            CallResult::ToolError => {
                self.assumptions.tool_error_refunds.unwrap_or(self.semantics.refunds_tool_errors)
            }
            CallResult::Unknown => self.assumptions.unanswered_failed.unwrap_or_default(),
        }
    }

    /// Asks the checks of a tool. Where they do not decide: the fact without which it is not known
    /// whether the call gets past them, if one is missing.
    fn checked<'g>(
        &self,
        rules: &'g Rules,
        call: &Call<'_>,
        counters: &Counters,
        assuming: &mut Assuming<'_>,
        observer: &mut impl Observer,
    ) -> ControlFlow<Decision<'g>, Option<Missing>> {
        let open = |fact| {
            let indeterminate = Decision::new(Outcome::Indeterminate, Cause::None);
            ControlFlow::Break(Decision { missing: Some(fact), ..indeterminate })
        };
        let approved = self.assumptions.approved;
        let (mut missing, mut counted) = (None, false);
        let (mut asks, mut may_ask) = (None, None);
        for check in &rules.checks {
            let verdict = check.verdict(call, counters, observer, assuming);
            observer.check(check.number, &verdict);
            match verdict {
                Verdict::Passes => {}
                Verdict::Denies { by_counter } => {
                    return match missing {
                        // Whether an earlier check refuses the call as well, and in which way, is
                        // not known: a refusal is certain, its kind only where both are alike.
                        Some(fact) if by_counter || counted => open(fact),
                        _ => {
                            ControlFlow::Break(rules.refused_by(check, by_counter, call, counters))
                        }
                    };
                }
                // A later check may still deny for certain.
                Verdict::Asks => asks = asks.or(Some(check)),
                Verdict::Unknown(fact) if check.effect == Effect::AskIf => {
                    may_ask = may_ask.or(Some(fact));
                }
                Verdict::Unknown(fact) => {
                    missing = missing.or(Some(fact));
                    counted |= check.counts();
                }
            }
        }
        assuming.asked = asks.is_some() && approved.is_some();
        match (asks, approved, missing) {
            (_, Some(true), missing) => ControlFlow::Continue(missing),
            (None, _, missing) => ControlFlow::Continue(missing.or(may_ask)),
            (Some(check), Some(false), fact) => match fact.filter(|_| counted) {
                Some(fact) => open(fact),
                None => ControlFlow::Break(rules.refused_by(check, false, call, counters)),
            },
            (Some(_), None, Some(fact)) => open(fact),
            (Some(check), None, None) => {
                ControlFlow::Break(Decision::new(Outcome::Ask, Cause::Check(&check.reason)))
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
