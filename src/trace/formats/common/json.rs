//! JSON of which nothing is certain, read as far as it goes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::trace::json::{self, Object};
use crate::trace::record::{is_object, text_of};

/// Reads something that is not worth losing a call over.
pub(in crate::trace) fn lenient<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
    json::read_raw(json.filter(|json| is_object(json.get()))?)
}

/// The elements of a list; none where something else stands.
pub(in crate::trace) fn list(json: Option<&RawValue>) -> Vec<&RawValue> {
    json.and_then(json::read_raw).unwrap_or_default()
}

/// The fields of an object by name; none where something else stands.
#[derive(Default)]
pub(in crate::trace) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Reads the fields.
    pub(in crate::trace) fn read(json: &'a str) -> Fields<'a> {
        Fields(json::read(json).map(|Object(fields)| fields).unwrap_or_default())
    }

    /// Reads the fields of a value of a text that was read as JSON.
    pub(in crate::trace) fn of(json: &'a RawValue) -> Fields<'a> {
        Fields(json::read_raw(json).map(|Object(fields)| fields).unwrap_or_default())
    }

    /// The value of a field; of several of one name that of the last.
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(field, _)| field == name).map(|(_, value)| *value)
    }

    /// Whether there is a field.
    pub(in crate::trace) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The fields of the object in a field.
    pub(in crate::trace) fn within(&self, name: &str) -> Fields<'a> {
        self.get(name).map(Fields::of).unwrap_or_default()
    }

    /// The text of a field, or the JSON text of one that is not text; none if it is empty.
    pub(in crate::trace) fn text(&self, name: &str) -> Option<String> {
        let text = text_of(self.get(name)?.get());
        Some(text.into_owned()).filter(|text| !text.is_empty())
    }

    /// The text of a field that is text, a number or a truth.
    pub(in crate::trace) fn plain_text(&self, name: &str) -> Option<String> {
        plain_text(self.get(name))
    }
}

/// The text of a value that is text, a number or a truth.
pub(in crate::trace) fn plain_text(json: Option<&RawValue>) -> Option<String> {
    let json = json?.get();
    let is_plain = !json.starts_with(['{', '[']) && json != "null";
    is_plain.then(|| text_of(json).into_owned())
}
