//! A text for which some conditions hold and others do not; none of them wants it to equal a value,
//! which [`super::tree`] sees to.

use super::Why;
use super::answer::Found;
use super::budget::Budget;
use super::literal::Literal;
use super::product::{Wanted, shortest_text};
use super::sample;
use crate::policy::{Equality, Predicate, Value};

/// How many states are visited before the texts that the conditions suggest are tried.
const FEW_STATES: usize = 4_000;

/// A text with which every literal agrees.
pub(super) fn text(literals: &[Literal<'_>], budget: &Budget) -> Found<String> {
    // What neither compares with a value nor looks into the text holds for every text or for none.
    let is_same_for_all = |literal: &&Literal<'_>| literal.operands().is_none() && !looks(literal);
    if literals.iter().filter(is_same_for_all).any(|literal| !literal.agrees(Some("\"\""))) {
        return Found::None;
    }
    // A pattern of few texts leaves only these.
    let mut few = literals.iter().filter(|literal| literal.holds);
    if let Some(texts) = few.find_map(|literal| literal.atom.all_texts()) {
        for text in texts {
            match budget.step() {
                Ok(()) if agree(literals, text) => return Found::One(text.clone()),
                Ok(()) => {}
                Err(why) => return Found::Unknown(why),
            }
        }
        return Found::None;
    }
    let search = Search::new(literals, budget);
    // Where the shortest text is far away, one that the conditions suggest is nearer.
    match search.followed(budget.states.min(FEW_STATES)) {
        Found::Unknown(why) => match search.suggested(why) {
            Found::Unknown(Why::TooManyStates) if budget.states > FEW_STATES => {
                search.followed(budget.states)
            }
            found => found,
        },
        found => found,
    }
}

/// Whether a literal looks into a text.
fn looks(literal: &Literal<'_>) -> bool {
    let predicate = literal.atom.predicate;
    matches!(predicate, Predicate::Matches(_) | Predicate::Contains(Value::String(_)))
}

/// Whether every literal agrees with a text.
fn agree(literals: &[Literal<'_>], text: &str) -> bool {
    let quoted = serde_json::Value::from(text).to_string();
    literals.iter().all(|literal| literal.agrees(Some(&quoted)))
}

/// A search for a text that some patterns are found in and others are not, and that is none of those
/// that are excluded.
struct Search<'l> {
    literals: &'l [Literal<'l>],
    machines: Result<Vec<Wanted<'l>>, Why>,
    excluded: Vec<String>,
    budget: &'l Budget,
}

impl<'l> Search<'l> {
    fn new(literals: &'l [Literal<'l>], budget: &'l Budget) -> Search<'l> {
        let looking = literals.iter().filter(|literal| looks(literal));
        Search {
            literals,
            machines: looking.map(|one| Ok((one.atom.machine()?, one.holds))).collect(),
            excluded: literals.iter().flat_map(excluded).collect(),
            budget,
        }
    }

    /// The shortest such text, if no more than so many states lie before it.
    fn followed(&self, states: usize) -> Found<String> {
        let machines = match &self.machines {
            Ok(machines) => machines,
            Err(why) => return Found::Unknown(*why),
        };
        let excluded: Vec<&str> = self.excluded.iter().map(String::as_str).collect();
        match shortest_text(machines, &excluded, states, self.budget) {
            Found::One(text) if !agree(self.literals, &text) => Found::Unknown(Why::Unconfirmed),
            found => found,
        }
    }

    /// One that the conditions suggest, for where the search did not come to an end.
    fn suggested(&self, why: Why) -> Found<String> {
        if !self.budget.may_sample(why) {
            return Found::Unknown(why);
        }
        let mut texts = sample::texts(self.literals).into_iter();
        let found = texts.find(|text| agree(self.literals, text));
        found.map_or(Found::Unknown(why), Found::One)
    }
}

/// The texts that equal one of the operands of a literal, none of which must be equal.
fn excluded(literal: &Literal<'_>) -> Vec<String> {
    let text = |value: &Value| match literal.atom.equality {
        Equality::Printed => Some(value.printed()),
        Equality::Strict => value.as_str().map(str::to_owned),
    };
    let operands = literal.operands().filter(|(_, equal)| !equal);
    operands.map_or(&[][..], |(operands, _)| operands).iter().filter_map(text).collect()
}
