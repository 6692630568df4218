//! What rules know: the policy, and what the catalogue says of its tools.

use std::collections::HashMap;

use crate::catalogue::{self, Catalogue, Category, Server, Tool, classify};
use crate::lint::Severity;
use crate::policy::{
    Condition, Effect, Hidden, Limit, Policy, Predicate, Rules, Subject, ToolPolicy,
};

/// A policy and what it is judged against.
pub struct Context<'a> {
    /// The policy.
    pub policy: &'a Policy,
    server: Option<Known<'a>>,
    guesses: HashMap<&'a str, Tool>,
    hidden: HashMap<&'a str, &'a Hidden>,
}

/// The server that a policy is for.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its record.
    pub server: &'a Server,
    /// Whether the user named it; otherwise it was found from the names of the tools.
    pub named: bool,
    /// How many of the policy's tools it has.
    pub known: usize,
    /// How many tools the policy names.
    pub of: usize,
}

/// The server that a policy was judged against, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerChoice {
    /// The user named it.
    Named(String),
    /// It knows so many of the policy's tools.
    Found {
        /// The server.
        server: String,
        /// How many of the policy's tools it has.
        known: usize,
        /// How many tools the policy names.
        of: usize,
    },
    /// No server of the catalogue fits; tools are classified by their names.
    None,
}

impl<'a> Context<'a> {
    /// Finds the server of a policy and classifies the tools that it does not know.
    pub fn new(policy: &'a Policy, catalogue: &'a Catalogue, server: Option<&str>) -> Context<'a> {
        let hidden = policy.hide.iter().map(|hidden| hidden.name.as_str());
        let listed = policy.tools.iter().map(|tool| tool.name.as_str());
        let mut names: Vec<&str> = listed.chain(hidden).filter(|name| *name != "*").collect();
        names.sort_unstable();
        names.dedup();
        let server = find_server(catalogue, server, &names);
        let record = |name| server.and_then(|known| known.server.tool(name));
        let guesses = names.into_iter().filter(|name| record(name).is_none());
        let guesses = guesses.map(|name| (name, guess(name))).collect();
        let hidden =
            policy.hide.iter().rev().map(|hidden| (hidden.name.as_str(), hidden)).collect();
        Context { policy, server, guesses, hidden }
    }

    /// The server that the policy is for, if it is known.
    pub fn server(&self) -> Option<Known<'a>> {
        self.server
    }

    /// The same, for showing.
    pub fn choice(&self) -> ServerChoice {
        match self.server {
            None => ServerChoice::None,
            Some(known) if known.named => ServerChoice::Named(known.server.name.clone()),
            Some(known) => ServerChoice::Found {
                server: known.server.name.clone(),
                known: known.known,
                of: known.of,
            },
        }
    }

    /// What is known of a tool that the policy names: its record, else a guess from its name.
    pub fn tool(&self, name: &str) -> &Tool {
        let record = self.server.and_then(|known| known.server.tool(name));
        record.or_else(|| self.guesses.get(name)).expect("every name of the policy is classified")
    }

    /// The entry of `hide` that hides a tool.
    pub fn hidden(&self, name: &str) -> Option<&'a Hidden> {
        self.hidden.get(name).or_else(|| self.hidden.get("*")).copied()
    }

    /// The listed tools that can be called at all, with what is known of them.
    pub fn reachable(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        self.policy
            .tools
            .iter()
            .filter(|tool| tool.name != "*" && self.is_reachable(tool))
            .map(|tool| (tool, self.tool(&tool.name)))
    }

    /// The reachable tools of a category.
    pub fn reachable_of(
        &self,
        category: Category,
    ) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        self.reachable().filter(move |(_, tool)| tool.category == category)
    }

    /// Whether some call of a listed tool may pass: it is neither hidden nor denied in any case.
    fn is_reachable(&self, tool: &ToolPolicy) -> bool {
        let denies_all = |rules: &Rules| {
            rules
                .checks
                .iter()
                .any(|check| check.effect == Effect::DenyIf && check.conditions.is_empty())
        };
        self.hidden(&tool.name).is_none()
            && !denies_all(&tool.rules)
            && !denies_all(&self.policy.all_tools)
    }

    /// Every limit that a call of a tool meets: its own, then those of all tools.
    pub fn limits(&self, tool: &'a ToolPolicy) -> impl Iterator<Item = &'a Limit> + Clone {
        tool.rules.limits.iter().chain(&self.policy.all_tools.limits)
    }

    /// Whether a part of what applies to a tool could not be read, so that nothing may be
    /// concluded from what seems to be absent.
    pub fn is_incomplete(&self, tool: &ToolPolicy) -> bool {
        tool.rules.incomplete || self.policy.all_tools.incomplete
    }

    /// Whether a condition looks at the value of an argument of a tool; that one exists is not yet
    /// a look at what it is.
    pub fn is_restricted(&self, tool: &ToolPolicy) -> bool {
        let looks = |condition: &Condition| {
            matches!(condition.subject, Subject::Argument(_))
                && !matches!(condition.predicate, Predicate::Exists(_))
        };
        let checks = tool.rules.checks.iter().chain(&self.policy.all_tools.checks);
        checks.flat_map(|check| &check.conditions).any(looks)
    }

    /// Whether every call of a tool without an argument is denied anyhow.
    pub fn requires_presence(&self, tool: &ToolPolicy, path: &[String]) -> bool {
        let absent = |predicate: &Predicate| matches!(predicate, Predicate::Exists(false));
        self.requires(tool, path, |predicate| !absent(predicate)) || denies_absence(tool, path)
    }

    /// Whether every call of a tool in which an argument is no number is denied anyhow.
    pub fn requires_number(&self, tool: &ToolPolicy, path: &[String]) -> bool {
        self.requires(tool, path, |predicate| matches!(predicate, Predicate::Compare { .. }))
    }

    /// Whether a `require` entry has a condition of a kind on an argument.
    fn requires(
        &self,
        tool: &ToolPolicy,
        path: &[String],
        kind: impl Fn(&Predicate) -> bool,
    ) -> bool {
        let checks = tool.rules.checks.iter().chain(&self.policy.all_tools.checks);
        checks
            .filter(|check| check.effect == Effect::Require)
            .flat_map(|check| &check.conditions)
            .any(|condition| is_on(condition, path) && kind(&condition.predicate))
    }

    /// The weight of a finding that rests on a tool's category: a guess weighs less.
    pub fn weigh(&self, tool: &Tool, severity: Severity) -> Severity {
        /// Below this a guess is hardly more than a suspicion.
        const FAIR: f64 = 0.5;
        match tool.is_guess() {
            false => severity,
            true if tool.confidence >= FAIR => severity.min(Severity::Warning),
            true => Severity::Info,
        }
    }

    /// "is an Execute tool", with the reason where that was guessed.
    pub fn describe(&self, tool: &Tool) -> String {
        let article = match tool.category {
            Category::Execute => "an",
            _ => "a",
        };
        /// More evidence than this hides the point.
        const SHOWN: usize = 3;
        let evidence = tool.evidence.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>();
        match (tool.is_guess(), evidence.as_slice()) {
            (true, []) => format!("may be {article} {} tool", tool.category),
            (true, evidence) => {
                format!("seems to be {article} {} tool ({})", tool.category, evidence.join(", "))
            }
            (false, _) => format!("is {article} {} tool", tool.category),
        }
    }
}

fn find_server<'a>(
    catalogue: &'a Catalogue,
    named: Option<&str>,
    names: &[&str],
) -> Option<Known<'a>> {
    if let Some(server) = named.and_then(|name| catalogue.server(name)) {
        let known = names.iter().filter(|name| server.tool(name).is_some()).count();
        return Some(Known { server, named: true, known, of: names.len() });
    }
    let found = catalogue.recognise(names)?;
    Some(Known { server: found.server, named: false, known: found.known, of: found.of })
}

fn guess(name: &str) -> Tool {
    classify(&catalogue::Subject::named(name)).into_tool(name)
}

/// Whether a `deny_if` entry denies just because an argument is absent.
fn denies_absence(tool: &ToolPolicy, path: &[String]) -> bool {
    tool.rules.checks.iter().filter(|check| check.effect == Effect::DenyIf).any(|check| {
        matches!(check.conditions.as_slice(), [condition]
            if is_on(condition, path) && matches!(condition.predicate, Predicate::Exists(false)))
    })
}

fn is_on(condition: &Condition, path: &[String]) -> bool {
    matches!(&condition.subject, Subject::Argument(own) if own == path)
}

/// Names in a row; more than a few hide the point.
pub(super) fn enumerate(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
