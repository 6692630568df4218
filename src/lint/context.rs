//! What rules know: the policy, and what the catalogue says of its tools.

use std::collections::{HashMap, HashSet};

use super::contradiction::contradiction;
use super::{Settings, Severity};
use crate::catalogue::{self, Catalogue, Category, Server, Tool, classify};
use crate::policy::{
    Check, Condition, Dialect, Effect, Hidden, Limit, Policy, Predicate, Rules, Subject,
    ToolPolicy, Value, Window,
};
use crate::source::Place;

/// A policy and what it is judged against.
pub struct Context<'a> {
    /// The policy.
    pub policy: &'a Policy,
    settings: &'a Settings,
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
    /// Whether the user added it to the catalogue.
    added: bool,
    /// How many of those that it has are named by more than one word.
    telling: usize,
}

impl Known<'_> {
    /// Whether it is surely the right server: the user said so, or it has nearly all of several
    /// tools. Two or three names of one word, such as `get` and `run`, may be anybody's.
    pub fn is_certain(&self) -> bool {
        self.named || self.added || (self.telling >= 2 && self.known * 4 >= self.of * 3)
    }
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
    pub fn new(
        policy: &'a Policy,
        catalogue: &'a Catalogue,
        server: Option<&str>,
        settings: &'a Settings,
    ) -> Context<'a> {
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
        Context { policy, settings, server, guesses, hidden }
    }

    /// How many calls a minute are recommended for a category, if calls of it are to be limited.
    pub fn recommended_per_minute(&self, category: Category) -> Option<u32> {
        self.settings.recommended_per_minute(category)
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

    /// The listed tools that are neither hidden nor denied without a condition.
    pub fn undenied(&self) -> impl Iterator<Item = &'a ToolPolicy> {
        let tools = self.policy.tools.iter().filter(|tool| tool.name != "*");
        tools.filter(|tool| {
            self.hidden(&tool.name).is_none()
                && !denies_all(&tool.rules)
                && !denies_all(&self.policy.all_tools)
        })
    }

    /// The listed tools of which some call may pass, with what is known of them.
    pub fn reachable(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        let passable = |tool: &&ToolPolicy| {
            let shut = self.limits(tool).any(|limit| limit.calls().is_some_and(|calls| calls <= 0));
            let equality = self.policy.semantics.equality;
            !shut && contradiction(&self.required(tool), equality).is_none()
        };
        self.undenied().filter(passable).map(|tool| (tool, self.tool(&tool.name)))
    }

    /// Whether a tool that is not listed may be called.
    pub fn unlisted_is_reachable(&self) -> bool {
        self.policy.default.allows()
            && !self.hidden.contains_key("*")
            && !denies_all(&self.policy.all_tools)
    }

    /// The same where the catalogue has a record of the tool; with its arguments, if they are known.
    pub fn undenied_known(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        let known = |tool: &&ToolPolicy| {
            self.server.is_some_and(|known| known.server.tool(&tool.name).is_some())
        };
        self.undenied().filter(known).map(|tool| (tool, self.tool(&tool.name)))
    }

    /// The rules of each tool, and those of all tools once.
    pub fn rules(&self) -> impl Iterator<Item = &'a Rules> {
        self.owners().map(|(_, rules)| rules)
    }

    /// Every check of the policy once.
    pub fn own_checks(&self) -> impl Iterator<Item = &'a Check> {
        self.rules().flat_map(|rules| &rules.checks)
    }

    /// Every limit of the policy once.
    pub fn own_limits(&self) -> impl Iterator<Item = &'a Limit> {
        self.rules().flat_map(|rules| &rules.limits)
    }

    /// Every limit of the policy once, with its tool; none for those of all tools.
    pub fn limits_by_owner(&self) -> impl Iterator<Item = (Option<&'a ToolPolicy>, &'a Limit)> {
        self.owners().flat_map(|(tool, rules)| rules.limits.iter().map(move |limit| (tool, limit)))
    }

    fn owners(&self) -> impl Iterator<Item = (Option<&'a ToolPolicy>, &'a Rules)> {
        // An Intercept policy keeps the rules of all tools under `*`, where they stand twice.
        let is_own =
            |tool: &&ToolPolicy| !(tool.name == "*" && self.policy.dialect == Dialect::Intercept);
        let tools = self.policy.tools.iter().filter(is_own);
        let own = tools.map(|tool| (Some(tool), &tool.rules));
        own.chain(std::iter::once((None, &self.policy.all_tools)))
    }

    /// The tools that the policy names and the server does not have, with their places.
    pub fn foreign_tools(&self) -> impl Iterator<Item = (&'a str, Place)> {
        let listed =
            self.policy.tools.iter().map(|tool| (&*tool.name, Place::key(tool.pointer.clone())));
        let hidden = self.policy.hide.iter();
        let hidden = hidden.map(|hidden| (&*hidden.name, Place::value(hidden.pointer.clone())));
        let server = self.server.map(|known| known.server);
        listed.chain(hidden).filter(move |(name, _)| {
            *name != "*" && server.is_some_and(|server| server.tool(name).is_none())
        })
    }

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

    /// The reachable tools of a category.
    pub fn reachable_of(
        &self,
        category: Category,
    ) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        self.reachable().filter(move |(_, tool)| tool.category == category)
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
        let known = self.tool(&tool.name).arguments.as_ref();
        self.required(tool).into_iter().any(|condition| match &condition.subject {
            Subject::Argument(path) => {
                known.is_none_or(|arguments| arguments.contains_key(&path[0]))
                    && picks(&condition.predicate)
            }
            Subject::Counter(_) => false,
        })
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

    /// The weight of a finding that rests on a tool's category: a guess weighs less, and so does
    /// the record of a server that may be the wrong one.
    pub fn weigh(&self, tool: &Tool, severity: Severity) -> Severity {
        /// Below this a guess is hardly more than a suspicion.
        const FAIR: f64 = 0.5;
        match tool.is_guess() {
            true if tool.confidence < FAIR => Severity::Info,
            true => severity.min(Severity::Warning),
            false if self.server.is_some_and(|known| known.is_certain()) => severity,
            false => severity.min(Severity::Warning),
        }
    }

    /// The weight of a finding that rests on a tool's arguments: where the server may be the wrong
    /// one, they may be those of another tool.
    pub fn weigh_arguments(&self, tool: &Tool, severity: Severity) -> Severity {
        match self.server.is_some_and(|known| known.is_certain()) {
            true => self.weigh(tool, severity),
            false => Severity::Info,
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
            (false, _) => match self.server.filter(|known| !known.is_certain()) {
                Some(known) => {
                    format!("is {article} {} tool of {}", tool.category, known.server.name)
                }
                None => format!("is {article} {} tool", tool.category),
            },
        }
    }
}

fn find_server<'a>(
    catalogue: &'a Catalogue,
    named: Option<&str>,
    names: &[&str],
) -> Option<Known<'a>> {
    let given = named.and_then(|name| catalogue.server(name));
    let server = given.or_else(|| catalogue.recognise(names).map(|found| found.server))?;
    let known: Vec<&&str> = names.iter().filter(|name| server.tool(name).is_some()).collect();
    let telling = known.iter().filter(|name| name.contains(['_', '-', '.'])).count();
    let (known, of) = (known.len(), names.len());
    // What the user added is what the user works with.
    let added = catalogue.is_added(server);
    Some(Known { server, named: given.is_some(), added, known, of, telling })
}

fn guess(name: &str) -> Tool {
    classify(&catalogue::Subject::named(name)).into_tool(name)
}

fn required_in(rules: &Rules) -> impl Iterator<Item = &Condition> {
    let required = rules.checks.iter().filter(|check| check.effect == Effect::Require);
    required.flat_map(|check| &check.conditions)
}

/// Whether rules deny every call, whatever its arguments.
fn denies_all(rules: &Rules) -> bool {
    rules.checks.iter().any(|check| check.effect == Effect::DenyIf && check.conditions.is_empty())
}

/// The conditions by which a `deny_if` entry denies just because an argument is absent.
fn denied_absences(tool: &ToolPolicy) -> impl Iterator<Item = &Condition> {
    let denying = tool.rules.checks.iter().filter(|check| check.effect == Effect::DenyIf);
    denying.filter_map(|check| match check.conditions.as_slice() {
        [condition] if matches!(condition.predicate, Predicate::Exists(false)) => Some(condition),
        _ => None,
    })
}

fn argument_path(condition: &Condition) -> Option<&[String]> {
    match &condition.subject {
        Subject::Argument(path) => Some(path),
        Subject::Counter(_) => None,
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

/// Names in a row; more than a few hide the point.
pub(super) fn enumerate(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// "a minute", "an hour", "a day".
pub(super) fn per(window: Window) -> String {
    let article = if window == Window::Hour { "an" } else { "a" };
    format!("{article} {window}")
}
