//! Decisions one by one for machines; described by `schemas/decision.schema.json`.

use std::io::{self, Write};

use serde_json::value::RawValue;

use crate::engine::Missing;
use crate::replay::Decided;
use crate::report::common::json::Line;
use crate::trace::Record;

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
    let cause = &decision.cause;
    let (time, retry_at) = (call.time.map(|time| time.to_string()), decision.retry_at);
    let mut line = Line::default();
    line.number("n", call.number);
    line.text_or_null("ts", time.as_deref());
    line.text("file", file);
    line.number("line", record.line);
    line.text("id", &record.id);
    line.text("grant", &record.grant);
    line.text("tool", &record.tool);
    line.text("outcome", decision.outcome.name());
    line.text("rule", cause.rule());
    line.text("pointer", cause.pointer());
    if let Some(place) = cause.place() {
        line.text("place", place);
    }
    line.text("message", &cause.message(&record.tool));
    line.text_or_null("retry_at", retry_at.map(|time| time.to_string()).as_deref());
    line.text_or_null("missing", decision.missing.map(Missing::code));
    line.text_or_null("assumed", decision.assumed.map(Missing::code));
    if show_arguments {
        line.value("args", &arguments(record));
    }
    line.write(out)
}

/// The arguments as they were recorded; none where they were not.
fn arguments<'a>(record: &'a Record<'_>) -> Option<&'a RawValue> {
    serde_json::from_str(record.arguments.json()?).ok()
}
