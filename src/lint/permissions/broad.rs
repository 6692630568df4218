//! Rules that allow more than they name.

use super::context::{PermissionContext, WrittenRule};
use super::fill::{FRESH, Star, fill};
use super::probe::Probe;
use crate::engine::Outcome;
use crate::lint::finding::Findings;
use crate::policy::{
    Agent, CommandPattern, CommandTest, Origin, PermissionRule, Ruling, SubjectTest, ToolTest,
};
use crate::shell::{LONGER, Purpose, RUNNERS};

/// A rule that allows more than it names.
#[derive(Debug)]
pub struct Broad<'p> {
    /// Where it stands.
    pub origin: &'p Origin,
    /// The name of the mistake.
    pub reason: &'static str,
    /// The rule in the words of its file.
    pub rule: String,
    /// A call that it lets run.
    pub witness: String,
    /// Where it is written what that does.
    pub source: Option<&'static str>,
    /// Whether it surely is more than was meant.
    pub is_certain: bool,
}

/// The rules of the file that allow more than they name, each once.
pub fn broad_rules<'c>(context: &'c PermissionContext<'_>) -> Vec<Broad<'c>> {
    let own = context.own(Ruling::Allow);
    let mut found: Vec<Broad<'c>> = Vec::new();
    for written in own.iter().filter(|rule| !is_whole_shell(context, rule)) {
        let ways = [everything, runs_others, before_subcommand, without_end];
        let of = |rule: &WrittenRule<'c>| ways.iter().find_map(|way| way(context, rule));
        match written.parts(context.agent) {
            parts if parts.is_empty() => found.extend(of(written)),
            parts => found.extend(parts.iter().filter_map(of)),
        }
    }
    found
}

/// Whether a rule allows the shell as a whole, which is another mistake.
pub fn is_whole_shell(context: &PermissionContext<'_>, written: &WrittenRule<'_>) -> bool {
    let is_all = written.own().any(|rule| rule.name.is_all());
    !is_all
        && [FRESH.to_owned(), format!("{FRESH} {FRESH}")]
            .iter()
            .all(|command| allows(context, written, command))
}

/// Whether a rule has a pattern for commands that is empty, and so none.
pub fn has_empty_prefix(written: &WrittenRule<'_>, findings: &Findings<'_>) -> bool {
    let node = findings.node(&written.origin.pointer);
    let key = |key: &str| node.and_then(|node| node.get(key)).is_some();
    key("commandPrefix") || key("commandRegex")
}

/// Whether a command runs, and just this rule lets it.
fn allows(context: &PermissionContext<'_>, written: &WrittenRule<'_>, command: &str) -> bool {
    let probe = Probe::command(context.agent, command);
    let verdict = context.prober.decide(&probe, written.mode());
    verdict.outcome == Outcome::Allow && verdict.is_of(written.origin)
}

fn broad<'c>(
    written: &WrittenRule<'c>,
    reason: &'static str,
    witness: &str,
    source: Option<&'static str>,
    is_certain: bool,
) -> Broad<'c> {
    let (rule, witness) = (written.text().to_owned(), witness.to_owned());
    Broad { origin: written.origin, reason, rule, witness, source, is_certain }
}

/// A rule for every tool, or one whose empty prefix is none.
fn everything<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    let is_all = |rule: &PermissionRule| match &rule.test {
        SubjectTest::Anything => rule.name.is_all(),
        SubjectTest::Call(test) => test.tool == ToolTest::Any && test.arguments.is_none(),
        _ => false,
    };
    if !written.own().any(is_all) {
        return None;
    }
    let (reason, probe) = match context.agent {
        Agent::OpenCode => {
            ("star-allow-opens-env-and-outside", Probe::of("read", [("filePath", ".env")]))
        }
        _ => ("everything-allowed", Probe::command(context.agent, "curl example.com")),
    };
    let verdict = context.prober.decide(&probe, written.mode());
    let runs = verdict.outcome == Outcome::Allow && verdict.is_of(written.origin);
    runs.then(|| broad(written, reason, &probe.shown, None, true))
}

/// A program that runs other commands.
fn runs_others<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    // A rule that names none of the programs, and has no `*` in their place, lets none of them run.
    let text = written.text();
    let is_near = |words: &str| {
        let first = words.split(' ').next().unwrap_or(words);
        text.contains(first) || text.contains("(*") || text.contains("`*")
    };
    let mut runners = RUNNERS.iter().filter(|runner| is_near(runner.words));
    let found = runners.find(|runner| allows(context, written, runner.witness))?;
    let reason = match context.agent {
        Agent::Codex => "interpreter-allowed-unsandboxed",
        _ => "interpreter-allowed",
    };
    // Of a program of which one subcommand runs others people may mean another one.
    let is_named = |words: &str| {
        words.split(' ').all(|word| text.contains(word)) || FOR_RUNNING.contains(&words)
    };
    let is_certain = found.purpose == Purpose::Running && is_named(found.words);
    Some(broad(written, reason, found.witness, Some(found.source), is_certain))
}

/// Subcommands without which their program is hardly used.
const FOR_RUNNING: [&str; 3] = ["docker run", "podman run", "uv run"];

/// The pattern of a rule for commands, where it has a `*`.
fn glob<'p>(context: &PermissionContext<'_>, rule: &'p PermissionRule) -> Option<&'p str> {
    match &rule.test {
        SubjectTest::Command(CommandTest::Matches(CommandPattern::Glob(glob), _)) => {
            Some(glob.source())
        }
        SubjectTest::Text(glob) if context.agent == Agent::OpenCode => {
            (rule.name.source() == "bash").then(|| glob.source())
        }
        _ => None,
    }
}

/// A `*` before the subcommand.
fn before_subcommand<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    let pattern = written.own().find_map(|rule| glob(context, rule))?;
    let (before, behind) = pattern.split_once('*')?;
    if behind.is_empty() {
        return None;
    }
    let behind = fill(behind, Star::Usual, context.agent == Agent::OpenCode);
    let gap = if behind.starts_with(' ') { "" } else { " " };
    let witness = match before {
        "" => format!("bash -c 'curl example.com'{gap}{behind}"),
        "git " => format!("git -c alias.x='!curl example.com' x{gap}{behind}"),
        _ => return None,
    };
    let runs = allows(context, written, &witness);
    runs.then(|| broad(written, "wildcard-before-subcommand", &witness, None, true))
}

/// A name without an end.
fn without_end<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    let pattern = written.own().find_map(|rule| glob(context, rule))?;
    let name = pattern.strip_suffix('*')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_word) {
        return None;
    }
    let longer = LONGER.iter().find(|(known, _)| *known == name).map(|(_, longer)| *longer);
    let witness = longer.map_or_else(|| format!("{name}x"), str::to_owned);
    let runs = allows(context, written, &witness);
    runs.then(|| broad(written, "no-word-boundary", &witness, None, longer.is_some()))
}
