//! Rules that spare questions, and what they come to.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::init::{Approvals, Proposal};
use crate::replay::Counts;
use crate::report::SCHEMA_VERSION;
use crate::report::common::escape::escape;
use crate::report::common::json::{to_text, write_pretty};
use crate::report::common::words::count;

/// How many kinds of questions that are left are named.
const NAMED: usize = 10;

/// A proposal with what it rests on.
#[derive(Debug)]
pub struct Proposed<'a> {
    /// What the transcript told.
    pub approvals: &'a Approvals,
    /// The rules.
    pub proposal: &'a Proposal,
    /// The calls that ran in the mode in which questions are asked, decided with the rules.
    pub counts: &'a Counts,
}

/// The `settings.json` with the rules.
pub fn settings_text(rules: &[String]) -> String {
    let rules: Vec<String> =
        rules.iter().map(|rule| format!("\n      {}", to_text(rule))).collect();
    let list = if rules.is_empty() { String::new() } else { format!("{}\n    ", rules.join(",")) };
    format!("{{\n  \"permissions\": {{\n    \"allow\": [{list}]\n  }}\n}}\n")
}

/// Writes what is proposed and why, for people.
pub fn write_proposed(out: &mut String, proposed: &Proposed<'_>) {
    let Proposed { approvals, proposal, .. } = proposed;
    let (questions, left) = (approvals.questions(), left(proposed));
    _ = writeln!(
        out,
        "{} of calls that ran, {left} left with {}",
        count(questions, "question"),
        count(proposal.rules.len() as u64, "rule")
    );
    for rule in &proposal.rules {
        _ = writeln!(out, "  {:>5}  {}", rule.saves, escape(&rule.rule));
        if let Some(caution) = &rule.caution {
            _ = writeln!(out, "         {}", escape(caution));
        }
    }
    if !proposal.left.is_empty() {
        _ = writeln!(out, "still asked:");
    }
    for left in proposal.left.iter().take(NAMED) {
        _ = writeln!(out, "  {:>5}  {}: {}", left.calls, escape(&left.what), left.why);
    }
    let more = proposal.left.len().saturating_sub(NAMED);
    if more > 0 {
        _ = writeln!(out, "  and {more} more kinds");
    }
    let notes = [
        (approvals.refused.values().sum(), "refused; none of them is allowed"),
        (approvals.other_mode, "ran in a mode in which nobody is asked, which approves nothing"),
        (
            approvals.unknown_mode,
            "ran in a mode that is not told, which approves nothing\n  help: `--assume mode=default` takes them for asked about",
        ),
        (approvals.unknown, "without a known end or arguments"),
    ];
    for (calls, what) in notes.iter().filter(|(calls, _)| *calls > 0) {
        _ = writeln!(out, "note: {} {what}", count(*calls, "call"));
    }
}

/// How many questions would be left.
fn left(proposed: &Proposed<'_>) -> u64 {
    proposed.counts.of(crate::engine::Outcome::Ask)
}

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    dialect: &'static str,
    policy: String,
    rules: Vec<Rule<'a>>,
    questions: Questions,
    left: Vec<Left<'a>>,
    refused: u64,
    other_mode: u64,
    unknown_mode: u64,
}

#[derive(Serialize)]
struct Questions {
    before: u64,
    left: u64,
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    saves: u64,
    caution: Option<&'a str>,
}

#[derive(Serialize)]
struct Left<'a> {
    what: &'a str,
    why: &'a str,
    calls: u64,
}

/// Writes what is proposed, for machines (`schemas/init.schema.json`).
pub fn write_proposed_json(out: &mut dyn Write, proposed: &Proposed<'_>) -> io::Result<()> {
    let Proposed { approvals, proposal, .. } = proposed;
    let rules = proposal.rules.iter();
    let output = Output {
        schema_version: SCHEMA_VERSION,
        dialect: crate::policy::Dialect::CLAUDE_CODE.code(),
        policy: settings_text(&proposal.texts()),
        rules: rules
            .map(|rule| Rule {
                rule: &rule.rule,
                saves: rule.saves,
                caution: rule.caution.as_deref(),
            })
            .collect(),
        questions: Questions { before: approvals.questions(), left: left(proposed) },
        left: proposal
            .left
            .iter()
            .map(|left| Left { what: &left.what, why: left.why, calls: left.calls })
            .collect(),
        refused: approvals.refused.values().sum(),
        other_mode: approvals.other_mode,
        unknown_mode: approvals.unknown_mode,
    };
    write_pretty(out, &output)
}
