//! Rules about files that leave another way to them open.

use super::context::{PermissionContext, WrittenRule};
use super::fill::FRESH;
use super::probe::{Probe, Prober};
use crate::engine::Outcome;
use crate::lint::severity::Severity;
use crate::policy::{Agent, Origin, PermissionRule, Ruling, SubjectTest, dead_form};

/// A rule that leaves another way open.
#[derive(Debug)]
pub struct Hole<'p> {
    /// Where it stands.
    pub origin: &'p Origin,
    /// The name of the mistake.
    pub reason: &'static str,
    /// The rule in the words of its file.
    pub rule: String,
    /// What it stops.
    pub stopped: String,
    /// What it does not stop.
    pub witness: String,
    /// What comes of that.
    pub outcome: Outcome,
    /// What to do.
    pub advice: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Other rules of which the same is so.
    pub others: Vec<&'p Origin>,
}

/// Another way to what a tool is stopped from.
struct Way {
    agent: Agent,
    /// The name of the mistake.
    reason: &'static str,
    /// What the rule does.
    rulings: &'static [Ruling],
    /// The tool that is stopped, and its argument with the path.
    tool: (&'static str, &'static str),
    /// What comes before the path in the calls that go around it: a command, or a tool and its argument.
    around: Around,
    advice: &'static str,
    severity: Severity,
}

/// A call that goes around.
#[derive(Clone, Copy)]
enum Around {
    /// Commands with the path behind them.
    Commands(&'static [&'static str]),
    /// A tool of which the path is this argument.
    Tool(&'static str, &'static str),
    /// A tool of which this argument is an address, at a host above or below that which is stopped.
    Hosts(&'static str, &'static str),
    /// Another shell, of which this argument is the command; a question about that is one enough.
    Shell(&'static str, &'static str),
}

const SHELL_ADVICE: &str = "allow the few commands that are needed instead of all, or turn the sandbox on: rules about paths do not see what a program reads";

const BOTH: &[Ruling] = &[Ruling::Deny, Ruling::Ask];

/// The ways, each by the name that it has in the specification of the agent.
static WAYS: [Way; 11] = [
    Way {
        agent: Agent::ClaudeCode,
        reason: "bare-edit-is-not-write",
        rulings: BOTH,
        tool: ("Edit", "file_path"),
        around: Around::Tool("Write", "file_path"),
        advice: "write `Edit(**)`, which holds for every tool that changes files",
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::ClaudeCode,
        reason: "ask-path-not-in-bash",
        rulings: &[Ruling::Ask],
        tool: ("Read", "file_path"),
        around: Around::Commands(&["cat", "head"]),
        advice: "deny the path: questions about paths are not asked of shell commands",
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::ClaudeCode,
        reason: "ask-path-not-in-bash",
        rulings: &[Ruling::Ask],
        tool: ("Edit", "file_path"),
        around: Around::Commands(&["rm", "touch"]),
        advice: "deny the path: questions about paths are not asked of shell commands",
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::ClaudeCode,
        reason: "read-deny-holes",
        rulings: &[Ruling::Deny],
        tool: ("Read", "file_path"),
        around: Around::Commands(&[
            "less",
            "xxd",
            "tar -cf -",
            "source",
            "python3 -c 'print(open(\"PATH\").read())'",
        ]),
        advice: SHELL_ADVICE,
        severity: Severity::Error,
    },
    Way {
        agent: Agent::ClaudeCode,
        reason: "edit-deny-holes",
        rulings: &[Ruling::Deny],
        tool: ("Edit", "file_path"),
        around: Around::Commands(&[
            "truncate -s0",
            "dd if=/dev/null of=PATH",
            "python3 -c 'open(\"PATH\",\"w\")'",
        ]),
        advice: SHELL_ADVICE,
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::ClaudeCode,
        reason: "other-hosts-of-domain",
        rulings: BOTH,
        tool: ("WebFetch", "url"),
        around: Around::Hosts("WebFetch", "url"),
        advice: "write both `WebFetch(domain:example.com)` and `WebFetch(domain:*.example.com)`: neither holds for what the other names",
        severity: Severity::Warning,
    },
    // Source: <https://github.com/anthropics/claude-code/issues/60935>.
    Way {
        agent: Agent::ClaudeCode,
        reason: "powershell-beside-bash",
        rulings: &[Ruling::Deny],
        tool: ("Bash", "command"),
        around: Around::Shell("PowerShell", "command"),
        advice: "let `PowerShell` be asked about, or deny it the same: rules for `Bash` do not hold for it",
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::OpenCode,
        reason: "read-deny-without-bash",
        rulings: BOTH,
        tool: ("read", "filePath"),
        around: Around::Commands(&["cat", "head", "less"]),
        advice: "let commands be asked about: `\"bash\": {\"*\": \"ask\"}` with the few that are needed allowed",
        severity: Severity::Error,
    },
    Way {
        agent: Agent::OpenCode,
        reason: "edit-deny-without-bash",
        rulings: &[Ruling::Deny],
        tool: ("edit", "filePath"),
        around: Around::Commands(&["tee", "rm"]),
        advice: "let commands be asked about: `\"bash\": {\"*\": \"ask\"}` with the few that are needed allowed",
        // Every command runs unless somebody says otherwise, and changes files.
        severity: Severity::Info,
    },
    Way {
        agent: Agent::OpenCode,
        reason: "only-some-commands-ask",
        rulings: BOTH,
        tool: ("external", ""),
        around: Around::Commands(&["head", "less"]),
        advice: "let commands be asked about: of most programs no path is looked at",
        severity: Severity::Warning,
    },
    Way {
        agent: Agent::Gemini,
        reason: "read-deny-without-shell",
        rulings: BOTH,
        tool: ("read_file", ""),
        around: Around::Commands(&["cat", "head", "less"]),
        advice: "deny the same of the shell: toolName = \"run_shell_command\", commandRegex with the name of the file",
        severity: Severity::Error,
    },
];

/// The rules of the file that leave another way open; those that leave the same one are told once.
pub fn holes<'c>(context: &'c PermissionContext<'_>) -> Vec<Hole<'c>> {
    let mut found: Vec<Hole<'c>> = Vec::new();
    for way in WAYS.iter().filter(|way| way.agent == context.agent) {
        let own = way.rulings.iter().flat_map(|ruling| context.own(*ruling));
        for hole in own.filter_map(|written| hole(context, &written, way)) {
            match found.iter_mut().find(|known| known.reason == hole.reason) {
                Some(known) => known.others.push(hole.origin),
                None => found.push(hole),
            }
        }
    }
    found
}

fn hole<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    way: &Way,
) -> Option<Hole<'c>> {
    let (stopped, path) = stopped(context, written, way)?;
    let mode = written.mode();
    let prober = &context.prober;
    let verdict = prober.decide(&stopped, mode);
    if !verdict.is_of(written.origin) || verdict.outcome == Outcome::Allow {
        return None;
    }
    let (witness, outcome) = around(prober, way, &path, verdict.outcome, mode)?;
    Some(Hole {
        origin: written.origin,
        reason: way.reason,
        rule: written.text().to_owned(),
        stopped: stopped.shown,
        witness: witness.shown,
        outcome,
        advice: way.advice,
        severity: if outcome == Outcome::Ask { Severity::Info } else { way.severity },
        others: Vec::new(),
    })
}

/// A call that the rule is written for, and its path as commands have it.
fn stopped(
    context: &PermissionContext<'_>,
    written: &WrittenRule<'_>,
    way: &Way,
) -> Option<(Probe, String)> {
    let (tool, argument) = way.tool;
    // What holds for nothing, or for other calls than it seems to, is another mistake.
    if context.agent == Agent::Gemini
        && written.own().all(|rule| dead_form(context.agent, rule.ruling, "", Some(rule)).is_some())
    {
        return None;
    }
    if tool == "external" {
        let is_outside = written.own().any(|rule| rule.name.source() == "external_directory");
        let path = "/etc/passwd".to_owned();
        return is_outside.then(|| (Probe::of("read", [("filePath", path.as_str())]), path));
    }
    let is_bare = written.own().all(|rule| rule.name.source() == tool);
    if way.reason == "bare-edit-is-not-write" && !is_bare {
        return None;
    }
    // Who stops a tool as a whole means the tool.
    let is_of_whole = ["bare-edit-is-not-write", "edit-deny-without-bash"].contains(&way.reason);
    if !is_of_whole && written.own().all(is_whole) {
        return None;
    }
    if way.reason == "powershell-beside-bash" && has_own(context, "PowerShell(") {
        return None;
    }
    // What denies reading denies changes too, and is told as that.
    if way.reason == "edit-deny-holes" && written.own().any(|rule| rule.name.source() == "Read") {
        return None;
    }
    if is_of_all_changes(way, written) {
        let is_edit = written.own().all(|rule| rule.name.source() == tool);
        let path = "README.md".to_owned();
        return is_edit.then(|| (Probe::of(tool, [(argument, path.as_str())]), path));
    }
    if context.probes(written).iter().all(|probe| probe.tool != tool) {
        return None;
    }
    let samples = context.samples(written);
    let mut held = samples.into_iter().filter(|(probe, holds)| *holds && probe.tool == tool);
    held.find_map(|(probe, _)| {
        let given = match argument {
            "" => probe.arguments.values().next(),
            argument => probe.arguments.get(argument),
        };
        let path = given?.as_str()?.to_owned();
        let start = context.permissions().ground.start.as_deref().unwrap_or_default();
        let path = path.strip_prefix(&format!("{start}/")).unwrap_or(&path).to_owned();
        // A file that everybody may have, whose name needs no quotes.
        let signs = match argument {
            "command" => "./_-~ ",
            "url" => "./_-~:",
            _ => "./_-~",
        };
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
        // No host begins with the dot behind a `*`.
        (is_plain && !path.contains("//.")).then_some((probe, path))
    })
}

/// Whether a rule of OpenCode denies every change of a file.
fn is_of_all_changes(way: &Way, written: &WrittenRule<'_>) -> bool {
    way.reason == "edit-deny-without-bash" && written.own().all(is_whole)
}

/// Whether somebody denies something that begins so, of which nothing is known.
fn has_own(context: &PermissionContext<'_>, start: &str) -> bool {
    let mut void = context.permissions().void.iter();
    void.any(|rule| rule.ruling == Ruling::Deny && rule.text.starts_with(start))
}

/// Whether a rule is about a tool whatever it is given.
fn is_whole(rule: &PermissionRule) -> bool {
    match &rule.test {
        SubjectTest::Anything => true,
        SubjectTest::Call(test) => test.arguments.is_none(),
        _ => false,
    }
}

/// A call that goes around, and comes out milder.
fn around(
    prober: &Prober,
    way: &Way,
    path: &str,
    stopped: Outcome,
    mode: Option<&str>,
) -> Option<(Probe, Outcome)> {
    let probes: Vec<Probe> = match way.around {
        Around::Tool(tool, argument) | Around::Shell(tool, argument) => {
            let shown = format!("{tool} {path}");
            vec![Probe { shown, ..Probe::of(tool, [(argument, path)]) }]
        }
        Around::Hosts(tool, argument) => {
            let other = other_host(path).map(|url| Probe::of(tool, [(argument, url.as_str())]));
            other.into_iter().collect()
        }
        Around::Commands(commands) => {
            let whole = |command: &&str| match command.contains("PATH") {
                true => command.replace("PATH", path),
                false => format!("{command} {path}"),
            };
            let agent = prober.agent();
            commands.iter().map(whole).map(|command| Probe::command(agent, &command)).collect()
        }
    };
    let milder = |probe: Probe| {
        let outcome = prober.decide(&probe, mode).outcome;
        let is_asked = outcome == Outcome::Ask
            && stopped == Outcome::Deny
            && matches!(way.around, Around::Tool(..));
        (outcome == Outcome::Allow || is_asked).then_some((probe, outcome))
    };
    probes.into_iter().find_map(milder)
}

/// An address at the domain of which a host is any, else at a host of a domain of two names.
fn other_host(url: &str) -> Option<String> {
    let host = url.strip_prefix("https://")?.trim_end_matches('/');
    if let Some(domain) = host.strip_prefix(FRESH).and_then(|rest| rest.strip_prefix('.')) {
        return Some(format!("https://{domain}/"));
    }
    let (name, top) = host.split_once('.')?;
    let is_domain = !name.is_empty() && !top.contains('.') && !host.contains(FRESH);
    is_domain.then(|| format!("https://www.{host}/"))
}
