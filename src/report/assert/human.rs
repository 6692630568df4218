//! Statements that were decided, for people.

use std::fmt::Write;

use crate::assertion::{Checked, Claim, Statement, Tools, Vacuous, Violation};
use crate::report::access::words::Lines;
use crate::report::access::{commands, words};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::words::count;
use crate::report::common::wrap::fitted;
use crate::solver::Evidence;
use crate::source::Document;

/// Statements that were decided under some policies.
#[derive(Debug)]
pub struct Assertions<'a> {
    /// The document of the statements.
    pub document: &'a Document,
    /// The policies, with what came of each statement under them.
    pub policies: Vec<CheckedPolicy<'a>>,
    /// The statements that say nothing.
    pub warnings: Vec<Vacuous<'a>>,
}

/// A policy and what came of each statement under it.
#[derive(Debug)]
pub struct CheckedPolicy<'a> {
    /// The policy's document.
    pub document: &'a Document,
    /// The options of the command line that it is read with.
    pub options: &'a [String],
    /// The answers, in the order of the statements.
    pub answers: Vec<Checked<'a>>,
    /// Whether calls whose arguments are no object are left out, because the gateway forwards them
    /// without a look.
    pub objects_only: bool,
}

/// Writes for every policy how many statements hold, then those that do not with what shows it.
pub fn write_assertions(out: &mut String, assertions: &Assertions<'_>, style: &Style) {
    fitted(out, style, |out| write_parts(out, assertions, style));
}

fn write_parts(out: &mut String, assertions: &Assertions<'_>, style: &Style) {
    let lines = Lines::new(assertions.document);
    for policy in &assertions.policies {
        let (headline, all_hold) = headline(policy);
        let verdict = style.paint(if all_hold { "32" } else { "31" }, &headline);
        _ = writeln!(out, "{}: {verdict}", escape(&policy.document.name));
        write_policy(out, &lines, policy, policy.answers.iter(), style);
    }
    write_warnings(out, &lines, assertions, style);
}

/// Writes of each policy which statements do not hold, and which rest on a guess.
pub(in crate::report) fn write_answers(
    out: &mut String,
    lines: &Lines<'_>,
    assertions: &Assertions<'_>,
    style: &Style,
) {
    let is_shown = |answer: &&Checked<'_>| !answer.holds() || guessed(answer).is_some();
    for policy in &assertions.policies {
        write_policy(out, lines, policy, policy.answers.iter().filter(is_shown), style);
    }
}

fn write_policy<'a>(
    out: &mut String,
    lines: &Lines<'_>,
    policy: &CheckedPolicy<'_>,
    answers: impl Iterator<Item = &'a Checked<'a>>,
    style: &Style,
) {
    answers.for_each(|answer| write_answer(out, lines, policy, answer, style));
    if policy.objects_only {
        _ = writeln!(out, "  {}", style.dim(OBJECTS_ONLY));
    }
}

/// Writes which statements say nothing.
pub(in crate::report) fn write_warnings(
    out: &mut String,
    lines: &Lines<'_>,
    assertions: &Assertions<'_>,
    style: &Style,
) {
    for warning in &assertions.warnings {
        let place = place(lines, warning.statement);
        let words = format!("{}: {}", describe(warning.statement), reason(warning));
        _ = writeln!(out, "{}: {words}  {}", style.paint("33", "warning"), style.dim(&place));
    }
}

/// What is said of a policy whose gateway forwards what is no object.
pub(super) const OBJECTS_ONLY: &str = "Asked about calls whose arguments are an object; Intercept forwards all others without a look.";

/// What is said of a limit under rules that limit nothing.
const AGAIN: &str = "An agent counts no calls: what passes once passes as often as it is made.";

/// How many statements hold under a policy, and whether all do.
pub(super) fn headline(policy: &CheckedPolicy<'_>) -> (String, bool) {
    let holding = policy.answers.iter().filter(|answer| answer.holds()).count();
    let all = policy.answers.len();
    let hold = if holding == 1 || all == 1 { "holds" } else { "hold" };
    let headline = format!("{holding} of {} {hold}", count(all as u64, "statement"));
    (headline, holding == all)
}

/// Why a statement says nothing, in words.
pub(in crate::report) fn reason(warning: &Vacuous<'_>) -> String {
    escape(&warning.reason.to_string()).into_owned()
}

/// Where a statement stands.
fn place(lines: &Lines<'_>, statement: &Statement) -> String {
    let line = lines.of(statement.pointer.as_str());
    format!("({}:{line})", escape(&lines.document.name))
}

/// Of so many tools what shows it is written in full; of more their names.
pub(super) const SHOWN: usize = 5;

fn write_answer(
    out: &mut String,
    statements: &Lines<'_>,
    policy: &CheckedPolicy<'_>,
    answer: &Checked<'_>,
    style: &Style,
) {
    let statement = describe(answer.statement);
    let place = style.dim(&place(statements, answer.statement));
    let word = verdict(answer);
    let color = match word {
        "proved" => "32",
        "unknown" => "33",
        _ => "31",
    };
    let word = if word == "fails" { "does not hold" } else { word };
    _ = writeln!(out, "  {}: {statement}  {place}", style.paint(color, word));
    if answer.statement.name.is_some() && !answer.holds() {
        let says = answer.statement.says().to_string();
        _ = writeln!(out, "    expected  {}", escape(&says));
    }
    let full = |violation: &Violation| {
        let record = commands::record(&violation.tool, &violation.evidence);
        let explained =
            record.map(|call| commands::explain(&policy.document.name, policy.options, &call));
        let text = explained.unwrap_or_else(|| shown(violation));
        match violation.evidence.is_certain() {
            true => format!("{}: {text}", otherwise(&answer.statement.claim)),
            false => text,
        }
    };
    for line in listed(answer, full) {
        _ = writeln!(out, "    {line}");
    }
    if answer.holds() && answer.tools == 0 && answer.statement.tools != Tools::Unnamed {
        let nobody = "neither the policy nor its server in the catalogue names such a tool";
        _ = writeln!(out, "    {}", style.dim(nobody));
    }
    if let Some(guessed) = guessed(answer) {
        _ = writeln!(out, "    {}", style.dim(&guessed));
    }
}

/// What calls that show that a statement does not hold do, after what it says of all.
fn otherwise(claim: &Claim) -> &'static str {
    match claim {
        Claim::Denied(_) | Claim::Asked(_) => "this one does",
        Claim::Allowed(_) => "this one is not",
        Claim::Limited { .. } => "these are more",
    }
}

/// What came of a statement, in a word.
pub(in crate::report) fn verdict(answer: &Checked<'_>) -> &'static str {
    match (answer.holds(), answer.fails()) {
        (true, _) => "proved",
        (false, true) => "fails",
        (false, false) => "unknown",
    }
}

/// Of which tools the category is guessed, where that decides what a statement is about.
pub(super) fn guessed(answer: &Checked<'_>) -> Option<String> {
    let tools: Vec<_> = answer.guessed.iter().map(|tool| escape(tool)).collect();
    let tools = tools.join(", ");
    (!tools.is_empty())
        .then(|| format!("from names alone it is guessed what these do to the world: {tools}"))
}

/// What shows that a statement fails, or why it cannot be told; none where it holds.
pub(in crate::report) fn all_shown(answer: &Checked<'_>) -> Vec<String> {
    listed(answer, shown)
}

/// The same of a few tools in full, and of all others their names.
pub(super) fn listed(answer: &Checked<'_>, full: impl Fn(&Violation) -> String) -> Vec<String> {
    let (first, more) = answer.violations.split_at(answer.violations.len().min(SHOWN));
    let (failing, unknown): (Vec<&Violation>, Vec<&Violation>) =
        more.iter().partition(|violation| violation.evidence.is_certain());
    let named = [(failing, "and calls of"), (unknown, "and it cannot be told of")];
    let names = |(tools, words): (Vec<&Violation>, &str)| {
        let tools: Vec<_> = tools.iter().map(|violation| escape(&violation.tool)).collect();
        (!tools.is_empty()).then(|| format!("{words} {}", tools.join(", ")))
    };
    let is_counted = matches!(answer.statement.claim, Claim::Limited { .. });
    let is_recorded = |violation: &Violation| matches!(violation.evidence, Evidence::Recorded(_));
    let again = (is_counted && answer.violations.iter().any(is_recorded)).then(|| AGAIN.to_owned());
    first.iter().map(full).chain(named.into_iter().filter_map(names)).chain(again).collect()
}

/// What one tool shows, or why it cannot be told of it.
pub(super) fn shown(violation: &Violation) -> String {
    let Violation { tool, evidence, .. } = violation;
    match evidence {
        Evidence::Call(arguments) => commands::call(tool, arguments),
        Evidence::Recorded(call) => commands::recorded(call),
        Evidence::Burst(burst) => words::burst(burst),
        Evidence::Unknown(why) => format!("{}: {why}", escape(tool)),
    }
}

/// A statement in words: its name, or what it says.
pub(in crate::report) fn describe(statement: &Statement) -> String {
    escape(&statement.to_string()).into_owned()
}
