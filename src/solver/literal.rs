//! Conditions on arguments, and their opposites.

use std::cell::OnceCell;

use super::Why;
use super::machine::Machine;
use super::spell::{Texts, may_be_few, spell};
use crate::engine::Prepared;
use crate::policy::{Equality, Predicate, Value};

/// A condition on an argument, as a policy with this equality reads it.
pub(super) struct Atom<'p> {
    pub(super) path: &'p [String],
    pub(super) predicate: &'p Predicate,
    pub(super) equality: Equality,
    test: Prepared,
    machine: OnceCell<Result<Machine, Why>>,
    may_be_few: OnceCell<bool>,
    spelt: OnceCell<Texts>,
}

/// A condition that must hold, or must not.
#[derive(Clone, Copy)]
pub(super) struct Literal<'a> {
    pub(super) atom: &'a Atom<'a>,
    pub(super) holds: bool,
}

impl<'p> Atom<'p> {
    pub(super) fn new(
        path: &'p [String],
        predicate: &'p Predicate,
        equality: Equality,
    ) -> Atom<'p> {
        let test = Prepared::new(predicate, equality);
        let (machine, may_be_few, spelt) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Atom { path, predicate, equality, test, machine, may_be_few, spelt }
    }

    /// Whether it is the same condition as another one, read in the same way.
    fn is_same(&self, other: &Atom<'_>) -> bool {
        self.path == other.path
            && self.equality == other.equality
            && is_same_predicate(self.predicate, other.predicate)
    }

    /// Whether it holds for an argument that is absent.
    pub(super) fn holds_for_nothing(&self) -> bool {
        self.test.holds(None)
    }

    /// The automaton of a pattern or of a part of a text.
    pub(super) fn machine(&self) -> Result<&Machine, Why> {
        let new = || match self.predicate {
            Predicate::Matches(pattern) => Machine::of_pattern(pattern),
            Predicate::Contains(Value::String(part)) => Machine::of_text(part),
            _ => Err(Why::Pattern),
        };
        self.machine.get_or_init(new).as_ref().map_err(|why| *why)
    }

    /// Texts that its pattern is found in; none where it is of another kind.
    pub(super) fn spelt(&self) -> Option<&Texts> {
        let Predicate::Matches(pattern) = self.predicate else { return None };
        Some(self.spelt.get_or_init(|| spell(pattern)))
    }

    /// The only texts that its pattern is found in, where these are few.
    pub(super) fn all_texts(&self) -> Option<&[String]> {
        let Predicate::Matches(pattern) = self.predicate else { return None };
        // Most patterns are found in many texts, which need not be spelt to know that.
        let may_be_few = *self.may_be_few.get_or_init(|| may_be_few(pattern));
        let spelt = may_be_few.then(|| self.spelt())??;
        spelt.all.then_some(&spelt.texts)
    }
}

impl<'a> Literal<'a> {
    /// Whether a value, given as JSON text, is as the literal wants it; `None` is an absent one.
    pub(super) fn agrees(&self, json: Option<&str>) -> bool {
        self.atom.test.holds(json) == self.holds
    }

    /// Whether arguments, given as JSON text, are as the literal wants them.
    pub(super) fn agrees_in(&self, arguments: &str) -> bool {
        self.atom.test.holds_in(arguments, self.atom.path) == self.holds
    }

    /// The operands of which a present value must equal one.
    pub(super) fn must_equal(&self) -> Option<&'a [Value]> {
        self.operands().filter(|(_, equal)| *equal).map(|(operands, _)| operands)
    }

    /// The operands of `eq`, `neq`, `in` or `not_in`, and whether a present value must equal one
    /// of them or none.
    pub(super) fn operands(&self) -> Option<(&'a [Value], bool)> {
        match self.atom.predicate {
            Predicate::Equal { value, negated } => {
                Some((std::slice::from_ref(value), self.holds != *negated))
            }
            Predicate::OneOf { values, negated } => Some((values, self.holds != *negated)),
            _ => None,
        }
    }

    /// Whether it is the opposite of another literal, word for word.
    pub(super) fn contradicts(&self, other: &Literal<'_>) -> bool {
        self.holds != other.holds
            && (std::ptr::eq(self.atom, other.atom) || self.atom.is_same(other.atom))
    }
}

/// Whether two predicates are the same, word for word.
pub(super) fn is_same_predicate(one: &Predicate, other: &Predicate) -> bool {
    use Predicate::*;
    let is_same = |(one, other): (&Value, &Value)| one.is_same(other);
    match (one, other) {
        (Equal { value, negated }, Equal { value: theirs, negated: other }) => {
            negated == other && value.is_same(theirs)
        }
        (OneOf { values, negated }, OneOf { values: theirs, negated: other }) => {
            negated == other
                && values.len() == theirs.len()
                && values.iter().zip(theirs).all(is_same)
        }
        (Compare { order, bound }, Compare { order: other, bound: theirs }) => {
            order == other && bound == theirs
        }
        (Matches(pattern), Matches(other)) => pattern.source() == other.source(),
        (Contains(value), Contains(other)) => value.is_same(other),
        (Exists(wanted), Exists(other)) => wanted == other,
        _ => false,
    }
}
