//! The document of a chat, put together from its changes. Only what tells of calls is kept: texts,
//! files and results may be of any size.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::trace::json;
use crate::trace::record::{is_object, parse_json, parse_object};

/// The keys under which something of calls stands.
const KEPT: [&str; 24] = [
    "sessionId",
    "requests",
    "requestId",
    "timestamp",
    "response",
    "result",
    "metadata",
    "toolCallRounds",
    "toolCalls",
    "id",
    "name",
    "arguments",
    "kind",
    "toolCallId",
    "toolId",
    "source",
    "type",
    "label",
    "serverLabel",
    "isConfirmed",
    "isComplete",
    "resultDetails",
    "input",
    "isError",
];

/// The document as far as it was told.
#[derive(Debug, Default)]
pub(super) struct Document(Value);

/// A change of the document.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    kind: u64,
    #[serde(default, rename = "k")]
    path: Vec<Step>,
    #[serde(default, rename = "v")]
    value: Option<Kept>,
    /// How many elements stay before others follow.
    #[serde(rename = "i")]
    length: Option<usize>,
}

/// A step of a path.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Step {
    Index(usize),
    Key(String),
}

/// JSON of which only what tells of calls is kept.
#[derive(Debug, Default)]
struct Kept(Value);

/// What a file of chats holds.
pub(super) enum Unit {
    /// A chat that is told at once, or some of its requests.
    Chat(Value),
    Change(Change),
}

impl Unit {
    /// Reads a unit.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub(super) fn read(json: &str) -> Result<Unit, String> {
        #[derive(Deserialize)]
        struct Kind {
            kind: Option<IgnoredAny>,
            requests: Option<IgnoredAny>,
        }
        let what = "a chat or a change of one";
        let read = json::glance(json).filter(|_| is_object(json));
        let Kind { kind, requests } = read.map_or_else(|| parse_object(json, what), Ok)?;
        if kind.is_some() && requests.is_none() {
            return parse_json(json).map(Unit::Change);
        }
        if requests.is_none() {
            parse_json::<IgnoredAny>(json)?;
            return Err("neither a chat, which has `requests`, nor a change of one".to_owned());
        }
        parse_json(json).map(|Kept(chat)| Unit::Chat(chat))
    }

    /// Whether it is a chat or puts another in the place of all.
    pub(super) fn begins_chat(&self) -> bool {
        !matches!(self, Unit::Change(change) if change.kind != 0)
    }
}

impl Document {
    /// Makes a change.
    ///
    /// # Errors
    /// It changes what is not there, in words.
    pub(super) fn apply(&mut self, change: Change) -> Result<(), String> {
        let Change { kind, path, value, length } = change;
        let is_kept = |step: &Step| match step {
            Step::Index(_) => true,
            Step::Key(key) => KEPT.contains(&key.as_str()),
        };
        if !path.iter().all(is_kept) {
            return Ok(());
        }
        let value = value.unwrap_or_default().0;
        let lost = || "a change of something that the chat does not have".to_owned();
        match kind {
            0 => self.0 = value,
            1 => *place(&mut self.0, &path).ok_or_else(lost)? = value,
            2 => {
                let list = place(&mut self.0, &path).ok_or_else(lost)?;
                if list.is_null() {
                    *list = Value::Array(Vec::new());
                }
                let list = list.as_array_mut().ok_or_else(lost)?;
                list.truncate(length.unwrap_or(list.len()));
                if let Value::Array(more) = value {
                    list.extend(more);
                }
            }
            3 => remove(&mut self.0, &path),
            _ => return Err(format!("a change of the unknown kind {kind}")),
        }
        Ok(())
    }

    /// The document.
    pub(super) fn into_value(self) -> Value {
        self.0
    }
}

/// What a path leads to; a key that an object does not have yet is null, as is the element behind
/// the last of a list.
fn place<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Key(key), Value::Object(fields)) => Some(fields.entry(key).or_insert(Value::Null)),
        (Step::Key(key), value @ Value::Null) => {
            *value = Value::Object(Map::new());
            Some(&mut value[key])
        }
        (Step::Index(index), Value::Array(elements)) => {
            if *index == elements.len() {
                elements.push(Value::Null);
            }
            elements.get_mut(*index)
        }
        _ => None,
    })
}

fn remove(value: &mut Value, path: &[Step]) {
    let Some((last, path)) = path.split_last() else { return };
    match (last, place(value, path)) {
        (Step::Key(key), Some(Value::Object(fields))) => _ = fields.remove(key),
        (Step::Index(index), Some(Value::Array(elements))) if *index < elements.len() => {
            elements.remove(*index);
        }
        _ => {}
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Kept, D::Error> {
        Keep.deserialize(json).map(Kept)
    }
}

/// Reads JSON and keeps what tells of calls.
#[derive(Clone, Copy)]
struct Keep;

impl<'de> DeserializeSeed<'de> for Keep {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if !KEPT.contains(&key.as_str()) {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            // Arguments that are no text are kept as they are, whatever their names.
            let value = match key.as_str() {
                "arguments" => fields.next_value()?,
                _ => fields.next_value_seed(self)?,
            };
            kept.insert(key, value);
        }
        Ok(Value::Object(kept))
    }
}
