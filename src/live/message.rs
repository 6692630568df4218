//! JSON-RPC messages, as far as asking a server for its tools takes them
//! (<https://modelcontextprotocol.io/specification/2025-11-25/basic>).

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// How much is kept of an error that a server answers with, in characters.
const SHOWN: usize = 500;

/// A request or a notification for the server.
pub(super) struct Outgoing {
    /// What its answer is recognised by; a notification has none.
    id: Option<u64>,
    /// What is asked or told.
    pub(super) method: &'static str,
    /// The whole message, on one line.
    pub(super) json: String,
}

/// What a message from the server is to one who waits for an answer.
#[derive(Debug)]
pub(super) enum Heard {
    /// The answer: a result, or what the error says.
    Answer(Result<Box<RawValue>, String>),
    /// A request of the server's own, and the answer to it.
    Question(String),
    /// A notification, or the answer to something else.
    Other,
    /// Nothing that JSON-RPC knows.
    Noise,
}

#[derive(Deserialize)]
struct Incoming<'a> {
    id: Option<Value>,
    method: Option<String>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Value>,
}

impl Outgoing {
    pub(super) fn request(id: u64, method: &'static str, params: Option<Value>) -> Outgoing {
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if let Some(params) = params {
            message["params"] = params;
        }
        Outgoing { id: Some(id), method, json: message.to_string() }
    }

    pub(super) fn notification(method: &'static str) -> Outgoing {
        let json = json!({ "jsonrpc": "2.0", "method": method }).to_string();
        Outgoing { id: None, method, json }
    }

    /// What a message says to one who waits for the answer to this one.
    pub(super) fn hear(&self, message: &[u8]) -> Heard {
        let Ok(message) = serde_json::from_slice::<Incoming>(message) else { return Heard::Noise };
        match (message.method, message.id) {
            (Some(method), Some(id)) => Heard::Question(reply(&method, &id)),
            (Some(_), None) => Heard::Other,
            (None, Some(id)) if self.id.is_some_and(|own| id == own) => {
                Heard::Answer(answer(message.result, message.error))
            }
            (None, Some(_)) => Heard::Other,
            (None, None) => Heard::Noise,
        }
    }
}

fn answer(result: Option<&RawValue>, error: Option<Value>) -> Result<Box<RawValue>, String> {
    match (result, error) {
        (_, Some(error)) => Err(format!("an error: {}", words(&error))),
        (Some(result), None) => Ok(result.to_owned()),
        (None, None) => Err("neither a result nor an error".to_owned()),
    }
}

/// The error of a message that need not say what it answers.
pub(super) fn error_of(message: &[u8]) -> Option<String> {
    let error = serde_json::from_slice::<Incoming>(message).ok()?.error?;
    Some(words(&error))
}

fn words(error: &Value) -> String {
    let text = match error.get("message").and_then(Value::as_str) {
        Some(message) => message.to_owned(),
        None => error.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// This client can be asked whether it is still there, and nothing else.
fn reply(method: &str, id: &Value) -> String {
    match method {
        "ping" => json!({ "jsonrpc": "2.0", "id": id, "result": {} }),
        _ => json!({ "jsonrpc": "2.0", "id": id,
                     "error": { "code": -32601, "message": "Method not found" } }),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(message: &str) -> Heard {
        Outgoing::request(7, "tools/list", None).hear(message.as_bytes())
    }

    fn answer(message: &str) -> Result<String, String> {
        match hear(message) {
            Heard::Answer(answer) => answer.map(|result| result.get().to_owned()),
            other => panic!("{message}: {other:?}"),
        }
    }

    #[test]
    fn only_what_carries_the_number_of_the_request_answers_it() {
        assert_eq!(
            answer(r#"{"id": 7, "result": {"tools": [] }}"#),
            Ok(r#"{"tools": [] }"#.to_owned())
        );
        assert_eq!(
            answer(r#"{"id":7,"error":{"code":1,"message":"no"}}"#),
            Err("an error: no".to_owned())
        );
        assert_eq!(answer(r#"{"id":7,"error":"no"}"#), Err(r#"an error: "no""#.to_owned()));
        assert_eq!(answer(r#"{"id":7}"#), Err("neither a result nor an error".to_owned()));
        for other in [
            r#"{"id":8,"result":{}}"#,
            r#"{"id":"7","result":{}}"#,
            r#"{"method":"notifications/message","params":{"id":7}}"#,
            r#"{"id":null,"method":"x"}"#,
        ] {
            assert!(matches!(hear(other), Heard::Other), "{other}");
        }
        for noise in ["", "ready", "[1", "7", "{}", r#"{"level":"info"}"#, r#"{"result":{}}"#] {
            assert!(matches!(hear(noise), Heard::Noise), "{noise}");
        }
    }

    #[test]
    fn a_server_that_asks_is_answered() {
        let reply = |message| match hear(message) {
            Heard::Question(reply) => serde_json::from_str::<Value>(&reply).unwrap(),
            other => panic!("{other:?}"),
        };
        let pong = reply(r#"{"jsonrpc":"2.0","id":"p1","method":"ping"}"#);
        assert_eq!(pong, json!({ "jsonrpc": "2.0", "id": "p1", "result": {} }));
        let refusal = reply(r#"{"jsonrpc":"2.0","id":7,"method":"roots/list"}"#);
        assert_eq!((&refusal["id"], &refusal["error"]["code"]), (&json!(7), &json!(-32601)));
    }

    #[test]
    fn long_errors_are_cut_between_characters() {
        let message = json!({ "id": 7, "error": { "message": "ü".repeat(9_000) } });
        let error = answer(&message.to_string()).unwrap_err();
        assert_eq!(error, format!("an error: {}…", "ü".repeat(SHOWN)));
    }
}
