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
    /// `None` for one that reads a counter, so that earlier calls decide what it does; nothing is
    /// known of it but that it lets no more through.
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

    /// Whether a call gets past all entries.
    pub fn can_be_passed(&self, budget: &Budget) -> Option<bool> {
        self.ask(&self.all(), None, budget)
    }

    /// The entries that let no call pass between them, as few as are found; none if a call gets
    /// past them, or if that cannot be told.
    pub fn refusing_all(&self, budget: &Budget) -> Option<Vec<usize>> {
        let is_shut = self.can_be_passed(budget) == Some(false);
        is_shut.then(|| self.fewest(self.all(), None, budget))
    }

    /// Whether a call gets past all of some entries.
    pub fn passes_some(&self, entries: &[usize], budget: &Budget) -> Option<bool> {
        self.ask(entries, None, budget)
    }

    /// Whether an entry refuses a call.
    pub fn refuses_some(&self, entry: usize, budget: &Budget) -> Option<bool> {
        self.ask(&[], Some(entry), budget)
    }

    /// Whether an entry refuses a call that others, asked before it, all let pass.
    pub fn decides_after(&self, entry: usize, earlier: &[usize], budget: &Budget) -> Option<bool> {
        self.ask(earlier, Some(entry), budget)
    }

    /// The entries, as few as are found, that leave another one nothing to decide between them;
    /// none if they leave it something, or if that cannot be told.
    pub fn covering(&self, entry: usize, earlier: &[usize], budget: &Budget) -> Option<Vec<usize>> {
        let is_covered = self.decides_after(entry, earlier, budget) == Some(false);
        is_covered.then(|| self.fewest(earlier.to_vec(), Some(entry), budget))
    }

    fn all(&self) -> Vec<usize> {
        (0..self.entries.len()).collect()
    }

    /// Leaves out of some entries what is not needed for the answer "no": many at once, then fewer,
    /// the first ones first.
    fn fewest(&self, mut of: Vec<usize>, refused: Option<usize>, budget: &Budget) -> Vec<usize> {
        of.retain(|entry| self.entries[*entry].is_some());
        let mut size = of.len();
        while size > 0 {
            let mut at = 0;
            while at < of.len() {
                let end = of.len().min(at + size);
                let left_out: Vec<usize> = of.drain(at..end).collect();
                let answer = self.ask(&of, refused, budget);
                if answer != Some(false) {
                    of.splice(at..at, left_out);
                    at = end;
                }
                // Nothing more is to be had from a budget that is spent.
                if answer.is_none() {
                    return of;
                }
            }
            size /= 2;
        }
        of
    }

    /// Whether a call gets past some entries and is refused by another one.
    fn ask(&self, past: &[usize], refused: Option<usize>, budget: &Budget) -> Option<bool> {
        let known: Vec<&Entry<'_>> =
            past.iter().filter_map(|entry| self.entries[*entry].as_ref()).collect();
        let refused = match refused {
            Some(entry) => Some(self.entries[entry].as_ref()?),
            None => None,
        };
        match ask(&known, refused, budget) {
            Some(true) if known.len() < past.len() => None,
            answer => answer,
        }
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
