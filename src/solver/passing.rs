//! Questions about the calls of one tool that a policy lets pass.

use serde_json::Value;

use super::answer::Answer;
use super::budget::Budget;
use super::literal::{Atom, Literal};
use super::query::Query;
use super::question::{allow, decide};
use super::shape::Shape;
use super::version::{Version, View};
use crate::engine::{Arguments, Outcome};
use crate::policy::Predicate;

/// The calls of one tool that a policy lets pass.
pub struct Passing<'p> {
    version: &'p Version<'p>,
    tool: &'p str,
    view: View<'p>,
    shape: Shape,
}

/// A test of an argument, by the keys that lead to it, that must hold for a call.
pub type Test<'t> = (&'t [String], &'t Predicate);

impl<'p> Passing<'p> {
    /// The calls of a tool with arguments of a shape.
    pub fn new(version: &'p Version<'p>, tool: &'p str, shape: Shape) -> Passing<'p> {
        Passing { version, tool, view: version.view(tool), shape }
    }

    /// The arguments of a call that passes and for which some tests hold; none where there is none, and
    /// where that cannot be told. The engine has decided the call.
    pub fn arguments(&self, tests: &[Test<'_>], budget: &Budget) -> Option<Value> {
        let equality = self.version.policy.semantics.equality;
        let atoms: Vec<Atom<'_>> =
            tests.iter().map(|(path, predicate)| Atom::new(path, predicate, equality)).collect();
        let mut query = Query::default();
        if !allow(&self.view, &mut query) {
            return None;
        }
        query.all.extend(atoms.iter().map(|atom| Literal { atom, holds: true }));
        match query.answer(&self.shape, budget) {
            Answer::Witness(arguments) => self.passes(&arguments).then_some(arguments),
            Answer::Proved | Answer::Unknown(_) => None,
        }
    }

    /// The arguments of calls that pass: one that is found exactly, if there is one, and those that the
    /// conditions themselves suggest.
    pub fn samples(&self, budget: &Budget) -> Vec<Value> {
        let mut query = Query::default();
        if !allow(&self.view, &mut query) {
            return Vec::new();
        }
        let mut found: Vec<Value> = self.arguments(&[], budget).into_iter().collect();
        for arguments in query.suggested(&self.shape) {
            if !found.contains(&arguments) && self.passes(&arguments) {
                found.push(arguments);
            }
        }
        found
    }

    /// Whether the first call of the tool passes with these arguments.
    pub fn passes(&self, arguments: &Value) -> bool {
        let arguments = Arguments::Json(&arguments.to_string());
        decide(self.version.gate_of(self.tool, &self.view), self.tool, arguments) == Outcome::Allow
    }
}
