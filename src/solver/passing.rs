//! A call that a policy lets pass.

use serde_json::Value;

use super::answer::Answer;
use super::budget::Budget;
use super::query::Query;
use super::question::{allow, decide};
use super::shape::Shape;
use super::version::Version;
use crate::engine::{Arguments, Outcome};

/// The arguments of a call of a tool, as its schema allows them, that a policy lets pass; none where none
/// is found.
pub fn passing(version: &Version<'_>, tool: &str, shape: &Shape, budget: &Budget) -> Option<Value> {
    let view = version.view(tool);
    let mut query = Query::default();
    if !allow(&view, &mut query) {
        return None;
    }
    let Answer::Witness(arguments) = query.answer(shape, budget) else { return None };
    let outcome = decide(version, tool, Arguments::Json(&arguments.to_string()));
    (outcome == Outcome::Allow).then_some(arguments)
}
