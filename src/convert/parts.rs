//! The parts of a policy that both dialects write alike.

use crate::policy::{Policy, Rules};

/// The tools that are hidden, each once.
pub(super) fn hidden(policy: &Policy) -> Vec<String> {
    let mut names = Vec::new();
    for hidden in &policy.hide {
        if !names.contains(&hidden.name) {
            names.push(hidden.name.clone());
        }
    }
    names
}

/// The listed tools with their own rules. What stands under `*` applies to all of them in
/// Intercept, so there it is no tool.
pub(super) fn tools(policy: &Policy) -> impl Iterator<Item = (&str, &Rules)> {
    let is_tool = |name: &str| !policy.dialect.is_intercept() || name != "*";
    policy
        .tools
        .iter()
        .filter(move |tool| is_tool(&tool.name))
        .map(|tool| (tool.name.as_str(), &tool.rules))
}
