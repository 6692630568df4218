//! Messages of Vercel's AI SDK: those of models (`ModelMessage`, of version 4 `CoreMessage`) and
//! those of its user interface (`UIMessage`); messages by themselves, or conversations that hold
//! `messages`.
//!
//! Sources: <https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message>,
//! <https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::list;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, mcp_name};
use crate::engine::Missing;
use crate::trace::record::{CallResult, Record, RecordArguments, parse_json, parse_object};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "vercel-messages",
    description: "messages of Vercel's AI SDK",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Conversations::default()),
};

/// Finds the calls in conversations.
#[derive(Debug, Default)]
struct Conversations {
    pending: Pending,
}

/// A conversation or a message.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    parts: Option<&'a RawValue>,
    #[serde(borrow, rename = "toolInvocations")]
    invocations: Option<&'a RawValue>,
}

/// A part of a message: a call, what came of one, or both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    raw_input: Option<&'a RawValue>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    is_error: Option<bool>,
    provider_executed: Option<bool>,
    #[serde(borrow)]
    tool_invocation: Option<&'a RawValue>,
}

/// What came of a call that was asked for.
#[derive(Clone, Copy)]
enum End {
    Result(CallResult),
    /// A person did not allow it, so that it was never made.
    Refused,
}

/// Whether a unit is a conversation or a message that nothing but the SDK writes.
fn recognises(unit: &Value) -> bool {
    let messages = unit.get("messages").and_then(Value::as_array);
    is_message(unit) || messages.is_some_and(|messages| messages.iter().any(is_message))
}

fn is_message(message: &Value) -> bool {
    let parts = |key: &str| message.get(key).and_then(Value::as_array);
    let calls = |key: &str| parts(key).is_some_and(|parts| parts.iter().any(is_call));
    let is_of_interface =
        || parts("parts").is_some_and(|parts| parts.iter().any(|part| part.get("type").is_some()));
    message.get("role").is_some_and(Value::is_string)
        && (calls("content") || is_of_interface() || parts("toolInvocations").is_some())
}

fn is_call(part: &Value) -> bool {
    (part["type"] == "tool-call" || part["type"] == "tool-result")
        && part.get("toolCallId").is_some()
}

impl Reader for Conversations {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.unit(unit, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Conversations {
    fn unit(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "a message of the AI SDK")?;
        let field = calls.field_of(json)?;
        match unit.messages {
            Some(messages) => all(messages.into_iter().map(|json| {
                let message: Unit<'_> = parse_object(json.get(), "a message")?;
                self.message(&message, &field, calls)
            })),
            None => self.message(&unit, &field, calls),
        }
    }

    fn message(&mut self, message: &Unit<'_>, field: &str, calls: &Calls) -> Result<(), String> {
        let mut parts = list(message.content);
        parts.extend(list(message.parts));
        // Of version 4 both hold the same calls.
        if message.parts.is_none() {
            let invocations = list(message.invocations).into_iter();
            return all(invocations.map(|json| self.state(&parse_json(json.get())?, field, calls)))
                .and(all(parts.iter().map(|json| self.part(json.get(), field, calls))));
        }
        all(parts.iter().map(|json| self.part(json.get(), field, calls)))
    }

    fn part(&mut self, json: &str, field: &str, calls: &Calls) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
        }
        let kind: Kind<'_> = parse_object(json, "a part of a message")?;
        let kind = kind.kind.unwrap_or_default();
        if !kind.starts_with("tool-") && kind != "dynamic-tool" {
            return Ok(());
        }
        let part: Part<'_> = parse_json(json).map_err(|why| format!("a `{kind}`: {why}"))?;
        match (&*kind, part.tool_invocation) {
            // A tool of the interface may have any name.
            _ if part.state.is_some() => self.state(&part, field, calls),
            ("tool-result", _) => {
                self.end(part.tool_call_id.as_deref().unwrap_or_default(), part.end());
                Ok(())
            }
            ("tool-call", _) => self.call(&part, CallResult::Unknown, field, calls),
            ("tool-invocation", Some(invocation)) => {
                self.state(&parse_json(invocation.get())?, field, calls)
            }
            ("tool-approval-request" | "tool-approval-response", _) => Ok(()),
            _ => self.state(&part, field, calls),
        }
    }

    /// Takes a part that says of a call how far it has come.
    fn state(&mut self, part: &Part<'_>, field: &str, calls: &Calls) -> Result<(), String> {
        let end = match part.state.as_deref() {
            Some("output-available" | "result") => End::Result(CallResult::Ok),
            Some("output-error") => End::Result(CallResult::ToolError),
            Some("output-denied") => End::Refused,
            _ => End::Result(CallResult::Unknown),
        };
        let result = match end {
            End::Result(result) => result,
            End::Refused => CallResult::Unknown,
        };
        self.call(part, result, field, calls)?;
        self.end(part.tool_call_id.as_deref().unwrap_or_default(), end);
        Ok(())
    }

    fn call(
        &mut self,
        part: &Part<'_>,
        result: CallResult,
        field: &str,
        calls: &Calls,
    ) -> Result<(), String> {
        let of_kind = || part.kind.as_deref().and_then(|kind| kind.strip_prefix("tool-"));
        // Only on the interface is the tool named by the part itself.
        let of_kind = || part.state.as_ref().and_then(|_| of_kind());
        let name = part.tool_name.as_deref().or_else(of_kind).filter(|name| !name.is_empty());
        let name = name.ok_or("a call that names no tool")?;
        let id = part.tool_call_id.as_deref().unwrap_or_default();
        // What the provider of the model runs itself passes no gateway.
        if part.provider_executed == Some(true) {
            return Ok(());
        }
        let record = Record {
            id: id.to_owned().into(),
            field: field.to_owned().into(),
            arguments: part.arguments(),
            result,
            ..mcp_name::call(None, name)
        };
        self.pending.push(record, id, Same::Call, calls);
        Ok(())
    }

    fn end(&mut self, key: &str, end: End) {
        match end {
            End::Result(result) => self.pending.settle(key, result),
            End::Refused => self.pending.refuse(key),
        }
    }
}

impl Part<'_> {
    fn arguments(&self) -> RecordArguments<'static> {
        if matches!(self.state.as_deref(), Some("input-streaming" | "partial-call")) {
            return RecordArguments::Unknown(Missing::TruncatedArguments);
        }
        match self.input.or(self.args) {
            None if self.raw_input.is_some() => {
                RecordArguments::Unknown(Missing::UnreadableArguments)
            }
            known => argument_text::of_json(known),
        }
    }

    /// What a `tool-result` says.
    fn end(&self) -> End {
        #[derive(Deserialize)]
        struct Output<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
        }
        // Until version 4 the result stood there itself.
        let output: Option<Output<'_>> =
            self.output.and_then(|json| serde_json::from_str(json.get()).ok());
        let kind = output.and_then(|output| output.kind);
        match kind.as_deref() {
            Some("execution-denied") => End::Refused,
            Some("error-text" | "error-json") => End::Result(CallResult::ToolError),
            _ if self.is_error == Some(true) => End::Result(CallResult::ToolError),
            _ => End::Result(CallResult::Ok),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::outline::outline;
    use crate::trace::formats::common::reader::calls_in;

    fn message(role: &str, key: &str, parts: &str) -> String {
        format!(r#"{{"{key}":[{{"type":"text","text":"x"}},{parts}],"role":"{role}"}}"#)
    }

    fn call(id: &str) -> String {
        format!(r#"{{"input":{{"a":1}},"toolCallId":"{id}","toolName":"add","type":"tool-call"}}"#)
    }

    fn result(id: &str, more: &str) -> String {
        format!(r#"{{"type":"tool-result","toolCallId":"{id}","toolName":"add",{more}}}"#)
    }

    /// The ids and results of the calls, and how many were refused.
    fn read(units: &[String]) -> (Vec<(String, CallResult)>, u64) {
        let mut reader = Conversations::default();
        let mut calls = Calls::default();
        for unit in units {
            reader.take(unit, &mut calls).unwrap();
        }
        reader.finish(&mut calls);
        let made =
            std::iter::from_fn(|| calls.pop()).map(|call| (call.id.to_string(), call.result));
        (made.collect(), calls.refused)
    }

    #[test]
    fn results_say_what_came_of_a_call_and_a_refused_one_is_none() {
        let made: Vec<_> = ["1", "2", "3", "4", "5"].map(call).to_vec();
        let results = [
            result("3", r#""output":{"type":"execution-denied","reason":"no"}"#),
            result("2", r#""output":{"type":"error-json","value":{}}"#),
            result("1", r#""output":{"type":"content","value":[]}"#),
            result("4", r#""result":"x","isError":true"#),
        ];
        let (calls, refused) = read(&[
            message("assistant", "content", &made.join(",")),
            message("tool", "content", &results.join(",")),
        ]);
        let expected = [
            ("1", CallResult::Ok),
            ("2", CallResult::ToolError),
            ("4", CallResult::ToolError),
            ("5", CallResult::Unknown),
        ];
        assert_eq!(calls, expected.map(|(id, result)| (id.to_owned(), result)));
        assert_eq!(refused, 1);
    }

    #[test]
    fn parts_of_the_interface_say_how_far_a_call_has_come() {
        let part = |id: &str, state: &str| {
            format!(
                r#"{{"type":"tool-add-all","toolCallId":"{id}","state":"{state}","input":{{}}}}"#
            )
        };
        let old = r#"{"type":"tool-invocation","toolInvocation":{"state":"result","toolCallId":"6","toolName":"add","args":{"a":1},"result":"x"}}"#;
        let parts = [
            part("1", "output-available"),
            part("2", "output-error"),
            part("3", "input-streaming"),
            part("4", "output-denied"),
            part("5", "approval-requested"),
            old.to_owned(),
        ];
        let unit = message("assistant", "parts", &parts.join(","));
        let calls = calls_in(Conversations::default(), None, std::slice::from_ref(&unit));
        assert_eq!(calls[0].tool, "add-all");
        let cut = RecordArguments::Unknown(Missing::TruncatedArguments);
        assert_eq!((&*calls[2].id, &calls[2].arguments), ("3", &cut));
        assert_eq!(calls[4].arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        let (calls, refused) = read(&[unit]);
        let results: Vec<_> = calls.iter().map(|(_, result)| *result).collect();
        let unknown = CallResult::Unknown;
        assert_eq!(
            results,
            [CallResult::Ok, CallResult::ToolError, unknown, unknown, CallResult::Ok]
        );
        assert_eq!(refused, 1);
    }

    #[test]
    fn what_the_provider_ran_is_no_call_and_a_call_without_a_name_says_so() {
        let provided = call("1").replacen('{', "{\"providerExecuted\":true,", 1);
        let units = [message("assistant", "content", &provided)];
        assert_eq!(read(&units), (vec![], 0));
        let unnamed = message("assistant", "content", &call("1").replace("toolName", "name"));
        let why = Conversations::default().take(&unnamed, &mut Calls::default()).unwrap_err();
        assert!(why.contains("names no tool"), "{why}");
    }

    #[test]
    fn only_what_the_sdk_writes_is_known_wherever_in_a_conversation_it_stands() {
        let is_known = |unit: &str| recognises(&outline(unit).unwrap());
        let made = message("assistant", "content", &call("1"));
        let plain = r#"{"role":"user","content":"x"}"#;
        assert!(is_known(&made));
        assert!(is_known(&format!(r#"{{"id":"c","messages":[{plain},{plain},{made}]}}"#)));
        assert!(is_known(r#"{"role":"user","parts":[{"type":"text","text":"x"}]}"#));
        for unit in [
            plain,
            r#"{"role":"model","parts":[{"text":"x"}]}"#,
            r#"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"add"}]}"#,
        ] {
            assert!(!is_known(unit), "{unit}");
        }
    }
}
