//! Traces of mcp-tape, a recorder between an MCP client and a stdio server.
//!
//! The first line describes the recording: `{"v":1,"type":"meta","startedAt":…,"label":…}`. Then
//! follows a line a message, `{"t":…,"dir":"in"|"out","raw":{…}}`, where `in` is what the client
//! sent; the last line has the type `end`. Version 0.4.0 writes `t` in RFC 3339 form; a number
//! is read as milliseconds, since 1970 or since the start. What it holds for secret it replaces by
//! `[REDACTED]`, unless it is told not to.
//! Source: <https://github.com/craigm26/mcp-tape>, `src/writer.ts`, `src/redact.ts` of 0.4.0.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Gap, Side};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use crate::engine::Timestamp;
use crate::trace::record::{parse_milliseconds, parse_object, parse_time, quoted};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "mcp-tape",
    description: "a trace of mcp-tape (`t`, `dir`, `raw`)",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(McpTape::default()),
};

/// Times in milliseconds before this (March 1973) count from the start of the recording.
const FIRST_ABSOLUTE: Timestamp = Timestamp { seconds: 100_000_000, nanoseconds: 0 };

/// Whether a unit is a line of such a trace.
fn recognises(unit: &Value) -> bool {
    let is = |key: &str, value: &str| unit.get(key).is_some_and(|found| found == value);
    let meta = is("type", "meta") && unit.get("v").is_some() && unit.get("startedAt").is_some();
    meta || unit.get("raw").is_some() && (is("dir", "in") || is("dir", "out"))
}

/// Reads such a trace.
#[derive(Debug, Default)]
struct McpTape {
    connections: Connections,
    label: String,
    started: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    t: Option<&'a RawValue>,
    #[serde(borrow)]
    dir: Option<Cow<'a, str>>,
    #[serde(borrow)]
    raw: Option<&'a RawValue>,
    #[serde(borrow, rename = "startedAt")]
    started_at: Option<&'a RawValue>,
    #[serde(borrow)]
    label: Option<Cow<'a, str>>,
}

impl Reader for McpTape {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let line: Line<'_> = parse_object(unit, "a line of mcp-tape")?;
        let Some(raw) = line.raw else {
            if let Some(started) = line.started_at {
                self.started = Some(parse_milliseconds(started.get())?);
                self.label = line.label.unwrap_or_default().into_owned();
            }
            return Ok(());
        };
        let sender = match line.dir.as_deref() {
            Some("in") => Side::Client,
            Some("out") => Side::Server,
            _ => return Err("a message whose `dir` is neither `in` nor `out`".to_owned()),
        };
        let envelope = Envelope {
            time: line.t.map(|time| self.time(time.get())).transpose(),
            sender: Some(sender),
            server: &self.label,
            gap: Some(Gap::REDACTED),
            text: unit,
            ..Envelope::BARE
        };
        self.connections.take_json(raw.get(), &envelope, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

impl McpTape {
    fn time(&self, json: &str) -> Result<Timestamp, String> {
        if json.starts_with('"') {
            return parse_time(json);
        }
        let time = parse_milliseconds(json)?;
        match self.started {
            _ if time >= FIRST_ABSOLUTE => Ok(time),
            Some(started) => {
                let seconds = started.seconds + time.seconds;
                let since = u64::from(time.nanoseconds);
                Ok(Timestamp { seconds, ..started }.after(std::time::Duration::from_nanos(since)))
            }
            None => Err(format!("{} is a time since a start that no line tells", quoted(json))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Missing;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record, RecordArguments};

    fn read(lines: &[&str]) -> Vec<Record<'static>> {
        calls_in(McpTape::default(), None, lines)
    }

    const META: &str = r#"{"v":1,"type":"meta","startedAt":"2026-03-01T10:00:00.000Z","label":"files","command":["x"],"mcpTapVersion":"0.4.0"}"#;

    fn call(time: &str, id: u32) -> String {
        format!(
            r#"{{"t":{time},"dir":"in","raw":{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"t","arguments":{{"a":1}}}}}}}}"#
        )
    }

    #[test]
    fn times_come_in_three_forms() {
        let lines = [
            META,
            &call("\"2026-03-01T10:00:01.500Z\"", 1),
            &call("1772359202250", 2),
            &call("3125.5", 3),
        ];
        let calls = read(&lines);
        let times: Vec<_> = calls.iter().map(|call| call.time.unwrap().to_string()).collect();
        let expected =
            ["2026-03-01T10:00:01.5Z", "2026-03-01T10:00:02.25Z", "2026-03-01T10:00:03.1255Z"];
        assert_eq!(times, expected);
        assert_eq!((&*calls[0].server, &*calls[0].id), ("files", "1"));
    }

    #[test]
    fn directions_are_the_clients_and_secrets_are_not_known() {
        let lines = [
            META,
            r#"{"t":"2026-03-01T10:00:01Z","dir":"out","raw":{"id":1,"method":"roots/list"}}"#,
            r#"{"t":"2026-03-01T10:00:02Z","dir":"in","raw":{"id":1,"method":"tools/call","params":{"name":"t","arguments":{"token":"[REDACTED]"}}}}"#,
            r#"{"t":"2026-03-01T10:00:03Z","dir":"in","raw":{"id":1,"result":{}}}"#,
            r#"{"t":"2026-03-01T10:00:04Z","dir":"out","raw":{"id":1,"error":{"code":1,"message":"m"}}}"#,
            r#"{"t":"2026-03-01T10:00:05Z","type":"end","exitCode":0,"durationMs":5}"#,
        ];
        let calls = read(&lines);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].result, CallResult::UpstreamError);
        assert_eq!(calls[0].arguments, RecordArguments::Unknown(Missing::RedactedArguments));
    }

    #[test]
    fn a_bad_line_says_why() {
        let mut reader = McpTape::default();
        let mut why = |line: &str| reader.take(line, &mut Calls::default()).unwrap_err();
        assert!(why(r#"{"t":1,"dir":"up","raw":{"id":1,"result":{}}}"#).contains("neither `in`"));
        assert!(why(r#"{"t":1,"dir":"in","raw":{}}"#).contains("has no `method`"));
        assert!(why(&call("\"noon\"", 1)).contains("the time is not"));
        assert!(why(&call("12", 1)).contains("a start that no line tells"));
    }
}
