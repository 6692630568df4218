//! Decisions one by one for machines; described by `schemas/decision.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::engine::{Missing, Outcome};
use crate::replay::Decided;
use crate::report::common::json;
use crate::trace::Record;

#[derive(Serialize)]
struct JsonDecision<'a> {
    n: u64,
    ts: Option<String>,
    file: &'a str,
    line: u64,
    id: &'a str,
    grant: &'a str,
    tool: &'a str,
    outcome: Outcome,
    rule: &'a str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    message: &'a str,
    retry_at: Option<String>,
    missing: Option<&'static str>,
    assumed: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Option<&'a RawValue>>,
}

/// Writes one decision on a line: on a call of a file, with its arguments only where they are asked
/// for.
///
/// # Errors
/// The output cannot be written.
pub fn write_decision(
    out: &mut dyn Write,
    call: &Decided<'_, '_>,
    file: &str,
    show_arguments: bool,
) -> io::Result<()> {
    let Decided { record, decision, .. } = call;
    let message = decision.cause.message(&record.tool);
    let line = JsonDecision {
        n: call.number,
        ts: call.time.map(|time| time.to_string()),
        file,
        line: record.line,
        id: &record.id,
        grant: &record.grant,
        tool: &record.tool,
        outcome: decision.outcome,
        rule: decision.cause.rule(),
        pointer: decision.cause.pointer(),
        place: decision.cause.place(),
        message: &message,
        retry_at: decision.retry_at.map(|time| time.to_string()),
        missing: decision.missing.map(Missing::code),
        assumed: decision.assumed.map(Missing::code),
        args: show_arguments.then(|| arguments(record)),
    };
    json::write_line(out, &line)
}

/// The arguments as they were recorded; none where they were not.
fn arguments<'a>(record: &'a Record<'_>) -> Option<&'a RawValue> {
    serde_json::from_str(record.arguments.json()?).ok()
}
