//! Conversations with models as their APIs have them: requests and answers, one a line or as one
//! document, of OpenAI (chat completions and Responses) and Anthropic, and of those who speak alike.
//!
//! Sources: <https://platform.openai.com/docs/api-reference>,
//! <https://docs.anthropic.com/en/api/messages>. A request repeats the conversation before it, so
//! that a call comes again and again. Only an answer has a time, that at which it was made. Files of
//! the batch APIs hold the same within `body`, `response` or `result`.

mod message;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use self::message::Message;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::{Fields, list};
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::responses_item;
use crate::engine::Timestamp;
use crate::trace::record::{Record, is_object, parse_json, parse_object, parse_time};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "messages",
    description: "requests and answers of OpenAI's and Anthropic's APIs",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Conversations::default()),
};

/// How deep requests and answers may lie within what holds them.
const MAX_DEPTH: usize = 4;

/// Fields that may hold a request or an answer.
const WRAPPERS: [&str; 4] = ["body", "request", "response", "result"];

/// Finds the calls in conversations.
#[derive(Debug, Default)]
struct Conversations {
    pending: Pending,
}

/// A request, an answer, an item of either, or what holds one.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    request: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    created: Option<&'a RawValue>,
    #[serde(borrow)]
    created_at: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    /// A piece of a streamed answer.
    #[serde(borrow)]
    delta: Option<Message<'a>>,
}

/// What a request or an answer says of all its calls.
#[derive(Clone, Debug, Default)]
struct Context {
    time: Option<Timestamp>,
    session: String,
    grant: String,
    field: String,
    /// Whether it is a conversation that may have been told before.
    is_history: bool,
}

/// Whether a unit is a request, an answer or a part of one.
fn recognises(unit: &Value) -> bool {
    recognises_within(unit, MAX_DEPTH)
}

fn recognises_within(unit: &Value, depth: usize) -> bool {
    let text = |key: &str| unit.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_list = |key: &str| unit.get(key).is_some_and(Value::is_array);
    let is_message = ["user", "assistant", "system", "developer", "tool"].contains(&text("role"))
        && (unit.get("content").is_some() || is_list("tool_calls"));
    let is_whole = is_list("messages")
        || is_list("choices")
        || text("object") == "response"
        || (unit.get("model").is_some() && (unit.get("input").is_some() || is_list("output")));
    let is_item = responses_item::KINDS.contains(&text("type"));
    is_message
        || is_whole
        || is_item
        || text("type").starts_with("response.")
        || (depth > 0
            && unit.get("jsonrpc").is_none()
            && WRAPPERS.iter().chain(&["message"]).any(|key| {
                // Transcripts of Claude Code hold messages, too, but say more around them.
                (*key != "message" || unit.get("sessionId").is_none())
                    && unit.get(*key).is_some_and(|inner| recognises_within(inner, depth - 1))
            }))
}

impl Reader for Conversations {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.unit(unit, &Context::default(), 0, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

impl Conversations {
    fn unit(
        &mut self,
        json: &str,
        outer: &Context,
        depth: usize,
        calls: &Calls,
    ) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "a request or an answer")?;
        let context = outer.within(&unit, json, calls.field.as_deref());
        if unit.role.is_some() || responses_item::is_one(json) {
            return self.message(json, &context, calls);
        }
        let is_piece = unit.choices.iter().filter_map(|choice| choice.delta.as_ref());
        if unit.content_block.is_some_and(message::is_call)
            || is_piece.into_iter().any(Message::has_calls)
        {
            return Err("a piece of a streamed answer: record whole answers".to_owned());
        }
        let history = Context { time: None, is_history: true, ..context.clone() };
        let mut taken = Ok(());
        for json in unit.messages.iter().copied().chain(list(unit.input)) {
            taken = taken.and(self.message(json.get(), &history, calls));
        }
        let answers = unit.choices.iter().filter_map(|choice| choice.message);
        for json in answers.chain(list(unit.output)).chain(unit.message) {
            taken = taken.and(self.message(json.get(), &context, calls));
        }
        for json in [unit.body, unit.request, unit.response, unit.result].into_iter().flatten() {
            if depth < MAX_DEPTH && is_object(json.get()) {
                taken = taken.and(self.unit(json.get(), &context, depth + 1, calls));
            }
        }
        taken
    }

    /// A message, or an item of the Responses API, among which messages are.
    fn message(&mut self, json: &str, context: &Context, calls: &Calls) -> Result<(), String> {
        if !is_object(json) {
            return Ok(());
        }
        if responses_item::is_one(json) {
            return self.item(json, context, calls);
        }
        let message: Message<'_> = parse_json(json)?;
        for (id, answer) in message.answers() {
            if let (Some(record), Some(answer)) = (self.pending.get(&id), answer) {
                answer.settle(record);
            }
            self.pending.close(&id);
        }
        let made = message.calls().into_iter();
        all(made.map(|call| self.call(call?, context, calls)))
    }

    fn item(&mut self, json: &str, context: &Context, calls: &Calls) -> Result<(), String> {
        let said = responses_item::said(json)?;
        if let Some(call) = said.call {
            self.call(call, context, calls)?;
        }
        if let Some(id) = said.answered {
            self.pending.close(&id);
        }
        Ok(())
    }

    fn call(
        &mut self,
        mut record: Record<'static>,
        context: &Context,
        calls: &Calls,
    ) -> Result<(), String> {
        if record.id.is_empty() && context.is_history {
            return Err(format!(
                "a call of `{}` without an id: it cannot be told whether it was there before",
                record.tool
            ));
        }
        record.time = context.time;
        context.name_caller(&mut record);
        let id = record.id.to_string();
        self.pending.push(record, &id, Same::Call, calls);
        // An answer does not tell whose it is; the request that repeats it does.
        if let Some(record) = self.pending.get(&id) {
            context.name_caller(record);
        }
        Ok(())
    }
}

impl Context {
    /// Says of a call who made it, as far as that is not known yet.
    fn name_caller(&self, record: &mut Record<'static>) {
        for (known, told) in [
            (&mut record.session, &self.session),
            (&mut record.grant, &self.grant),
            (&mut record.field, &self.field),
        ] {
            if known.is_empty() {
                *known = told.clone().into();
            }
        }
    }

    /// The context of what stands in a unit.
    fn within(&self, unit: &Unit<'_>, json: &str, field: Option<&str>) -> Context {
        let time = unit.created.or(unit.created_at).and_then(|time| parse_time(time.get()).ok());
        let mut context = Context { time: time.or(self.time), ..self.clone() };
        let mut take = |into: fn(&mut Context) -> &mut String, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                *into(&mut context) = value;
            }
        };
        let fields = Fields::read(json);
        let metadata = fields.within("metadata");
        let conversation = fields.within("conversation").plain_text("id");
        let session = conversation.or_else(|| fields.plain_text("conversation"));
        let session = session.or_else(|| metadata.plain_text("session_id"));
        take(|context| &mut context.session, session);
        let user =
            ["user", "safety_identifier"].into_iter().find_map(|name| fields.plain_text(name));
        take(|context| &mut context.grant, user.or_else(|| metadata.plain_text("user_id")));
        if let Some(name) = field {
            take(
                |context| &mut context.field,
                fields.plain_text(name).or_else(|| metadata.plain_text(name)),
            );
        }
        context
    }
}

#[cfg(test)]
mod tests;
