//! Statements that say nothing: of tools that nobody knows, or of calls that there cannot be.

use std::collections::BTreeSet;

use super::Statement;
use super::check::{claimed, tool_pattern};
use crate::policy::{Condition, Equality};
use crate::solver::{Budget, Conditions, Shape};
use crate::source::{nearest, slip};

/// A statement that says nothing, and why.
#[derive(Clone, Debug)]
pub struct Vacuous<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// Why it says nothing.
    pub reason: Reason,
}

/// Why a statement says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Neither a policy nor the catalogue names such a tool.
    UnknownTool {
        /// The known tool that may have been meant.
        nearest: Option<String>,
    },
    /// No call meets all of its conditions.
    Contradiction,
}

impl Reason {
    /// Its name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::UnknownTool { .. } => "unknown-tool",
            Reason::Contradiction => "contradictory-when",
        }
    }
}

/// The statements that say nothing of any tool that is known, and those that no call can break.
pub fn vacuous<'s>(
    statements: &'s [Statement],
    known: &BTreeSet<&str>,
    budget: &Budget,
) -> Vec<Vacuous<'s>> {
    let of = |statement: &'s Statement| {
        let reasons = [unknown_tool(&statement.tools, known), contradiction(statement, budget)];
        reasons.into_iter().flatten().map(move |reason| Vacuous { statement, reason })
    };
    statements.iter().flat_map(of).collect()
}

/// A name that nobody knows. Of a pattern only where it looks like a slip: that a policy has no tool of
/// a kind that it must not have is as it should be.
fn unknown_tool(tools: &str, known: &BTreeSet<&str>) -> Option<Reason> {
    let pattern = tool_pattern(tools);
    if known.iter().any(|name| pattern.is_match(name)) {
        return None;
    }
    let Some((start, _)) = tools.split_once('*') else {
        let nearest = nearest(tools, known.iter().copied()).map(str::to_owned);
        return Some(Reason::UnknownTool { nearest });
    };
    let lower = tool_pattern(&tools.to_lowercase());
    let differs_in_case = || known.iter().find(|name| lower.is_match(&name.to_lowercase()));
    let is_slip = |name: &&&str| {
        let length = start.chars().count();
        let beginning: String = name.chars().take(length).collect();
        length > 3 && slip(start, [beginning.as_str()]).is_some()
    };
    let nearest = differs_in_case().or_else(|| known.iter().find(is_slip))?;
    Some(Reason::UnknownTool { nearest: Some((*nearest).to_owned()) })
}

fn contradiction(statement: &Statement, budget: &Budget) -> Option<Reason> {
    is_contradiction(statement, budget).then_some(Reason::Contradiction)
}

/// Whether no call meets all conditions of a statement.
pub fn is_contradiction(statement: &Statement, budget: &Budget) -> bool {
    let claimed = claimed(statement, "tool");
    let checks = claimed.tools.iter().flat_map(|tool| &tool.rules.checks);
    let conditions: Vec<&Condition> = checks.flat_map(|check| &check.conditions).collect();
    let ask = Conditions { equality: Equality::Strict, shape: &Shape::any(), budget };
    ask.can_hold(&conditions) == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_vacuous_and_a_pattern_only_if_it_is_a_slip() {
        let known = BTreeSet::from(["delete_repo", "list_repos", "run_job"]);
        let unknown = |tools: &str| {
            unknown_tool(tools, &known).map(|reason| match reason {
                Reason::UnknownTool { nearest } => nearest.unwrap_or_default(),
                Reason::Contradiction => unreachable!("there are no conditions"),
            })
        };
        for tools in ["delete_repo", "delete_*", "*", "*_job", "drop_*", "create_*", "*_table"] {
            assert_eq!(unknown(tools), None, "{tools}");
        }
        for (tools, nearest) in [
            ("delete_repoo", "delete_repo"),
            ("run_jbo", "run_job"),
            ("frobnicate", ""),
            ("DELETE_*", "delete_repo"),
            ("delte_*", "delete_repo"),
            ("*_JOB", "run_job"),
        ] {
            assert_eq!(unknown(tools).as_deref(), Some(nearest), "{tools}");
        }
    }
}
