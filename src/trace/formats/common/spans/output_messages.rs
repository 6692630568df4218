//! The calls for which a model asks in `gen_ai.output.messages`, on a span or an event in it. Many
//! agents record nothing else of their tools. `gen_ai.input.messages` is what was said before.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai>, `gen-ai-output-messages.json`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::view::SpanView;
use crate::trace::formats::common::json::list;
use crate::trace::formats::common::{argument_text, mcp_name};
use crate::trace::json;
use crate::trace::record::{CallResult, Record, parse_raw};

const MESSAGES: &str = "gen_ai.output.messages";

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    parts: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// The calls for which a model asks, by a program of this name.
///
/// # Errors
/// One of them cannot be read, or the messages are cut off, in words.
pub(super) fn wishes(span: &SpanView<'_>, client: &str) -> Result<Vec<Record<'static>>, String> {
    let holders =
        std::iter::once(&span.attributes).chain(span.events.iter().map(|event| &event.attributes));
    // An event says the same once more.
    let Some(messages) = holders.into_iter().find_map(|holder| holder.json(MESSAGES)) else {
        return Ok(Vec::new());
    };
    let messages = match messages {
        Ok(Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(()) => return Err(format!("a span whose `{MESSAGES}` cannot be told")),
    };
    let read: Result<Vec<Message<'_>>, _> = json::from_str(&messages);
    let Ok(read) = read else {
        return match messages.contains("tool_call") {
            true => Err(format!("a span whose `{MESSAGES}` are cut off or no JSON")),
            false => Ok(Vec::new()),
        };
    };
    let parts = read.iter().flat_map(|message| list(message.parts));
    let mut wishes = Vec::new();
    for part in parts {
        wishes.extend(wish(part, span, client)?);
    }
    Ok(wishes)
}

fn wish(
    json: &RawValue,
    span: &SpanView<'_>,
    client: &str,
) -> Result<Option<Record<'static>>, String> {
    let part: Part<'_> = parse_raw(json)?;
    if part.kind.as_deref() != Some("tool_call") {
        return Ok(None);
    }
    let text = |json: Option<&RawValue>| json.and_then(json::read_raw::<String>);
    let name = text(part.name).filter(|name| !name.is_empty());
    let name = name.ok_or("a `tool_call` of a model that names no tool")?;
    let mut record = mcp_name::call(None, &name);
    record.time = span.start.clone()?;
    record.client = client.to_owned().into();
    record.id = text(part.id).unwrap_or_default().into();
    record.arguments = argument_text::of_json(part.arguments);
    record.result = CallResult::Unknown;
    Ok(Some(record))
}
