//! The JSON texts of a log.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A field that is text, or the JSON text of one that is not.
pub(in crate::trace) fn field_text<'a>(
    line: &'a str,
    name: &str,
) -> Result<Option<Cow<'a, str>>, String> {
    let fields: HashMap<Cow<'a, str>, &'a RawValue> = parse_json(line)?;
    Ok(fields.get(name).map(|value| text_of(value.get())))
}

/// The text of a JSON value: a string without its quotes, nothing for null, anything else as it
/// is written.
pub(in crate::trace) fn text_of(json: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Cow<'_, str>>(json) {
        _ if json == "null" => Cow::default(),
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => Cow::Borrowed(json),
    }
}

/// Whether a JSON text is an object. Serde would also fill a struct from a list.
pub(in crate::trace) fn is_object(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}

/// Reads what must be an object.
///
/// # Errors
/// Why it is none, in words that begin with what it should have been.
pub(in crate::trace) fn parse_object<'a, T: Deserialize<'a>>(
    json: &'a str,
    what: &str,
) -> Result<T, String> {
    if !is_object(json) {
        return Err(format!("not {what}: an object is expected"));
    }
    parse_json(json)
}

/// Reads a JSON text.
///
/// # Errors
/// Why it cannot be read, in words.
pub(in crate::trace) fn parse_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| describe(&error))
}

/// An error of the JSON reader without its line number, which is always 1 here.
pub(in crate::trace) fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (words, place) = text.split_once(" at line ").unwrap_or((&text, ""));
    let what = if error.is_data() { "" } else { "not JSON: " };
    match place.split_once("column ") {
        Some((_, column)) => format!("{what}{words} (column {column})"),
        None => format!("{what}{words}"),
    }
}
