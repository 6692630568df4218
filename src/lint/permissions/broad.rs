//! Rules that allow more than they name.

use super::context::{PermissionContext, WrittenRule};
use super::fill::{FRESH, Star, fill};
use super::probe::Probe;
use super::witnesses::witnesses;
use crate::engine::Outcome;
use crate::lint::finding::Findings;
use crate::policy::{
    Agent, CommandPattern, CommandTest, Origin, PermissionRule, Ruling, SubjectTest, ToolTest,
};
use crate::shell::{How, LONGER, Purpose, REACHING, RUNNERS, Runner};

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
        let ways =
            [everything, everywhere, runs_others, before_subcommand, without_end, reaches_out];
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
    let is_everything = written.own().any(is_all);
    // OpenCode asks about `.env` by a rule of its own, behind which every other one stands.
    let is_reading = |rule: &PermissionRule| {
        let is_all = match &rule.test {
            SubjectTest::Text(pattern) => pattern.is_all(),
            test => *test == SubjectTest::Anything,
        };
        context.agent == Agent::OpenCode && rule.name.source() == "read" && is_all
    };
    if !is_everything && !written.own().any(is_reading) {
        return None;
    }
    let env = || Probe::of("read", [("filePath", ".env")]);
    let (reason, probe) = match context.agent {
        Agent::OpenCode if is_everything => ("star-allow-opens-env-and-outside", env()),
        Agent::OpenCode => ("read-allow-opens-env", env()),
        _ => ("everything-allowed", Probe::command(context.agent, "curl example.com")),
    };
    let verdict = context.prober.decide(&probe, written.mode());
    let runs = verdict.outcome == Outcome::Allow && verdict.is_of(written.origin);
    runs.then(|| broad(written, reason, &probe.shown, None, is_everything))
}

/// Rules of Claude Code for every file of the machine or the home, and for every host, with calls that show it: the
/// first part of the path is the home, where it is `~`.
const EVERYWHERE: [(&str, &str, (&str, &str, &str)); 5] = [
    ("every-file-changed", "Edit(//**)", ("Write", "file_path", "/srv/notes.txt")),
    ("every-file-changed", "Edit(~/**)", ("Write", "file_path", "~/notes.txt")),
    ("every-file-read", "Read(//**)", ("Read", "file_path", "/srv/notes.txt")),
    ("every-file-read", "Read(~/**)", ("Read", "file_path", "~/notes.txt")),
    ("every-host", "WebFetch(domain:*)", ("WebFetch", "url", "https://example.com/")),
];

/// A rule for every file, or every host.
fn everywhere<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    let rule =
        written.text().strip_prefix("allow ").filter(|_| context.agent == Agent::ClaudeCode)?;
    let (reason, _, (tool, argument, value)) = EVERYWHERE.iter().find(|row| row.1 == rule)?;
    let home = context.permissions().ground.home.as_deref();
    let given = match value.strip_prefix('~') {
        Some(rest) => format!("{}{rest}", home?),
        None => (*value).to_owned(),
    };
    let verdict = context.prober.decide(&Probe::of(tool, [(*argument, &*given)]), written.mode());
    let runs = verdict.outcome == Outcome::Allow && verdict.is_of(written.origin);
    let is_certain = *reason == "every-file-changed";
    runs.then(|| broad(written, reason, &format!("{tool} {value}"), None, is_certain))
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
    let pattern = pattern(context, written);
    let near = RUNNERS.iter().filter(|runner| is_near(runner.words));
    let found = near.flat_map(|runner| {
        let ways = pattern.as_deref().map(|pattern| witnesses(pattern, runner));
        let plain = (runner.witness.to_owned(), true);
        let ways = std::iter::once(plain).chain(ways.unwrap_or_default());
        ways.map(move |(witness, is_plain)| (runner, witness, is_plain))
    });
    let runs = |found: &(&Runner, String, bool)| allows(context, written, &found.1);
    let (runner, witness, is_plain) = found.into_iter().find(runs)?;
    let reason = match context.agent {
        Agent::Codex => "interpreter-allowed-unsandboxed",
        _ => "interpreter-allowed",
    };
    // Of a program of which one subcommand runs others people may mean another one.
    let is_named = |words: &str| {
        words.split(' ').all(|word| text.contains(word)) || FOR_RUNNING.contains(&words)
    };
    let is_certain = is_plain && runner.purpose == Purpose::Running && is_named(runner.words);
    Some(broad(written, reason, &witness, Some(runner.source), is_certain))
}

/// Subcommands without which their program is hardly used.
const FOR_RUNNING: [&str; 3] = ["docker run", "podman run", "uv run"];

/// A program that sends, writes, tells or installs what it should not.
fn reaches_out<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Broad<'c>> {
    let text = written.text();
    let named = |words: &str| text.contains(words.split(' ').next().unwrap_or(words));
    let mut near = REACHING.iter().filter(|reaching| named(reaching.words));
    let found = near.find(|reaching| allows(context, written, reaching.witness))?;
    let reason = match found.how {
        How::Sends => "sends-anything",
        How::Writes => "writes-anything",
        How::TellsSecret => "tells-secret",
        How::Installs => "installs-anything",
    };
    Some(broad(written, reason, found.witness, Some(found.source), false))
}

/// The pattern of a rule for commands, where it has a `*`; a prefix with one behind it.
fn pattern(context: &PermissionContext<'_>, written: &WrittenRule<'_>) -> Option<String> {
    written.own().find_map(|rule| match &rule.test {
        SubjectTest::Command(CommandTest::Matches(CommandPattern::Prefix(text), _)) => {
            Some(format!("{text} *"))
        }
        _ => glob(context, rule).map(str::to_owned),
    })
}

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
