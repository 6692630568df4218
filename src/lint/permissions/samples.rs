//! Calls that a rule is written for.

use serde_json::Value;

use super::fill::{FRESH, Star, closed, expression, fill, fills, path};
use super::probe::{Probe, shell_of};
use crate::policy::{
    Agent, CallTest, CommandPattern, CommandTest, Ground, JsPattern, Matter, PermissionRule,
    Permissions, SubjectTest, Subjects, ToolTest,
};

/// How many calls a rule is tried with.
const MOST: usize = 12;

/// How many tools a rule of several is tried with.
const TOOLS: usize = 14;

/// The calls that a rule is written for, by the texts of its pattern; none where that is not told.
pub fn samples(agent: Agent, permissions: &Permissions, rule: &PermissionRule) -> Vec<Probe> {
    let mut probes = match &rule.test {
        SubjectTest::Call(test) => calls(agent, test),
        SubjectTest::Argument(..) | SubjectTest::Server(_) | SubjectTest::Below(_) => Vec::new(),
        test => {
            let known = permissions.tools.iter().filter(|tool| {
                tool.matters.iter().any(|matter| is_meant(rule, matter, tool.matters))
            });
            let of_tool = |tool: &crate::policy::ToolMatters| {
                let matter = tool.matters.iter().rev();
                let matter = matter.into_iter().find(|matter| rule.name.matches(matter.name))?;
                Some(of_matter(agent, &permissions.ground, (tool.tool, matter), test))
            };
            let mut probes: Vec<Probe> = known.take(TOOLS).filter_map(of_tool).flatten().collect();
            // A pattern for names holds for tools that nobody knows as well.
            if probes.is_empty() || rule.name.source().contains('*') {
                let name = fill(rule.name.source(), Star::Fresh, agent == Agent::OpenCode);
                probes.extend((!name.is_empty()).then(|| Probe::of(&name, [])));
            }
            probes
        }
    };
    probes.truncate(if rule.name.is_all() { TOOLS * 2 } else { MOST });
    probes
}

/// Whether a rule is about a matter that is a tool's own, or the only one that it could be about.
fn is_meant(rule: &PermissionRule, matter: &Matter, all: &[Matter]) -> bool {
    let own = all.last().is_some_and(|last| last.name == matter.name);
    rule.name.matches(matter.name) && (own || rule.name.source() == matter.name)
}

/// Calls of a tool that raise a matter with the texts of a test.
fn of_matter(
    agent: Agent,
    ground: &Ground,
    (tool, matter): (&str, &Matter),
    test: &SubjectTest,
) -> Vec<Probe> {
    let texts = texts(agent, ground, test, &matter.of);
    let argument = match &matter.of {
        Subjects::Commands(name)
        | Subjects::Parts(name, _)
        | Subjects::Text(name)
        | Subjects::Name(name)
        | Subjects::TextOr(name, _)
        | Subjects::Path(name)
        | Subjects::LinkedPath(name)
        | Subjects::Outside(name, _) => name,
        Subjects::Launched(launch) => launch.command,
        Subjects::Search { folder, pattern } => {
            let probe = |text: &String| {
                let pattern = ("pattern", if pattern.is_some() { "*" } else { FRESH });
                Probe::of(tool, [(*folder, text.as_str()), pattern])
            };
            return texts.iter().map(probe).collect();
        }
        Subjects::Whole => return vec![Probe::of(tool, [])],
        _ => return Vec::new(),
    };
    let is_shell = shell_of(agent) == (tool, argument);
    let probe = |text: &String| match is_shell {
        true => Probe::command(agent, text),
        false => Probe::of(tool, [(argument, text.as_str())]),
    };
    texts.iter().map(probe).collect()
}

/// The texts of subjects that a test is about.
fn texts(agent: Agent, ground: &Ground, test: &SubjectTest, subjects: &Subjects) -> Vec<String> {
    let has_question = agent == Agent::OpenCode;
    match test {
        SubjectTest::Anything => anything(subjects),
        SubjectTest::Text(pattern) => fills(pattern.source(), has_question),
        SubjectTest::Words(places) | SubjectTest::Program(places, _) => {
            let first: Vec<&str> =
                places.iter().filter_map(|place| place.first()).map(|word| &**word).collect();
            vec![words(&first), format!("{} {FRESH}", words(&first))]
        }
        SubjectTest::Path(pattern) => path(pattern, ground).into_iter().collect(),
        SubjectTest::Host(pattern) | SubjectTest::UrlHost { pattern, .. } => {
            let host = |host: String| format!("https://{host}/");
            fills(pattern.source(), false).into_iter().map(host).collect()
        }
        SubjectTest::Named(name) => vec![name.to_string()],
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => commands(pattern),
        _ => Vec::new(),
    }
}

/// Texts of which nobody says anything.
fn anything(subjects: &Subjects) -> Vec<String> {
    match subjects {
        Subjects::Commands(_) | Subjects::Parts(..) | Subjects::Launched(_) => {
            vec![FRESH.to_owned(), format!("{FRESH} {FRESH}")]
        }
        Subjects::Outside(..) => vec![format!("/{FRESH}/{FRESH}/{FRESH}")],
        _ => vec![FRESH.to_owned(), format!("{FRESH}/{FRESH}.{FRESH}")],
    }
}

/// Commands that a pattern is about.
pub fn commands(pattern: &CommandPattern) -> Vec<String> {
    match pattern {
        CommandPattern::Exact(text) => vec![text.to_string()],
        CommandPattern::Prefix(text) => {
            let texts = [format!("{text} main"), text.to_string(), format!("{text} {FRESH}")];
            texts.map(closed).to_vec()
        }
        CommandPattern::Glob(pattern) if pattern.source().ends_with('*') => {
            fills(pattern.source(), false).into_iter().map(closed).collect()
        }
        CommandPattern::Glob(pattern) => fills(pattern.source(), false),
    }
}

/// Commands that a rule is about, as people write them.
pub fn usual(agent: Agent, rule: &PermissionRule) -> Vec<String> {
    let (tool, _) = shell_of(agent);
    match &rule.test {
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => match pattern {
            CommandPattern::Glob(glob) => vec![fill(glob.source(), Star::Usual, false)],
            pattern => commands(pattern).into_iter().take(2).collect(),
        },
        SubjectTest::Text(pattern) if rule.name.source() == tool => {
            vec![fill(pattern.source(), Star::Usual, true)]
        }
        SubjectTest::Words(places) => {
            let first: Vec<&str> =
                places.iter().filter_map(|place| place.first()).map(|word| &**word).collect();
            let command = words(&first);
            vec![format!("{command} main"), command]
        }
        SubjectTest::Call(test) => match (&test.tool, &test.arguments) {
            (ToolTest::Named(names), Some(pattern)) if names.iter().any(|name| **name == *tool) => {
                let probes = with_arguments(agent, tool, pattern);
                probes.into_iter().map(|probe| probe.shown).take(2).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A path that a pattern of OpenCode is about, as people name files.
pub fn usual_path(pattern: &str) -> String {
    fill(pattern, Star::Usual, true)
}

/// Words as a shell reads them.
fn words(words: &[&str]) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@,+%".contains(letter);
    let quoted = |word: &&str| match !word.is_empty() && word.chars().all(is_plain) {
        true => (*word).to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Calls that a rule on whole calls is about.
fn calls(agent: Agent, test: &CallTest) -> Vec<Probe> {
    let shell = shell_of(agent);
    let tools: Vec<String> = match &test.tool {
        ToolTest::Any => {
            ["read_file", "write_file", shell.0, FRESH, "mcp_qzv_tool"].map(str::to_owned).to_vec()
        }
        ToolTest::OfServers => vec![format!("mcp_{FRESH}_{FRESH}")],
        ToolTest::OfServer(server) => vec![format!("mcp_{server}_{FRESH}")],
        ToolTest::Named(names) => names.iter().map(|name| name.to_string()).collect(),
    };
    let of_tool = |tool: String| match &test.arguments {
        None if tool == shell.0 => {
            anything(&Subjects::Commands("")).iter().map(|c| Probe::command(agent, c)).collect()
        }
        None => vec![Probe::of(&tool, [("value", FRESH)])],
        Some(pattern) => with_arguments(agent, &tool, pattern),
    };
    tools.into_iter().take(TOOLS).flat_map(of_tool).collect::<Vec<_>>()
}

/// Calls of a tool whose arguments match a regular expression.
fn with_arguments(agent: Agent, tool: &str, pattern: &JsPattern) -> Vec<Probe> {
    let is_shell = shell_of(agent).0 == tool;
    if let Some(prefix) = prefix(pattern).filter(|_| is_shell) {
        return [format!("{prefix} main"), prefix.clone(), format!("{prefix} {FRESH}")]
            .iter()
            .map(|command| Probe::command(agent, command.trim_end()))
            .collect();
    }
    let Some(text) = expression(pattern.source()) else { return Vec::new() };
    match members(&text) {
        Some(texts) => texts.iter().map(|text| of_members(agent, tool, text)).collect(),
        None if is_shell => Vec::new(),
        None => vec![Probe::of(tool, [("file_path", text.as_str())])],
    }
}

/// Objects that a text of JSON is part of, the closed one and the one that goes on.
fn members(text: &str) -> Option<Vec<serde_json::Map<String, Value>>> {
    let start = text.trim_start_matches('{');
    if !start.starts_with('"') {
        return None;
    }
    let closings = ["", "}", "\"}", " main\"}", "qzv7kq\"}"];
    let objects = closings.iter().filter_map(|closing| {
        serde_json::from_str::<Value>(&format!("{{{start}{closing}")).ok()?.as_object().cloned()
    });
    let objects: Vec<_> = objects.collect();
    (!objects.is_empty()).then_some(objects)
}

fn of_members(agent: Agent, tool: &str, members: &serde_json::Map<String, Value>) -> Probe {
    let (shell, argument) = shell_of(agent);
    if tool == shell
        && let Some(command) = members.get(argument).and_then(Value::as_str)
    {
        return Probe::command(agent, command);
    }
    let first = members.values().find_map(Value::as_str).unwrap_or_default();
    let shown = format!("{tool} {first}").trim_end().to_owned();
    Probe { tool: tool.to_owned(), arguments: members.clone(), shown }
}

/// What commands begin with, where an expression asks for just that.
pub fn prefix(pattern: &JsPattern) -> Option<String> {
    let inside = pattern.source().strip_prefix("\"command\":\"")?;
    let escaped = inside.strip_suffix(r#"(?:[\s"]|\\")"#)?;
    let mut text = String::new();
    let mut letters = escaped.chars();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next()? } else { letter });
    }
    serde_json::from_str(&format!("\"{text}\"")).ok()
}
