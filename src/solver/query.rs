//! Is there a call that agrees with all of these literals, and with one of each of those?

use serde_json::Value;

use super::Why;
use super::answer::{Answer, Found};
use super::budget::Budget;
use super::literal::Literal;
use super::sample::{Wanted, calls};
use super::shape::Shape;
use super::tree::Tree;

/// How many clauses are decided on top of each other; each takes a frame of the stack.
const MAX_CHOICES: usize = 500;

/// How deep an argument may lie in others.
const MAX_PATH: usize = 64;

/// A question about the arguments of one call.
#[derive(Clone, Default)]
pub(super) struct Query<'a> {
    /// All of these must agree.
    pub(super) all: Vec<Literal<'a>>,
    /// At least one of each must agree.
    pub(super) any: Vec<Vec<Literal<'a>>>,
}

impl<'a> Query<'a> {
    /// Looks for the arguments of such a call.
    pub(super) fn answer(&self, shape: &Shape, budget: &Budget) -> Answer {
        budget.next_question();
        let mut literals = self.all.clone();
        match self.search(&mut literals, shape, budget) {
            Ok(Found::One(arguments)) => Answer::Witness(arguments),
            Ok(Found::None) => Answer::Proved,
            Ok(Found::Unknown(why)) | Err(why) => {
                let samples = budget.may_sample(why);
                let suggested = if samples { self.suggested(shape).next() } else { None };
                suggested.map_or(Answer::Unknown(why), Answer::Witness)
            }
        }
    }

    /// Arguments that agree, as far as the conditions themselves suggest some.
    pub(super) fn suggested<'q>(
        &'q self,
        shape: &'q Shape,
    ) -> impl Iterator<Item = Value> + use<'q, 'a> {
        let is_deep = is_deep(&self.all) || self.any.iter().any(|clause| is_deep(clause));
        let wanted = Wanted { all: &self.all, any: &self.any, shape };
        (!is_deep).then(|| calls(wanted)).into_iter().flatten()
    }

    /// The first clause with which no literal of it lets some arguments, given as JSON text, agree.
    pub(super) fn missed(&self, arguments: &str) -> Option<&Vec<Literal<'a>>> {
        let agrees = |literal: &Literal<'_>| literal.agrees_in(arguments);
        self.any.iter().find(|clause| !clause.iter().any(agrees))
    }

    /// Solves the literals alone first, and branches only on what their solution misses.
    fn search(
        &self,
        literals: &mut Vec<Literal<'a>>,
        shape: &Shape,
        budget: &Budget,
    ) -> Result<Found<Value>, Why> {
        budget.branch()?;
        if literals.len() > self.all.len() + MAX_CHOICES || is_deep(literals) {
            return Err(Why::TooManyCases);
        }
        let arguments = match Tree::new(literals).arguments(shape, budget) {
            Found::One(arguments) => arguments,
            other => return Ok(other),
        };
        let Some(missed) = self.missed(&arguments.to_string()) else {
            return Ok(Found::One(arguments));
        };
        let mut unknown = None;
        for literal in missed {
            literals.push(*literal);
            let found = self.search(literals, shape, budget);
            literals.pop();
            match found? {
                Found::One(arguments) => return Ok(Found::One(arguments)),
                Found::None => {}
                Found::Unknown(why) => unknown = Some(why),
            }
        }
        Ok(unknown.map_or(Found::None, Found::Unknown))
    }
}

/// Whether an argument lies too deep in others.
pub(super) fn is_deep(literals: &[Literal<'_>]) -> bool {
    literals.iter().any(|literal| literal.atom.path.len() > MAX_PATH)
}
