//! Writing a policy in the other dialect.
//!
//! What the other dialect cannot say is written stricter where there is a choice, and named. That
//! the result lets the same calls pass is for the solver to prove, not for this module to promise.

mod document;
mod to_intercept;
mod to_v1;

use crate::policy::{Dialect, Policy, Rules};
use crate::source::Pointer;

/// A policy written in the other dialect.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The text: JSON for version "1", YAML for Intercept.
    pub text: String,
    /// What could not be carried over.
    pub losses: Vec<Loss>,
}

/// A part of a policy that the other dialect cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where it stands in the policy.
    pub pointer: Pointer,
    /// Why it cannot be said, and what was written instead.
    pub message: String,
}

/// Writes a policy in a dialect.
pub fn convert(policy: &Policy, to: Dialect) -> Converted {
    match to {
        Dialect::V1 => to_v1::convert(policy),
        Dialect::Intercept => to_intercept::convert(policy),
    }
}

/// The name of a file in a dialect, for telling the format of a text that has no file.
pub fn file_name(to: Dialect) -> &'static str {
    match to {
        Dialect::V1 => "converted.json",
        Dialect::Intercept => "converted.yaml",
    }
}

/// The tools that are hidden, each once.
fn hidden(policy: &Policy) -> Vec<&str> {
    let mut names = Vec::new();
    for hidden in &policy.hide {
        if !names.contains(&hidden.name.as_str()) {
            names.push(&hidden.name);
        }
    }
    names
}

/// The listed tools with their own rules. What stands under `*` applies to all of them in
/// Intercept, so there it is no tool.
fn tools(policy: &Policy) -> impl Iterator<Item = (&str, &Rules)> {
    let is_tool = |name: &str| policy.dialect != Dialect::Intercept || name != "*";
    policy
        .tools
        .iter()
        .filter(move |tool| is_tool(&tool.name))
        .map(|tool| (tool.name.as_str(), &tool.rules))
}
