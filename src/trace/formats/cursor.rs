//! What Cursor's command line prints with `--output-format stream-json`, an event a line.
//!
//! Source: <https://cursor.com/docs/cli/reference/output-format>.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::{Fields, lenient};
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader};
use super::common::{argument_text, claude_code_call, mcp_name};
use crate::trace::record::{CallResult, Record, parse_milliseconds, parse_object, parse_raw};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "cursor",
    description: "events of Cursor's command line (stream-json)",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Events::default()),
};

/// Reads the events of a session.
#[derive(Debug, Default)]
struct Events {
    pending: Pending,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subtype: Option<Cow<'a, str>>,
    #[serde(borrow)]
    call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    session_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    timestamp_ms: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_call: Option<HashMap<Cow<'a, str>, &'a RawValue>>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

/// The arguments of the tool that calls those of servers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfServer<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    provider_identifier: Option<Cow<'a, str>>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
}

/// A tool that is told by its name, and its arguments in a text.
#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// What the names of kinds of tools end with.
const KIND_END: &str = "ToolCall";

/// Whether a unit is an event of a tool.
fn recognises(unit: &Value) -> bool {
    unit["type"] == "tool_call" && unit.get("tool_call").is_some_and(Value::is_object)
}

impl Reader for Events {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.event(unit, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Events {
    fn event(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let event: Event<'_> = parse_object(json, "an event of Cursor")?;
        if event.kind.as_deref() != Some("tool_call") {
            return Ok(());
        }
        let tools = event.tool_call.as_ref().ok_or("a `tool_call` event without a `tool_call`")?;
        // Other fields describe the call for people.
        let is_tool = |name: &&Cow<'_, str>| name.ends_with(KIND_END) || **name == "function";
        let kind = tools.keys().find(is_tool).ok_or("a `tool_call` of no kind of tool")?;
        let id = event.call_id.as_deref().unwrap_or_default();
        let session = event.session_id.as_deref().unwrap_or_default();
        let key = match id {
            "" => String::new(),
            id => claude_code_call::key(session, id),
        };
        let tool: ToolCall<'_> = parse_raw(tools[kind])?;
        if event.subtype.as_deref() == Some("completed") {
            self.end(&key, &tool);
            return Ok(());
        }
        let mut record = call(kind, tools[kind], &tool)?;
        record.time = event.timestamp_ms.map(|time| parse_milliseconds(time.get())).transpose()?;
        record.id = id.to_owned().into();
        record.session = session.to_owned().into();
        record.field = calls.field_of(json)?.into();
        record.result = CallResult::Unknown;
        self.pending.push(record, &key, Same::Nothing, calls);
        Ok(())
    }

    fn end(&mut self, key: &str, tool: &ToolCall<'_>) {
        let result = tool.result.map(Fields::of).unwrap_or_default();
        if result.has("rejected") {
            self.pending.refuse(key);
        } else if result.has("success") {
            let content: Option<&RawValue> =
                lenient::<Success<'_>>(tool.result).and_then(|result| result.success);
            self.pending.settle(key, Answer::of(content, None));
        } else if result.has("error") || result.has("failure") {
            self.pending.settle(key, CallResult::ToolError);
        } else {
            self.pending.settle(key, CallResult::Unknown);
        }
    }
}

#[derive(Deserialize)]
struct Success<'a> {
    #[serde(borrow)]
    success: Option<&'a RawValue>,
}

/// The call: `mcpToolCall` is one of a server, `shellToolCall` and the like are Cursor's own tools.
fn call(kind: &str, json: &RawValue, tool: &ToolCall<'_>) -> Result<Record<'static>, String> {
    match kind {
        "mcpToolCall" => {
            let json = tool.args.ok_or("an `mcpToolCall` without its `args`")?;
            let called: OfServer<'_> = parse_raw(json)?;
            let name = called.tool_name.or(called.name);
            let name = name.ok_or("an `mcpToolCall` that names no tool")?;
            let mut record = mcp_name::call(called.provider_identifier.as_deref(), &name);
            record.arguments = argument_text::of_json(called.args);
            Ok(record)
        }
        "function" => {
            let function: Function<'_> = parse_raw(json)?;
            let mut record = mcp_name::call(None, &function.name);
            record.arguments = argument_text::of_json(function.arguments);
            Ok(record)
        }
        kind => {
            let name = kind.strip_suffix(KIND_END).unwrap_or(kind);
            let mut record = mcp_name::call(None, name);
            record.arguments = argument_text::of_json(tool.args);
            Ok(record)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(subtype: &str, id: &str, tool: &str) -> String {
        format!(
            r#"{{"tool_call":{{{tool}}},"call_id":"{id}","session_id":"s-1","timestamp_ms":1772359201500,"subtype":"{subtype}","type":"tool_call"}}"#
        )
    }

    fn mcp(result: &str) -> String {
        format!(
            r#""mcpToolCall":{{"args":{{"name":"notes-add","args":{{"a":1}},"providerIdentifier":"notes","toolName":"add"}}{result}}}"#
        )
    }

    #[test]
    fn a_call_begins_and_ends_and_one_that_was_rejected_is_none() {
        let ended = |id: &str, result: &str| {
            event("completed", id, &mcp(&format!(r#","result":{result}"#)))
        };
        let shell = r#""shellToolCall":{"args":{"command":"ls"}},"description":"x""#;
        let units = [
            r#"{"type":"system","subtype":"init"}"#.to_owned(),
            event("started", "1", &mcp("")),
            event("started", "2", &mcp("")),
            event("started", "3", &mcp("")),
            event("started", "4", shell),
            ended("2", r#"{"rejected":{"reason":"no"}}"#),
            ended("1", r#"{"success":{"content":[],"isError":true}}"#),
            ended("3", r#"{"success":{"content":[]}}"#),
        ];
        let (mut reader, mut calls) = (Events::default(), Calls::default());
        units.iter().for_each(|unit| reader.take(unit, &mut calls).unwrap());
        reader.finish(&mut calls);
        assert_eq!(calls.refused, 1);
        let calls: Vec<_> = std::iter::from_fn(|| calls.pop()).collect();
        let facts: Vec<_> = calls
            .iter()
            .map(|call| (&*call.server, &*call.tool, call.arguments.json().unwrap(), call.result))
            .collect();
        assert_eq!(
            facts,
            [
                ("notes", "add", r#"{"a":1}"#, CallResult::ToolError),
                ("notes", "add", r#"{"a":1}"#, CallResult::Ok),
                ("", "shell", r#"{"command":"ls"}"#, CallResult::Unknown),
            ]
        );
        assert_eq!((&*calls[0].session, calls[0].time.unwrap().seconds), ("s-1", 1_772_359_201));
        let why =
            Events::default().take(&event("started", "1", r#""x":{}"#), &mut Calls::default());
        assert!(why.unwrap_err().contains("no kind of tool"));
    }
}
