//! Sessions of the coding agent Pi, `~/.pi/agent/sessions/**/*.jsonl`: a header, then an entry a
//! line. The entries are a tree, all of whose branches happened.
//!
//! Source: <https://github.com/badlogic/pi-mono>, `packages/coding-agent/docs/session.md`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::list;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, claude_code_call, mcp_name};
use crate::trace::record::{
    CallResult, parse_milliseconds, parse_object, parse_raw, parse_raw_object,
};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "pi",
    description: "sessions of the coding agent Pi",
    endings: JSON,
    // A session that branches off from another begins with its entries.
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Sessions::default()),
};

/// Finds the calls in sessions.
#[derive(Debug, Default)]
struct Sessions {
    pending: Pending,
    session: String,
    field: String,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
    is_error: Option<bool>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// Whether a unit is an entry.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    let is_header = unit["type"] == "session" && has("id") && (has("version") || has("cwd"));
    let message = &unit["message"];
    let is_message = unit["type"] == "message"
        && message.get("role").is_some_and(Value::is_string)
        && message.get("created").is_none();
    is_header || is_message
}

impl Reader for Sessions {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.entry(unit, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Sessions {
    fn entry(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let entry: Entry<'_> = parse_object(json, "an entry of a session of Pi")?;
        match (&*entry.kind, entry.message) {
            ("session", _) => {
                self.session = entry.id.unwrap_or_default().into_owned();
                self.field = calls.field_of(json)?;
                Ok(())
            }
            ("message", Some(message)) => self.message(message.get(), entry.timestamp, calls),
            _ => Ok(()),
        }
    }

    fn message(
        &mut self,
        json: &str,
        of_entry: Option<&RawValue>,
        calls: &Calls,
    ) -> Result<(), String> {
        let message: Message<'_> = parse_object(json, "a message")?;
        match message.role.as_deref() {
            Some("assistant") => {
                let time = message.timestamp.or(of_entry);
                all(list(message.content).into_iter().map(|json| self.call(json, time, calls)))
            }
            Some("toolResult") => {
                let id = message.tool_call_id.as_deref().unwrap_or_default();
                self.pending.settle(&claude_code_call::key(&self.session, id), message.answer());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn call(
        &mut self,
        json: &RawValue,
        time: Option<&RawValue>,
        calls: &Calls,
    ) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
        }
        let kind: Kind<'_> = parse_raw_object(json, "a content")?;
        if kind.kind.as_deref() != Some("toolCall") {
            return Ok(());
        }
        let call: ToolCall<'_> = parse_raw(json).map_err(|why| format!("a `toolCall`: {why}"))?;
        let id = call.id.as_deref().unwrap_or_default();
        let mut record = mcp_name::call(None, &call.name);
        record.time = time.map(|time| parse_milliseconds(time.get())).transpose()?;
        record.id = id.to_owned().into();
        record.session = self.session.clone().into();
        record.field = self.field.clone().into();
        record.arguments = argument_text::of_json(call.arguments);
        record.result = CallResult::Unknown;
        let key = match id {
            "" => String::new(),
            id => claude_code_call::key(&self.session, id),
        };
        self.pending.push(record, &key, Same::Nothing, calls);
        Ok(())
    }
}

impl Message<'_> {
    fn answer(&self) -> Answer {
        match self.is_error {
            Some(true) => Answer::of_failure(self.content),
            Some(false) => CallResult::Ok.into(),
            None => CallResult::Unknown.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;

    const HEADER: &str = r#"{"type":"session","id":"s-1","version":3,"cwd":"/srv"}"#;

    fn entry(message: &str) -> String {
        format!(r#"{{"message":{message},"type":"message","timestamp":"2026-03-01T10:00:03Z"}}"#)
    }

    fn calls(ids: &[&str], more: &str) -> String {
        let calls: Vec<_> = ids
            .iter()
            .map(|id| {
                format!(r#"{{"type":"toolCall","id":"{id}","name":"add","arguments":{{"a":1}}}}"#)
            })
            .collect();
        entry(&format!(
            r#"{{"role":"assistant","content":[{{"type":"text","text":"x"}},{}]{more}}}"#,
            calls.join(",")
        ))
    }

    fn result(id: &str, more: &str) -> String {
        entry(&format!(r#"{{"role":"toolResult","toolCallId":"{id}","content":[]{more}}}"#))
    }

    #[test]
    fn calls_have_the_session_of_the_header_and_the_results_of_their_answers() {
        let failed = r#","isError":true"#;
        let units = [
            HEADER.to_owned(),
            calls(&["1", "2", "3", "4"], r#","timestamp":1772359202000"#),
            result("2", failed),
            result("1", r#","isError":false"#),
            entry(r#"{"role":"bashExecution","command":"ls"}"#),
            result("4", ""),
            // Some models give every call the same id.
            calls(&["1"], ""),
            result("1", failed),
        ];
        let found = calls_in(Sessions::default(), Some("cwd"), &units);
        let results: Vec<_> = found.iter().map(|call| (&*call.id, call.result)).collect();
        assert_eq!(
            results,
            [
                ("1", CallResult::Ok),
                ("2", CallResult::ToolError),
                ("3", CallResult::Unknown),
                ("4", CallResult::Unknown),
                ("1", CallResult::ToolError),
            ]
        );
        let times: Vec<_> = found.iter().map(|call| call.time.unwrap().seconds % 60).collect();
        assert_eq!(times, [2, 2, 2, 2, 3]);
        assert_eq!((&*found[0].session, &*found[0].field), ("s-1", "/srv"));
    }

    #[test]
    fn what_is_no_call_says_why_and_costs_no_other() {
        let mut reader = Sessions::default();
        let mut given = Calls::default();
        let bad = calls(&["1", "2"], "").replacen(r#""name":"add""#, r#""name":7"#, 1);
        assert!(reader.take(&bad, &mut given).unwrap_err().contains("toolCall"));
        assert!(reader.take("[]", &mut given).is_err());
        reader.finish(&mut given);
        assert_eq!(given.pop().unwrap().id, "2");
    }
}
