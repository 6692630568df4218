//! One message of a conversation, of OpenAI's chat completions or Anthropic's.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::engine::{CallResult, Timestamp};
use crate::trace::formats::common::answer::Answer;
use crate::trace::formats::common::conversation::hasher;
use crate::trace::formats::common::json::list;
use crate::trace::formats::common::{argument_text, mcp_name, responses_item};
use crate::trace::json;
use crate::trace::record::{
    Record, RecordArguments, parse_milliseconds, parse_raw, parse_time, text_of,
};

/// A message.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_calls: Option<Vec<&'a RawValue>>,
    /// The only call of an answer, before there were `tool_calls`; it has no id.
    #[serde(borrow)]
    function_call: Option<Function<'a>>,
    #[serde(borrow)]
    tool_call_id: Option<Cow<'a, str>>,
    /// Why a call failed, in the answer to it.
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, alias = "createdAt")]
    created_at: Option<&'a RawValue>,
}

/// A time in RFC 3339 or in Unix seconds or milliseconds; none where it is something else.
pub(super) fn time_in(json: Option<&RawValue>) -> Option<Timestamp> {
    let json = json?.get();
    parse_time(json).or_else(|_| parse_milliseconds(json)).ok()
}

/// A call in a message of OpenAI. Some others leave out the id, or write arguments as an object; those
/// of LangChain have `name` and `args`, those of AgentDojo the name as `function`.
#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
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
pub(super) struct Block<'a> {
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
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

/// A block, or why it is none.
type BlockOrWhy<'a> = Result<Block<'a>, String>;

/// Whether a block is a call.
pub(super) fn is_call(json: &RawValue) -> bool {
    json::read_raw::<Block<'_>>(json).is_some_and(|block| block.is_call())
}

impl<'a> Message<'a> {
    /// Whether it is an item of the Responses API.
    pub(super) fn is_item(&self) -> bool {
        self.kind.is_some_and(responses_item::is_kind)
    }

    /// The blocks of its content.
    pub(super) fn blocks(&self) -> Vec<BlockOrWhy<'a>> {
        match self.content.and_then(json::read_raw::<Vec<Block<'_>>>) {
            Some(blocks) => blocks.into_iter().map(Ok).collect(),
            None => list(self.content).into_iter().map(parse_raw).collect(),
        }
    }

    /// Whether there are calls in the message.
    pub(super) fn has_calls(&self) -> bool {
        self.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
    }

    /// When it was made, as far as it says so itself.
    pub(super) fn time(&self) -> Option<Timestamp> {
        time_in(self.timestamp).or_else(|| time_in(self.created_at))
    }

    /// What stands for its role and its text. Whether a text stands alone or in blocks is a matter of
    /// the program that wrote it.
    pub(super) fn words(&self, blocks: &[BlockOrWhy<'_>]) -> u64 {
        let mut words = hasher();
        self.role.as_deref().unwrap_or("assistant").hash(&mut words);
        add_text(self.content, &mut words);
        for block in blocks.iter().flatten() {
            block.add_words(&mut words);
            add_text(block.content, &mut words);
            match block.content.and_then(json::read_raw::<Vec<Block<'_>>>) {
                Some(inner) => inner.iter().for_each(|inner| inner.add_words(&mut words)),
                None => list(block.content)
                    .into_iter()
                    .filter_map(json::read_raw::<Block<'_>>)
                    .for_each(|inner| inner.add_words(&mut words)),
            }
        }
        words.finish()
    }

    /// The ids of the calls that the message answers, empty for one without, and what it says of them.
    pub(super) fn answers(&self, blocks: &[BlockOrWhy<'_>]) -> Vec<(String, Answer)> {
        let is_answer = matches!(self.role.as_deref(), Some("tool" | "function"));
        let own = is_answer.then(|| self.tool_call_id.as_deref().unwrap_or_default());
        let blocks = blocks.iter().flatten();
        let blocks =
            blocks.filter(|block| ["tool_result", "mcp_tool_result"].contains(&&*block.kind));
        let blocks = blocks.filter_map(|block| {
            let answer = match block.is_error {
                Some(true) => Answer::of_failure(block.content),
                _ => CallResult::Ok.into(),
            };
            Some((block.tool_use_id.as_deref()?.to_owned(), answer))
        });
        own.map(|id| (id.to_owned(), self.answer())).into_iter().chain(blocks).collect()
    }

    /// What an answer says that is a message of its own, which has no flag for failure but may have the
    /// error's text.
    fn answer(&self) -> Answer {
        let is_none = |error: &RawValue| ["null", "false", "\"\""].contains(&error.get());
        let error = self.error.filter(|error| !is_none(error));
        match error {
            Some(error) => Answer::of_failure(Some(error)),
            None => Answer::of_unflagged(self.content),
        }
    }

    /// The calls in the message, in order.
    pub(super) fn calls(&self, blocks: &[BlockOrWhy<'_>]) -> Vec<Result<Record<'static>, String>> {
        let mut calls: Vec<_> =
            self.tool_calls.iter().flatten().map(|json| tool_call(json)).collect();
        if let Some(Function { name, arguments }) = &self.function_call {
            calls.push(Ok(call(name, None, None, argument_text::of_json(*arguments))));
        }
        let blocks = blocks.iter().filter_map(|block| match block {
            Ok(block) if STRANGE_CALLS.contains(&&*block.kind) => Some(Err(format!(
                "a block `{}`, a tool call in a form that is not known here",
                block.kind
            ))),
            Ok(block) => block.is_call().then(|| block.call()),
            Err(why) => Some(Err(why.clone())),
        });
        calls.extend(blocks);
        calls
    }
}

/// Adds some content to the words of a message, if it is text.
fn add_text(content: Option<&RawValue>, words: &mut impl Hasher) {
    if let Some(json) = content {
        json::hash_text(json, words);
    }
}

/// Blocks that are calls in the notation of other programs.
const STRANGE_CALLS: [&str; 7] = [
    "tool-call",
    "tool_call",
    "toolCall",
    "toolRequest",
    "tool-invocation",
    "function_call",
    "functionCall",
];

impl Block<'_> {
    fn add_words(&self, words: &mut impl Hasher) {
        add_text(self.text, words);
    }

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
    let wrong = |why| format!("a tool call: {why}");
    let ToolCall { id, function, name, args, custom } = parse_raw(json).map_err(wrong)?;
    if let Some(Custom { name, input }) = custom {
        return Ok(call(&name, None, id.as_deref(), argument_text::of_free_text(&input)));
    }
    let function = match (function, name) {
        (Some(function), _) if function.get().starts_with('"') => {
            Function { name: text_of(function.get()), arguments: args }
        }
        (Some(function), _) => parse_raw(function).map_err(wrong)?,
        (None, Some(name)) => Function { name, arguments: args },
        (None, None) => return Err("a tool call that names no tool".to_owned()),
    };
    let arguments = argument_text::of_json(function.arguments);
    Ok(call(&function.name, None, id.as_deref(), arguments))
}

fn call(
    name: &str,
    server: Option<&str>,
    id: Option<&str>,
    arguments: RecordArguments<'static>,
) -> Record<'static> {
    let id = id.unwrap_or_default().to_owned().into();
    let result = CallResult::Unknown;
    Record { id, arguments, result, ..mcp_name::call(server, name) }
}
