//! The list of rules, as the files, the settings and the program itself make it.

use super::layers::Tier;
use super::tools::ALLOWED_PATHS;
use super::written::{CheckerName, Patterns, SHELL, TomlPolicy, Written};
use crate::policy::call_rules::{CallTest, Checker, CheckerKind, ToolTest};
use crate::policy::js_pattern::JsPattern;
use crate::policy::permissions::{Origin, PermissionRule, Ruling, SubjectTest, VoidRule};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

const SYNTAX: WildcardSyntax =
    WildcardSyntax { question: false, backslash_is_slash: false, open_end: false };

/// The priority of what a person answered for good.
const ANSWERED: i32 = 950;

/// What a tier lies above the one below it.
const TIER: i32 = 1000;

/// The tools that have two names.
const ALIASES: [[&str; 2]; 1] = [["search_file_content", "grep_search"]];

/// The longest regular expression that the program takes.
const MAX_PATTERN: usize = 2048;

/// The rules and checkers that there are so far.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) rules: Vec<PermissionRule>,
    pub(super) checkers: Vec<Checker>,
    /// Rules of which none comes, for a list that is empty.
    pub(super) void: Vec<VoidRule>,
}

impl List {
    /// Adds what a file of a tier says.
    pub(super) fn tier(&mut self, policy: TomlPolicy, tier: Tier) {
        // An extension may not loosen anything.
        let is_heard = |written: &&Written| {
            let is_yolo = || written.modes.iter().flatten().any(|mode| **mode == *"yolo");
            tier != Tier::Extension || written.ruling != Some(Ruling::Allow) && !is_yolo()
        };
        for written in policy.rules.iter().filter(is_heard) {
            let rank = tier as i32 * TIER + written.priority;
            self.add(&Written { priority: rank, ..written.clone() });
        }
        for (written, name) in &policy.checkers {
            let rank = tier as i32 * TIER + written.priority;
            self.add_checker(&Written { priority: rank, ..written.clone() }, *name);
        }
    }

    /// Adds a rule, whose priority is its rank: one for each of its tools and patterns.
    pub(super) fn add(&mut self, written: &Written) {
        let Some(ruling) = written.ruling else { return };
        if let (true, Some(origin)) = (names_nothing(written), &written.origin) {
            let text = written.tools.first().map_or("[]", |tool| tool.as_str());
            self.void.push(VoidRule { ruling, text: text.into(), origin: origin.clone() });
        }
        for (test, text) in tests(written) {
            self.rules.push(PermissionRule {
                ruling,
                name: Wildcard::new(&name(written, &text), SYNTAX),
                test: SubjectTest::Call(Box::new(test)),
                modes: written.modes.clone(),
                rank: written.priority,
                text: described(written, ruling, &text).into(),
                origin: written.origin.clone().unwrap_or_else(Origin::built_in),
            });
        }
    }

    pub(super) fn add_checker(&mut self, written: &Written, name: CheckerName) {
        let kind = match name {
            CheckerName::AllowedPath => CheckerKind::Paths(&ALLOWED_PATHS),
            CheckerName::External => CheckerKind::Unknown,
            CheckerName::Conseca => return,
        };
        for (test, _) in tests(written) {
            let (modes, priority) = (written.modes.clone(), i64::from(written.priority));
            self.checkers.push(Checker { test, modes, priority, kind: kind.clone() });
        }
    }

    /// Drops what persons answered for good, and whatever else has the same priority.
    pub(super) fn drop_answers(&mut self) {
        self.rules.retain(|rule| rule.rank % TIER != ANSWERED);
    }
}

/// Whether one of the lists of a rule is empty.
fn names_nothing(written: &Written) -> bool {
    let has_none = matches!(&written.patterns, Patterns::Prefixes(prefixes) if prefixes.is_empty());
    written.tools.is_empty() || has_none
}

/// What names one of the rules that are written as one.
struct Named<'w> {
    tool: &'w str,
    pattern: Option<String>,
}

/// The name of a tool with its server in it.
fn name(written: &Written, named: &Named<'_>) -> String {
    match written.server.as_deref() {
        None => named.tool.to_owned(),
        Some("*") if named.tool == "*" => "mcp_*".to_owned(),
        Some(server) => format!("mcp_{server}_{}", named.tool),
    }
}

fn described(written: &Written, ruling: Ruling, named: &Named<'_>) -> String {
    let (word, name) = (ruling.name(), name(written, named));
    let pattern = match &written.patterns {
        Patterns::None => return format!("{word} {name}"),
        Patterns::Prefixes(_) => named.pattern.as_deref().unwrap_or_default(),
        Patterns::Command(pattern) | Patterns::Arguments(pattern) => pattern,
    };
    format!("{word} {name} `{pattern}`")
}

/// Whether the program takes a pattern; a rule with one that it does not take is dropped.
pub(super) fn is_taken(patterns: &Patterns) -> bool {
    sources(patterns).iter().flat_map(|(source, _)| source).all(|source| compiled(source).is_ok())
}

/// The regular expressions of a pattern over the text of all arguments, none for no pattern; each with the words
/// that it stands for.
fn sources(patterns: &Patterns) -> Vec<(Option<String>, Option<String>)> {
    match patterns {
        Patterns::None => vec![(None, None)],
        Patterns::Prefixes(prefixes) => {
            let pattern = |prefix: &String| (Some(pattern_of_prefix(prefix)), Some(prefix.clone()));
            prefixes.iter().map(pattern).collect()
        }
        Patterns::Command(regex) => vec![(Some(format!("\"command\":\"{regex}")), None)],
        Patterns::Arguments(regex) => vec![(Some(regex.clone()), None)],
    }
}

/// The tests of the rules that are written as one; those whose pattern is wrong are dropped.
fn tests(written: &Written) -> Vec<(CallTest, Named<'_>)> {
    let patterns = sources(&written.patterns);
    let mut tests = Vec::new();
    for tool in &written.tools {
        for (pattern, words) in &patterns {
            let Ok(arguments) = pattern.as_deref().map(compiled).transpose() else { continue };
            let named = Named { tool, pattern: words.clone() };
            let server = written.server.as_deref().filter(|server| *server != "*").map(Into::into);
            let test = CallTest {
                tool: tool_test(&name(written, &named)),
                server,
                caller: written.caller.as_deref().map(Into::into),
                annotations: written.annotations.clone(),
                arguments,
                interactive: written.interactive,
                redirects: written.redirects,
            };
            tests.push((test, named));
        }
    }
    tests
}

/// What the arguments match where the command begins with a text.
fn pattern_of_prefix(prefix: &str) -> String {
    let quoted = serde_json::Value::from(prefix).to_string();
    let inside = &quoted[1..quoted.len() - 1];
    format!(r#""command":"{}(?:[\s"]|\\")"#, JsPattern::escaped(inside))
}

/// A regular expression that the program takes.
fn compiled(regex: &str) -> Result<JsPattern, ()> {
    if regex.encode_utf16().count() > MAX_PATTERN || nests_repetitions(regex) {
        return Err(());
    }
    JsPattern::compile(regex).map_err(drop)
}

/// What the program takes for a repetition in a repetition: `\([^)]*[*+?{].*\)[*+?{]`.
fn nests_repetitions(regex: &str) -> bool {
    const REPEATS: [char; 4] = ['*', '+', '?', '{'];
    let ends =
        |text: &str| text.match_indices(')').any(|(at, _)| text[at + 1..].starts_with(REPEATS));
    regex.lines().any(|line| {
        line.match_indices('(').any(|(at, _)| {
            let inside = &line[at + 1..];
            let closed = inside.find(')').unwrap_or(inside.len());
            inside[..closed].find(REPEATS).is_some_and(|repeat| ends(&inside[repeat + 1..]))
        })
    })
}

/// Which tools a name stands for: a `*` means something in three places only.
fn tool_test(name: &str) -> ToolTest {
    let of_server = name.strip_prefix("mcp_").and_then(|rest| rest.strip_suffix("_*"));
    match (name, of_server) {
        ("*", _) => ToolTest::Any,
        ("mcp_*", _) => ToolTest::OfServers,
        (_, Some(server)) if !server.contains('*') => ToolTest::OfServer(server.into()),
        _ => {
            let alias = ALIASES.into_iter().find(|names| names.contains(&name));
            let names =
                alias.map_or_else(|| vec![name.into()], |names| names.map(Into::into).to_vec());
            ToolTest::Named(names)
        }
    }
}

/// A rule about commands that begin with a text, or about a tool.
pub(super) fn of_entry(entry: &str, aliases: &[&str]) -> Written {
    let (tool, given) = match entry.strip_suffix(')').and_then(|entry| entry.split_once('(')) {
        Some((tool, given)) => (tool, Some(given)),
        None => (entry, None),
    };
    let is_shell = tool == SHELL || aliases.contains(&tool);
    let given = given.filter(|given| is_shell && !given.is_empty());
    let tool = if is_shell { SHELL } else { tool };
    Written {
        tools: vec![tool.to_owned()],
        patterns: given.map_or(Patterns::None, |given| Patterns::Prefixes(vec![given.to_owned()])),
        ..Written::default()
    }
}
