//! Checks, compiled: conditions on arguments and counters, with three answers.

use super::arguments::{Found, Path};
use super::assume::{Assuming, Choice};
use super::call::Call;
use super::counters::{CounterNumbers, Counters, GrantId};
use super::decision::{Missing, Reason};
use super::observer::{Observer, Verdict};
use super::predicate::Test;
use crate::policy::{self, Effect, Semantics, Subject};

/// The numbers that the next check and its first condition have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbering {
    checks: u32,
    conditions: u32,
}

impl Numbering {
    /// The numbers that come after a check.
    pub(super) fn after(self, check: &policy::Check) -> Numbering {
        let conditions = self.conditions + check.conditions.len() as u32;
        Numbering { checks: self.checks + 1, conditions }
    }
}

/// A check with its operands prepared.
#[derive(Debug)]
pub(super) struct Check {
    /// Its number in the order of [`policy::Policy::all_rules`].
    pub(super) number: u32,
    pub(super) effect: Effect,
    pub(super) conditions: Vec<Condition>,
    pub(super) reason: Reason,
}

#[derive(Debug)]
pub(super) struct Condition {
    /// Its number among those of all checks, in the same order.
    pub(super) number: u32,
    pub(super) subject: Source,
    pub(super) test: Test,
}

#[derive(Debug)]
pub(super) enum Source {
    Argument(Path),
    Counter(u32),
    Price,
}

/// What a condition looks at.
#[derive(Clone, Debug)]
pub enum Sight<'a> {
    /// An argument.
    Argument(Found<'a>),
    /// What the call costs, which nothing here tells.
    Price,
    /// A counter, which stands somewhere between two numbers.
    Counter {
        /// The least that it may be.
        least: i64,
        /// The most that it may be.
        most: i64,
    },
}

impl Check {
    pub(super) fn new(
        check: &policy::Check,
        semantics: Semantics,
        numbers: &mut CounterNumbers,
        next: &mut Numbering,
    ) -> Check {
        let Numbering { checks: number, conditions: first } = *next;
        *next = next.after(check);
        let conditions = (first..).zip(&check.conditions).map(|(number, condition)| Condition {
            number,
            subject: match &condition.subject {
                Subject::Argument(path) => Source::Argument(Path::new(path.clone())),
                Subject::Counter(key) => Source::Counter(numbers.of(key)),
                Subject::Price { .. } => Source::Price,
            },
            test: Test::new(&condition.predicate, semantics.equality),
        });
        Check {
            number,
            effect: check.effect,
            conditions: conditions.collect(),
            reason: Reason::new(
                &check.rule,
                check.pointer.as_str(),
                &check.message,
                !check.has_message,
            ),
        }
    }

    #[inline]
    pub(super) fn verdict(
        &self,
        call: &Call<'_>,
        counters: &Counters,
        observer: &mut impl Observer,
        assuming: &mut Assuming<'_>,
    ) -> Verdict {
        let mut unknown = None;
        let mut failed = None;
        for condition in &self.conditions {
            let holds = condition.holds(self.effect, call, counters);
            observer.condition(condition.number, holds);
            match holds.or_else(|fact| self.assume(condition, fact, assuming)) {
                Ok(true) => {}
                Ok(false) => {
                    failed = Some(matches!(condition.subject, Source::Counter(_)));
                    break;
                }
                Err(fact) => unknown = unknown.or(Some(fact)),
            }
        }
        match (self.effect, failed, unknown) {
            // An unknown condition before the failing one may fail first, in the other way.
            (Effect::Require, Some(_), Some(fact)) if self.counts() => Verdict::Unknown(fact),
            (Effect::Require, Some(by_counter), _) => Verdict::Denies { by_counter },
            (Effect::DenyIf | Effect::AskIf, Some(_), _) | (Effect::Require, None, None) => {
                Verdict::Passes
            }
            (_, None, Some(fact)) => Verdict::Unknown(fact),
            (Effect::DenyIf, None, None) => Verdict::Denies { by_counter: false },
            (Effect::AskIf, None, None) => Verdict::Asks,
        }
    }

    /// Whether a condition is assumed to hold that a missing fact leaves open.
    fn assume(
        &self,
        condition: &Condition,
        fact: Missing,
        assuming: &mut Assuming<'_>,
    ) -> Result<bool, Missing> {
        match (assuming.choose(fact).ok_or(fact)?, self.effect) {
            (Choice::Allow, effect) => Ok(effect == Effect::Require),
            (Choice::Deny, effect) => Ok(effect != Effect::Require),
            (Choice::Absent, _) => Ok(condition.test.holds_for_nothing()),
        }
    }

    /// Whether a counter is among what is tested.
    pub(super) fn counts(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition.subject, Source::Counter(_)))
    }

    pub(super) fn reads(&self, counter: u32) -> bool {
        let is = |condition: &Condition| matches!(condition.subject, Source::Counter(number) if number == counter);
        self.conditions.iter().any(is)
    }
}

impl Condition {
    /// What is there to be tested.
    pub(super) fn look<'a>(&self, call: &Call<'a>, counters: &Counters) -> Sight<'a> {
        match &self.subject {
            Source::Argument(path) => Sight::Argument(call.arguments.find(&path.keys)),
            Source::Price => Sight::Price,
            Source::Counter(number) => {
                let count = counters.read((GrantId::EVERYBODY, *number), call.when());
                Sight::Counter { least: count.least, most: count.most }
            }
        }
    }

    #[inline]
    pub(super) fn holds(
        &self,
        effect: Effect,
        call: &Call<'_>,
        counters: &Counters,
    ) -> Result<bool, Missing> {
        if let Source::Argument(path) = &self.subject
            && let Some(found) = call.arguments.at_hand(path)
        {
            return Ok(
                found.map_or_else(|| self.test.holds_for_nothing(), |value| self.test.holds(value))
            );
        }
        match self.look(call, counters) {
            // In what is no object there is no argument, so that what requires one fails closed. Of what
            // denies, nothing public tells.
            Sight::Argument(Found::Unknown(Missing::UnreadableArguments))
                if effect == Effect::Require && !self.test.holds_for_nothing() =>
            {
                Ok(false)
            }
            Sight::Argument(Found::Value(value)) => Ok(self.test.holds(value.as_ref())),
            Sight::Argument(Found::Nothing) => Ok(self.test.holds_for_nothing()),
            Sight::Argument(Found::Unknown(fact)) => Err(fact),
            Sight::Price => Err(Missing::Price),
            Sight::Counter { least, most } => {
                let fact = if call.time.is_none() { Missing::Time } else { Missing::EarlierCalls };
                self.test.holds_between(least, most).ok_or(fact)
            }
        }
    }
}
