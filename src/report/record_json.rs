//! Recorded calls in our own notation, one a line; described by `schemas/trace.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::json;
use super::json_text::harmless;
use crate::engine::{Missing, Outcome, Timestamp};
use crate::trace::{CallResult, Record, RecordArguments};

/// The time comes first, so that readers find it without reading the rest.
#[derive(Serialize)]
struct Line<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    grant: &'r str,
    #[serde(skip_serializing_if = "str::is_empty")]
    session: &'r str,
    #[serde(skip_serializing_if = "str::is_empty")]
    server: &'r str,
    #[serde(skip_serializing_if = "str::is_empty")]
    client: &'r str,
    tool: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args_keys: Option<&'r [Cow<'r, str>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args_missing: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Outcome>,
}

/// Writes a call that was made at a time, which need not be the record's own.
///
/// # Errors
/// The output cannot be written.
pub fn write_record(
    out: &mut dyn Write,
    record: &Record<'_>,
    time: Option<Timestamp>,
) -> io::Result<()> {
    let (mut args, mut args_keys, mut args_missing) = (None, None, None);
    match &record.arguments {
        RecordArguments::Json(text) => args = Some(RawValue::from_string(harmless(text))?),
        RecordArguments::Absent => {}
        RecordArguments::Names(names) => args_keys = Some(names.as_slice()),
        RecordArguments::Unknown(missing) => args_missing = Some(reason(*missing)),
    }
    let line = Line {
        ts: time.map(|time| time.to_string()),
        grant: &record.grant,
        session: &record.session,
        server: &record.server,
        client: &record.client,
        tool: &record.tool,
        args,
        args_keys,
        args_missing,
        id: &record.id,
        result: match record.result {
            CallResult::Ok => None,
            CallResult::ToolError => Some("tool_error"),
            CallResult::UpstreamError => Some("upstream_error"),
        },
        decision: record.decision,
    };
    json::write_line(out, &line)
}

fn reason(missing: Missing) -> &'static str {
    match missing {
        Missing::HashedArguments => "hashed",
        Missing::RedactedArguments => "redacted",
        Missing::TruncatedArguments => "truncated",
        _ => "unrecorded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{GrantBy, parse_record};

    fn rewritten(line: &str) -> String {
        let record = parse_record(line, &GrantBy::Grant).unwrap();
        let mut out = Vec::new();
        write_record(&mut out, &record, record.time).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_record_comes_back_as_it_was_whatever_is_known_of_it() {
        for line in [
            r#"{"tool":"t"}"#,
            r#"{"ts":"2026-03-01T10:00:00.25Z","grant":"g","session":"s","server":"o","client":"c","tool":"t","args":{"a":1.0,"a":1e999,"b":[12345678901234567890]},"id":"7","result":"tool_error","decision":"throttle"}"#,
            r#"{"tool":"t","args":[1]}"#,
            r#"{"tool":"t","args_keys":["a","b"],"result":"upstream_error"}"#,
            r#"{"tool":"t","args_missing":"hashed"}"#,
            r#"{"tool":"t","args_missing":"unrecorded"}"#,
        ] {
            assert_eq!(rewritten(line), format!("{line}\n"));
        }
    }

    #[test]
    fn hostile_text_is_escaped_and_means_the_same() {
        let line = "{\"tool\":\"\u{202e}\",\"args\":{\"\u{200b}\": \"\u{7f}\"}}";
        let out = rewritten(line);
        assert_eq!(out, "{\"tool\":\"\\u202e\",\"args\":{\"\\u200b\":\"\\u007f\"}}\n");
        assert_eq!(rewritten(&out), out);
    }
}
