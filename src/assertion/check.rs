//! Deciding statements under a policy.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::read::policy_tree;
use super::{Claim, Statement};
use crate::policy::{self, Amount, Dialect, Limit, Policy, Ruling, Scope};
use crate::solver::{Budget, Burst, Evidence, Shape, Shapes, Stated, Version, Why, lost, refuses};
use crate::source::Pointer;

/// A statement that was decided under a policy.
#[derive(Clone, Debug)]
pub struct Checked<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// How many tools that the policy or the catalogue names it is about.
    pub tools: usize,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a statement.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is proved for every call.
    Holds,
    /// Calls of a tool show otherwise, or may: the evidence is never [`Evidence::Unknown`] where
    /// it is known of any tool.
    Fails {
        /// The tool.
        tool: String,
        /// The calls.
        evidence: Evidence,
    },
}

/// A policy as statements are decided under it.
#[derive(Debug)]
pub struct Answered<'p> {
    /// What a person may be asked about passes: what may happen.
    possible: Version<'p>,
    /// It does not: what happens without anybody's leave.
    unasked: Version<'p>,
    /// Whoever is asked has said yes, so that limits hold what was asked about too.
    approved: Version<'p>,
}

impl<'p> Answered<'p> {
    /// Compiles a policy, and the same where whoever is asked says yes ([`Policy::approved`]).
    pub fn new(policy: &'p Policy, approved: &'p Policy) -> Answered<'p> {
        let [possible, unasked] = [true, false].map(|yes| Version::answered(policy, yes));
        Answered { possible, unasked, approved: Version::new(approved) }
    }

    /// The names that the policy speaks of.
    pub fn names(&self) -> impl Iterator<Item = &'p str> {
        self.possible.names()
    }

    fn of(&self, claim: &Claim) -> &Version<'p> {
        match claim {
            Claim::Asked(_) => &self.unasked,
            Claim::Denied(_) => &self.possible,
            Claim::Limited { .. } => &self.approved,
        }
    }
}

/// Decides a statement for every call under a policy.
pub fn check<'s>(
    statement: &'s Statement,
    policy: &Answered<'_>,
    shapes: &Shapes,
    budget: &Budget,
) -> Checked<'s> {
    let pattern = tool_pattern(&statement.tools);
    let named = known_names(policy, shapes).iter().filter(|name| pattern.is_match(name)).count();
    let mut verdict = Verdict::Holds;
    for (tool, evidence) in counterexamples(statement, policy, shapes, budget) {
        let certain = evidence.is_certain();
        if certain || matches!(verdict, Verdict::Holds) {
            verdict = Verdict::Fails { tool, evidence };
        }
        if certain {
            break;
        }
    }
    Checked { statement, tools: named, verdict }
}

/// The tools of which a statement is not proved, by name, each with what shows it: those that the
/// policy or a server names, and one that nobody does. They are asked about one by one.
pub fn counterexamples(
    statement: &Statement,
    policy: &Answered<'_>,
    shapes: &Shapes,
    budget: &Budget,
) -> impl Iterator<Item = (String, Evidence)> {
    let version = policy.of(&statement.claim);
    let names = known_names(policy, shapes);
    let pattern = tool_pattern(&statement.tools);
    let named = names.iter().filter(|name| pattern.is_match(name));
    let mut tools: Vec<String> = named.map(|name| (*name).to_owned()).collect();
    tools.extend(unnamed(&statement.tools, &names));
    tools.into_iter().filter_map(move |tool| {
        let evidence = counterexample(statement, &tool, version, shapes, budget)?;
        Some((tool, evidence))
    })
}

/// The names of tools that a policy or a server speaks of.
fn known_names<'n>(policy: &'n Answered<'_>, shapes: &'n Shapes) -> BTreeSet<&'n str> {
    policy.names().chain(shapes.names()).collect()
}

/// Calls of a tool under a policy that a statement says there are not.
fn counterexample(
    statement: &Statement,
    tool: &str,
    version: &Version<'_>,
    shapes: &Shapes,
    budget: &Budget,
) -> Option<Evidence> {
    let mut claimed = claimed(statement, tool);
    // A gateway that forwards arguments that are no object without a look would let no `deny` be
    // proved: the statement is about those that are one.
    claimed.semantics.unreadable = version.policy.semantics.unreadable;
    let claimed = Version::new(&claimed);
    if version.policy.permissions.is_some() {
        return of_agent(statement, tool, version, &claimed, budget);
    }
    let found = lost(&claimed, version, tool, shapes.of(tool), budget);
    found.into_iter().next().map(|lost| lost.evidence)
}

/// Calls of a tool under the permission files of an agent that a statement says there are not. Nothing limits
/// how many there are, so that of a limit only a denial of all is a proof, and any call that passes shows more.
fn of_agent(
    statement: &Statement,
    tool: &str,
    version: &Version<'_>,
    claimed: &Version<'_>,
    budget: &Budget,
) -> Option<Evidence> {
    let is_limit = matches!(statement.claim, Claim::Limited { .. });
    let meets = |arguments: &Value| is_limit || refuses(claimed, tool, arguments);
    let everything = Version::new(&ANYTHING);
    let known = lost(claimed, &everything, tool, &Shape::any(), budget).into_iter();
    let known = known.filter(|_| !is_limit).find_map(|lost| match lost.evidence {
        Evidence::Call(arguments) if arguments.is_object() => Some(arguments),
        _ => None,
    });
    let least = match statement.claim {
        Claim::Asked(_) => Ruling::Ask,
        Claim::Denied(_) | Claim::Limited { .. } => Ruling::Deny,
    };
    let stated = Stated { tool, least, meets: &meets, known: known.as_ref() };
    let evidence = stated.broken(version.policy, budget)??;
    match (&statement.claim, &evidence) {
        (Claim::Limited { max, window }, Evidence::Recorded(call)) if call.mode.is_none() => {
            Some(Evidence::Burst(Burst::of_one(call, max.saturating_add(1), *window)))
        }
        (Claim::Limited { .. }, _) => Some(Evidence::Unknown(Why::Permissions)),
        _ => Some(evidence),
    }
}

/// The policy that refuses nothing.
static ANYTHING: LazyLock<Policy> =
    LazyLock::new(|| policy::read_tree(&policy_tree("tool", "require", None), Dialect::V1).0);

/// The policy that refuses what a statement says must not pass, and nothing else.
pub(super) fn claimed(statement: &Statement, tool: &str) -> Policy {
    let read =
        |list, conditions| policy::read_tree(&policy_tree(tool, list, conditions), Dialect::V1).0;
    match &statement.claim {
        Claim::Denied(conditions) | Claim::Asked(conditions) => {
            read("deny_if", conditions.as_ref())
        }
        Claim::Limited { max, window } => {
            let mut policy = read("require", None);
            let rules = &mut policy.tools[0].rules;
            let pointer: Pointer = statement.pointer.clone();
            rules.checks.clear();
            rules.limits.push(Limit {
                counter: "statement".to_owned(),
                key: "statement".to_owned(),
                window: *window,
                max: Some(*max),
                amount: Amount::Fixed(1),
                scope: Scope::Grant,
                message: String::new(),
                has_message: false,
                rule: statement.tools.clone(),
                max_pointer: pointer.clone(),
                pointer,
            });
            policy
        }
    }
}

/// The names that a pattern stands for.
pub(crate) fn tool_pattern(tools: &str) -> Regex {
    let parts: Vec<String> = tools.split('*').map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".*"))).expect("escaped text is a valid pattern")
}

/// A name that a pattern stands for and that nobody uses yet, if there is one.
fn unnamed(tools: &str, names: &BTreeSet<&str>) -> Option<String> {
    if !tools.contains('*') {
        return (!names.contains(tools)).then(|| tools.to_owned());
    }
    let name = |length| tools.replace('*', &"x".repeat(length));
    (1..).map(name).find(|name| !names.contains(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        let is_match = |pattern: &str, name: &str| tool_pattern(pattern).is_match(name);
        assert!(is_match("delete_*", "delete_job") && is_match("delete_*", "delete_"));
        assert!(is_match("*", "") && is_match("a*c", "a\nc") && is_match("a.b", "a.b"));
        assert!(!is_match("a.b", "axb") && !is_match("delete_*", "undelete_job"));
        assert_eq!(unnamed("a*", &BTreeSet::from(["ax", "axx"])), Some("axxx".to_owned()));
        assert_eq!(unnamed("a", &BTreeSet::from(["a"])), None);
    }
}
