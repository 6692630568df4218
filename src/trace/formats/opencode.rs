//! Sessions that `opencode export` writes: a document with messages, each of which has parts. The
//! parts alone, as OpenCode stores them and as `opencode run --format json` prints them, are read
//! as well.
//!
//! A tool of a server is `SERVER_TOOL`. Where the server's name ends only one who knows the servers can
//! tell; otherwise the name is taken as it stands.
//! Source: <https://github.com/sst/opencode>, `packages/opencode/src/session/message-v2.ts`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::lenient;
use super::common::pending::Pending;
use super::common::reader::{Calls, Reader, all};
use super::common::refusal;
use super::common::{argument_text, claude_code_call, mcp_name};
use crate::engine::Missing;
use crate::trace::record::{
    CallResult, Permitted, RecordArguments, parse_json, parse_milliseconds, parse_object,
    parse_raw_object, text_of,
};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "opencode",
    description: "sessions exported by OpenCode",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Sessions::default()),
};

/// Finds the calls in sessions.
#[derive(Debug, Default)]
struct Sessions {
    pending: Pending,
}

/// An export, a message of one, a part, or an event that holds one.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    info: Option<&'a RawValue>,
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    parts: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    part: Option<&'a RawValue>,
}

/// What is said of a session or of a message.
#[derive(Default, Deserialize)]
struct Info<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    /// The folder of a session.
    #[serde(borrow)]
    directory: Option<Cow<'a, str>>,
    /// The agent of a message, by the name that permissions know it by.
    #[serde(borrow)]
    agent: Option<Cow<'a, str>>,
}

/// What the calls of a message have in common.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    session: &'a str,
    folder: &'a str,
    agent: &'a str,
    field: &'a str,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "sessionID")]
    session: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "callID")]
    call: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow)]
    state: Option<State<'a>>,
}

#[derive(Default, Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Span<'a> {
    #[serde(borrow)]
    start: Option<&'a RawValue>,
}

/// Whether a unit is an export or a part of one.
fn recognises(unit: &Value) -> bool {
    let is_list = |key: &str| unit.get(key).is_some_and(Value::is_array);
    let has_info = unit.get("info").is_some_and(Value::is_object);
    // Others have messages beside an `info`, too, which say their roles themselves.
    let messages = unit.get("messages").and_then(Value::as_array);
    let are_ours =
        messages.is_some_and(|messages| messages.iter().all(|one| one.get("role").is_none()));
    let is_tool = |part: &Value| part["type"] == "tool" && part.get("callID").is_some();
    (has_info && (are_ours || is_list("parts")))
        || is_tool(unit)
        || (unit.get("sessionID").is_some() && unit.get("part").is_some_and(Value::is_object))
}

impl Reader for Sessions {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let field = calls.field_of(unit)?;
        let taken = self.unit(unit, Around { field: &field, ..Around::default() }, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Sessions {
    fn unit(&mut self, json: &str, around: Around<'_>, calls: &Calls) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "an export of OpenCode")?;
        let info: Info<'_> = lenient(unit.info).unwrap_or_default();
        if let Some(messages) = unit.messages {
            let session = info.id.unwrap_or_default();
            let folder = info.directory.unwrap_or_default();
            let message = |json: &RawValue| {
                let message: Unit<'_> = parse_raw_object(json, "a message")?;
                let info: Info<'_> = lenient(message.info).unwrap_or_default();
                let agent = &info.agent.unwrap_or_default();
                let around = Around { session: &session, folder: &folder, agent, ..around };
                self.parts(&message.parts.unwrap_or_default(), around, calls)
            };
            return all(messages.into_iter().map(message));
        }
        match (unit.parts, unit.part) {
            (Some(parts), _) => {
                let agent = &info.agent.unwrap_or_default();
                self.parts(&parts, Around { agent, ..around }, calls)
            }
            (None, Some(part)) => self.part(part.get(), around, calls),
            (None, None) => self.part(json, around, calls),
        }
    }

    fn parts(
        &mut self,
        parts: &[&RawValue],
        around: Around<'_>,
        calls: &Calls,
    ) -> Result<(), String> {
        all(parts.iter().map(|part| self.part(part.get(), around, calls)))
    }

    fn part(&mut self, json: &str, around: Around<'_>, calls: &Calls) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
        }
        let kind: Kind<'_> = parse_object(json, "a part")?;
        if kind.kind.as_deref() != Some("tool") {
            return Ok(());
        }
        let part: Part<'_> = parse_json(json).map_err(|why| format!("a call: {why}"))?;
        let session = match around.session {
            "" => part.session.unwrap_or_default(),
            session => session.into(),
        };
        let state = part.state.unwrap_or_default();
        let id = part.call.as_deref().unwrap_or_default();
        let named = mcp_name::of_named_server(&part.tool, &calls.servers);
        let (server, tool) =
            named.map_or((None, &*part.tool), |(server, tool)| (Some(server), tool));
        let mut record = mcp_name::call(server, tool);
        let span: Option<Span<'_>> = lenient(state.time);
        let start = span.and_then(|span| span.start);
        record.time = start.map(|start| parse_milliseconds(start.get())).transpose()?;
        record.session = session.clone().into_owned().into();
        record.field = around.field.to_owned().into();
        record.folder = around.folder.to_owned().into();
        record.mode = around.agent.to_owned().into();
        record.id = id.to_owned().into();
        (record.arguments, record.result) = state.facts();
        record.permitted = state.permitted();
        // Models may use an id again, OpenCode does not.
        let key = claude_code_call::key(&session, part.id.as_deref().unwrap_or(id));
        self.pending.put(record, &key, calls);
        Ok(())
    }
}

impl State<'_> {
    /// What OpenCode made of the call, once that is told.
    fn permitted(&self) -> Option<Permitted> {
        match self.status.as_deref()? {
            "completed" => Some(Permitted::Ran),
            "error" => {
                Some(refusal::of_opencode(&text_of(self.error.map_or("null", RawValue::get))))
            }
            _ => None,
        }
    }

    /// The arguments, which are not whole as long as the model writes them, and the result.
    fn facts(&self) -> (RecordArguments<'static>, CallResult) {
        let result = match self.status.as_deref() {
            Some("completed") => CallResult::Ok,
            Some("error") => CallResult::ToolError,
            Some("running") => CallResult::Unknown,
            _ => {
                let cut = RecordArguments::Unknown(Missing::TruncatedArguments);
                return (cut, CallResult::Unknown);
            }
        };
        (argument_text::of_json(self.input), result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::Record;

    fn part(id: &str, status: &str) -> String {
        format!(
            r#"{{"id":"{id}","sessionID":"s-1","type":"tool","callID":"call_0","tool":"notes_add","state":{{"status":"{status}","input":{{"a":1}},"time":{{"start":1772359202500}}}}}}"#
        )
    }

    fn read(units: &[String]) -> Vec<Record<'static>> {
        calls_in(Sessions::default(), Some("title"), units)
    }

    #[test]
    fn the_parts_of_an_export_are_calls_of_its_session_whatever_ids_the_model_gave_them() {
        let parts: Vec<_> = ["completed", "error", "running", "pending"]
            .iter()
            .enumerate()
            .map(|(number, status)| part(&number.to_string(), status))
            .collect();
        let export = format!(
            r#"{{"messages":[{{"parts":[{{"type":"text","tool":7}},{}],"info":{{"role":"assistant","agent":"plan"}}}}],"info":{{"id":"s-2","directory":"/p"}},"title":"t"}}"#,
            parts.join(",")
        );
        let calls = read(&[export]);
        let results: Vec<_> = calls.iter().map(|call| call.result).collect();
        let unknown = CallResult::Unknown;
        assert_eq!(results, [CallResult::Ok, CallResult::ToolError, unknown, unknown]);
        assert_eq!(
            (&*calls[0].tool, &*calls[0].session, &*calls[0].id),
            ("notes_add", "s-2", "call_0")
        );
        assert_eq!(calls[0].field, "t");
        assert_eq!((&*calls[0].folder, &*calls[0].mode), ("/p", "plan"));
        assert_eq!(calls[0].time.unwrap().nanoseconds, 500_000_000);
        assert_eq!(calls[2].arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        let cut = RecordArguments::Unknown(Missing::TruncatedArguments);
        assert_eq!(calls[3].arguments, cut);
    }

    #[test]
    fn a_part_that_is_told_again_is_one_call_as_it_was_last_told() {
        let event =
            format!(r#"{{"type":"tool_use","sessionID":"s-1","part":{}}}"#, part("1", "completed"));
        let calls = read(&[part("1", "pending"), event, part("2", "error")]);
        assert_eq!(calls.len(), 2);
        assert_eq!((&*calls[0].session, calls[0].result), ("s-1", CallResult::Ok));
        assert!(matches!(calls[0].arguments, RecordArguments::Json(_)));
    }
}
