//! Our own notation for a call (schemas/trace.schema.json), one JSON object a line, as it is written.

use serde::Serialize;
use serde_json::value::RawValue;

use super::CallResult;
use super::call::{Permitted, Record, RecordArguments};
use crate::engine::{Missing, Outcome};

/// The fields of a line, in the order in which they are written.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    grant: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    session: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    client: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cwd: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    roots: Option<&'a [Box<str>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permitted: Option<Permitted>,
    #[serde(skip_serializing_if = "str::is_empty")]
    server: &'a str,
    tool: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args_keys: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args_missing: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Outcome>,
}

/// Writes a record as one line, without the line break.
pub fn write_record(record: &Record<'_>) -> String {
    let mut line = Line {
        ts: record.time.map(|time| time.to_string()),
        grant: &record.grant,
        session: &record.session,
        client: &record.client,
        cwd: &record.folder,
        mode: &record.mode,
        roots: record.roots.as_deref(),
        permitted: record.permitted,
        server: &record.server,
        tool: &record.tool,
        args: None,
        args_keys: None,
        args_missing: None,
        id: &record.id,
        result: match record.result {
            CallResult::Ok => None,
            CallResult::ToolError => Some("tool_error"),
            CallResult::UpstreamError => Some("upstream_error"),
            CallResult::Unknown => Some("unknown"),
        },
        decision: record.decision,
    };
    match &record.arguments {
        RecordArguments::Json(text) => line.args = raw(text),
        RecordArguments::Members { text, .. } => line.args = raw(text),
        RecordArguments::Absent => {}
        RecordArguments::Names(names) => {
            line.args_keys = Some(names.iter().map(|name| &**name).collect());
        }
        RecordArguments::Unknown(missing) => line.args_missing = Some(code(*missing)),
    }
    // A value over several lines becomes one line: JSON has no line breaks within its strings.
    let text = serde_json::to_string(&line).unwrap_or_default();
    if text.contains(['\n', '\r']) { text.replace(['\n', '\r'], " ") } else { text }
}

fn raw(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

fn code(missing: Missing) -> &'static str {
    match missing {
        Missing::HashedArguments => "hashed",
        Missing::RedactedArguments => "redacted",
        Missing::TruncatedArguments => "truncated",
        _ => "unrecorded",
    }
}

#[cfg(test)]
mod tests {
    use super::super::grant_by::GrantBy;
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for line in [
            r#"{"ts":"2026-03-01T10:00:00.25Z","grant":"g","session":"s","client":"c","server":"o","tool":"t","args":{"a":[1,{"b":1e400}]},"id":"1","result":"tool_error","decision":"throttle"}"#,
            r#"{"tool":"t"}"#,
            r#"{"cwd":"/srv","mode":"plan","roots":["/srv","/tmp/x"],"permitted":"refused","tool":"t"}"#,
            r#"{"tool":"\u001b\n","args":["no object"]}"#,
            r#"{"tool":"t","args_keys":["a","b"],"result":"upstream_error"}"#,
            r#"{"tool":"t","args_missing":"truncated"}"#,
        ] {
            let record = parse(line, &GrantBy::Grant).unwrap();
            assert_eq!(write_record(&record), line);
        }
        let hashed = parse(r#"{"tool":"t","args_hash":"x"}"#, &GrantBy::Grant).unwrap();
        assert_eq!(write_record(&hashed), r#"{"tool":"t","args_missing":"hashed"}"#);
    }

    #[test]
    fn arguments_over_several_lines_become_one() {
        let record = parse("{\"tool\":\"t\",\"args\":{\n\"a\": 1}}", &GrantBy::Grant).unwrap();
        assert_eq!(write_record(&record), r#"{"tool":"t","args":{ "a": 1}}"#);
    }
}
