//! Events of GitHub's Copilot CLI, `~/.copilot/session-state/*/events.jsonl`: one event a line.
//!
//! Source: what version 1.0.102 of `@github/copilot` writes; nothing public describes it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::Fields;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader};
use super::common::{argument_text, mcp_name};
use crate::engine::Missing;
use crate::trace::record::{CallResult, RecordArguments, parse_object, parse_raw, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "copilot",
    description: "events of GitHub's Copilot CLI",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Events::default()),
};

/// Reads the events of a session.
#[derive(Debug, Default)]
struct Events {
    pending: Pending,
    session: String,
    client: String,
    field: String,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    #[serde(borrow)]
    session_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    producer: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Execution<'a> {
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_name: Cow<'a, str>,
    #[serde(borrow)]
    mcp_server_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mcp_tool_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Completion<'a> {
    #[serde(borrow)]
    tool_call_id: Cow<'a, str>,
    success: Option<bool>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    tool_telemetry: Option<Telemetry>,
}

#[derive(Deserialize)]
struct Telemetry {
    properties: Option<Properties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    was_syntax_error: Option<Value>,
}

/// Whether a unit is an event.
fn recognises(unit: &Value) -> bool {
    let kinds = ["session.", "tool.", "assistant.", "user.", "system."];
    let kind = unit.get("type").and_then(Value::as_str).unwrap_or_default();
    unit.get("data").is_some_and(Value::is_object)
        && unit.get("parentId").is_some()
        && kinds.iter().any(|start| kind.starts_with(start))
}

impl Reader for Events {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let event: Event<'_> = parse_object(unit, "an event")?;
        let taken = match (&*event.kind, event.data) {
            ("session.start", Some(data)) => self.start(data, calls.field.as_deref()),
            ("tool.execution_start", Some(data)) => self.call(data, event.timestamp, calls),
            ("tool.execution_complete", Some(data)) => self.complete(data),
            _ => Ok(()),
        };
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Events {
    fn start(&mut self, data: &RawValue, field: Option<&str>) -> Result<(), String> {
        let start: Start<'_> = parse_raw(data)?;
        self.session = start.session_id.unwrap_or_default().into_owned();
        self.client = start.producer.unwrap_or_default().into_owned();
        self.field = field.and_then(|name| Fields::of(data).text(name)).unwrap_or_default();
        Ok(())
    }

    fn call(
        &mut self,
        data: &RawValue,
        time: Option<&RawValue>,
        calls: &Calls,
    ) -> Result<(), String> {
        let call: Execution<'_> = parse_raw(data)?;
        // The model's name for the tool has that of the server in front of it.
        let server = call.mcp_server_name.as_deref();
        let tool = call.mcp_tool_name.as_deref().filter(|_| server.is_some());
        let mut record = mcp_name::call(server, tool.unwrap_or(&call.tool_name));
        let id = call.tool_call_id.as_deref().unwrap_or_default();
        record.time = time_at(time)?;
        record.id = id.to_owned().into();
        record.session = self.session.clone().into();
        record.client = self.client.clone().into();
        let field = calls.field.as_deref().and_then(|name| Fields::of(data).text(name));
        record.field = field.unwrap_or_else(|| self.field.clone()).into();
        record.arguments = argument_text::of_json(call.arguments);
        record.result = CallResult::Unknown;
        self.pending.push(record, id, Same::Call, calls);
        Ok(())
    }

    fn complete(&mut self, data: &RawValue) -> Result<(), String> {
        let completion: Completion<'_> = parse_raw(data)?;
        if let Some(record) = self.pending.get(&completion.tool_call_id) {
            // Whether the server answered with an error of the protocol is not told.
            let answer = match completion.success {
                Some(true) => CallResult::Ok.into(),
                Some(false) => Answer::of_failure(completion.error.or(completion.result)),
                None => CallResult::Unknown.into(),
            };
            answer.settle(record);
            if completion.had_syntax_error() {
                record.arguments = RecordArguments::Unknown(Missing::UnreadableArguments);
            }
        }
        self.pending.close(&completion.tool_call_id);
        Ok(())
    }
}

impl Completion<'_> {
    /// Whether what the model wrote was no JSON. The event of the call has `{}` in its place then.
    fn had_syntax_error(&self) -> bool {
        let properties = self.tool_telemetry.as_ref().and_then(|told| told.properties.as_ref());
        let told = properties.and_then(|properties| properties.was_syntax_error.as_ref());
        told.is_some_and(|told| *told == true || told == "true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;
    use crate::trace::record::Record;

    fn read(field: Option<&str>, lines: &[&str]) -> Vec<Record<'static>> {
        calls_in(Events::default(), field, lines)
    }

    const START: &str = r#"{"type":"session.start","parentId":null,"data":{"sessionId":"s-1","producer":"copilot-agent","selectedModel":"m"}}"#;
    const CALL: &str = r#"{"type":"tool.execution_start","timestamp":"2026-03-01T10:00:00Z","parentId":"e","data":{"toolCallId":"c","toolName":"notes-add","arguments":{"a":1},"mcpServerName":"notes","mcpToolName":"add"}}"#;

    #[test]
    fn a_call_has_the_server_s_name_for_the_tool_and_the_session_of_the_file() {
        let call = read(Some("selectedModel"), &[START, CALL]).remove(0);
        assert_eq!((&*call.tool, &*call.server, &*call.id), ("add", "notes", "c"));
        assert_eq!((&*call.session, &*call.client, &*call.field), ("s-1", "copilot-agent", "m"));
        assert_eq!(call.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        assert_eq!(call.time.unwrap().seconds, 1_772_359_200);
        assert_eq!(read(Some("toolName"), &[CALL])[0].field, "notes-add");
    }

    #[test]
    fn arguments_that_were_no_json_are_not_taken_for_none() {
        let complete = |more: &str| {
            format!(
                r#"{{"type":"tool.execution_complete","data":{{"toolCallId":"c","success":false{more}}}}}"#
            )
        };
        let call = read(None, &[CALL, &complete("")]).remove(0);
        assert_eq!(call.result, CallResult::ToolError);
        assert!(matches!(call.arguments, RecordArguments::Json(_)));
        let syntax = complete(r#","toolTelemetry":{"properties":{"wasSyntaxError":"true"}}"#);
        let call = read(None, &[CALL, &syntax]).remove(0);
        assert_eq!(call.arguments, RecordArguments::Unknown(Missing::UnreadableArguments));
    }

    #[test]
    fn what_is_no_event_says_why() {
        let why = |line: &str| Events::default().take(line, &mut Calls::default()).unwrap_err();
        assert!(why("[]").contains("an object is expected"));
        assert!(why("{}").contains("missing field `type`"));
        assert!(why(&CALL.replace("toolName", "name")).contains("missing field `toolName`"));
    }
}
