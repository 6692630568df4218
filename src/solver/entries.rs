//! Questions about the entries of one tool, as the linter asks them: does one of them ever decide
//! anything, does any call get past all of them?

use super::answer::Answer;
use super::budget::Budget;
use super::literal::{Atom, Literal};
use super::query::Query;
use super::shape::Shape;
use crate::policy::{Check, Effect, Equality, Subject};

/// Entries of a policy, prepared once for many questions.
pub struct Entries<'c> {
    /// `None` for one that reads a counter, so that earlier calls decide what it does.
    entries: Vec<Option<Entry<'c>>>,
}

struct Entry<'c> {
    effect: Effect,
    atoms: Vec<Atom<'c>>,
}

/// Literals of which one must agree.
type Clause<'a> = Vec<Literal<'a>>;

impl<'c> Entries<'c> {
    /// Prepares entries; questions name them by their places in this order.
    pub fn new(checks: impl Iterator<Item = &'c Check>, equality: Equality) -> Entries<'c> {
        let entry = |check: &'c Check| {
            let atoms = check.conditions.iter().map(|condition| match &condition.subject {
                Subject::Argument(path) => Some(Atom::new(path, &condition.predicate, equality)),
                Subject::Counter(_) | Subject::Price { .. } => None,
            });
            Some(Entry { effect: check.effect, atoms: atoms.collect::<Option<_>>()? })
        };
        Entries { entries: checks.map(entry).collect() }
    }

    /// Whether a call gets past all entries. Of those that read a counter nothing is known but
    /// that they let no more through.
    pub fn can_be_passed(&self, budget: &Budget) -> Option<bool> {
        let known: Vec<&Entry<'_>> = self.entries.iter().flatten().collect();
        match ask(&known, None, budget) {
            Some(true) if known.len() < self.entries.len() => None,
            answer => answer,
        }
    }

    /// Whether an entry lets a call pass.
    pub fn passes_some(&self, entry: usize, budget: &Budget) -> Option<bool> {
        ask(&[self.entries[entry].as_ref()?], None, budget)
    }

    /// Whether an entry refuses a call.
    pub fn refuses_some(&self, entry: usize, budget: &Budget) -> Option<bool> {
        ask(&[], Some(self.entries[entry].as_ref()?), budget)
    }

    /// Whether an entry refuses a call that another one, asked before it, lets pass.
    pub fn decides_after(&self, entry: usize, earlier: usize, budget: &Budget) -> Option<bool> {
        ask(&[self.entries[earlier].as_ref()?], Some(self.entries[entry].as_ref()?), budget)
    }
}

/// Whether a call gets past some entries and is refused by another one.
fn ask(past: &[&Entry<'_>], refused: Option<&Entry<'_>>, budget: &Budget) -> Option<bool> {
    let mut query = Query::default();
    for entry in past {
        match entry.effect {
            Effect::Require => query.all.extend(literals(entry, true)),
            // Whoever is asked may say yes; only a second question is none.
            Effect::AskIf if refused.is_none_or(|entry| entry.effect != Effect::AskIf) => {}
            Effect::DenyIf | Effect::AskIf => query.any.push(literals(entry, false)),
        }
    }
    if let Some(entry) = refused {
        match entry.effect {
            Effect::Require => query.any.push(literals(entry, false)),
            Effect::DenyIf | Effect::AskIf => query.all.extend(literals(entry, true)),
        }
    }
    match query.answer(&Shape::any(), budget) {
        Answer::Proved => Some(false),
        Answer::Witness(_) => Some(true),
        Answer::Unknown(_) => None,
    }
}

fn literals<'a>(entry: &'a Entry<'a>, holds: bool) -> Clause<'a> {
    entry.atoms.iter().map(|atom| Literal { atom, holds }).collect()
}
