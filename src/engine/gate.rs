//! A policy compiled for deciding.

use hashbrown::HashMap;

use super::assume::{Assuming, Assumptions};
use super::call::Call;
use super::charging::Charged;
use super::counters::{CounterNumbers, Counters, GrantId};
use super::decision::{Cause, Decision, Outcome};
use super::limit::{Charge, KnownLimits, LimitFacts};
use super::observer::{Observer, Verdict};
use super::rules::Rules;
use super::walk::Walk;
use crate::policy::{self, Policy, Semantics, Unreadable};

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
    assumptions: Assumptions,
}

impl Gate {
    /// Compiles a policy.
    pub fn new(policy: &Policy) -> Gate {
        let mut numbers = CounterNumbers::default();
        let mut known = KnownLimits::default();
        let mut compile =
            |tool, own: &policy::Rules| Rules::new(policy, (tool, own), &mut numbers, &mut known);
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
            counters: numbers,
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

    fn observed<'g>(
        &'g self,
        call: &Call<'_>,
        counters: &mut Counters,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
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
                        let indeterminate = Decision::new(Outcome::Indeterminate, Cause::None);
                        return Decision { missing: Some(fact), ..indeterminate };
                    }
                    return rules.refused_by(check, by_counter, call, counters);
                }
                // A later check may still deny for certain.
                Verdict::Unknown(fact) => {
                    missing = missing.or(Some(fact));
                    counted |= check.counts();
                }
            }
        }
        let charging = self.semantics.charging;
        let charged = Charged { limits: &rules.limits, charging, call, counters };
        charged.decide(missing, assuming, observer)
    }
}

/// Tells of the limits that were charged and of nothing else.
struct ChargeWatch<F>(F);

impl<F: FnMut(Charge)> Observer for ChargeWatch<F> {
    fn charged(&mut self, charge: Charge) {
        (self.0)(charge);
    }
}
