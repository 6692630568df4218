//! Rules that never count.

use super::context::{PermissionContext, WrittenRule};
use super::fill::FRESH;
use super::probe::{Probe, Verdict, shell_of};
use super::signs::literal_sign;
use crate::engine::Outcome;
use crate::policy::{
    Agent, BARE_EDIT, CallTest, CommandPattern, CommandTest, DeadForm, Origin, Precedence, Ruling,
    SubjectTest, ToolTest, dead_form,
};
use crate::shell::RUNNERS;
use crate::source::Node;
use crate::stop;

/// A rule that never counts.
#[derive(Debug)]
pub struct Dead<'p> {
    /// Where it stands.
    pub origin: &'p Origin,
    /// The rule in the words of its file.
    pub text: String,
    /// What it would do.
    pub ruling: Ruling,
    /// A call that it is written for.
    pub witness: Option<String>,
    /// Why it never counts.
    pub how: DeadRule,
    /// The rule of the same file that counts instead.
    pub other: Option<&'p Origin>,
    /// Whether what counts instead does the same.
    pub is_redundant: bool,
    /// Whether what counts instead is stricter.
    pub is_stricter: bool,
}

/// Why a rule never counts.
#[derive(Debug)]
pub enum DeadRule {
    /// The agent takes its form for something else, or for nothing.
    Form(DeadForm),
    /// It does not hold for what its own pattern says.
    Missed(&'static str),
    /// Another rule decides everything that it holds for.
    Shadowed {
        /// The name of the mistake.
        reason: &'static str,
        /// The other rule, with its place.
        by: String,
        /// What to do.
        advice: &'static str,
    },
}

/// The rules of the file that never count.
pub fn dead_rules<'c>(context: &'c PermissionContext<'_>, root: Option<&Node>) -> Vec<Dead<'c>> {
    let mut dead: Vec<Dead<'c>> = void(context).collect();
    let all = context.written();
    for written in all.iter().filter(|written| context.is_own(written.origin)) {
        stop::look();
        // What is written as another pattern than it is, is another mistake.
        if literal_sign(context.agent, written).is_none() {
            let of_form = of_form(context, written).or_else(|| of_server(context, written, root));
            let is_narrow = of_form.as_ref().is_some_and(Dead::is_narrow);
            let tried = || tried(context, written, &all);
            let whole = match of_form {
                Some(form) if is_narrow => tried().or(Some(form)),
                form => form.or_else(tried),
            };
            match whole {
                Some(whole) => dead.push(whole),
                None => dead.extend(dead_parts(context, written, &all)),
            }
        }
    }
    dead.extend(servers(context, &all));
    dead.extend(all.iter().filter_map(|written| other_commands(context, written)));
    dead
}

/// The elements of a list that never count where others of it do; not those that something else does for.
fn dead_parts<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    all: &[WrittenRule<'c>],
) -> Vec<Dead<'c>> {
    let parts = written.parts(context.agent);
    let dead = |part: &WrittenRule<'c>| {
        let of_form = of_form(context, part);
        of_form.or_else(|| tried(context, part, all))
    };
    parts.iter().filter_map(dead).filter(|dead| !dead.is_redundant).collect()
}

impl Dead<'_> {
    /// Whether the rule does a part of what it says.
    pub fn is_narrow(&self) -> bool {
        matches!(&self.how, DeadRule::Form(form) if form.is_narrow())
    }
}

/// A rule of OpenCode that names a server, where its tools are meant.
fn of_server<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    root: Option<&Node>,
) -> Option<Dead<'c>> {
    const SERVER: DeadForm = DeadForm {
        reason: "dead-name",
        why: "it names a server, and the tools of one are called `<server>_<tool>`",
        instead: "write `<server>_*` for all tools of the server",
    };
    let servers = root.filter(|_| context.agent == Agent::OpenCode)?.get("mcp")?;
    let is_server = written.own().all(|rule| servers.get(rule.name.source()).is_some());
    let is_asked = |name: &str| {
        let tools = context.permissions().tools.iter();
        tools.flat_map(|tool| tool.matters).any(|matter| matter.name == name)
    };
    let is_tool = written.own().any(|rule| is_asked(rule.name.source()));
    (is_server && !is_tool).then(|| dead(written, DeadRule::Form(SERVER)))
}

/// Servers that are set up and of which a list of what is there leaves no tool.
fn servers<'c>(
    context: &'c PermissionContext<'_>,
    all: &[WrittenRule<'c>],
) -> impl Iterator<Item = Dead<'c>> {
    let servers = context.permissions().calls.iter().flat_map(|calls| &calls.servers);
    servers.filter_map(|(server, start)| {
        let probe = Probe::of(&format!("{start}{FRESH}"), []);
        let verdict = context.prober.decide(&probe, None);
        let other = all.iter().find(|other| verdict.is_of(other.origin))?;
        let is_list = verdict.outcome == Outcome::Deny && verdict.rule == "deny *";
        (is_list && context.is_own(other.origin)).then(|| Dead {
            origin: other.origin,
            text: format!("mcpServers.{server}"),
            ruling: Ruling::Allow,
            witness: Some(probe.shown),
            how: DeadRule::Shadowed {
                reason: "core-list-kills-mcp",
                by: context.named(&verdict),
                advice: "add `mcp_<server>_*` by a policy file, or exclude tools instead of listing those that are there",
            },
            other: None,
            is_redundant: false,
            is_stricter: true,
        })
    })
}

/// Other commands than one that is allowed: the same entry refuses them.
fn other_commands<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
) -> Option<Dead<'c>> {
    if written.ruling != Ruling::Allow || !context.is_own(written.origin) {
        return None;
    }
    let verdict = context.prober.command(FRESH);
    let refuses = verdict.outcome == Outcome::Deny && verdict.is_of(written.origin);
    let is_shell = verdict.rule.ends_with(shell_of(context.agent).0);
    (refuses && is_shell).then(|| Dead {
        text: "asking about other commands".to_owned(),
        witness: Some(FRESH.to_owned()),
        is_stricter: true,
        ..dead(
            written,
            DeadRule::Shadowed {
                reason: "allowed-shell-denies-rest",
                by: context.named(&verdict),
                advice: "allow the command by a policy file, which leaves others as they are",
            },
        )
    })
}

/// Rules that the agent does not take for any.
fn void<'c>(context: &'c PermissionContext<'_>) -> impl Iterator<Item = Dead<'c>> {
    let own = context.permissions().void.iter().filter(|rule| context.is_own(&rule.origin));
    own.filter_map(|rule| {
        let form = dead_form(context.agent, rule.ruling, &rule.text, None);
        let tool = rule.text.split('(').next().unwrap_or_default();
        // What rules for a tool mean of which nobody knows more than the name is not known either.
        let is_known = context.permissions().tools.iter().any(|known| known.tool == tool);
        (is_known || form.is_some()).then(|| Dead {
            origin: &rule.origin,
            text: format!("{} {}", rule.ruling.name(), rule.text),
            ruling: rule.ruling,
            witness: None,
            how: form.map_or(DeadRule::Missed("never-matches"), DeadRule::Form),
            other: None,
            is_redundant: false,
            is_stricter: false,
        })
    })
}

fn dead<'c>(written: &WrittenRule<'c>, how: DeadRule) -> Dead<'c> {
    Dead {
        origin: written.origin,
        text: written.text().to_owned(),
        ruling: written.ruling,
        witness: None,
        how,
        other: None,
        is_redundant: false,
        is_stricter: false,
    }
}

/// A rule of a form that is not what it looks like.
fn of_form<'c>(context: &'c PermissionContext<'_>, written: &WrittenRule<'c>) -> Option<Dead<'c>> {
    let word = written.ruling.name();
    let text = written.text().strip_prefix(word).unwrap_or(written.text()).get(1..)?;
    let mut forms =
        written.own().map(|rule| dead_form(context.agent, rule.ruling, text, Some(rule)));
    // Of several that are written as one all have to be of a form.
    let first = forms.next()??;
    let rest: Vec<Option<DeadForm>> = forms.collect();
    let is_codex = context.agent == Agent::Codex;
    // Where changes of files are allowed otherwise, a rule for one of the tools does what it is to do.
    let writes = || context.prober.decide(&Probe::of("Write", [("file_path", FRESH)]), None);
    if first.reason == BARE_EDIT && writes().outcome == Outcome::Allow {
        return None;
    }
    (is_codex || rest.iter().all(Option::is_some)).then(|| dead(written, DeadRule::Form(first)))
}

/// A rule that is tried with what it is written for.
fn tried<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    all: &[WrittenRule<'c>],
) -> Option<Dead<'c>> {
    let own = written.numbers();
    // A rule of every agent is dead where it is so for one that has nothing of its own, and for the others.
    let mode = written.mode().or(general_mode(context.agent));
    let counts = |verdict: &Verdict| {
        verdict.outcome == Outcome::Indeterminate || verdict.is_of(written.origin)
    };
    let probes = context.probes(written);
    let (mut held, mut verdicts) = (Vec::new(), Vec::new());
    for probe in &probes {
        let verdict = context.prober.decide(probe, mode);
        if verdict.is_of(written.origin) {
            return None;
        }
        let holding = context.prober.holding(probe, mode, &own);
        // Where that depends on what is not known, nobody can tell.
        if !holding.unsure.is_empty() {
            return None;
        }
        if !holding.sure.is_empty() {
            held.push(context.shortened(probe.clone()));
            verdicts.push(verdict);
        }
    }
    let first = context.shortened(probes.first()?.clone());
    if held.is_empty() {
        let is_told = written.rules.iter().all(|(_, rule)| is_exact(&rule.test));
        let reason = missed(&first.shown);
        let witness = Some(first.shown);
        return is_told.then(|| Dead { witness, ..dead(written, DeadRule::Missed(reason)) });
    }
    if verdicts.iter().any(counts) {
        return None;
    }
    // A rule that holds in every mode may count in another one.
    let is_general = written.mode().is_none();
    let others = other_modes(context.agent).iter().copied().filter(|_| is_general);
    let decided = others
        .flat_map(|other| held.iter().map(move |probe| context.prober.decide(probe, Some(other))));
    if decided.into_iter().any(|verdict| counts(&verdict)) {
        return None;
    }
    shadowed(context, written, all, &held, &verdicts)
}

/// The mode in which a rule of every mode is tried first, where that is not the usual one.
fn general_mode(agent: Agent) -> Option<&'static str> {
    (agent == Agent::OpenCode).then_some(FRESH)
}

/// Modes beside that one of which rules may be.
fn other_modes(agent: Agent) -> &'static [&'static str] {
    match agent {
        Agent::OpenCode => &["build", "plan", "general", "explore"],
        Agent::Gemini => &["autoEdit", "yolo"],
        Agent::ClaudeCode | Agent::Codex => &[],
    }
}

/// Whether the texts that a test is tried with are all that it could be about.
fn is_exact(test: &SubjectTest) -> bool {
    match test {
        SubjectTest::Anything | SubjectTest::AnythingUnsure(_) | SubjectTest::Unsure(..) => false,
        // What stands for a `*` between or behind the words of a wrapper may not be fit for it.
        SubjectTest::Command(CommandTest::Matches(CommandPattern::Glob(glob), _)) => {
            glob.source().contains(['&', '|', ';', '(', '>'])
        }
        SubjectTest::Command(CommandTest::Matches(CommandPattern::Prefix(words), _)) => {
            RUNNERS.iter().all(|runner| *runner.words != **words || !runner.passes_on())
        }
        SubjectTest::Call(test) => is_plain(test),
        _ => true,
    }
}

/// Whether a test asks for nothing but a tool and what it is given. Which server a tool is of is told by its
/// name alone only where that has no further `_`.
fn is_plain(test: &CallTest) -> bool {
    let is_named = match &test.tool {
        ToolTest::Named(names) => names.iter().all(|name| !name.starts_with("mcp_")),
        ToolTest::Any | ToolTest::OfServers | ToolTest::OfServer(_) => false,
    };
    is_named && test.caller.is_none() && test.annotations.is_empty() && test.interactive.is_none()
}

/// How a rule is called that does not hold for what it says.
fn missed(text: &str) -> &'static str {
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    if has(&["&&", "||", ";", " | "]) { "compound-spec" } else { "never-matches" }
}

/// A rule of which another one decides everything.
fn shadowed<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    all: &[WrittenRule<'c>],
    held: &[Probe],
    verdicts: &[Verdict],
) -> Option<Dead<'c>> {
    let own = outcome(written.ruling);
    let differs = verdicts.iter().all(|verdict| verdict.outcome != own);
    let is_ordered = matches!(
        context.permissions().precedence,
        Precedence::LastMatch | Precedence::HighestPriority
    );
    let is_redundant = is_ordered && verdicts.iter().all(|verdict| verdict.outcome == own);
    if !differs && !is_redundant {
        return None;
    }
    let verdict = &verdicts[0];
    let other = all.iter().find(|other| verdict.is_of(other.origin));
    let reason = match other {
        Some(other) => reason(context, written, other, is_redundant),
        None if is_protected(context, &held[0]) => "protected-path-allow",
        None => return None,
    };
    let own_file = other.filter(|other| context.is_own(other.origin));
    let by = context.named(verdict);
    Some(Dead {
        witness: Some(held[0].shown.clone()),
        other: own_file.map(|other| other.origin),
        is_redundant,
        is_stricter: other.is_some_and(|other| other.ruling > written.ruling),
        ..dead(written, DeadRule::Shadowed { reason, by, advice: advice(reason, written.ruling) })
    })
}

fn outcome(ruling: Ruling) -> Outcome {
    match ruling {
        Ruling::Allow => Outcome::Allow,
        Ruling::Ask => Outcome::Ask,
        Ruling::Deny => Outcome::Deny,
    }
}

/// Whether the agent asks about a change of a file whatever the rules allow.
fn is_protected(context: &PermissionContext<'_>, probe: &Probe) -> bool {
    let edits = ["Edit", "Write", "NotebookEdit"].contains(&&*probe.tool);
    // Other modes ask about every change.
    let verdict = context.prober.decide(probe, Some("default"));
    context.agent == Agent::ClaudeCode
        && edits
        && verdict.outcome == Outcome::Ask
        && verdict.place.is_none()
        && verdict.rule == "ask Edit"
}

/// The name that the mistake has in the specification of the agent.
fn reason(
    context: &PermissionContext<'_>,
    written: &WrittenRule<'_>,
    other: &WrittenRule<'_>,
    is_redundant: bool,
) -> &'static str {
    let is_all = |rule: &WrittenRule<'_>| {
        rule.rules.iter().any(|(_, rule)| matches!(rule.test, SubjectTest::Anything))
    };
    let is_star = other.rules.iter().any(|(_, rule)| rule.name.is_all());
    match context.agent {
        Agent::ClaudeCode => "shadowed-allow",
        Agent::Codex if !context.is_own(other.origin) => "project-allow-cannot-loosen",
        Agent::Codex => "weaker-duplicate",
        Agent::OpenCode if is_redundant => "shadowed-rule",
        Agent::OpenCode if !context.is_own(other.origin) => "merged-key-keeps-place",
        Agent::OpenCode if is_star => "star-tool-last",
        Agent::OpenCode if is_all(other) => "catch-all-last",
        Agent::OpenCode => "shadowed-rule",
        Agent::Gemini if is_redundant => "shadowed-rule",
        Agent::Gemini if written.ruling == Ruling::Deny => "narrow-deny-below-broad-allow",
        Agent::Gemini => "shadowed-rule",
    }
}

/// What to do; nobody is told to take a refusal out.
fn advice(reason: &str, ruling: Ruling) -> &'static str {
    match reason {
        "shadowed-allow" if ruling == Ruling::Ask => {
            "leave it as it is: a refusal counts before a question"
        }
        "shadowed-allow" => {
            "take it out; a refusal or a question counts before whatever is allowed, however exact that is"
        }
        "weaker-duplicate" | "project-allow-cannot-loosen" => {
            "take it out: of several rules that hold the strictest counts"
        }
        "star-tool-last" | "catch-all-last" => {
            "put the pattern for everything first: the last one that matches counts"
        }
        "merged-key-keeps-place" => {
            "write it in the file that has the other rule: a key that is there keeps its place"
        }
        "narrow-deny-below-broad-allow" => "give it a higher priority than the other rule has",
        "protected-path-allow" => {
            "take it out: the agent asks about changes there whatever is allowed"
        }
        _ if ruling == Ruling::Allow => "take it out, or put it where it counts",
        _ => "put it where it counts: behind the other rule, or, by priorities, above it",
    }
}
