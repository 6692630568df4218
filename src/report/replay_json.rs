//! Decisions and their summary for machines; described by `schemas/decision.schema.json` and
//! `schemas/replay.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{SCHEMA_VERSION, json};
use crate::engine::{Decision, Missing, Outcome, Timestamp};
use crate::replay::{Grants, Summary};
use crate::trace::BadLine;

#[derive(Serialize)]
struct JsonDecision<'a> {
    n: u64,
    ts: Option<String>,
    grant: &'a str,
    tool: &'a str,
    outcome: Outcome,
    rule: &'a str,
    pointer: &'a str,
    message: &'a str,
    retry_at: Option<String>,
    missing: Option<&'static str>,
}

/// Writes one decision on a line. `number` counts the calls of the trace from 1.
///
/// # Errors
/// The output cannot be written.
pub fn write_decision(
    out: &mut dyn Write,
    number: u64,
    time: Option<Timestamp>,
    grant: &str,
    tool: &str,
    decision: &Decision<'_>,
) -> io::Result<()> {
    let message = decision.cause.message(tool);
    let line = JsonDecision {
        n: number,
        ts: time.map(|time| time.to_string()),
        grant,
        tool,
        outcome: decision.outcome,
        rule: decision.cause.rule(),
        pointer: decision.cause.pointer(),
        message: &message,
        retry_at: decision.retry_at.map(|time| time.to_string()),
        missing: decision.missing.map(Missing::code),
    };
    json::write_line(out, &line)
}

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    calls: u64,
    grants: usize,
    first: Option<String>,
    last: Option<String>,
    outcomes: Outcomes,
    uninspected: u64,
    tools: Vec<JsonTool<'a>>,
    rules: Vec<JsonRule<'a>>,
    limits: Vec<JsonLimit<'a>>,
    missing: BTreeMap<&'static str, u64>,
    bad_lines: u64,
    bad_line_examples: Vec<JsonBadLine<'a>>,
}

#[derive(Serialize)]
struct Outcomes {
    allow: u64,
    deny: u64,
    throttle: u64,
    indeterminate: u64,
}

impl From<[u64; 4]> for Outcomes {
    fn from([allow, deny, throttle, indeterminate]: [u64; 4]) -> Outcomes {
        Outcomes { allow, deny, throttle, indeterminate }
    }
}

#[derive(Serialize)]
struct JsonTool<'a> {
    tool: &'a str,
    #[serde(flatten)]
    outcomes: Outcomes,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    rule: &'a str,
    pointer: &'a str,
    outcome: Outcome,
    calls: u64,
}

#[derive(Serialize)]
struct JsonLimit<'a> {
    rule: &'a str,
    pointer: &'a str,
    calls: u64,
    holds: u64,
    held_seconds: i64,
    first: Option<JsonHold<'a>>,
}

#[derive(Serialize)]
struct JsonHold<'a> {
    grant: &'a str,
    from: String,
    until: String,
}

#[derive(Serialize)]
pub(super) struct JsonBadLine<'a> {
    file: &'a str,
    line: u64,
    reason: &'a str,
}

impl<'a> From<&'a BadLine> for JsonBadLine<'a> {
    fn from(bad: &'a BadLine) -> JsonBadLine<'a> {
        JsonBadLine { file: &bad.file, line: bad.line, reason: &bad.reason }
    }
}

/// Writes a summary.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_json(
    out: &mut dyn Write,
    summary: &Summary,
    grants: &Grants,
    bad_lines: u64,
    examples: &[BadLine],
) -> io::Result<()> {
    let output = Output {
        schema_version: SCHEMA_VERSION,
        calls: summary.calls(),
        grants: grants.len(),
        first: summary.first.map(|time| time.to_string()),
        last: summary.last.map(|time| time.to_string()),
        outcomes: summary.counts.into(),
        uninspected: summary.uninspected,
        tools: summary
            .tools
            .iter()
            .map(|(tool, used)| JsonTool { tool, outcomes: used.counts.into() })
            .collect(),
        rules: summary
            .rules
            .iter()
            .map(|((pointer, rule, outcome), calls)| JsonRule {
                rule,
                pointer,
                outcome: *outcome,
                calls: *calls,
            })
            .collect(),
        limits: summary
            .limits
            .iter()
            .map(|(pointer, used)| JsonLimit {
                rule: &used.rule,
                pointer,
                calls: used.calls,
                holds: used.holds,
                held_seconds: used.held_seconds,
                first: used.first.map(|hold| JsonHold {
                    grant: grants.name(hold.grant),
                    from: hold.from.to_string(),
                    until: hold.until.to_string(),
                }),
            })
            .collect(),
        missing: summary.missing.iter().map(|(fact, calls)| (fact.code(), *calls)).collect(),
        bad_lines,
        bad_line_examples: examples.iter().map(JsonBadLine::from).collect(),
    };
    json::write_pretty(out, &output)
}
