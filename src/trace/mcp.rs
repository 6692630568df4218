//! Bare MCP JSON-RPC messages: requests and answers of one connection, one message a line.
//!
//! Messages carry neither a time nor a direction. A call is `tools/call`; its answer has the same
//! id. Client and server number their requests separately, so an answer belongs to the newest
//! open request with its id, whoever made it.
//! Source: the Model Context Protocol, <https://modelcontextprotocol.io/specification>.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::reader::{Calls, Reader};
use super::record::{CallResult, Record, RecordArguments, describe, is_object, text_of};

/// How many calls may wait for their answers. A client that has more open than this does not
/// wait for answers; the oldest call is then taken as successful.
const MAX_WAITING: usize = 1_024;

/// How many bytes of arguments may wait for answers, for the same reason.
const MAX_WAITING_BYTES: usize = 8 << 20;

/// Pairs the messages of one connection into calls.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// Calls in the order of their requests, until they are given out.
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// The number of the first waiting call.
    first: u64,
    /// Requests without an answer, the newest last.
    open: Vec<Open>,
    client: String,
    session: u32,
}

#[derive(Debug)]
struct Waiting {
    record: Record<'static>,
    answered: bool,
    bytes: usize,
}

/// A request that has not been answered.
#[derive(Debug)]
struct Open {
    id: String,
    /// The number of the call; none for any other request.
    call: Option<u64>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    error: Option<IgnoredAny>,
}

/// A field that is there, even if it is null: an answer may be nothing.
fn present<'a, D: serde::Deserializer<'a>>(json: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(json).map(Some)
}

#[derive(Deserialize)]
struct CallParams<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct InitializeParams<'a> {
    #[serde(borrow, rename = "clientInfo")]
    client_info: ClientInfo<'a>,
}

/// Since protocol 2026-07-28, which has no `initialize`.
#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/clientInfo")]
    client_info: ClientInfo<'a>,
}

#[derive(Deserialize)]
struct ClientInfo<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ToolResult {
    #[serde(default, rename = "isError")]
    is_error: bool,
}

/// Whether a unit is a message.
pub(super) fn recognises(unit: &serde_json::Value) -> bool {
    unit.get("jsonrpc").is_some() || unit.get("method").is_some()
}

impl Reader for Connection {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.message(unit, calls);
        self.give_out(false, calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.give_out(true, calls);
    }
}

impl Connection {
    fn message(&mut self, text: &str, calls: &Calls) -> Result<(), String> {
        if !is_object(text) {
            return Err("not a JSON-RPC message: an object is expected".to_owned());
        }
        let message: Message<'_> = serde_json::from_str(text).map_err(|error| describe(&error))?;
        let id = message.id.map(|id| canonical_id(id.get()));
        match message.method.as_deref() {
            Some("tools/call") => self.call(message.params, id, calls),
            Some(method) => {
                if method == "initialize" {
                    self.connect(message.params);
                }
                self.open.extend(id.map(|id| Open { id, call: None }));
                // A log of one side only never shows the answers.
                if self.open.len() > 2 * MAX_WAITING {
                    self.open.drain(..MAX_WAITING);
                }
                Ok(())
            }
            None if message.result.is_some() || message.error.is_some() => {
                self.answer(&message, id);
                Ok(())
            }
            None => {
                Err("not a JSON-RPC message: it has no `method`, `result` or `error`".to_owned())
            }
        }
    }

    /// A new connection: what was open on the one before will not be answered any more.
    fn connect(&mut self, params: Option<&RawValue>) {
        self.open.clear();
        self.waiting.iter_mut().for_each(|waiting| waiting.answered = true);
        self.session += 1;
        let params: Option<InitializeParams<'_>> = lenient(params);
        self.client = params.map_or(String::new(), |params| params.client_info.name.into_owned());
    }

    fn call(
        &mut self,
        params: Option<&RawValue>,
        id: Option<String>,
        calls: &Calls,
    ) -> Result<(), String> {
        let params = params.map(RawValue::get).filter(|params| is_object(params));
        let params = params.ok_or("a `tools/call` without an object as its `params`")?;
        let call: CallParams<'_> =
            serde_json::from_str(params).map_err(|_| "a `tools/call` that names no tool")?;
        let name: String = serde_json::from_str(call.name.get())
            .map_err(|_| "a `tools/call` whose tool name is not text")?;
        let meta: Option<Meta<'_>> = lenient(call.meta);
        let client = meta.map(|meta| meta.client_info.name.into_owned());
        let mut record = Record::of_tool(name);
        // A message does not name its session; the file and the connection in it tell it from others.
        record.session = format!("{}#{}", calls.file, self.session).into();
        record.client = client.unwrap_or_else(|| self.client.clone()).into();
        record.id = id
            .as_deref()
            .map(|id| id.trim_start_matches('"').to_owned())
            .unwrap_or_default()
            .into();
        record.field = meta_field(call.meta, calls.field.as_deref()).unwrap_or_default().into();
        record.line = calls.line;
        record.result = CallResult::Unknown;
        if let Some(arguments) = call.arguments {
            record.arguments = RecordArguments::Json(Cow::Owned(arguments.get().to_owned()));
        }
        let number = self.first + self.waiting.len() as u64;
        // A call without an id is a notification, which nobody answers.
        let answered = id.is_none();
        self.waiting_bytes += params.len();
        self.waiting.push_back(Waiting { record, answered, bytes: params.len() });
        self.open.extend(id.map(|id| Open { id, call: Some(number) }));
        Ok(())
    }

    fn answer(&mut self, message: &Message<'_>, id: Option<String>) {
        let Some(id) = id else { return };
        let Some(at) = self.open.iter().rposition(|open| open.id == id) else { return };
        let Some(number) = self.open.remove(at).call else { return };
        // A call that was given out unanswered is no longer waiting.
        let waiting = number.checked_sub(self.first).map(|index| index as usize);
        let Some(waiting) = waiting.and_then(|index| self.waiting.get_mut(index)) else { return };
        waiting.answered = true;
        waiting.record.result = if message.error.is_some() {
            CallResult::UpstreamError
        } else if lenient::<ToolResult>(message.result).is_some_and(|result| result.is_error) {
            CallResult::ToolError
        } else {
            CallResult::Ok
        };
    }

    /// Gives out the calls in the order of the requests, once what came of them is known; at the
    /// end of the file also those that were never answered.
    fn give_out(&mut self, at_end: bool, calls: &mut Calls) {
        while let Some(front) = self.waiting.front() {
            let too_many =
                self.waiting.len() > MAX_WAITING || self.waiting_bytes > MAX_WAITING_BYTES;
            if !(front.answered || too_many || at_end) {
                return;
            }
            let Some(next) = self.waiting.pop_front() else { return };
            self.waiting_bytes -= next.bytes;
            self.first += 1;
            if !next.answered {
                let given_out = self.first - 1;
                self.open.retain(|open| open.call != Some(given_out));
            }
            calls.push(next.record);
        }
    }
}

/// Reads something that is not worth losing a call over.
fn lenient<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
    let text = json.map(RawValue::get).filter(|text| is_object(text))?;
    serde_json::from_str(text).ok()
}

/// The text of a key of `_meta`, which is where a message says more of itself.
fn meta_field(meta: Option<&RawValue>, name: Option<&str>) -> Option<String> {
    let fields: HashMap<String, &RawValue> = lenient(meta)?;
    fields.get(name?).map(|value| text_of(value.get()).into_owned())
}

/// An id as text by which equal ids are equal, however they are written.
fn canonical_id(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(serde_json::Value::String(text)) => format!("\"{text}"),
        Ok(serde_json::Value::Number(number)) => match number.as_f64() {
            Some(value) if value.abs() < 2f64.powi(53) => value.to_string(),
            _ => json.to_owned(),
        },
        _ => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls of some lines, each of which must be a message.
    fn read(lines: &[&str]) -> Vec<Record<'static>> {
        let mut connection = Connection::default();
        let mut calls = Calls::new("file".to_owned(), None);
        for line in lines {
            connection.take(line, &mut calls).unwrap_or_else(|why| panic!("{line}: {why}"));
        }
        connection.finish(&mut calls);
        std::iter::from_fn(|| calls.pop()).collect()
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
    fn a_call_waits_for_its_answer_and_keeps_its_place() {
        let mut connection = Connection::default();
        let mut calls = Calls::default();
        for line in [&call("1", "t1"), &call("2", "t2"), r#"{"id":2,"result":{}}"#] {
            connection.take(line, &mut calls).unwrap();
        }
        assert!(calls.pop().is_none(), "the first call is still open");
        connection.take(r#"{"id":1,"result":{}}"#, &mut calls).unwrap();
        let names: Vec<_> = std::iter::from_fn(|| calls.pop()).map(|call| call.tool).collect();
        assert_eq!(names, ["t1", "t2"]);
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
        let mut connection = Connection::default();
        let mut why = |line: &str| connection.take(line, &mut Calls::default()).unwrap_err();
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
}
