//! Decisions one by one for machines; described by `schemas/decision.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::json;
use crate::engine::{Decision, Missing, Outcome, Timestamp};

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
