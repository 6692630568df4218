//! A part of a message: text, a call, what came of one, or both.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::engine::Missing;
use crate::trace::formats::common::{argument_text, mcp_name};
use crate::trace::json;
use crate::trace::record::{
    CallResult, Record, RecordArguments, parse_raw, parse_raw_object, text_of,
};

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
pub(super) enum End {
    Result(CallResult),
    /// A person did not allow it, so that it was never made.
    Refused,
}

/// What a part says: a call, what came of one, or both.
pub(super) struct Said {
    pub(super) id: String,
    pub(super) call: Option<Record<'static>>,
    pub(super) end: Option<End>,
}

impl Said {
    /// Reads a part; of one that says nothing of calls, the words are added to those of its message.
    pub(super) fn read(json: &RawValue, words: &mut String) -> Result<Option<Said>, String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
            #[serde(borrow)]
            text: Option<&'a RawValue>,
            #[serde(rename = "toolCallId")]
            call: Option<IgnoredAny>,
        }
        let kind: Kind<'_> = parse_raw_object(json, "a part of a message")?;
        words.extend(kind.text.map(|text| text_of(text.get())));
        // Of version 3 calls stand in a list of their own, and have no type.
        let untyped = if kind.call.is_some() { "tool-invocation" } else { "" };
        let kind = kind.kind.unwrap_or(Cow::Borrowed(untyped));
        if !kind.starts_with("tool-") && kind != "dynamic-tool" {
            return Ok(None);
        }
        let part: Part<'_> = parse_raw(json).map_err(|why| format!("a `{kind}`: {why}"))?;
        match (&*kind, part.tool_invocation) {
            // A tool of the interface may have any name.
            _ if part.state.is_some() => part.state(),
            ("tool-result", _) => {
                words.extend(part.output.map(RawValue::get));
                Ok(Some(Said { id: part.id(), call: None, end: Some(part.end()) }))
            }
            ("tool-call", _) => part.call(None),
            ("tool-invocation", Some(invocation)) => {
                let part: Part<'_> = parse_raw(invocation)?;
                part.state()
            }
            ("tool-approval-request" | "tool-approval-response", _) => Ok(None),
            _ => part.state(),
        }
    }
}

impl Part<'_> {
    fn id(&self) -> String {
        self.tool_call_id.as_deref().unwrap_or_default().to_owned()
    }

    /// What a part says that tells of a call how far it has come.
    fn state(&self) -> Result<Option<Said>, String> {
        self.call(match self.state.as_deref() {
            Some("output-available" | "result") => Some(End::Result(CallResult::Ok)),
            Some("output-error") => Some(End::Result(CallResult::ToolError)),
            Some("output-denied") => Some(End::Refused),
            _ => None,
        })
    }

    fn call(&self, end: Option<End>) -> Result<Option<Said>, String> {
        // Only on the interface is the tool named by the part itself.
        let kind = self.kind.as_deref().filter(|_| self.state.is_some());
        let of_kind = || kind.and_then(|kind| kind.strip_prefix("tool-"));
        let name = self.tool_name.as_deref().or_else(of_kind).filter(|name| !name.is_empty());
        let name = name.ok_or("a call that names no tool")?;
        // What the provider of the model runs itself passes no gateway.
        if self.provider_executed == Some(true) {
            return Ok(None);
        }
        let call = Record {
            id: self.id().into(),
            arguments: self.arguments(),
            result: CallResult::Unknown,
            ..mcp_name::call(None, name)
        };
        Ok(Some(Said { id: self.id(), call: Some(call), end }))
    }

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
        let output: Option<Output<'_>> = self.output.and_then(json::read_raw);
        let kind = output.and_then(|output| output.kind);
        match kind.as_deref() {
            Some("execution-denied") => End::Refused,
            Some("error-text" | "error-json") => End::Result(CallResult::ToolError),
            _ if self.is_error == Some(true) => End::Result(CallResult::ToolError),
            _ => End::Result(CallResult::Ok),
        }
    }
}
