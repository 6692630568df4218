//! What conditions say of the arguments of a tool.

use std::collections::HashSet;

use super::Context;
use crate::catalogue::Tool;
use crate::policy::{Check, Condition, Effect, Predicate, Rules, Subject, ToolPolicy, Value};

impl<'a> Context<'a> {
    /// The conditions that must hold for every call that reaches the limits of a tool; with no
    /// tool, of all tools.
    pub fn required_of(&self, tool: Option<&'a ToolPolicy>) -> Vec<&'a Condition> {
        match tool {
            Some(tool) => self.required(tool),
            None => required_in(&self.policy.all_tools).collect(),
        }
    }

    /// The conditions of all `require` entries on a tool, which must hold together.
    pub fn required(&self, tool: &'a ToolPolicy) -> Vec<&'a Condition> {
        required_in(&tool.rules).chain(required_in(&self.policy.all_tools)).collect()
    }

    /// Whether a condition looks at the value of an argument of a tool; that one exists is not yet
    /// a look at what it is.
    pub fn is_looked_at(&self, tool: &ToolPolicy) -> bool {
        let checks = tool.rules.checks.iter().chain(&self.policy.all_tools.checks);
        checks.flat_map(|check| &check.conditions).any(|condition| {
            matches!(condition.subject, Subject::Argument(_))
                && !matches!(condition.predicate, Predicate::Exists(true))
        })
    }

    /// Whether a tool may only be called with arguments that somebody has chosen: a condition
    /// that must hold picks values instead of ruling out single ones. A `deny_if` rules out only
    /// what somebody thought of.
    pub fn is_restricted(&self, tool: &'a ToolPolicy) -> bool {
        // Of the calls that are asked about, those that are not are what is left.
        if self.policy.rules(Some(&tool.rules)).any(asks_of_arguments) {
            return true;
        }
        let known = self.tool(&tool.name).arguments.as_ref();
        self.required(tool).into_iter().any(|condition| match &condition.subject {
            Subject::Argument(path) => {
                known.is_none_or(|arguments| arguments.contains_key(&path[0]))
                    && picks(&condition.predicate)
            }
            Subject::Counter(_) | Subject::Price { .. } => false,
        })
    }

    /// Whether a tool surely has no argument where a path starts, which `unknown-argument` says.
    pub fn is_unknown_argument(&self, tool: &Tool, path: &[String]) -> bool {
        let named = tool.arguments.as_ref().filter(|arguments| !arguments.is_empty());
        self.server().is_some_and(|known| known.is_certain())
            && named.is_some_and(|arguments| !arguments.contains_key(&path[0]))
    }

    /// The arguments without which every call of a tool is denied anyhow.
    pub fn present_arguments(&self, tool: &'a ToolPolicy) -> HashSet<&'a [String]> {
        let absent =
            |condition: &&Condition| !matches!(condition.predicate, Predicate::Exists(false));
        let required = self.required(tool).into_iter().filter(absent);
        let paths = required.chain(denied_absences(tool)).filter_map(argument_path);
        // Where something inside an object must be there, the object must.
        paths.flat_map(|path| (1..=path.len()).map(|length| &path[..length])).collect()
    }

    /// Whether every call of a tool in which an argument is no number is denied anyhow.
    pub fn requires_number(&self, tool: &'a ToolPolicy, path: &[String]) -> bool {
        let is_number = |value: &Value| value.as_number().is_some();
        self.required(tool).into_iter().any(|condition| {
            argument_path(condition) == Some(path)
                && match &condition.predicate {
                    Predicate::Compare { .. } => true,
                    Predicate::Equal { value, negated: false } => is_number(value),
                    Predicate::OneOf { values, negated: false } => values.iter().all(is_number),
                    _ => false,
                }
        })
    }
}

fn required_in(rules: &Rules) -> impl Iterator<Item = &Condition> {
    let required = rules.checks.iter().filter(|check| check.effect == Effect::Require);
    required.flat_map(|check| &check.conditions)
}

/// The conditions by which a `deny_if` entry denies just because an argument is absent.
fn denied_absences(tool: &ToolPolicy) -> impl Iterator<Item = &Condition> {
    let denying = tool.rules.checks.iter().filter(|check| check.effect == Effect::DenyIf);
    denying.filter_map(|check| match check.conditions.as_slice() {
        [condition] if matches!(condition.predicate, Predicate::Exists(false)) => Some(condition),
        _ => None,
    })
}

/// Whether a person is asked about some calls, by their arguments.
fn asks_of_arguments(rules: &Rules) -> bool {
    let is_argument = |condition: &Condition| argument_path(condition).is_some();
    let asks = |check: &&Check| check.effect == Effect::AskIf;
    rules.checks.iter().filter(asks).any(|check| check.conditions.iter().any(is_argument))
}

fn argument_path(condition: &Condition) -> Option<&[String]> {
    match &condition.subject {
        Subject::Argument(path) => Some(path),
        Subject::Counter(_) | Subject::Price { .. } => None,
    }
}

/// Whether a predicate picks values: it lets only some through, not all but some.
fn picks(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Equal { negated, .. } | Predicate::OneOf { negated, .. } => !negated,
        Predicate::Exists(wanted) => !wanted,
        Predicate::Matches(pattern) => {
            // A pattern that takes all of these takes anything.
            let anything = ["", "x", "../../etc/passwd", "DROP TABLE users; --", "a\nb", "日本"];
            !anything.iter().all(|text| pattern.is_match(text))
        }
        Predicate::Compare { .. } | Predicate::Contains(_) => true,
    }
}
