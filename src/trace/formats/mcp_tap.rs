//! Audit logs of mcp-tap, a recorder between an MCP client and a stdio server.
//!
//! A line a message: `timestamp`, `session_id`, `server_id`, `direction` (`client_to_server` or
//! `server_to_client`), `message_type`, `method`, `message_id`, `params`. The params of an answer
//! are its result or its error. Events such as `genesis` stand on lines of their own. How much of
//! the params is kept is chosen when recording: `full`, `redact` (secrets become `[REDACTED]`),
//! `hash` (every text, also the tool's name, becomes its hash), `metadata` (only the names of the
//! params). A call whose tool is not known cannot be replayed, and is an error here.
//! Source: <https://github.com/annawhooo/mcp-tap>, `mcp_tap.py` of 0.1.0 at commit 72102d4.

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
    name: "mcp-tap",
    description: "an audit log of mcp-tap (`direction`, `message_type`, `params`)",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(McpTap::default()),
};

/// Whether a unit is a line of such a log.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    has("server_id")
        && has("session_id")
        && (has("message_type") && has("direction") || has("event") && has("hmac"))
}

/// Reads such a log.
#[derive(Debug, Default)]
struct McpTap {
    connections: Connections,
    /// Whether the log says that it leaves nothing out.
    full: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    session_id: Cow<'a, str>,
    #[serde(borrow, default)]
    server_id: Cow<'a, str>,
    #[serde(borrow)]
    direction: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    sensitivity_mode: Option<Cow<'a, str>>,
}

/// The params of an answer that is an error.
#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(rename = "code")]
    _code: i64,
    #[serde(borrow, rename = "message")]
    _message: Cow<'a, str>,
}

/// The params where only their names were kept.
#[derive(Deserialize)]
struct OnlyNames {
    #[serde(rename = "_redacted")]
    redacted: bool,
}

impl Reader for McpTap {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let line: Line<'_> = parse_object(unit, "a line of mcp-tap")?;
        if let Some(mode) = &line.sensitivity_mode {
            self.full = mode == "full";
        }
        let Some(message) = line.message()? else { return Ok(()) };
        let sender = match line.direction.as_deref() {
            Some("client_to_server") => Side::Client,
            Some("server_to_client") => Side::Server,
            _ => {
                let why = "a message whose `direction` is neither `client_to_server` nor `server_to_client`";
                return Err(why.to_owned());
            }
        };
        let envelope = Envelope {
            time: time_at(line.timestamp),
            sender: Some(sender),
            session: &line.session_id,
            server: &line.server_id,
            gap: (!self.full).then_some(Gap::REDACTED),
            text: unit,
            ..Envelope::BARE
        };
        self.connections.take(&message, &envelope, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

impl<'a> Line<'a> {
    /// The message of the line; none if it is an event.
    fn message(&self) -> Result<Option<Message<'a>>, String> {
        let answer = match self.message_type.as_deref() {
            Some("request" | "notification") => false,
            Some("response") => true,
            _ => return Ok(None),
        };
        if self.method.as_deref() == Some(CALL) {
            self.names_its_tool()?;
        }
        let failed = answer && lenient::<Failure<'_>>(self.params).is_some();
        Ok(Some(Message {
            declared: true,
            method: self.method.clone(),
            id: self.message_id,
            params: self.params.filter(|_| !answer),
            result: self.params.filter(|_| answer && !failed),
            error: self.params.filter(|_| failed),
        }))
    }

    fn names_its_tool(&self) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            name: Cow<'a, str>,
        }
        let lost = |how: &str, mode: &str| {
            Err(format!(
                "a call whose tool {how} (mcp-tap --sensitivity {mode}); record with --sensitivity redact or full"
            ))
        };
        if lenient::<OnlyNames>(self.params).is_some_and(|params| params.redacted) {
            return lost("was not recorded", "metadata");
        }
        match lenient::<Named<'_>>(self.params) {
            Some(call) if is_hash(&call.name) => lost("was hashed", "hash"),
            _ => Ok(()),
        }
    }
}

/// Whether a text is what mcp-tap writes for another: the start of its SHA-256.
fn is_hash(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Missing;
    use crate::trace::record::{CallResult, RecordArguments};

    const GENESIS: &str = r#"{"timestamp":"2026-03-01T10:00:00.123456+00:00","sequence":1,"server_id":"files","event":"genesis","version":"mcp-tap-0.1.0","session_id":"s","sensitivity_mode":"MODE","hmac":"","prev_hmac":""}"#;

    fn line(direction: &str, kind: &str, method: &str, id: u32, params: &str) -> String {
        format!(
            r#"{{"timestamp":"2026-03-01T10:00:01.5+00:00","session_id":"s","server_id":"files","direction":"{direction}","method":{method},"params":{params},"message_id":"{id}","message_type":"{kind}","latency_ms":null,"hmac":"","prev_hmac":""}}"#
        )
    }

    fn call(id: u32, params: &str) -> String {
        line("client_to_server", "request", "\"tools/call\"", id, params)
    }

    fn answer(id: u32, params: &str) -> String {
        line("server_to_client", "response", "null", id, params)
    }

    #[test]
    fn answers_tell_errors_by_their_form() {
        let mut reader = McpTap::default();
        let mut calls = Calls::new("tap".to_owned(), Some("server_id".to_owned()));
        for line in [
            GENESIS.replace("MODE", "full"),
            call(1, r#"{"name":"a","arguments":{"note":"[REDACTED]"}}"#),
            call(2, r#"{"name":"b"}"#),
            call(3, r#"{"name":"c"}"#),
            line("server_to_client", "request", "\"roots/list\"", 2, "null"),
            line("client_to_server", "response", "null", 2, r#"{"code":-1,"message":"no"}"#),
            answer(1, r#"{"content":[],"isError":true}"#),
            answer(2, r#"{"content":[{"code":1,"message":"x"}]}"#),
            answer(3, r#"{"code":-32602,"message":"bad"}"#),
        ] {
            assert!(recognises(&serde_json::from_str(&line).unwrap()), "{line}");
            reader.take(&line, &mut calls).unwrap_or_else(|why| panic!("{line}: {why}"));
        }
        reader.finish(&mut calls);
        let calls: Vec<_> = std::iter::from_fn(|| calls.pop()).collect();
        let results: Vec<_> = calls.iter().map(|call| call.result).collect();
        assert_eq!(results, [CallResult::ToolError, CallResult::Ok, CallResult::UpstreamError]);
        let first = &calls[0];
        assert_eq!((&*first.session, &*first.server, &*first.id), ("s", "files", "1"));
        assert_eq!(first.field, "files");
        assert_eq!(first.time.unwrap().to_string(), "2026-03-01T10:00:01.5Z");
        // A full recording leaves nothing out, whatever the arguments look like.
        assert_eq!(first.arguments, RecordArguments::Json(r#"{"note":"[REDACTED]"}"#.into()));
    }

    #[test]
    fn redacted_arguments_are_not_known_and_lost_tools_are_named() {
        let mut reader = McpTap::default();
        let mut calls = Calls::default();
        reader.take(&GENESIS.replace("MODE", "redact"), &mut calls).unwrap();
        let redacted = call(1, r#"{"name":"a","arguments":{"header":"Bearer [REDACTED]"}}"#);
        reader.take(&redacted, &mut calls).unwrap();
        let hashed = call(2, r#"{"name":"sha256:0123456789abcdef","arguments":{}}"#);
        let why = reader.take(&hashed, &mut calls).unwrap_err();
        assert!(why.contains("was hashed (mcp-tap --sensitivity hash)"), "{why}");
        let metadata = call(3, r#"{"_redacted":true,"_keys":["name","arguments"]}"#);
        let why = reader.take(&metadata, &mut calls).unwrap_err();
        assert!(why.contains("--sensitivity metadata"), "{why}");
        reader.finish(&mut calls);
        let call = calls.pop().unwrap();
        assert_eq!(call.arguments, RecordArguments::Unknown(Missing::RedactedArguments));
        assert!(calls.pop().is_none());
    }
}
