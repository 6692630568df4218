//! Sessions of Goose: session files (until 2025; a header, then a message a line), `goose session
//! export --format json` (a document), and `--output-format stream-json` (an event a line).
//!
//! Source: <https://github.com/aaif-goose/goose>, `crates/goose/src/conversation/message.rs`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::conversation::hash;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::{lenient, list};
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, claude_code_call, mcp_name};
use crate::trace::record::{CallResult, Record, parse_json, parse_object, parse_raw, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "goose",
    description: "sessions of Goose",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Sessions::default()),
};

/// The kinds of content that ask for a tool. A `toolConfirmationRequest` asks a person first.
const REQUESTS: [&str; 2] = ["toolRequest", "frontendToolRequest"];

/// Finds the calls in sessions.
#[derive(Debug, Default)]
struct Sessions {
    pending: Pending,
    field: String,
    /// What stands for all messages so far that name no session: copies of their files begin alike.
    place: u64,
    /// How many calls there were in the latest of them.
    count: usize,
}

/// An export, a header, an event, or a message.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    conversation: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    created: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "toolCall")]
    call: Option<Outcome<'a>>,
    #[serde(borrow, rename = "toolResult")]
    result: Option<Outcome<'a>>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

/// What was understood, or why nothing was; in an old form under `Ok` and `Err`.
#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "Ok")]
    value: Option<&'a RawValue>,
    #[serde(borrow, alias = "Err")]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "goose_extension")]
    extension: Option<Cow<'a, str>>,
}

/// Whether a unit is of a session.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    let is_message = |unit: &Value| {
        let is = |key: &str, is: fn(&Value) -> bool| unit.get(key).is_some_and(is);
        is("role", Value::is_string)
            && is("created", Value::is_number)
            && is("content", Value::is_array)
    };
    let is_header = has("working_dir") && (has("description") || has("message_count"));
    let is_export = unit.get("conversation").is_some_and(Value::is_array) && has("id");
    let is_event = unit["type"] == "message" && is_message(&unit["message"]);
    is_header || is_export || is_event || is_message(unit)
}

impl Reader for Sessions {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.unit(unit, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Sessions {
    fn unit(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "a session of Goose or a message of one")?;
        if unit.message.is_none() && unit.role.is_none() {
            self.field = calls.field_of(json)?;
        }
        let of_file = calls.file.as_str();
        match (unit.conversation, unit.message) {
            (Some(messages), _) => {
                let session = unit.id.as_deref().unwrap_or(of_file);
                all(messages.into_iter().map(|json| self.message(json.get(), session, calls)))
            }
            (None, Some(message)) => self.message(message.get(), of_file, calls),
            (None, None) if unit.role.is_some() => self.message(json, of_file, calls),
            (None, None) => Ok(()),
        }
    }

    fn message(&mut self, json: &str, session: &str, calls: &Calls) -> Result<(), String> {
        let message: Message<'_> = parse_object(json, "a message")?;
        (self.place, self.count) = (hash((self.place, json)), 0);
        let contents = list(message.content).into_iter();
        all(contents.map(|json| self.content(json.get(), &message, session, calls)))
    }

    fn content(
        &mut self,
        json: &str,
        message: &Message<'_>,
        session: &str,
        calls: &Calls,
    ) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
        }
        let kind: Kind<'_> = parse_object(json, "a content")?;
        let kind = kind.kind.unwrap_or_default();
        if REQUESTS.contains(&&*kind) {
            let request = parse_json(json).map_err(|why| format!("a `{kind}`: {why}"))?;
            return self.request(&request, message, session, calls);
        }
        if kind == "toolResponse" {
            let response: Content<'_> = parse_json(json)?;
            let key = claude_code_call::key(session, response.id.as_deref().unwrap_or_default());
            self.pending.settle(&key, response.answer());
        }
        Ok(())
    }

    fn request(
        &mut self,
        request: &Content<'_>,
        message: &Message<'_>,
        session: &str,
        calls: &Calls,
    ) -> Result<(), String> {
        let kind = request.kind.as_deref().unwrap_or_default();
        let Outcome { status, value, error } =
            request.call.as_ref().ok_or_else(|| format!("a `{kind}` without its `toolCall`"))?;
        // What the model wrote could not be read as a call, so that nothing was called.
        if status.as_deref() == Some("error") || (value.is_none() && error.is_some()) {
            return Ok(());
        }
        let call = value.ok_or_else(|| format!("a `{kind}` whose `toolCall` has no `value`"))?;
        let call: Call<'_> = parse_raw(call).map_err(|why| format!("a `{kind}`: {why}"))?;
        let extension =
            |meta: &Option<Meta<'_>>| Some(meta.as_ref()?.extension.as_deref()?.to_owned());
        let id = request.id.as_deref().unwrap_or_default();
        let mut record = named(&call.name, extension(&request.meta).or(extension(&call.meta)));
        record.time = time_at(message.created)?;
        record.id = id.to_owned().into();
        record.session = session.to_owned().into();
        record.field = self.field.clone().into();
        record.arguments = argument_text::of_json(call.arguments);
        record.result = CallResult::Unknown;
        if session == calls.file {
            record.copy_key = hash((self.place, self.count)).max(1);
            self.count += 1;
        }
        let key = if id.is_empty() { String::new() } else { claude_code_call::key(session, id) };
        self.pending.push(record, &key, Same::Nothing, calls);
        Ok(())
    }
}

impl Content<'_> {
    fn answer(&self) -> Answer {
        let Some(Outcome { status, value, error }) = &self.result else {
            return CallResult::Unknown.into();
        };
        let failed = status.as_deref() == Some("error") || (value.is_none() && error.is_some());
        // An answer may be nothing but its content, which says nothing of a failure.
        match failed {
            true => Answer::of_failure(error.or(*value)),
            false => {
                Answer::of(value.filter(|value| lenient::<Value>(Some(value)).is_some()), None)
            }
        }
    }
}

/// The call of a tool of an extension, which in older versions is told by the tool's name alone.
fn named(name: &str, extension: Option<String>) -> Record<'static> {
    let extension = extension.filter(|extension| !extension.is_empty());
    let split =
        name.split_once("__").filter(|(server, tool)| !server.is_empty() && !tool.is_empty());
    match (&extension, split) {
        (Some(extension), Some((server, tool))) if server == extension => {
            mcp_name::call(Some(extension), tool)
        }
        (Some(extension), _) => mcp_name::call(Some(extension), name),
        (None, Some((server, tool))) if server != "mcp" => mcp_name::call(Some(server), tool),
        (None, _) => mcp_name::call(None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::RecordArguments;

    fn message(content: &str) -> String {
        format!(
            r#"{{"content":[{{"type":"text","text":"x"}},{content}],"role":"assistant","created":1772359202}}"#
        )
    }

    fn request(id: &str, name: &str, more: &str) -> String {
        format!(
            r#"{{"type":"toolRequest","id":"{id}","toolCall":{{"status":"success","value":{{"name":"{name}","arguments":{{"a":1}}}}}}{more}}}"#
        )
    }

    fn response(id: &str, result: &str) -> String {
        message(&format!(r#"{{"type":"toolResponse","id":"{id}","toolResult":{result}}}"#))
    }

    fn results(units: &[String]) -> Vec<CallResult> {
        calls_in(Sessions::default(), None, units).into_iter().map(|call| call.result).collect()
    }

    #[test]
    fn an_answer_tells_whether_its_call_failed_in_old_words_and_in_new_ones() {
        let call = message(&request("c", "notes__add", ""));
        for (answer, result) in [
            (r#"{"status":"success","value":{"content":[],"isError":false}}"#, CallResult::Ok),
            (r#"{"status":"success","value":[{"type":"text","text":"x"}]}"#, CallResult::Ok),
            (
                r#"{"status":"success","value":{"content":[],"isError":true}}"#,
                CallResult::ToolError,
            ),
            (r#"{"status":"error","error":"no"}"#, CallResult::ToolError),
            (r#"{"Ok":[]}"#, CallResult::Ok),
            (r#"{"Err":{"ExecutionError":"no"}}"#, CallResult::ToolError),
        ] {
            assert_eq!(results(&[call.clone(), response("c", answer)]), [result], "{answer}");
        }
        assert_eq!(results(std::slice::from_ref(&call)), [CallResult::Unknown]);
        // Some models give every call the same id.
        let answer = response("c", r#"{"status":"error","error":"no"}"#);
        let twice = [call.clone(), answer.clone(), call, answer];
        assert_eq!(results(&twice), [CallResult::ToolError; 2]);
    }

    #[test]
    fn a_request_that_could_not_be_read_or_waits_for_a_person_is_no_call() {
        let unreadable =
            r#"{"type":"toolRequest","id":"c","toolCall":{"status":"error","error":"x"}}"#;
        let confirm =
            r#"{"type":"toolConfirmationRequest","id":"c","toolName":"notes__add","arguments":{}}"#;
        let old = r#"{"type":"toolRequest","id":"d","toolCall":{"Ok":{"name":"notes__add"}}}"#;
        let calls = calls_in(
            Sessions::default(),
            None,
            &[message(unreadable), message(confirm), message(old)],
        );
        assert_eq!(calls.len(), 1);
        assert_eq!((&*calls[0].id, &calls[0].arguments), ("d", &RecordArguments::Absent));
    }

    #[test]
    fn exports_and_events_hold_the_same_messages() {
        let call = message(&request("c", "notes__add", ""));
        let export = format!(r#"{{"conversation":[{call}],"id":"e-1","name":"n"}}"#);
        let calls = calls_in(Sessions::default(), Some("name"), &[export]);
        assert_eq!((&*calls[0].session, &*calls[0].field), ("e-1", "n"));
        let event = format!(r#"{{"type":"message","message":{call}}}"#);
        let calls =
            calls_in(Sessions::default(), None, &[event, r#"{"type":"complete"}"#.to_owned()]);
        assert_eq!(
            (&*calls[0].session, &*calls[0].tool, &*calls[0].server),
            ("file", "add", "notes")
        );
        assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_202);
    }

    #[test]
    fn the_extension_stands_beside_the_call_or_in_its_name() {
        for (name, extension, server, tool) in [
            ("notes__add__all", None, "notes", "add__all"),
            ("shell", Some("developer"), "developer", "shell"),
            ("developer__shell", Some("developer"), "developer", "shell"),
            ("a__b", Some("developer"), "developer", "a__b"),
            ("shell", Some(""), "", "shell"),
        ] {
            let call = named(name, extension.map(str::to_owned));
            assert_eq!((&*call.server, &*call.tool), (server, tool), "{name}");
        }
        let more = r#","_meta":{"goose_extension":"developer"}"#;
        let calls = calls_in(Sessions::default(), None, &[message(&request("c", "shell", more))]);
        assert_eq!(calls[0].server, "developer");
    }
}
