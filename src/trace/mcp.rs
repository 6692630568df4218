//! Bare MCP JSON-RPC messages: requests and answers of one connection, one message a line.
//!
//! Messages carry no time. A call is `tools/call`; its answer has the same id.
//! Source: the Model Context Protocol, <https://modelcontextprotocol.io/specification>.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::record::{CallResult, GrantBy, Record, RecordArguments, describe};

/// How many calls may wait for their answers. A client that has more open than this does not
/// wait for answers; the oldest call is then taken as successful.
const MAX_OPEN: usize = 4_096;

/// Pairs the messages of one connection into calls.
#[derive(Debug, Default)]
pub(super) struct Connection {
    open: VecDeque<Open>,
    client: String,
    session: u32,
}

#[derive(Debug)]
struct Open {
    id: String,
    record: Record<'static>,
    answered: bool,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct CallParams<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    /// Since protocol 2026-07-28, which has no `initialize`.
    #[serde(borrow, rename = "io.modelcontextprotocol/clientInfo")]
    client_info: Option<ClientInfo<'a>>,
}

#[derive(Deserialize)]
struct InitializeParams<'a> {
    #[serde(borrow, rename = "clientInfo")]
    client_info: Option<ClientInfo<'a>>,
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

impl Connection {
    /// Takes a line: one message, or a batch of them.
    ///
    /// # Errors
    /// Why it is not a message, in words.
    pub(super) fn take(&mut self, line: &str, grant_by: &GrantBy) -> Result<(), String> {
        if line.trim_start().starts_with('[') {
            let batch: Vec<&RawValue> =
                serde_json::from_str(line).map_err(|error| describe(&error))?;
            return batch.into_iter().try_for_each(|message| self.message(message.get(), grant_by));
        }
        self.message(line, grant_by)
    }

    fn message(&mut self, text: &str, grant_by: &GrantBy) -> Result<(), String> {
        let message: Message<'_> = serde_json::from_str(text).map_err(|error| describe(&error))?;
        let params = message.params.map_or("{}", RawValue::get);
        match message.method.as_deref() {
            Some("initialize") => {
                self.session += 1;
                let params: InitializeParams<'_> =
                    serde_json::from_str(params).map_err(|error| describe(&error))?;
                self.client =
                    params.client_info.map_or(String::new(), |client| client.name.into_owned());
            }
            Some("tools/call") => self.call(params, message.id.map(RawValue::get), grant_by)?,
            Some(_) => {}
            None => self.answer(&message),
        }
        Ok(())
    }

    fn call(&mut self, params: &str, id: Option<&str>, grant_by: &GrantBy) -> Result<(), String> {
        let call: CallParams<'_> =
            serde_json::from_str(params).map_err(|error| describe(&error))?;
        let client =
            call.meta.and_then(|meta| meta.client_info).map(|client| client.name.into_owned());
        let grant = match grant_by {
            GrantBy::Client => client.unwrap_or_else(|| self.client.clone()),
            GrantBy::Session => self.session.to_string(),
            // A bare message has nothing else to tell callers apart.
            GrantBy::Grant | GrantBy::Server | GrantBy::Field(_) => String::new(),
        };
        let arguments = match call.arguments {
            Some(arguments) => RecordArguments::Json(Cow::Owned(arguments.get().to_owned())),
            None => RecordArguments::Absent,
        };
        let record = Record {
            tool: Cow::Owned(call.name.into_owned()),
            time: None,
            grant: Cow::Owned(grant),
            arguments,
            result: CallResult::Ok,
            decision: None,
        };
        // A call without an id is a notification, which nobody answers.
        let answered = id.is_none();
        self.open.push_back(Open { id: id.unwrap_or_default().to_owned(), record, answered });
        Ok(())
    }

    fn answer(&mut self, message: &Message<'_>) {
        let Some(id) = message.id.map(RawValue::get) else { return };
        let Some(open) = self.open.iter_mut().find(|open| !open.answered && open.id == id) else {
            return;
        };
        open.answered = true;
        open.record.result = if message.error.is_some() {
            CallResult::UpstreamError
        } else if message.result.is_some_and(|result| {
            serde_json::from_str::<ToolResult>(result.get()).is_ok_and(|result| result.is_error)
        }) {
            CallResult::ToolError
        } else {
            CallResult::Ok
        };
    }

    /// The next call in the order of the requests, once what came of it is known; at the end of
    /// the file also those that were never answered.
    pub(super) fn next(&mut self, at_end: bool) -> Option<Record<'static>> {
        let ready =
            self.open.front().is_some_and(|open| open.answered) || self.open.len() > MAX_OPEN;
        if ready || at_end { self.open.pop_front().map(|open| open.record) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(lines: &[&str], grant_by: &GrantBy) -> Vec<(String, String, CallResult)> {
        let mut connection = Connection::default();
        for line in lines {
            connection.take(line, grant_by).unwrap();
        }
        std::iter::from_fn(|| connection.next(true))
            .map(|record| (record.tool.to_string(), record.grant.to_string(), record.result))
            .collect()
    }

    #[test]
    fn answers_find_their_calls_by_id_in_any_order() {
        let lines = [
            r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"cli","version":"1"}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":"1","error":{"code":-32000,"message":"no"}}"#,
            r#"[{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[]}}]"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
        ];
        let expected = [
            ("a".to_owned(), "cli".to_owned(), CallResult::ToolError),
            ("b".to_owned(), "cli".to_owned(), CallResult::UpstreamError),
        ];
        assert_eq!(calls(&lines, &GrantBy::Client), expected);
    }

    #[test]
    fn a_call_waits_for_its_answer_and_keeps_its_place() {
        let mut connection = Connection::default();
        let call =
            |id| format!(r#"{{"id":{id},"method":"tools/call","params":{{"name":"t{id}"}}}}"#);
        connection.take(&call(1), &GrantBy::Grant).unwrap();
        connection.take(&call(2), &GrantBy::Grant).unwrap();
        connection.take(r#"{"id":2,"result":{}}"#, &GrantBy::Grant).unwrap();
        assert!(connection.next(false).is_none(), "the first call is still open");
        connection.take(r#"{"id":1,"result":{}}"#, &GrantBy::Grant).unwrap();
        let names: Vec<_> =
            std::iter::from_fn(|| connection.next(false)).map(|record| record.tool).collect();
        assert_eq!(names, ["t1", "t2"]);
    }
}
