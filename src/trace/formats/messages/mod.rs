//! Conversations with models as their APIs have them: requests and answers, one a line or as one
//! document, of OpenAI (chat completions and Responses) and Anthropic, and of those who speak alike.
//!
//! Sources: <https://platform.openai.com/docs/api-reference>,
//! <https://docs.anthropic.com/en/api/messages>. A request repeats the conversation before it, so
//! that a call comes again and again: once for each conversation, however often that is told. An answer
//! has a time, that at which it was made, and a message may have one. Files of the batch APIs hold the
//! same within `body`, `response` or `result`.

mod message;
mod unit;

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use self::message::{Message, time_in};
use self::unit::Unit;
use super::common::answer::Answer;
use super::common::conversation::{Conversations, Step, Thread, hash, hash_json};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::{Fields, list};
use super::common::pending::Pending;
use super::common::reader::{Calls, Reader, all};
use super::common::responses_item::{self, Said};
use crate::engine::Timestamp;
use crate::trace::record::{CallResult, Record, is_object, parse_json, parse_object, parse_raw};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "messages",
    description: "requests and answers of OpenAI's and Anthropic's APIs",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Messages::default()),
};

/// How deep requests and answers may lie within what holds them.
const MAX_DEPTH: usize = 4;

/// Fields that may hold a request or an answer.
const WRAPPERS: [&str; 4] = ["body", "request", "response", "result"];

/// How many sessions are followed at once; their next lines begin anew where there are more.
const MAX_SESSIONS: usize = 4_096;

/// Finds the calls in conversations.
#[derive(Debug, Default)]
struct Messages {
    pending: Pending,
    told: Conversations,
    /// The conversations of the latest requests by their sessions, which an answer or a message of its
    /// own continues.
    threads: HashMap<String, Thread>,
    /// The session of the latest.
    latest: String,
    /// The lines on which conversations began, and how many began there before.
    lines: Vec<(u64, u32)>,
    naming: Naming,
}

/// What conversations are called that have no session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Naming {
    /// There is one so far, which is the file if no other comes.
    #[default]
    One,
    /// By the lines on which they begin.
    Several,
    /// The same, but for the first, of which calls were given out when it was the only one.
    FirstIsFile,
}

/// What a request or an answer says of all its calls.
#[derive(Clone, Debug, Default)]
struct Context {
    time: Option<Timestamp>,
    session: String,
    grant: String,
    field: String,
}

/// Whether a unit is a request, an answer or a part of one.
fn recognises(unit: &Value) -> bool {
    recognises_within(unit, MAX_DEPTH)
}

fn recognises_within(unit: &Value, depth: usize) -> bool {
    let text = |key: &str| unit.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_list = |key: &str| unit.get(key).is_some_and(Value::is_array);
    let is_message = ["user", "assistant", "system", "developer", "tool", "function"]
        .contains(&text("role"))
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

impl Reader for Messages {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        if calls.is_stream {
            self.naming = Naming::Several;
        }
        let read = parse_object(unit, "a request or an answer");
        let taken = read.and_then(|read| self.unit(&read, unit, (&Context::default(), 0), calls));
        self.give_out(calls, false);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.give_out(calls, true);
    }
}

impl Messages {
    fn unit(
        &mut self,
        unit: &Unit<'_>,
        json: &str,
        (outer, depth): (&Context, usize),
        calls: &Calls,
    ) -> Result<(), String> {
        let context = outer.within(unit, json, calls.field.as_deref());
        if unit.role.is_some() || unit.kind.is_some_and(responses_item::is_kind) {
            return self.going_on(&context, |this, thread| {
                this.message(parse_json(json)?, thread, &context, calls)
            });
        }
        let is_piece = unit.choices.iter().filter_map(|choice| choice.delta.as_ref());
        if unit.content_block.is_some_and(message::is_call)
            || is_piece.into_iter().any(Message::has_calls)
        {
            return Err("a piece of a streamed answer: record whole answers".to_owned());
        }
        let mut taken = Ok(());
        if !unit.messages.is_empty() || unit.input.is_some() {
            taken = taken.and(self.request(unit, &context, calls));
        }
        taken = taken.and(self.going_on(&context, |this, thread| {
            // Of several answers each goes on from the request.
            let request = thread.clone();
            all(unit.choices.iter().filter_map(|choice| choice.message).map(|json| {
                this.told.end(thread);
                thread.clone_from(&request);
                this.message(json, thread, &context, calls)
            }))
        }));
        if let Some(json) = unit.message {
            taken =
                taken.and(self.going_on(&context, |this, thread| {
                    this.message(json, thread, &context, calls)
                }));
        }
        taken = taken.and(self.going_on(&context, |this, thread| {
            all(list(unit.output)
                .into_iter()
                .map(|json| this.message(json, thread, &context, calls)))
        }));
        for json in [unit.body, unit.request, unit.response, unit.result].into_iter().flatten() {
            if depth < MAX_DEPTH && is_object(json.get()) {
                let inner = parse_raw(json)
                    .and_then(|inner| self.unit(&inner, json.get(), (&context, depth + 1), calls));
                taken = taken.and(inner);
            }
        }
        taken
    }

    /// A request, which tells a conversation from its beginning. Its time is not that of what it tells.
    fn request(&mut self, unit: &Unit<'_>, context: &Context, calls: &Calls) -> Result<(), String> {
        let begun = calls.goes_on.then(|| self.threads.remove(&context.session)).flatten();
        let mut thread = begun.unwrap_or_else(|| match unit.previous_response_id.as_deref() {
            Some(answer) => Thread::after(answer),
            None => Thread::default(),
        });
        let history = Context { time: None, ..context.clone() };
        if let Some(text) = unit.input.filter(|input| input.get().starts_with('"')) {
            self.follow(&mut thread, hash(text.get()), 0, calls);
        }
        let told = unit.messages.iter().copied().chain(list(unit.input));
        let taken = all(told.map(|json| self.message(json, &mut thread, &history, calls)));
        self.keep(context.session.clone(), thread);
        taken
    }

    /// Goes on with the conversation of a session.
    fn going_on(
        &mut self,
        context: &Context,
        tell: impl FnOnce(&mut Messages, &mut Thread) -> Result<(), String>,
    ) -> Result<(), String> {
        // Of a request and its answer often only one names the session.
        let latest = std::mem::take(&mut self.latest);
        let session = if context.session.is_empty() { &latest } else { &context.session };
        let named = self.threads.remove(session);
        let unnamed = || self.threads.remove("").filter(|_| latest.is_empty());
        let mut thread = named.or_else(unnamed).unwrap_or_default();
        let taken = tell(self, &mut thread);
        self.keep(session.clone(), thread);
        taken
    }

    /// Keeps a conversation to be continued.
    fn keep(&mut self, session: String, mut thread: Thread) {
        self.told.end(&mut thread);
        if self.threads.len() >= MAX_SESSIONS {
            self.threads.clear();
        }
        self.threads.insert(session.clone(), thread);
        self.latest = session;
    }

    /// A message, or an item of the Responses API, among which messages are.
    fn message(
        &mut self,
        json: &RawValue,
        thread: &mut Thread,
        context: &Context,
        calls: &Calls,
    ) -> Result<(), String> {
        if !is_object(json.get()) {
            return Ok(());
        }
        let message: Result<Message<'_>, String> = parse_raw(json);
        if message.as_ref().map_or_else(|_| responses_item::is_one(json), Message::is_item) {
            return self.item(json, thread, context, calls);
        }
        let message = message?;
        let blocks = message.blocks();
        let (made, bad): (Vec<_>, Vec<_>) =
            message.calls(&blocks).into_iter().partition(Result::is_ok);
        let made: Vec<Record<'static>> = made.into_iter().flatten().collect();
        for (id, answer) in message.answers(&blocks) {
            self.answer(&id, Some(answer), thread);
        }
        let said = hash((message.words(&blocks), made.iter().map(said).collect::<Vec<_>>()));
        let step = self.follow(thread, said, made.len(), calls);
        let context = Context { time: message.time().or(context.time), ..context.clone() };
        for (number, record) in made.into_iter().enumerate() {
            self.call(record, number, step, thread, &context, calls);
        }
        bad.into_iter().next().map_or(Ok(()), |why| why.map(drop))
    }

    fn item(
        &mut self,
        json: &RawValue,
        thread: &mut Thread,
        context: &Context,
        calls: &Calls,
    ) -> Result<(), String> {
        let Said { call, answered, .. } = responses_item::said(json)?;
        let content = (call.as_ref().map(said), call.is_none().then(|| hash(json.get())));
        if call.is_none() {
            answered.iter().for_each(|id| self.answer(id, None, thread));
        }
        let step = self.follow(thread, hash(content), usize::from(call.is_some()), calls);
        if let Some(mut record) = call {
            // Who runs a tool elsewhere tells what came of it together with the call.
            let is_answered = answered.is_some();
            if !is_answered {
                record.result = CallResult::Unknown;
            }
            let id = record.id.to_string();
            self.call(record, 0, step, thread, context, calls);
            if is_answered {
                self.answer(&id, None, thread);
            }
        }
        Ok(())
    }

    /// Goes on by something that was said, with so many calls in it.
    fn follow(&mut self, thread: &mut Thread, said: u64, made: usize, calls: &Calls) -> Step {
        let step = self.told.follow(thread, said, made > 0);
        if step.begins {
            let before = match self.lines.last() {
                Some((line, before)) if *line == calls.line => before + 1,
                _ => 0,
            };
            self.lines.push((calls.line, before));
            if self.lines.len() > 1 && self.naming == Naming::One {
                self.naming = Naming::Several;
            }
        }
        step
    }

    /// Says what came of a call, as far as that was told: of one of this conversation.
    fn answer(&mut self, id: &str, answer: Option<Answer>, thread: &mut Thread) {
        let Some(key) = thread.answer(id) else { return };
        let key = key.to_string();
        if let (Some(record), Some(answer)) = (self.pending.get(&key), answer) {
            answer.settle(record);
        }
        self.pending.close(&key);
    }

    fn call(
        &mut self,
        mut record: Record<'static>,
        number: usize,
        step: Step,
        thread: &mut Thread,
        context: &Context,
        calls: &Calls,
    ) {
        let key = thread.key(number);
        thread.open(&record.id, key);
        if step.is_new {
            record.session = self.name(step.conversation as usize, &calls.file).into();
            record.copy_key = key;
            self.pending.push_new(record, &key.to_string(), calls);
        }
        // An answer does not tell whose it is; the request that repeats it does.
        if let Some(record) = self.pending.get(&key.to_string()) {
            record.time = record.time.or(context.time);
            context.name_caller(record, &calls.file);
        }
    }

    /// The name of a conversation among several of a file: by the line on which it began, and by a
    /// number if others began there.
    fn name(&self, conversation: usize, file: &str) -> String {
        match self.lines[conversation] {
            (line, 0) => format!("{file}#{line}"),
            (line, before) => format!("{file}#{line}.{}", before + 1),
        }
    }

    /// Gives calls out, under the name of the file where their conversation is the only one.
    fn give_out(&mut self, calls: &mut Calls, is_end: bool) {
        let mut ready = Calls::default();
        match (is_end, self.naming) {
            (true, _) => self.pending.finish(&mut ready),
            (false, Naming::One) => self.pending.give_out_excess(&mut ready),
            (false, _) => self.pending.give_out(&mut ready),
        }
        let file = match self.naming {
            Naming::Several => None,
            Naming::One | Naming::FirstIsFile => {
                (!self.lines.is_empty()).then(|| self.name(0, &calls.file))
            }
        };
        while let Some(mut call) = ready.pop() {
            if file.as_deref() == Some(&*call.session) {
                call.session = calls.file.clone().into();
                self.naming = Naming::FirstIsFile;
            }
            calls.push(call);
        }
    }
}

/// What stands for a call in the message that makes it.
fn said(record: &Record<'_>) -> u64 {
    let arguments = record.arguments.json().map(hash_json);
    hash((&record.server, &record.tool, &record.id, arguments))
}

impl Context {
    /// Says of a call who made it, as far as that is not known yet.
    fn name_caller(&self, record: &mut Record<'static>, file: &str) {
        let is_made_up =
            record.session.strip_prefix(file).is_some_and(|rest| rest.starts_with('#'));
        if is_made_up && !self.session.is_empty() {
            record.session = self.session.clone().into();
        }
        for (known, told) in [(&mut record.grant, &self.grant), (&mut record.field, &self.field)] {
            if known.is_empty() {
                *known = told.clone().into();
            }
        }
    }

    /// The context of what stands in a unit.
    fn within(&self, unit: &Unit<'_>, json: &str, field: Option<&str>) -> Context {
        let times = [unit.created, unit.created_at, unit.timestamp];
        let time = times.into_iter().find_map(time_in);
        let mut context = Context { time: time.or(self.time), ..self.clone() };
        let mut take = |into: fn(&mut Context) -> &mut String, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                *into(&mut context) = value;
            }
        };
        take(|context| &mut context.session, unit.session());
        take(|context| &mut context.grant, unit.user());
        if let Some(name) = field {
            let fields = Fields::read(json);
            let of_metadata = || fields.within("metadata").plain_text(name);
            take(|context| &mut context.field, fields.plain_text(name).or_else(of_metadata));
        }
        context
    }
}

#[cfg(test)]
mod tests;
