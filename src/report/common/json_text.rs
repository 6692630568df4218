//! JSON that is kept as it was written, number by number, and still made safe to show.

use std::fmt::Write;

use super::escape::hostile;
use crate::engine::{Found, Value};
use crate::policy;

/// A JSON text on one line: white space between its parts left out, hostile characters in its
/// strings written as escapes. It means the same as before, digit by digit.
pub(in crate::report) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut hostile = hostile(json).peekable();
    let (mut in_string, mut escaped) = (false, false);
    for (at, character) in json.char_indices() {
        let is_hostile = hostile.next_if(|(place, _)| *place == at).is_some();
        match character {
            ' ' | '\t' | '\n' | '\r' if !in_string => continue,
            '"' if !escaped => in_string = !in_string,
            character if in_string && is_hostile => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    _ = write!(out, "\\u{unit:04x}");
                }
                escaped = false;
                continue;
            }
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        out.push(character);
    }
    out
}

/// The JSON text of a value of a policy.
pub(in crate::report) fn of_policy(value: &policy::Value) -> String {
    harmless(&value.to_json().to_string())
}

/// The JSON text of what stands under a path; none where nothing does, or where it is not known.
pub(in crate::report) fn of_found(found: &Found<'_>) -> Option<String> {
    let Found::Value(value) = found else { return None };
    Some(match value {
        Value::List(json) | Value::Object(json) => harmless(json),
        Value::Number(number) => number_text(*number),
        Value::Count(count) => count.to_string(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::String(text) => harmless(&serde_json::Value::from(&**text).to_string()),
    })
}

/// A number without the fraction that it does not have.
pub(in crate::report) fn number_text(number: f64) -> String {
    /// From here on not every whole number is a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return (number as i64).to_string();
    }
    serde_json::Value::from(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_put_on_one_line_and_keeps_its_digits_and_its_meaning() {
        let json = "{ \"a\" : [1.0,\n 12345678901234567890123 , 1e999],\t\"b \\\" c\\\\\":\"x \u{202e}\u{e0041}\" }";
        let out = harmless(json);
        assert_eq!(
            out,
            r#"{"a":[1.0,12345678901234567890123,1e999],"b \" c\\":"x \u202e\udb40\udc41"}"#
        );
    }

    #[test]
    fn numbers_are_shown_as_people_write_them() {
        assert_eq!(number_text(5.0), "5");
        assert_eq!(number_text(-0.5), "-0.5");
        assert_eq!(number_text(1e300), "1e+300");
    }
}
