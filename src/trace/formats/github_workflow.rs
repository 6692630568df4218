//! `rpc-messages.jsonl` of GitHub Agentic Workflows, which its MCP gateway writes.
//!
//! A line a message: `timestamp`, `direction` (`OUT` leaves the gateway, `IN` comes to it),
//! `server_id`, `payload` = the message, and `type` (`REQUEST`, `RESPONSE`) or, since the schema
//! `rpc-message/v2`, `event` (`rpc_request`, `rpc_response`). Requests are written before they get
//! their ids, and answers repeat ids, so that answers are paired with requests in their order,
//! server by server. What goes between the agent and the gateway is the same calls once more, and
//! is passed over. Secrets become `[REDACTED]`; where that breaks the JSON, the payload is
//! `{"_error":…,"_raw":"text"}`.
//! Source: <https://github.com/github/gh-aw-mcpg>, `internal/logger/jsonl_logger.go`,
//! `internal/logger/sanitize/sanitize.go`, `internal/mcp/connection.go`, as of 2026.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Gap, Side};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::lenient;
use super::common::message::{CALL, Message};
use super::common::reader::{Calls, Reader};
use crate::trace::record::{parse_object, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "github-workflow",
    description: "`rpc-messages.jsonl` of GitHub Agentic Workflows",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(GithubWorkflow::default()),
};

/// Whether a unit is a line of such a log.
fn recognises(unit: &Value) -> bool {
    let text = |key: &str| unit.get(key).and_then(Value::as_str).unwrap_or_default();
    let of_gateway = unit.get("server_id").is_some() && unit.get("payload").is_some();
    of_gateway && matches!(text("direction"), "IN" | "OUT")
        || text("_schema").starts_with("rpc-message/")
        || text("_schema").starts_with("difc-")
        || text("type") == "DIFC_FILTERED"
}

/// Reads such a log.
#[derive(Debug, Default)]
struct GithubWorkflow {
    connections: Connections,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    direction: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    server_id: Cow<'a, str>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// A payload that was no JSON any more.
#[derive(Deserialize)]
struct Broken<'a> {
    #[serde(borrow, rename = "_raw")]
    raw: Cow<'a, str>,
}

impl Reader for GithubWorkflow {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let line: Line<'_> = parse_object(unit, "a line of the gateway")?;
        let Some(sender) = line.sender() else { return Ok(()) };
        let envelope = Envelope {
            time: time_at(line.timestamp),
            sender: Some(sender),
            server: &line.server_id,
            unnumbered: true,
            gap: Some(Gap::REDACTED),
            text: unit,
            ..Envelope::BARE
        };
        let payload = line.payload();
        let message = match Message::parse(&payload) {
            Ok(message) if sender == Side::Server => {
                Message { error: message.error.or(line.error), ..message }
            }
            Ok(message) => message,
            Err(_) if sender == Side::Server => Message::of_torn_answer(&payload, None),
            Err(why) => {
                self.connections.take_unreadable_request(&envelope);
                return line.refuse_call(&why);
            }
        };
        self.connections.take(&message, &envelope, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

impl<'a> Line<'a> {
    /// Who sent the message; none if it is not one between the gateway and a server.
    fn sender(&self) -> Option<Side> {
        match (self.direction.as_deref()?, self.kind.as_deref().or(self.event.as_deref())?) {
            ("OUT", "REQUEST" | "rpc_request") => Some(Side::Client),
            ("IN", "RESPONSE" | "rpc_response") => Some(Side::Server),
            _ => None,
        }
    }

    /// The text of the message.
    fn payload(&self) -> Cow<'a, str> {
        match lenient::<Broken<'a>>(self.payload) {
            // A secret is most often the value of a key, which becomes `"key"=[REDACTED]`.
            Some(broken) => broken.raw.replace("\"=[REDACTED]", "\":\"[REDACTED]\"").into(),
            None => Cow::Borrowed(self.payload.map_or("", RawValue::get)),
        }
    }

    /// A request that cannot be read is worth a word if it is a call.
    fn refuse_call(&self, why: &str) -> Result<(), String> {
        match self.method.as_deref() {
            Some(CALL) if lenient::<Broken<'_>>(self.payload).is_some() => {
                Err("a call that the gateway redacted so that it is no JSON any more".to_owned())
            }
            Some(CALL) | None => Err(why.to_owned()),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Missing;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record, RecordArguments};

    fn read(lines: &[String]) -> Vec<Record<'static>> {
        assert!(lines.iter().all(|line| recognises(&serde_json::from_str(line).unwrap())));
        calls_in(GithubWorkflow::default(), None, lines)
    }

    fn line(kind: &str, server: &str, payload: &str) -> String {
        let kind = match kind {
            "call" => r#""direction":"OUT","type":"REQUEST","method":"tools/call""#,
            "call v2" => {
                r#""event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","method":"tools/call""#
            }
            "answer" => r#""direction":"IN","type":"RESPONSE""#,
            "answer v2" => r#""event":"rpc_response","_schema":"rpc-message/v2","direction":"IN""#,
            "lost" => r#""direction":"IN","type":"RESPONSE","error":"connection refused""#,
            _ => r#""direction":"IN","type":"REQUEST","method":"tools/call""#,
        };
        format!(
            r#"{{"timestamp":"2026-03-01T10:00:00.123456789Z",{kind},"server_id":"{server}","payload":{payload}}}"#
        )
    }

    fn call(tool: &str) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"name":"{tool}","arguments":{{"q":1}}}}}}"#
        )
    }

    const OK: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#;
    const TOOL_ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true}}"#;
    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"m"}}"#;

    #[test]
    fn answers_belong_to_the_oldest_request_of_their_server_whatever_their_ids() {
        let calls = read(&[
            line("call", "github", &call("a")),
            line("call", "other", &call("b")),
            line("call v2", "github", &call("c")),
            line("answer", "github", TOOL_ERROR),
            line("answer", "other", OK),
            line("answer v2", "github", ERROR),
            line("call", "github", &call("d")),
            line("lost", "github", "null"),
            line("call", "github", &call("e")),
            line(
                "answer",
                "github",
                r#"{"_error":"invalid JSON","_raw":"{\"id\":1,\"result\":[REDACTED]}"}"#,
            ),
        ]);
        let seen: Vec<_> =
            calls.iter().map(|call| (&*call.server, &*call.tool, call.result)).collect();
        let expected = [
            ("github", "a", CallResult::ToolError),
            ("other", "b", CallResult::Ok),
            ("github", "c", CallResult::UpstreamError),
            ("github", "d", CallResult::UpstreamError),
            ("github", "e", CallResult::Ok),
        ];
        assert_eq!(seen, expected);
        assert_eq!(calls[0].time.unwrap().nanoseconds, 123_456_789);
    }

    #[test]
    fn a_call_between_agent_and_gateway_is_not_counted_twice() {
        let calls = read(&[
            line("agent", "client", &call("a")),
            line("call", "github", &call("a")),
            line("answer", "github", OK),
            r#"{"timestamp":"2026-03-01T10:00:01Z","type":"DIFC_FILTERED","server_id":"github","tool_name":"a","reason":"r"}"#.to_owned(),
        ]);
        assert_eq!(calls.len(), 1);
    }

    #[test]
    fn what_was_redacted_is_not_known_also_where_that_broke_the_message() {
        let broken = r#"{"_error":"invalid JSON","_raw":"{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"login\",\"arguments\":{\"password\"=[REDACTED]}}}"}"#;
        let calls = read(&[line("call", "github", broken)]);
        assert_eq!(calls[0].tool, "login");
        assert_eq!(calls[0].arguments, RecordArguments::Unknown(Missing::RedactedArguments));
        let lost =
            line("call", "github", r#"{"_error":"invalid JSON","_raw":"{\"x\":[REDACTED]"}"#);
        let mut reader = GithubWorkflow::default();
        let mut calls = Calls::default();
        let why = reader.take(&lost, &mut calls).unwrap_err();
        assert!(why.contains("no JSON any more"), "{why}");
        // Its answer is not that of the next call.
        for line in [
            line("call", "github", &call("next")),
            line("answer", "github", TOOL_ERROR),
            line("answer", "github", ERROR),
        ] {
            reader.take(&line, &mut calls).unwrap();
        }
        assert_eq!(calls.pop().unwrap().result, CallResult::UpstreamError);
        let other = lost.replace(CALL, "resources/read");
        assert_eq!(reader.take(&other, &mut calls), Ok(()));
    }
}
