//! The JSON texts of a log.

use std::borrow::Cow;

use crate::trace::json::{self, Object};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A field that is text, or the JSON text of one that is not.
pub(in crate::trace) fn field_text<'a>(
    line: &'a str,
    name: &str,
) -> Result<Option<Cow<'a, str>>, String> {
    let Object(fields) = parse_json(line)?;
    let found = fields.into_iter().rev().find(|(field, _)| field == name);
    Ok(found.map(|(_, value)| text_of(value.get())))
}

/// The text of a JSON value: a string without its quotes, nothing for null, anything else as it
/// is written.
pub(in crate::trace) fn text_of(json: &str) -> Cow<'_, str> {
    match json::read::<Cow<'_, str>>(json) {
        _ if json == "null" => Cow::default(),
        Some(text) => text,
        None => Cow::Borrowed(json),
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

/// Reads what must be an object, of a text that was read as JSON.
///
/// # Errors
/// As for [`parse_object`].
pub(in crate::trace) fn parse_raw_object<'a, T: Deserialize<'a>>(
    json: &'a RawValue,
    what: &str,
) -> Result<T, String> {
    if !is_object(json.get()) {
        return Err(format!("not {what}: an object is expected"));
    }
    parse_raw(json)
}

/// Reads a JSON text.
///
/// # Errors
/// Why it cannot be read, in words.
pub(in crate::trace) fn parse_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    json::from_str(json).map_err(|error| describe(&error))
}

/// Reads a value of a text that was read as JSON.
///
/// # Errors
/// Why it cannot be read, in words.
pub(in crate::trace) fn parse_raw<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Result<T, String> {
    json::from_raw(json).map_err(|error| describe(&error))
}

/// An error of the JSON reader without its line number, which is always 1 here, and without the
/// value that is not what it should be, which may be a secret.
pub(in crate::trace) fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (words, place) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    let what = match error.is_data() {
        true => without_value(words),
        false => format!("not JSON: {words}"),
    };
    match place.split_once("column ") {
        Some((_, column)) => format!("{what} (column {column})"),
        None => what,
    }
}

/// "invalid type: string, expected a map" of an error that also quotes the string.
fn without_value(words: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "unknown variant "];
    let quoting = quotes.iter().any(|kind| words.starts_with(kind));
    match words.rsplit_once(", expected ").filter(|_| quoting) {
        Some((what, expected)) => {
            let what = what.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{what}, expected {expected}")
        }
        None => words.to_owned(),
    }
}

/// A short text in an error: what is longer may be anything.
pub(in crate::trace) fn quoted(json: &str) -> String {
    const LONG: usize = 40;
    match json.chars().nth(LONG).is_none() && !json.starts_with(['{', '[']) {
        true => format!("`{json}`"),
        false => "what stands there".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_is_wrong_and_no_values() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "it is only read")]
        struct Number {
            a: u8,
        }
        let why = |json| parse_json::<Number>(json).unwrap_err();
        for (json, expected) in [
            (
                r#"{"a":"s3 at line 1, expected b"}"#,
                "invalid type: string, expected u8 (column 31)",
            ),
            (r#"{"a":777}"#, "invalid value: integer, expected u8 (column 8)"),
            (r#"{}"#, "missing field `a` (column 2)"),
            (r#"{"a":"#, "not JSON: EOF while parsing a value (column 5)"),
        ] {
            assert_eq!(why(json), expected);
        }
    }
}
