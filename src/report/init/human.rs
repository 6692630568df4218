//! What a drafted policy rests on, for people.

use std::fmt::Write;

use crate::catalogue::Category;
use crate::engine::Outcome;
use crate::init::{Choice, Condition, Draft, Drafted, Omission, Proof, Test, Use, WhyOpen};
use crate::lint::{Report, ServerChoice, Severity};
use crate::report::common::command;
use crate::report::common::escape::escape;
use crate::report::common::json::to_text;
use crate::report::common::style::Style;
use crate::report::common::words::{count, cut, times};

/// How many characters of a condition, or of the names of secret arguments, are shown.
const SHOWN: usize = 300;

/// A drafted policy with all that is known about it.
#[derive(Debug)]
pub struct Begun<'a> {
    /// The policy.
    pub draft: &'a Draft,
    /// What the linter says of it.
    pub report: &'a Report,
    /// The server that it is for, if it is known.
    pub server: Option<&'a str>,
    /// What a trace needed, and whether the policy lets it through.
    pub proof: Option<&'a Proof>,
}

/// Writes what was decided and why, and everything that a reader of the policy should know.
pub fn write_begun(out: &mut String, begun: &Begun<'_>, style: &Style) {
    let of = match (begun.server, &begun.report.server) {
        (Some(server), _) => shown(server),
        (None, ServerChoice::Known { server, .. }) => {
            let option = command::option("--server", server);
            format!("what seems to be {} (`{}` says so)", shown(server), option)
        }
        _ => "no server that is known".to_owned(),
    };
    _ = writeln!(out, "{}", style.bold(&format!("policy for {of}: {}", choices(begun.draft))));
    if let Some(proof) = begun.proof {
        write_proof(out, begun.draft, proof);
    }
    for tool in &begun.draft.tools {
        if let Choice::LeaveOut(omission) = tool.choice {
            let why = why(omission);
            _ = writeln!(out, "note: `{}` is left out, and so denied: {why}", shown(&tool.name));
        }
    }
    write_doubts(out, begun.draft);
    for finding in begun.report.findings.iter().filter(|found| found.severity > Severity::Info) {
        let (severity, rule) = (finding.severity.name(), finding.rule.name);
        _ = writeln!(out, "{severity}[{rule}]: {}", shown(&finding.message));
    }
}

/// Names the tools whose category is hardly more than a guess; a person should look at them.
fn write_doubts(out: &mut String, draft: &Draft) {
    const DOUBTFUL: f64 = 0.5;
    const NAMED: usize = 5;
    let doubtful = draft.tools.iter().filter(|tool| tool.confidence < DOUBTFUL);
    let mut names: Vec<String> =
        doubtful.map(|tool| format!("`{}` ({})", shown(&tool.name), tool.category)).collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if !names.is_empty() {
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names = names.join(", ");
        _ = writeln!(out, "note: look at what is hardly more than a guess: {names}{more}");
    }
}

fn write_proof(out: &mut String, draft: &Draft, proof: &Proof) {
    for tool in draft.callable() {
        let used = &proof.observed.tools[&tool.name];
        _ = writeln!(out, "  {}: {}", shown(&tool.name), needs(tool, used));
        for condition in &tool.conditions {
            _ = writeln!(out, "    {}", kept(condition));
        }
        let is_bound = |path: &&Vec<String>| tool.conditions.iter().any(|one| one.path == **path);
        let (hosts, secrets): (Vec<_>, Vec<_>) = used.secrets.iter().partition(is_bound);
        for (paths, what) in [
            (secrets, "no condition on what may be a secret"),
            (hosts, "nothing but the host is asked of what may be a secret"),
        ] {
            let paths: Vec<String> = paths.iter().map(|path| shown(&path.join("."))).collect();
            if !paths.is_empty() {
                _ = writeln!(out, "    {what}: {}", cut(&paths.join(", "), SHOWN));
            }
        }
        write_open(out, tool);
    }
    let count = |outcome| proof.counts.of(outcome);
    _ = writeln!(
        out,
        "replayed under this policy: {} allowed, {} denied, {} throttled, {} indeterminate",
        count(Outcome::Allow),
        count(Outcome::Deny),
        count(Outcome::Throttle),
        count(Outcome::Indeterminate)
    );
    if count(Outcome::Indeterminate) > 0 {
        out.push_str("note: calls without a time cannot be held against a limit; `--pace 1s` gives them one\n");
    }
    if proof.observed.refused > 0 {
        let refused = proof.observed.refused;
        _ = writeln!(
            out,
            "note: {refused} calls were refused when they were recorded, and count as no need"
        );
    }
    for tool in draft.callable().filter(|tool| tool.category > Category::Execute) {
        let calls = proof.observed.tools[&tool.name].calls;
        _ = writeln!(
            out,
            "note: `{}` is a {} tool and may be called, because it was, {}: look whether it should",
            shown(&tool.name),
            tool.category,
            times(calls)
        );
    }
}

/// Names the arguments that stay open, with the reasons.
fn write_open(out: &mut String, tool: &Drafted) {
    /// How many are named.
    const NAMED: usize = 8;
    for open in tool.open.iter().take(NAMED) {
        let path = shown(&open.path.join("."));
        _ = writeln!(out, "    open: any {}: {}", cut(&path, SHOWN), why_open(open.why));
    }
    if tool.open.len() > NAMED {
        let more = tool.open.len() - NAMED;
        _ = writeln!(out, "    open: and {more} more, which --format json names");
    }
}

/// Why an argument stays open.
pub(in crate::report) fn why_open(why: WhyOpen) -> &'static str {
    match why {
        WhyOpen::Unreachable => {
            "no condition can lead to it, for a dot or a hidden sign in its name"
        }
        WhyOpen::Unknown => "the arguments of some calls are not known",
        WhyOpen::Searching => "the tool looks for something, which is new each time",
        WhyOpen::TextAmount => "the amounts are written as text, which no operator compares",
        WhyOpen::OddHost => {
            "not every host is a plain name (a number of IPv6, another alphabet, a user before it)"
        }
        WhyOpen::OddPath => "not every path is plain and leads down",
        WhyOpen::Mixed => "its values are of several kinds, or cannot be compared",
        WhyOpen::FewCalls => "there were too few calls to tell",
        WhyOpen::Changing => "the calls had too many different values",
        WhyOpen::Optional => "calls may leave it out, and no condition of this dialect can say so",
        WhyOpen::Faulty => "lint finds fault with the condition that would fit",
    }
}

/// "12 calls, at most 3 a minute; limit 6".
fn needs(tool: &Drafted, used: &Use) -> String {
    let calls = count(used.calls, "call");
    let mut parts = vec![match used.peak() {
        0 => calls,
        peak => format!("{calls}, at most {peak} a minute"),
    }];
    if let Choice::Limit(max) = tool.choice {
        parts.push(format!("limit {max}"));
    }
    parts.extend(tool.daily.map(|max| format!("{max} a day")));
    parts.join("; ")
}

/// "only with env="dev", as 12 calls had it".
fn kept(condition: &Condition) -> String {
    let path = shown(&condition.path.join("."));
    let test = match &condition.test {
        Test::OneOf(values) => {
            format!("={}", values.iter().map(to_text).collect::<Vec<_>>().join("|"))
        }
        Test::Matches(pattern) => format!(" like {}", to_text(pattern)),
        Test::AtMost(most) => format!(" up to {most}"),
        Test::Without(pattern) => format!(" without {}", to_text(pattern)),
    };
    let given = if condition.is_optional { ", where it is given" } else { "" };
    let calls = condition.calls.map(|calls| format!(", as {} had it", count(calls, "call")));
    format!(
        "only with {}{given}{}",
        cut(&format!("{path}{test}"), SHOWN),
        calls.unwrap_or_default()
    )
}

/// "30 tools, 25 allowed, 5 limited".
fn choices(draft: &Draft) -> String {
    let chosen =
        |is: fn(&Choice) -> bool| draft.tools.iter().filter(|tool| is(&tool.choice)).count();
    let mut parts = vec![count(draft.tools.len() as u64, "tool")];
    for (tools, word) in [
        (chosen(|choice| *choice == Choice::Allow), "allowed"),
        (chosen(|choice| matches!(choice, Choice::Limit(_))), "limited"),
        (chosen(|choice| *choice == Choice::Hide), "hidden"),
        (chosen(|choice| *choice == Choice::DenyAll), "denied (the message asks for approval)"),
        (chosen(|choice| matches!(choice, Choice::LeaveOut(_))), "left out"),
    ] {
        if tools > 0 {
            parts.push(format!("{tools} {word}"));
        }
    }
    parts.join(", ")
}

/// Why a tool is not mentioned.
pub(in crate::report) fn why(omission: Omission) -> &'static str {
    match omission {
        Omission::Wildcard => "gateways take `*` for all tools",
        Omission::Blank => "gateways refuse a name of spaces alone",
        Omission::Uncountable => "Intercept cannot limit a tool with a dot in its name",
    }
}

fn shown(text: &str) -> String {
    escape(text).into_owned()
}
