//! One message of a conversation, of OpenAI's chat completions or Anthropic's.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::trace::formats::common::answer::Answer;
use crate::trace::formats::common::json::list;
use crate::trace::formats::common::{argument_text, mcp_name};
use crate::trace::record::{Record, RecordArguments, parse_json};

/// A message.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_calls: Option<Vec<&'a RawValue>>,
    /// The only call of an answer, before there were `tool_calls`.
    function_call: Option<IgnoredAny>,
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
}

/// A call in a message of OpenAI. Some others leave out the id, or write arguments as an object.
#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Option<Function<'a>>,
    #[serde(borrow)]
    custom: Option<Custom<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// A call of a tool that takes free text.
#[derive(Deserialize)]
struct Custom<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    input: Cow<'a, str>,
}

/// A block of a message of Anthropic. `server_tool_use` is not among the calls: those tools the
/// provider runs itself.
#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    server_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_use_id: Option<Cow<'a, str>>,
    is_error: Option<bool>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// Whether a block is a call.
pub(super) fn is_call(json: &RawValue) -> bool {
    serde_json::from_str::<Block<'_>>(json.get()).is_ok_and(|block| block.is_call())
}

impl Message<'_> {
    /// Whether there are calls in the message.
    pub(super) fn has_calls(&self) -> bool {
        self.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
    }

    /// The ids of the calls that the message answers, and what it says of those that failed or that a
    /// gateway did not let pass.
    pub(super) fn answers(&self) -> Vec<(String, Option<Answer>)> {
        let is_answer = self.role.as_deref() == Some("tool");
        let own = self.tool_call_id.as_ref().filter(|_| is_answer);
        let blocks = self.blocks().filter(|block| {
            block
                .as_ref()
                .is_ok_and(|block| ["tool_result", "mcp_tool_result"].contains(&&*block.kind))
        });
        let blocks = blocks.flatten().filter_map(|block| {
            let failed = block.is_error.unwrap_or(false);
            let answer = failed.then(|| Answer::of_failure(block.content));
            Some((block.tool_use_id?.into_owned(), answer))
        });
        own.map(|id| (id.to_string(), Answer::of_unflagged(self.content)))
            .into_iter()
            .chain(blocks)
            .collect()
    }

    /// The calls in the message, in order.
    pub(super) fn calls(&self) -> Vec<Result<Record<'static>, String>> {
        let mut calls: Vec<_> =
            self.tool_calls.iter().flatten().map(|json| tool_call(json)).collect();
        if self.function_call.is_some() {
            calls.push(Err(
                "a `function_call` without an id, of a past version of the API".to_owned()
            ));
        }
        let blocks = self.blocks().filter_map(|block| match block {
            Ok(block) => block.is_call().then(|| block.call()),
            Err(why) => Some(Err(why)),
        });
        calls.extend(blocks);
        calls
    }

    fn blocks(&self) -> impl Iterator<Item = Result<Block<'_>, String>> {
        list(self.content).into_iter().map(|json| parse_json(json.get()))
    }
}

impl Block<'_> {
    fn is_call(&self) -> bool {
        ["tool_use", "mcp_tool_use"].contains(&&*self.kind)
    }

    fn call(&self) -> Result<Record<'static>, String> {
        let name = self.name.as_deref().ok_or("a `tool_use` that names no tool")?;
        let arguments = argument_text::of_json(self.input);
        Ok(call(name, self.server_name.as_deref(), self.id.as_deref(), arguments))
    }
}

fn tool_call(json: &RawValue) -> Result<Record<'static>, String> {
    let ToolCall { id, function, custom } =
        parse_json(json.get()).map_err(|why| format!("a tool call: {why}"))?;
    match (function, custom) {
        (Some(function), _) => {
            let arguments = argument_text::of_json(function.arguments);
            Ok(call(&function.name, None, id.as_deref(), arguments))
        }
        (None, Some(custom)) => {
            let arguments = argument_text::of_free_text(&custom.input);
            Ok(call(&custom.name, None, id.as_deref(), arguments))
        }
        (None, None) => Err("a tool call that names no tool".to_owned()),
    }
}

fn call(
    name: &str,
    server: Option<&str>,
    id: Option<&str>,
    arguments: RecordArguments<'static>,
) -> Record<'static> {
    let id = id.unwrap_or_default().to_owned().into();
    Record { id, arguments, ..mcp_name::call(server, name) }
}
