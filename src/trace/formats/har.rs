//! HTTP archives (HAR), in which browsers and proxies keep requests: the MCP messages among them.
//!
//! Source: <http://www.softwareishard.com/blog/har-12-spec>; MCP over HTTP,
//! <https://modelcontextprotocol.io/specification>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Side};
use super::common::format::{FormatFacts, Units};
use super::common::json::{lenient, list};
use super::common::message::Message;
use super::common::reader::{Calls, Reader, all};
use crate::trace::json;
use crate::trace::record::{parse_object, parse_raw, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "har",
    description: "HTTP archives with MCP messages",
    endings: &["har", "json"],
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Archives::default()),
};

/// The header that tells the connection.
const SESSION: &str = "mcp-session-id";

/// Finds the calls in archives.
#[derive(Debug, Default)]
struct Archives {
    connections: Connections,
}

#[derive(Deserialize)]
struct Archive<'a> {
    #[serde(borrow)]
    log: Log<'a>,
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow, default)]
    entries: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    started_date_time: Option<&'a RawValue>,
    #[serde(borrow)]
    request: Request<'a>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    headers: Option<&'a RawValue>,
    #[serde(borrow)]
    post_data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// Whether a unit is an archive.
fn recognises(unit: &Value) -> bool {
    let log = &unit["log"];
    log.get("entries").is_some_and(Value::is_array) && log.get("version").is_some()
}

impl Reader for Archives {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let archive: Archive<'_> = parse_object(unit, "an HTTP archive")?;
        for json in archive.log.entries {
            if let Err(why) = self.entry(json, calls) {
                calls.complain(calls.line, why);
            }
        }
        Ok(())
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

impl Archives {
    fn entry(&mut self, json: &RawValue, calls: &mut Calls) -> Result<(), String> {
        let entry: Entry<'_> = parse_raw(json).map_err(|why| format!("an entry: {why}"))?;
        let sent = text(entry.request.post_data).unwrap_or_default();
        let sent = messages(&sent);
        if sent.is_empty() {
            return Ok(());
        }
        let session = session(entry.request.headers);
        let envelope = |sender| Envelope {
            time: time_at(entry.started_date_time),
            sender: Some(sender),
            session: &session,
            ..Envelope::BARE
        };
        let taken = self.take_all(sent, &envelope(Side::Client), calls);
        let response: Option<Response<'_>> = lenient(entry.response);
        let answer = text(response.and_then(|response| response.content)).unwrap_or_default();
        // Answers come as JSON, or as events that hold it.
        let events = answer.lines().filter_map(|line| line.strip_prefix("data:"));
        for text in std::iter::once(&*answer).chain(events) {
            self.take_all(messages(text), &envelope(Side::Server), calls)?;
        }
        taken
    }

    fn take_all(
        &mut self,
        messages: Vec<Result<Message<'_>, String>>,
        envelope: &Envelope<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        all(messages.into_iter().map(|message| self.connections.take(&message?, envelope, calls)))
    }
}

fn text(body: Option<&RawValue>) -> Option<String> {
    let body: Body<'_> = lenient(body)?;
    body.text.map(Cow::into_owned)
}

/// What a text holds that is a JSON-RPC message or a list of them; nothing where it is neither.
fn messages(text: &str) -> Vec<Result<Message<'_>, String>> {
    let text = text.trim();
    let all = match json::read::<Vec<&RawValue>>(text) {
        Some(batch) => batch.into_iter().map(|message| Message::parse(message.get())).collect(),
        None => vec![Message::parse(text)],
    };
    let is_one = |message: &Result<Message<'_>, String>| {
        message.as_ref().is_ok_and(|message| message.declared)
    };
    if all.iter().any(is_one) { all } else { Vec::new() }
}

fn session(headers: Option<&RawValue>) -> String {
    let headers = list(headers).into_iter();
    let mut headers = headers.filter_map(json::read_raw::<Header<'_>>);
    let session = headers.find(|header| header.name.eq_ignore_ascii_case(SESSION));
    session.map(|header| header.value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;

    fn entry(sent: &str, answer: &str) -> String {
        let (sent, answer) = (Value::from(sent), Value::from(answer));
        format!(
            r#"{{"response":{{"content":{{"text":{answer}}}}},"request":{{"method":"POST","postData":{{"text":{sent}}},"headers":[{{"name":"Mcp-Session-Id","value":"s-1"}}]}},"startedDateTime":"2026-03-01T10:00:01Z"}}"#
        )
    }

    fn call(id: u32) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"add","arguments":{{"a":1}}}}}}"#
        )
    }

    #[test]
    fn messages_are_found_among_other_requests_and_answers_come_in_two_ways() {
        let failed = r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true}}"#;
        let events = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-1,\"message\":\"x\"}}\n\n";
        let entries = [
            entry("a=b", "<html>"),
            entry(r#"{"id":1,"method":"tools/call"}"#, "{}"),
            entry(&call(1), failed),
            entry(&call(2), events),
            entry(&format!("[{}]", call(3)), ""),
        ];
        let archive = format!(r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#, entries.join(","));
        assert!(recognises(&serde_json::from_str(&archive).unwrap()));
        let calls = calls_in(Archives::default(), None, &[archive]);
        let results: Vec<_> = calls.iter().map(|call| call.result).collect();
        let expected = [CallResult::ToolError, CallResult::UpstreamError, CallResult::Unknown];
        assert_eq!(results, expected);
        assert_eq!((&*calls[0].session, calls[0].time.unwrap().seconds), ("s-1", 1_772_359_201));
    }

    #[test]
    fn a_call_that_cannot_be_read_is_told_of_and_costs_no_other() {
        let entries =
            [entry(&call(1).replace("name", "x"), ""), "7".to_owned(), entry(&call(2), "")];
        let archive = format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","));
        let (mut reader, mut calls) = (Archives::default(), Calls::default());
        reader.take(&archive, &mut calls).unwrap();
        reader.finish(&mut calls);
        assert_eq!(calls.take_bad().len(), 2);
        assert_eq!(calls.pop().unwrap().id, "2");
    }
}
