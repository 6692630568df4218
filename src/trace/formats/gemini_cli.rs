//! Sessions of Gemini CLI, `~/.gemini/tmp/*/chats/session-*.json`: one document; newer ones are
//! `.jsonl`, a log in which a message is written anew with every change, `$set` changes fields of
//! the session and `$rewindTo` takes the conversation back. A call that was taken back was made.
//!
//! Source: <https://github.com/google-gemini/gemini-cli>,
//! `packages/core/src/services/chatRecordingService.ts` and `chatRecordingTypes.ts`; names as in
//! `docs/tools/mcp-server.md`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::pending::Pending;
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, claude_code_call, mcp_name};
use crate::trace::record::{CallResult, Permitted, Record, parse_object, parse_raw, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "gemini-cli",
    description: "sessions of Gemini CLI",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Sessions::default()),
};

/// Reads the sessions of a file.
#[derive(Debug, Default)]
struct Sessions {
    pending: Pending,
    session: String,
    field: String,
}

/// A session, a change of one, or a message.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow, rename = "sessionId")]
    session: Option<Cow<'a, str>>,
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow, rename = "$set")]
    set: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, rename = "toolCalls")]
    calls: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
}

/// Whether a unit is a session or a line of one.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    let is_session =
        has("sessionId") && (has("projectHash") || has("startTime") && has("lastUpdated"));
    let is_message = unit.get("type").is_some_and(|kind| kind == "gemini") && has("content");
    is_session || is_message || has("$rewindTo") || has("$set")
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
        let unit: Unit<'_> = parse_object(json, "a session of Gemini CLI or a line of one")?;
        if let Some(change) = unit.set {
            return self.unit(change.get(), calls);
        }
        if let Some(session) = unit.session {
            self.session = session.into_owned();
            self.field = calls.field_of(json)?;
        }
        match unit.messages {
            Some(messages) => all(messages.into_iter().map(|json| self.message(json.get(), calls))),
            None => self.message(json, calls),
        }
    }

    fn message(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let message: Message<'_> = parse_object(json, "a message")?;
        let made = message.calls.iter().flatten().enumerate();
        all(made.map(|(index, json)| self.call(json, index, &message, calls)))
    }

    fn call(
        &mut self,
        json: &RawValue,
        index: usize,
        message: &Message<'_>,
        calls: &Calls,
    ) -> Result<(), String> {
        let call: Call<'_> = parse_raw(json).map_err(|why| format!("a call: {why}"))?;
        // A message that comes again has the same calls in the same places.
        let place = || format!("{}#{index}", message.id.as_deref().unwrap_or_default());
        let id = call.id.as_deref().map_or_else(place, str::to_owned);
        let mut record = named(&call.name, &calls.servers);
        record.time = time_at(call.timestamp.or(message.timestamp))?;
        record.session = self.session.clone().into();
        record.field = self.field.clone().into();
        record.arguments = argument_text::of_json(call.args);
        record.result = match call.status.as_deref() {
            Some("success") => CallResult::Ok,
            Some("error") => CallResult::ToolError,
            _ => CallResult::Unknown,
        };
        record.permitted = match call.status.as_deref() {
            Some("success" | "error") => Some(Permitted::Ran),
            // A person who was asked said no, or stopped it.
            Some("cancelled") => Some(Permitted::Refused),
            _ => None,
        };
        let key = claude_code_call::key(&self.session, &id);
        record.id = id.into();
        self.pending.put(record, &key, calls);
        Ok(())
    }
}

/// The call of a tool by its name: `mcp_SERVER_TOOL`, in older versions `SERVER__TOOL`; a name of
/// another form is a tool of Gemini CLI itself or of any server. Where a server's name has an
/// underscore, only one who knows the servers can tell where it ends; Gemini's own policies take
/// the first underscore for the end.
fn named(name: &str, servers: &[String]) -> Record<'static> {
    let of = |server: &str, tool: &str| mcp_name::call(Some(server), tool);
    if let Some(rest) = name.strip_prefix("mcp_").filter(|rest| !rest.starts_with('_'))
        && let Some((server, tool)) =
            mcp_name::of_named_server(rest, servers).or_else(|| split(rest, "_"))
    {
        return of(server, tool);
    }
    match split(name, "__") {
        Some((server, tool)) if server != "mcp" => of(server, tool),
        _ => mcp_name::call(None, name),
    }
}

fn split<'a>(name: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    name.split_once(mark).filter(|(server, tool)| !server.is_empty() && !tool.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::RecordArguments;

    const HEADER: &str = r#"{"sessionId":"s","projectHash":"h","startTime":"2026-03-01T10:00:00Z","lastUpdated":"2026-03-01T10:00:00Z"}"#;

    fn message(id: &str, calls: &str) -> String {
        format!(
            r#"{{"toolCalls":[{calls}],"id":"{id}","timestamp":"2026-03-01T10:00:05Z","type":"gemini","content":""}}"#
        )
    }

    fn call(id: &str, status: &str) -> String {
        format!(
            r#"{{"status":"{status}","id":"{id}","name":"mcp_notes_add","args":{{"a":1}},"timestamp":"2026-03-01T10:00:06Z"}}"#
        )
    }

    fn results(lines: &[&str]) -> Vec<(String, CallResult)> {
        let calls = calls_in(Sessions::default(), None, lines);
        calls.into_iter().map(|call| (call.id.to_string(), call.result)).collect()
    }

    #[test]
    fn a_message_that_is_written_anew_has_its_calls_once_as_they_were_last_written() {
        let open = message("m", &call("1", "executing"));
        let done =
            message("m", &format!("{},{}", call("1", "error"), r#"{"name":"mcp_notes_list"}"#));
        let rewind = r#"{"$rewindTo":"m"}"#;
        let set = format!(r#"{{"$set":{{"messages":[{done}]}}}}"#);
        let found = results(&[HEADER, &open, &done, &done, rewind, &set]);
        let expected =
            [("1".to_owned(), CallResult::ToolError), ("m#1".to_owned(), CallResult::Unknown)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_document_tells_its_session_wherever_it_stands() {
        let calls = format!("{},{}", call("1", "success"), call("2", "cancelled"));
        let document = format!(
            r#"{{"messages":[{}],"projectHash":"h","sessionId":"s-2"}}"#,
            message("m", &calls)
        );
        let calls = calls_in(Sessions::default(), Some("projectHash"), &[document]);
        let first = &calls[0];
        assert_eq!((&*first.session, &*first.field), ("s-2", "h"));
        assert_eq!((&*first.server, &*first.tool), ("notes", "add"));
        assert_eq!(first.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        assert_eq!(first.time.unwrap().seconds, 1_772_359_206);
        assert_eq!(
            calls.iter().map(|call| call.result).collect::<Vec<_>>(),
            [CallResult::Ok, CallResult::Unknown]
        );
    }

    #[test]
    fn names_end_behind_a_known_server_or_at_the_first_underscore() {
        let servers = ["my_notes".to_owned(), "my".to_owned(), "big box".to_owned()];
        for (name, server, tool) in [
            ("mcp_notes_add_all", "notes", "add_all"),
            ("mcp_my_notes_add", "my_notes", "add"),
            ("mcp_my_other", "my", "other"),
            ("mcp_big_box_open", "big box", "open"),
            ("mcp_my_notes_", "my", "notes_"),
            ("notes__add__all", "notes", "add__all"),
            ("mcp__notes__add", "notes", "add"),
            ("run_shell_command", "", "run_shell_command"),
            ("mcp_x", "", "mcp_x"),
        ] {
            let call = named(name, &servers);
            assert_eq!((&*call.server, &*call.tool), (server, tool), "{name}");
        }
    }

    #[test]
    fn a_call_that_cannot_be_read_costs_no_other() {
        let mut reader = Sessions::default();
        let mut calls = Calls::default();
        let made = format!(r#"{{"id":"0"}},{}"#, call("1", "success"));
        assert!(reader.take(&message("m", &made), &mut calls).unwrap_err().contains("`name`"));
        reader.finish(&mut calls);
        assert_eq!(calls.pop().unwrap().id, "1");
    }
}
