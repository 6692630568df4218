//! Trajectories of OpenHands: a list of events, each an action of the agent or an observation of what
//! came of one; in newer versions events of a `kind`.
//!
//! Source: <https://github.com/All-Hands-AI/OpenHands>, `openhands/events`; for newer versions
//! <https://github.com/OpenHands/software-agent-sdk>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::{Fields, lenient};
use super::common::observation::in_utc;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, mcp_name};
use crate::trace::record::{CallResult, Record, parse_object, parse_time, text_of};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "openhands",
    description: "trajectories of OpenHands",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Events::default()),
};

/// The action that calls a tool of a server.
const OF_SERVER: &str = "call_tool_mcp";

/// Actions that are uses of OpenHands' own tools. Others are words, thoughts and states.
const OWN: [&str; 8] =
    ["run", "run_ipython", "read", "write", "edit", "browse", "browse_interactive", "delegate"];

/// Reads the events of a trajectory.
#[derive(Debug, Default)]
struct Events {
    pending: Pending,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    history: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    observation: Option<&'a RawValue>,
    #[serde(borrow)]
    cause: Option<&'a RawValue>,
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_call: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct OfServer<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// A call as the model wrote it.
#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    function: Option<&'a RawValue>,
}

/// Whether a unit is an event.
fn recognises(unit: &Value) -> bool {
    let is_event = |event: &Value| {
        let is_text = |key: &str| event.get(key).is_some_and(Value::is_string);
        let is_old = is_text("source")
            && event.get("id").is_some_and(Value::is_number)
            && (is_text("action") && event.get("args").is_some() || is_text("observation"));
        let of_kind = |kind: &Value| kind.as_str().is_some_and(|kind| kind.ends_with("Event"));
        let is_new = event.get("kind").is_some_and(of_kind) && is_text("tool_name");
        is_old || is_new
    };
    let history = unit.get("history").and_then(Value::as_array);
    is_event(unit) || history.is_some_and(|events| events.iter().any(is_event))
}

impl Reader for Events {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.event(unit, true, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Events {
    fn event(&mut self, json: &str, is_outer: bool, calls: &Calls) -> Result<(), String> {
        let event: Event<'_> = parse_object(json, "an event of OpenHands")?;
        if let Some(events) = event.history.as_ref().filter(|_| is_outer) {
            return all(events.iter().map(|json| self.event(json.get(), false, calls)));
        }
        let text = |json: Option<&RawValue>| {
            json.map(|json| text_of(json.get()).into_owned()).unwrap_or_default()
        };
        if event.observation.is_some() {
            let id = match &event.tool_call_id {
                Some(id) => id.to_string(),
                None => text(event.cause),
            };
            self.pending.settle(&id, event.result());
            return Ok(());
        }
        let Some(mut record) = event.call()? else { return Ok(()) };
        let time = event.timestamp.map(|time| parse_time(&in_utc(time.get())));
        record.time = time.transpose()?;
        let id = match event.tool_call_id.as_ref().filter(|_| event.kind.is_some()) {
            Some(id) => id.to_string(),
            None => text(event.id),
        };
        record.session = calls.file.clone().into();
        record.field = calls.field_of(json)?.into();
        record.result = CallResult::Unknown;
        record.id = id.clone().into();
        self.pending.push(record, &id, Same::Nothing, calls);
        Ok(())
    }
}

impl Event<'_> {
    /// The call that the event is, if it is one.
    fn call(&self) -> Result<Option<Record<'static>>, String> {
        if self.kind.as_deref() == Some("ActionEvent") {
            let name = self.tool_name.as_deref().ok_or("an `ActionEvent` that names no tool")?;
            let call: Option<ToolCall<'_>> = lenient(self.tool_call);
            let function = call.as_ref().and_then(|call| lenient::<ToolCall<'_>>(call.function));
            let arguments = call.and_then(|call| call.arguments);
            let arguments = arguments.or(function.and_then(|call| call.arguments));
            let mut record = mcp_name::call(None, name);
            record.arguments = argument_text::of_json(arguments.or(self.action));
            return Ok(Some(record));
        }
        let action = self.action.map(|action| text_of(action.get())).unwrap_or_default();
        if self.source.as_deref() != Some("agent") {
            return Ok(None);
        }
        if action == OF_SERVER {
            let call: Option<OfServer<'_>> = lenient(self.args);
            let call = call.ok_or("a `call_tool_mcp` that names no tool")?;
            let mut record = mcp_name::call(None, &call.name);
            record.arguments = argument_text::of_json(call.arguments);
            return Ok(Some(record));
        }
        Ok(OWN.contains(&&*action).then(|| {
            let mut record = mcp_name::call(None, &action);
            record.arguments = argument_text::of_json(self.args);
            record
        }))
    }

    /// What an observation tells of the call. That of a tool of a server says nothing of a failure.
    fn result(&self) -> CallResult {
        let observation = self.observation.map(RawValue::get).unwrap_or_default();
        let is_error = Fields::read(observation).plain_text("is_error");
        match (text_of(observation).as_ref(), is_error.as_deref()) {
            ("error", _) | (_, Some("true")) => CallResult::ToolError,
            (_, Some("false")) => CallResult::Ok,
            _ => CallResult::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;

    fn action(id: u32, source: &str, action: &str, args: &str) -> String {
        format!(
            r#"{{"args":{args},"action":"{action}","source":"{source}","timestamp":"2026-03-01T10:00:01.500000","id":{id}}}"#
        )
    }

    #[test]
    fn actions_of_the_agent_are_calls_and_its_words_are_none() {
        let units = [
            action(1, "user", "message", r#"{"content":"x"}"#),
            action(
                2,
                "agent",
                "call_tool_mcp",
                r#"{"name":"add","arguments":{"a":1},"thought":"x"}"#,
            ),
            action(3, "agent", "run", r#"{"command":"ls"}"#),
            action(4, "agent", "think", "{}"),
            action(5, "user", "run", r#"{"command":"ls"}"#),
            r#"{"id":6,"cause":2,"source":"environment","observation":"error","content":"x"}"#
                .to_owned(),
        ];
        let calls = calls_in(Events::default(), None, &units);
        let facts: Vec<_> = calls
            .iter()
            .map(|call| (&*call.tool, call.arguments.json().unwrap(), call.result))
            .collect();
        assert_eq!(
            facts,
            [
                ("add", r#"{"a":1}"#, CallResult::ToolError),
                ("run", r#"{"command":"ls"}"#, CallResult::Unknown),
            ]
        );
        assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_201);
        let why = Events::default()
            .take(&action(1, "agent", "call_tool_mcp", "{}"), &mut Calls::default());
        assert!(why.unwrap_err().contains("names no tool"));
    }

    #[test]
    fn newer_events_name_the_tool_and_have_the_call_of_the_model() {
        let made = r#"{"kind":"ActionEvent","id":"e-1","source":"agent","tool_name":"add","tool_call_id":"c","tool_call":{"id":"c","name":"add","arguments":"{\"a\":1}"}}"#;
        let observed = r#"{"kind":"ObservationEvent","tool_call_id":"c","tool_name":"add","observation":{"kind":"MCPToolObservation","is_error":true}}"#;
        assert!(recognises(&serde_json::from_str(made).unwrap()));
        let call = calls_in(Events::default(), None, &[made, observed]).remove(0);
        assert_eq!((&*call.tool, call.arguments.json()), ("add", Some(r#"{"a":1}"#)));
        assert_eq!((&*call.id, call.result), ("c", CallResult::ToolError));
    }
}
