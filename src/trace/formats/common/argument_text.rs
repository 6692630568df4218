//! Arguments that a log holds as text.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::engine::Missing;
use crate::trace::json;
use crate::trace::record::RecordArguments;

/// The arguments in a JSON value: JSON text in a string, or the value itself. Null are none, as is
/// no value.
pub(in crate::trace) fn of_json(json: Option<&RawValue>) -> RecordArguments<'static> {
    let Some(json) = json else { return RecordArguments::Absent };
    match json::read_raw::<Cow<'_, str>>(json) {
        Some(text) => of_text(&text),
        None if json.get() == "null" => RecordArguments::Absent,
        None => RecordArguments::Json(Cow::Owned(json.get().to_owned())),
    }
}

/// The arguments in a text, which should be JSON. An object that does not end was cut off; any
/// other text stands for itself, which is no object.
pub(in crate::trace) fn of_text(text: &str) -> RecordArguments<'static> {
    let text = text.trim_ascii();
    match json::from_str::<IgnoredAny>(text) {
        _ if text.is_empty() || text == "null" => RecordArguments::Absent,
        Ok(_) => RecordArguments::Json(Cow::Owned(text.to_owned())),
        Err(_) if is_redacted(text) => RecordArguments::Unknown(Missing::RedactedArguments),
        Err(error) if error.is_eof() && text.starts_with('{') => {
            RecordArguments::Unknown(Missing::TruncatedArguments)
        }
        Err(_) => of_free_text(text),
    }
}

/// Arguments that are a text by design, such as a patch.
pub(in crate::trace) fn of_free_text(text: &str) -> RecordArguments<'static> {
    RecordArguments::Json(Cow::Owned(serde_json::Value::from(text).to_string()))
}

/// Whether a text only says that there was another, as `__REDACTED__` and `****` do.
fn is_redacted(text: &str) -> bool {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    letters.eq_ignore_ascii_case("redacted") || text.chars().all(|letter| letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_for_what_it_says_and_never_for_more() {
        let known = |text: &str| RecordArguments::Json(Cow::Owned(text.to_owned()));
        let unknown = RecordArguments::Unknown;
        for (text, arguments) in [
            (r#"{"a": 1}"#, known(r#"{"a": 1}"#)),
            (r#" {"a": 1e999} "#, known(r#"{"a": 1e999}"#)),
            ("", RecordArguments::Absent),
            ("null", RecordArguments::Absent),
            ("[1]", known("[1]")),
            (r#"{"a": "b"#, unknown(Missing::TruncatedArguments)),
            ("__REDACTED__", unknown(Missing::RedactedArguments)),
            ("[redacted]", unknown(Missing::RedactedArguments)),
            ("****", unknown(Missing::RedactedArguments)),
            ("{'a': 1}", known(r#""{'a': 1}""#)),
            ("say \"hi\"", known(r#""say \"hi\"""#)),
        ] {
            assert_eq!(of_text(text), arguments, "{text}");
        }
    }

    #[test]
    fn a_value_may_be_the_arguments_or_hold_their_text() {
        let read = |json: &str| of_json(Some(&RawValue::from_string(json.to_owned()).unwrap()));
        let expected = RecordArguments::Json(Cow::Borrowed(r#"{"a":"é"}"#));
        assert_eq!(read(r#"{"a":"é"}"#), expected);
        assert_eq!(read(r#""{\"a\":\"\u00e9\"}""#), expected);
        assert_eq!(read("null"), RecordArguments::Absent);
    }
}
