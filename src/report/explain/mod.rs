//! The words of `explain`.

mod human;
mod json;
mod predicate;

pub use human::write_explanation;
pub(in crate::report) use human::write_steps;
pub use json::write_explanation_json;
