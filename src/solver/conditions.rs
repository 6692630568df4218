//! Questions about conditions alone, as the linter asks them. Where they cannot be answered for
//! certain, and where a counter is among the conditions, the answer is `None`: stay silent.

use super::answer::Answer;
use super::budget::Budget;
use super::literal::{Atom, Literal};
use super::query::Query;
use super::shape::Shape;
use crate::policy::{Condition, Equality, Subject};

/// Conditions as one policy reads them, asked about the calls that a shape allows.
#[derive(Debug)]
pub struct Conditions<'q> {
    /// When two values are equal.
    pub equality: Equality,
    /// What is known of the arguments.
    pub shape: &'q Shape,
    /// What an answer may cost.
    pub budget: &'q Budget,
}

impl Conditions<'_> {
    /// Whether a call can meet all of some conditions.
    pub fn can_hold(&self, conditions: &[&Condition]) -> Option<bool> {
        self.ask(conditions, &[])
    }

    /// Whether every call meets all of some conditions.
    pub fn always_hold(&self, conditions: &[&Condition]) -> Option<bool> {
        self.implies(&[], conditions)
    }

    /// Whether every call that meets all of some conditions meets all of some others too. So one
    /// `deny_if` entry makes another one dead: the other implies it.
    pub fn implies(&self, these: &[&Condition], those: &[&Condition]) -> Option<bool> {
        let [first, rest @ ..] = those else { return Some(true) };
        match self.ask(these, &[first])? {
            true => Some(false),
            false => self.implies(these, rest),
        }
    }

    /// Whether a call can meet all of some conditions and none of some others.
    pub fn ask<'c>(&self, met: &[&'c Condition], unmet: &[&'c Condition]) -> Option<bool> {
        let atoms = |conditions: &[&'c Condition]| -> Option<Vec<Atom<'c>>> {
            conditions.iter().map(|condition| self.atom(condition)).collect()
        };
        let (met, unmet) = (atoms(met)?, atoms(unmet)?);
        let literal = |holds| move |atom| Literal { atom, holds };
        let all = met.iter().map(literal(true)).chain(unmet.iter().map(literal(false)));
        let query = Query { all: all.collect(), any: Vec::new() };
        match query.answer(self.shape, self.budget) {
            Answer::Proved => Some(false),
            Answer::Witness(_) => Some(true),
            Answer::Unknown(_) => None,
        }
    }

    fn atom<'c>(&self, condition: &'c Condition) -> Option<Atom<'c>> {
        match &condition.subject {
            Subject::Argument(path) => Some(Atom::new(path, &condition.predicate, self.equality)),
            Subject::Counter(_) | Subject::Price { .. } => None,
        }
    }
}
