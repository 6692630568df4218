//! Rollouts of OpenAI's Codex, `~/.codex/sessions/**/rollout-*.jsonl`: one event a line.
//!
//! Source: `codex-rs/protocol` and `codex-rs/rollout` of <https://github.com/openai/codex>, up to
//! version 0.169. A call is an item of the model's answer; an event after it tells which tool of
//! which server it really was (`mcp_tool_call_end`, since 0.169 a completed `McpToolCall`).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader};
use super::common::refusal;
use super::common::responses_item;
use crate::trace::json;
use crate::trace::record::{CallResult, Record, parse_object, parse_raw, text_of, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "codex",
    description: "rollouts of Codex",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Rollout::default()),
};

/// Reads a rollout.
#[derive(Debug, Default)]
struct Rollout {
    pending: Pending,
    /// The session of the file; one that goes on from another repeats that one's lines.
    session: Option<Session>,
    /// Where the turn works, and when it asks.
    turn: Turn,
}

#[derive(Debug, Default)]
struct Turn {
    folder: String,
    mode: String,
}

/// What a turn begins with.
#[derive(Deserialize)]
struct TurnContext<'a> {
    #[serde(borrow)]
    cwd: Option<Cow<'a, str>>,
    approval_policy: Option<Value>,
}

#[derive(Debug, Default)]
struct Session {
    id: String,
    client: String,
    field: String,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// The event at the end of a call of an MCP server.
#[derive(Deserialize)]
struct McpToolCallEnd<'a> {
    #[serde(borrow)]
    call_id: Cow<'a, str>,
    #[serde(borrow)]
    invocation: Invocation<'a>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

/// The event at the end of an item of a turn.
#[derive(Deserialize)]
struct ItemCompleted<'a> {
    #[serde(borrow)]
    item: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Invocation<'a> {
    #[serde(borrow)]
    server: Cow<'a, str>,
    #[serde(borrow)]
    tool: Cow<'a, str>,
}

/// A completed item of a turn that is the call of an MCP server.
#[derive(Deserialize)]
struct McpToolCall<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    server: Cow<'a, str>,
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// The end of a call: the answer of the tool, or why there was none.
#[derive(Deserialize)]
struct EndResult<'a> {
    #[serde(borrow, rename = "Ok")]
    answer: Option<&'a RawValue>,
    #[serde(borrow, rename = "Err")]
    error: Option<&'a RawValue>,
}

/// Whether a unit is a line of a rollout.
fn recognises(unit: &Value) -> bool {
    let kinds = ["session_meta", "response_item", "event_msg", "turn_context", "compacted"];
    unit.get("payload").is_some_and(Value::is_object)
        && unit.get("type").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind))
}

impl Reader for Rollout {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let line: Line<'_> = parse_object(unit, "a line of a rollout")?;
        let taken = match (&*line.kind, line.payload) {
            ("session_meta", Some(payload)) => self.begin(payload, calls.field.as_deref()),
            ("turn_context", Some(payload)) => {
                self.turn(payload);
                Ok(())
            }
            ("response_item", Some(payload)) => self.item(payload, line.timestamp, calls),
            ("event_msg", Some(payload)) => self.event(payload),
            _ => Ok(()),
        };
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Rollout {
    fn begin(&mut self, payload: &RawValue, field: Option<&str>) -> Result<(), String> {
        if self.session.is_none() {
            let meta: Value = parse_raw(payload)?;
            let text = |name: &str| match meta.get(name) {
                Some(value) => text_of(&value.to_string()).into_owned(),
                None => String::new(),
            };
            let field = field.map(text).unwrap_or_default();
            self.session = Some(Session { id: text("id"), client: text("originator"), field });
        }
        Ok(())
    }

    /// Takes the folder and the mode of a turn; the questions of which some are not asked have one name.
    fn turn(&mut self, payload: &RawValue) {
        let Some(context) = read::<TurnContext<'_>>(Some(payload)) else { return };
        let mode = match &context.approval_policy {
            Some(Value::String(name)) => name,
            Some(Value::Object(_)) => "granular",
            _ => "",
        };
        let folder = context.cwd.unwrap_or_default().into_owned();
        self.turn = Turn { folder, mode: mode.to_owned() };
    }

    fn item(
        &mut self,
        payload: &RawValue,
        time: Option<&RawValue>,
        calls: &Calls,
    ) -> Result<(), String> {
        let said = responses_item::said(payload)?;
        if let Some(call) = said.call {
            self.call(call, time, calls)?;
        }
        if let Some(id) = said.answered {
            if let Some(call) = self.pending.get(&id) {
                call.permitted = Some(refusal::of_codex(said.output.as_deref()));
            }
            self.answer(&id, said.output.as_deref());
            self.pending.close(&id);
        }
        Ok(())
    }

    /// Takes what a call of a server was answered with where no event says it: whether it failed is not
    /// told, but maybe that a gateway refused it.
    fn answer(&mut self, id: &str, output: Option<&RawValue>) {
        let Some(record) = self.pending.get(id) else { return };
        let is_of_server = !record.server.is_empty() || record.tool.contains("__");
        if is_of_server && record.result == CallResult::Unknown && record.decision.is_none() {
            Answer::of_unflagged(output).settle(record);
        }
    }

    fn call(
        &mut self,
        mut record: Record<'static>,
        time: Option<&RawValue>,
        calls: &Calls,
    ) -> Result<(), String> {
        record.time = time_at(time)?;
        record.result = CallResult::Unknown;
        if let Some(session) = &self.session {
            record.session = session.id.clone().into();
            record.client = session.client.clone().into();
            record.field = session.field.clone().into();
        }
        record.folder = self.turn.folder.clone().into();
        record.mode = self.turn.mode.clone().into();
        let id = record.id.to_string();
        self.pending.push(record, &id, Same::Call, calls);
        Ok(())
    }

    fn event(&mut self, payload: &RawValue) -> Result<(), String> {
        let event: Kind<'_> = parse_raw(payload)?;
        match &*event.kind {
            "mcp_tool_call_end" => {
                let end: McpToolCallEnd<'_> = parse_raw(payload)?;
                let result_of_end: Option<EndResult<'_>> = read(end.result);
                let (answer, error) =
                    result_of_end.map_or((None, None), |end| (end.answer, end.error));
                self.end(&end.call_id, &end.invocation, Answer::of(answer, error));
            }
            "item_completed" => {
                let item = read(Some(payload)).and_then(|event: ItemCompleted<'_>| event.item);
                // Other items have other fields.
                let Some(call) = read::<McpToolCall<'_>>(item) else { return Ok(()) };
                let answer = Answer::of(call.result, call.error);
                let invocation = Invocation { server: call.server, tool: call.tool };
                self.end(&call.id, &invocation, answer);
            }
            _ => {}
        }
        Ok(())
    }

    /// Says which tool of which server a call really was, and what came of it.
    fn end(&mut self, id: &str, invocation: &Invocation<'_>, answer: Answer) {
        let Some(record) = self.pending.get(id) else { return };
        record.server = invocation.server.to_string().into();
        record.tool = invocation.tool.to_string().into();
        answer.settle(record);
    }
}

/// Reads what may be there in another form.
fn read<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
    json::read_raw(json?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Outcome;
    use crate::trace::formats::common::reader::calls_in;

    fn calls(field: Option<&str>, lines: &[&str]) -> Vec<Record<'static>> {
        calls_in(Rollout::default(), field, lines)
    }

    const META: &str = r#"{"timestamp":"2026-03-01T10:00:00Z","type":"session_meta","payload":{"id":"s-1","originator":"codex_exec","cwd":"/srv"}}"#;
    const CALL: &str = r#"{"timestamp":"2026-03-01T10:00:01Z","type":"response_item","payload":{"type":"function_call","name":"notes__add","call_id":"c","arguments":"{}"}}"#;

    fn end(result: &str) -> String {
        format!(
            r#"{{"type":"event_msg","payload":{{"type":"mcp_tool_call_end","call_id":"c","invocation":{{"server":"notes","tool":"add"}},"result":{result}}}}}"#
        )
    }

    #[test]
    fn the_event_at_the_end_of_a_call_tells_its_true_name_and_result() {
        for (result, expected) in [
            (r#"{"Ok":{"content":[]}}"#, CallResult::Ok),
            (r#"{"Ok":{"content":[],"isError":true}}"#, CallResult::ToolError),
            (r#"{"Err":"tool call error"}"#, CallResult::UpstreamError),
        ] {
            let call = calls(None, &[META, CALL, &end(result)]).remove(0);
            assert_eq!((&*call.tool, &*call.server, call.result), ("add", "notes", expected));
        }
        let completed = r#"{"type":"event_msg","payload":{"type":"item_completed","item":{"type":"McpToolCall","id":"c","server":"n","tool":"add","status":"failed","error":{"message":"no"}}}}"#;
        let call = calls(None, &[META, CALL, completed]).remove(0);
        assert_eq!((&*call.server, call.result), ("n", CallResult::UpstreamError));
    }

    #[test]
    fn without_an_event_the_answer_tells_that_a_gateway_refused() {
        let output = |text: &str| {
            format!(
                r#"{{"type":"response_item","payload":{{"type":"function_call_output","call_id":"c","output":{text}}}}}"#
            )
        };
        let denied = output(
            r#""tool call error: tool call failed for `a/b`\n\nCaused by:\n    Mcp error: -32000: [INTERCEPT POLICY DENIED] no""#,
        );
        let decision = |call: &str, lines: &[&str]| {
            calls(None, &[&[META, call][..], lines].concat()).remove(0).decision
        };
        assert_eq!(decision(CALL, &[&denied]), Some(Outcome::Deny));
        assert_eq!(decision(CALL, &[&output(r#""see [POLICY DENIED]""#)]), None);
        // What a program of the agent's own prints is not a gateway's.
        let shell = CALL.replace("notes__add", "shell");
        assert_eq!(decision(&shell, &[&output(r#""[POLICY DENIED] no""#)]), None);
        let ended = end(r#"{"Ok":{"content":[]}}"#);
        assert_eq!(decision(CALL, &[&ended, &output(r#""[POLICY DENIED] no""#)]), None);
    }

    #[test]
    fn the_first_session_of_a_file_is_its_own_and_repeated_calls_count_once() {
        let forked = META.replace("s-1", "s-0");
        let calls = calls(Some("cwd"), &[META, &forked, CALL, CALL]);
        assert_eq!(calls.len(), 1);
        let call = &calls[0];
        assert_eq!((&*call.session, &*call.client, &*call.field), ("s-1", "codex_exec", "/srv"));
        assert_eq!(call.time.unwrap().to_string(), "2026-03-01T10:00:01Z");
    }

    #[test]
    fn a_call_has_the_folder_and_the_mode_of_its_turn() {
        let turn = |policy: &str| {
            format!(
                r#"{{"type":"turn_context","payload":{{"turn_id":"t","cwd":"/srv/a","approval_policy":{policy}}}}}"#
            )
        };
        for (policy, mode) in
            [(r#""never""#, "never"), (r#"{"granular":{"rules":false}}"#, "granular"), ("null", "")]
        {
            let call = calls(None, &[META, &turn(policy), CALL]).remove(0);
            assert_eq!((&*call.folder, &*call.mode), ("/srv/a", mode));
        }
    }

    #[test]
    fn what_is_no_line_of_a_rollout_says_why_and_unknown_lines_say_nothing() {
        let mut rollout = Rollout::default();
        let mut take = |line: &str| rollout.take(line, &mut Calls::default());
        assert!(take("7").unwrap_err().contains("an object is expected"));
        assert!(take("{}").unwrap_err().contains("missing field `type`"));
        assert!(
            take(&CALL.replace("2026-03-01T10:00:01Z", "noon"))
                .unwrap_err()
                .contains("the time is not")
        );
        assert_eq!(take(r#"{"type":"world_state","payload":{}}"#), Ok(()));
        assert_eq!(
            take(
                r#"{"type":"event_msg","payload":{"type":"item_completed","item":{"type":"Plan"}}}"#
            ),
            Ok(())
        );
    }
}
