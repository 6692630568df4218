//! Messages of Vercel's AI SDK: those of models (`ModelMessage`, of version 4 `CoreMessage`) and
//! those of its user interface (`UIMessage`); messages by themselves, or conversations that hold
//! `messages`.
//!
//! Sources: <https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message>,
//! <https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message>.

mod part;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use self::part::{End, Said};
use super::common::conversation::{Conversations, Thread, hash, hash_json};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::list;
use super::common::pending::Pending;
use super::common::reader::{Calls, Reader, all};
use crate::trace::record::{Record, parse_object, parse_raw_object, text_of};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "vercel-messages",
    description: "messages of Vercel's AI SDK",
    endings: JSON,
    // A request repeats the conversation before it, in whatever file.
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Messages::default()),
};

/// Finds the calls in conversations.
#[derive(Debug, Default)]
struct Messages {
    pending: Pending,
    told: Conversations,
    /// The conversation of the latest document.
    document: Thread,
    /// The conversation of messages that stand by themselves.
    thread: Thread,
    /// The line of the latest of them, and whether there were several on it.
    latest: (u64, bool),
    /// The lines on which the conversations begin.
    lines: Vec<u64>,
}

/// A conversation or a message.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    parts: Option<&'a RawValue>,
    #[serde(borrow, rename = "toolInvocations")]
    invocations: Option<&'a RawValue>,
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

impl Reader for Messages {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let taken = self.unit(unit, calls);
        self.pending.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.pending.finish(calls);
    }
}

/// What all calls of a conversation have in common.
struct Context {
    session: String,
    field: String,
}

impl Messages {
    fn unit(&mut self, json: &str, calls: &Calls) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "a message of the AI SDK")?;
        let id = unit.id.map(|id| text_of(id.get()).into_owned()).unwrap_or_default();
        let mut context = Context { session: id, field: calls.field_of(json)? };
        let Some(messages) = &unit.messages else {
            context.session.clear();
            return self.going_on(&unit, &context, calls);
        };
        let mut thread = std::mem::take(&mut self.document);
        if !calls.goes_on {
            thread = Thread::default();
        }
        let taken = all(messages.iter().map(|json| {
            let message: Unit<'_> = parse_raw_object(json, "a message")?;
            self.message(&message, &mut thread, &context, calls)
        }));
        self.told.end(&mut thread);
        self.document = thread;
        taken
    }

    /// Takes a message that stands by itself: one of a conversation of which each line is a message, or
    /// of one that is a list on a line.
    fn going_on(
        &mut self,
        unit: &Unit<'_>,
        context: &Context,
        calls: &Calls,
    ) -> Result<(), String> {
        let (line, are_many) = self.latest;
        self.latest = (calls.line, line == calls.line);
        let mut thread = std::mem::take(&mut self.thread);
        if are_many && line != calls.line {
            self.told.end(&mut thread);
            thread = Thread::default();
        }
        let taken = self.message(unit, &mut thread, context, calls);
        self.told.end(&mut thread);
        self.thread = thread;
        taken
    }

    fn message(
        &mut self,
        message: &Unit<'_>,
        thread: &mut Thread,
        context: &Context,
        calls: &Calls,
    ) -> Result<(), String> {
        let mut parts = list(message.content);
        parts.extend(list(message.parts));
        // Of version 4 both hold the same calls.
        if message.parts.is_none() {
            parts.extend(list(message.invocations));
        }
        let mut words = message.content.map(plain_text).unwrap_or_default();
        let mut told = Vec::new();
        let mut taken = Ok(());
        for json in parts {
            match Said::read(json, &mut words) {
                Ok(said) => told.extend(said),
                Err(why) => taken = taken.and(Err(why)),
            }
        }
        let made: Vec<_> = told.iter().filter_map(|said| said.call.as_ref()).map(content).collect();
        let step = self.told.follow(thread, hash((&message.role, &words, &made)), !made.is_empty());
        if step.begins {
            self.lines.push(calls.line);
        }
        let mut number = 0;
        for Said { call, id, end } in told {
            if let Some(call) = call {
                let key = thread.key(number);
                number += 1;
                thread.open(&id, key);
                if step.is_new {
                    let session = self.session(step.conversation as usize, context, calls);
                    let field = context.field.clone().into();
                    let record = Record { session: session.into(), field, copy_key: key, ..call };
                    self.pending.push_new(record, &key.to_string(), calls);
                }
            }
            self.end(&id, end, thread);
        }
        taken
    }

    /// The name of a conversation: its own, or the file's; of others in the file with the line.
    fn session(&self, conversation: usize, context: &Context, calls: &Calls) -> String {
        match (context.session.as_str(), conversation) {
            ("", 0) => calls.file.clone(),
            ("", _) => format!("{}#{}", calls.file, self.lines[conversation]),
            (session, _) => session.to_owned(),
        }
    }

    fn end(&mut self, id: &str, end: Option<End>, thread: &mut Thread) {
        let Some(end) = end else { return };
        let Some(key) = thread.answer(id) else { return };
        match end {
            End::Result(result) => self.pending.settle(&key.to_string(), result),
            End::Refused => self.pending.refuse(&key.to_string()),
        }
    }
}

/// What tells a call of a message from others.
fn content(call: &Record<'_>) -> u64 {
    hash((&call.id, &call.tool, call.arguments.json().map(hash_json)))
}

/// The text of a message that has no parts.
fn plain_text(content: &RawValue) -> String {
    match content.get().starts_with('"') {
        true => text_of(content.get()).into_owned(),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests;
