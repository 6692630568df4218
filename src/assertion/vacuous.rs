//! Statements that say nothing: of tools that nobody knows, or of calls that there cannot be.

use std::collections::BTreeSet;

use super::check::Answered;
use super::claims::about;
use super::tools::{Tools, tool_pattern};
use super::{Claim, Statement};
use crate::policy::{Effect, Equality, Unreadable};
use crate::solver::{Budget, Entries};
use crate::source::{nearest, slip};

/// A statement that says nothing, or less than it seems to, and why.
#[derive(Clone, Debug)]
pub struct Vacuous<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// Why it says nothing.
    pub reason: Reason,
}

/// Why a statement says nothing, or less than it seems to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Neither a policy nor its server names such a tool.
    UnknownTool {
        /// The tool as the statement has it.
        tool: String,
        /// The known tool that may have been meant.
        nearest: Option<String>,
    },
    /// No tool that a policy or the catalogue names is of its categories.
    EmptyCategory,
    /// No call meets all of its conditions.
    Contradiction,
    /// No call that it is about meets all conditions of `unless`.
    IdleUnless,
    /// Every call that it is about meets all conditions of `unless`.
    NothingLeft,
}

impl Reason {
    /// Its name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::UnknownTool { .. } => "unknown-tool",
            Reason::EmptyCategory => "empty-category",
            Reason::Contradiction => "contradictory-when",
            Reason::IdleUnless => "contradictory-unless",
            Reason::NothingLeft => "nothing-left",
        }
    }
}

/// How many steps of the solver it may take to find that a statement says nothing: what an evident one takes.
const STEPS: u32 = 20_000;

/// The statements that say nothing of any tool that a policy knows, and those that no call can break. A tool of any
/// server is known where nobody says whose the policies are, and `is_of_some` tells which are.
pub fn vacuous<'s>(
    statements: &[&'s Statement],
    policies: &[Answered<'_>],
    is_of_some: impl Fn(&str) -> bool,
) -> Vec<Vacuous<'s>> {
    let is_homeless = policies.iter().all(Answered::is_of_no_server);
    let known: Vec<_> = policies.iter().map(Answered::known).collect();
    let names: BTreeSet<&str> = known.iter().flat_map(|known| &known.names).copied().collect();
    let of_tools = |statement: &Statement| -> Vec<Reason> {
        match &statement.tools {
            Tools::Named(tools) => {
                let is_allowed = matches!(statement.claim, Claim::Allowed(_));
                let tools = tools.iter().filter(|tool| !(is_homeless && is_of_some(tool)));
                tools.filter_map(|tool| unknown_tool(tool, is_allowed, &names)).collect()
            }
            Tools::Of(_) => {
                let is_empty = known.iter().all(|known| known.meant(&statement.tools).is_empty());
                is_empty.then_some(Reason::EmptyCategory).into_iter().collect()
            }
            Tools::Unnamed => Vec::new(),
        }
    };
    let of = |statement: &'s Statement| {
        let reasons = of_tools(statement)
            .into_iter()
            .chain(says_nothing(statement, &Budget::of_steps(STEPS)));
        reasons.map(move |reason| Vacuous { statement, reason })
    };
    statements.iter().copied().flat_map(of).collect()
}

/// A name that nobody knows. Of a pattern only where it looks like a slip: that a policy has no tool of
/// a kind that it must not have is as it should be; not so where it must allow some.
fn unknown_tool(tool: &str, is_allowed: bool, known: &BTreeSet<&str>) -> Option<Reason> {
    let pattern = tool_pattern(tool);
    if known.iter().any(|name| pattern.is_match(name)) {
        return None;
    }
    let unknown = |nearest: Option<&str>| {
        let nearest = nearest.map(str::to_owned);
        Some(Reason::UnknownTool { tool: tool.to_owned(), nearest })
    };
    let Some((start, _)) = tool.split_once('*') else {
        return unknown(nearest(tool, known.iter().copied()));
    };
    let lower = tool_pattern(&tool.to_lowercase());
    let differs_in_case = || known.iter().find(|name| lower.is_match(&name.to_lowercase()));
    let is_slip = |name: &&&str| {
        let length = start.chars().count();
        let beginning: String = name.chars().take(length).collect();
        length > 3 && slip(start, [beginning.as_str()]).is_some()
    };
    match differs_in_case().or_else(|| known.iter().find(is_slip)) {
        None if !is_allowed => None,
        nearest => unknown(nearest.copied()),
    }
}

/// Why a statement says nothing, or less than it seems to, whatever tools there are; none if that cannot be told.
pub fn says_nothing(statement: &Statement, budget: &Budget) -> Option<Reason> {
    let about = about(statement.claim.calls()?, "tool", Unreadable::Decided);
    let checks = &about.tools.first()?.rules.checks;
    let at = |effect| checks.iter().position(|check| check.effect == effect);
    let (when, unless) = (at(Effect::Require), at(Effect::DenyIf));
    let entries = Entries::new(checks.iter(), Equality::Strict);
    if entries.passes_some(when.as_slice(), budget) == Some(false) {
        return Some(Reason::Contradiction);
    }
    if entries.decides_after(unless?, when.as_slice(), budget) == Some(false) {
        return Some(Reason::IdleUnless);
    }
    (entries.can_be_passed(budget) == Some(false)).then_some(Reason::NothingLeft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_vacuous_and_a_pattern_only_if_it_is_a_slip() {
        let known = BTreeSet::from(["delete_repo", "list_repos", "run_job"]);
        let unknown = |tool: &str, is_allowed: bool| {
            unknown_tool(tool, is_allowed, &known).map(|reason| match reason {
                Reason::UnknownTool { nearest, .. } => nearest.unwrap_or_default(),
                _ => unreachable!("there are no conditions"),
            })
        };
        for tool in ["delete_repo", "delete_*", "*", "*_job", "drop_*", "create_*", "*_table"] {
            assert_eq!(unknown(tool, false), None, "{tool}");
        }
        for (tool, nearest) in [
            ("delete_repoo", "delete_repo"),
            ("run_jbo", "run_job"),
            ("frobnicate", ""),
            ("DELETE_*", "delete_repo"),
            ("delte_*", "delete_repo"),
            ("*_JOB", "run_job"),
        ] {
            assert_eq!(unknown(tool, false).as_deref(), Some(nearest), "{tool}");
        }
        assert_eq!(unknown("drop_*", true).as_deref(), Some(""));
        assert_eq!(unknown("delete_*", true), None);
    }
}
