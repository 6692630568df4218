//! Bare MCP JSON-RPC messages, one a line.
//!
//! Messages carry neither a time nor a direction.
//! Source: the Model Context Protocol, <https://modelcontextprotocol.io/specification>.

use serde_json::Value;

use super::common::connection::Connections;
use super::common::envelope::Envelope;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::message::Message;
use super::common::reader::{Calls, Reader};
use crate::trace::json;

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "mcp",
    description: "MCP JSON-RPC messages, one a line",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Mcp::default()),
};

/// Whether a unit is a message, or holds one in an envelope of which nothing is known.
fn recognises(unit: &Value) -> bool {
    // Logs of web servers have methods too, such as `GET`.
    let of_protocol = |method: &str| method.contains('/') || method == "initialize";
    let method = unit.get("method").and_then(Value::as_str);
    unit.get("jsonrpc").is_some() || method.is_some_and(of_protocol) || enveloped(unit).is_some()
}

/// Reads messages without envelopes.
#[derive(Debug, Default)]
struct Mcp {
    connections: Connections,
}

impl Reader for Mcp {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let message = Message::parse(unit);
        if !message.as_ref().is_ok_and(|message| message.declared) {
            refuse_envelope(unit)?;
        }
        self.connections.take(&message?, &Envelope::BARE, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

/// An envelope may look like an answer, and would be passed over silently.
fn refuse_envelope(unit: &str) -> Result<(), String> {
    let Some(value) = json::read::<Value>(unit) else { return Ok(()) };
    let Some(key) = enveloped(&value) else { return Ok(()) };
    Err(format!(
        "a JSON-RPC message under `{key}`, in an envelope of no known format; take the messages out \
         of it, for example with `jq -c .{key}`"
    ))
}

/// The key under which an object that is no message holds one, as an object or as its text.
fn enveloped(unit: &Value) -> Option<&str> {
    let fields = unit.as_object().filter(|fields| !fields.contains_key("jsonrpc"))?;
    let holds = |value: &Value| match value {
        Value::Object(inner) => inner.contains_key("jsonrpc"),
        Value::String(text) => Message::parse(text).is_ok_and(|message| message.declared),
        _ => false,
    };
    // What a message carries is its own matter.
    let own = ["params", "result", "error"];
    let found = fields.iter().find(|(key, value)| !own.contains(&key.as_str()) && holds(value));
    found.map(|(key, _)| key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record};

    /// The calls of some lines, each of which must be a message.
    fn read(lines: &[&str]) -> Vec<Record<'static>> {
        calls_in(Mcp::default(), None, lines)
    }

    fn results(lines: &[&str]) -> Vec<(String, CallResult)> {
        read(lines).into_iter().map(|call| (call.tool.to_string(), call.result)).collect()
    }

    fn call(id: &str, tool: &str) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}"}}}}"#
        )
    }

    const FAILED: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}"#;

    #[test]
    fn answers_find_their_calls_by_id_in_any_order() {
        let lines = [
            &call("1", "a"),
            &call("\"1\"", "b"),
            r#"{"jsonrpc":"2.0","id":"1","error":{"code":-32000,"message":"no"}}"#,
            r#"{"jsonrpc":"2.0","id":1.0,"result":{"isError":true,"content":[]}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
        ];
        let expected =
            [("a".to_owned(), CallResult::ToolError), ("b".to_owned(), CallResult::UpstreamError)];
        assert_eq!(results(&lines), expected);
    }

    #[test]
    fn an_answer_to_the_server_is_not_taken_for_that_of_a_call() {
        let lines = [
            &call("1", "a"),
            r#"{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}"#,
            FAILED,
            r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#,
        ];
        assert_eq!(results(&lines), [("a".to_owned(), CallResult::Ok)]);
    }

    #[test]
    fn a_new_connection_leaves_the_calls_of_the_last_one_alone() {
        let initialize = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}"#;
        let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let lines = [initialize, &call("1", "a"), initialize, list, FAILED];
        assert_eq!(results(&lines), [("a".to_owned(), CallResult::Unknown)]);
    }

    #[test]
    fn sessions_are_connections_of_their_file_and_clients_name_themselves() {
        let of = |lines: &[&str]| {
            let call = read(lines).remove(0);
            (call.session.to_string(), call.client.to_string())
        };
        let initialize = r#"{"id":0,"method":"initialize","params":{"clientInfo":{"name":"cli"}}}"#;
        let plain = call("1", "a");
        assert_eq!(of(&[initialize, &plain]), ("file#1".to_owned(), "cli".to_owned()));
        let own = r#"{"id":1,"method":"tools/call","params":{"name":"a","_meta":{"io.modelcontextprotocol/clientInfo":{"name":"new"}}}}"#;
        assert_eq!(of(&[own]).1, "new");
        // A strange `_meta` costs the client's name and nothing else.
        let strange = r#"{"id":1,"method":"tools/call","params":{"name":"a","_meta":"x"}}"#;
        assert_eq!(of(&[initialize, strange]).1, "cli");
    }

    #[test]
    fn what_is_no_message_says_why() {
        let mut reader = Mcp::default();
        let mut why = |line: &str| reader.take(line, &mut Calls::default()).unwrap_err();
        for (line, part) in [
            ("{}", "has no `method`"),
            ("7", "an object is expected"),
            (r#"{"method":"tools/call","params":["p",{}]}"#, "without an object as its `params`"),
            (r#"{"method":"tools/call","params":{"name":7}}"#, "whose tool name is not text"),
            (r#"{"method":"tools/call","params":{}}"#, "names no tool"),
            (r#"["tools/call",7,{"name":"ghost"}]"#, "an object is expected"),
            ("{\"method\":", "not JSON"),
        ] {
            assert!(why(line).contains(part), "{line}: {}", why(line));
        }
    }

    #[test]
    fn a_message_in_an_unknown_envelope_is_named_not_passed_over() {
        let mut reader = Mcp::default();
        let call = call("1", "a");
        for (line, key) in [
            (format!(r#"{{"at":1,"msg":{call}}}"#), "msg"),
            (format!(r#"{{"result":null,"body":{}}}"#, serde_json::json!(call)), "body"),
            (format!(r#"{{"method":"POST","request":{call}}}"#), "request"),
        ] {
            assert!(recognises(&serde_json::from_str(&line).unwrap()), "{line}");
            let why = reader.take(&line, &mut Calls::default()).unwrap_err();
            assert!(why.contains(&format!("under `{key}`")), "{line}: {why}");
        }
        assert!(!recognises(&serde_json::json!({"method": "GET", "path": "/"})));
        let nested = format!(r#"{{"id":1,"result":{{"echo":{call}}}}}"#);
        assert_eq!(reader.take(&nested, &mut Calls::default()), Ok(()));
    }
}
