//! The outline of a JSON text: as much of it as tells its format.
//!
//! A unit may be a document of any size, with numbers that no float can hold.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// How deep an outline goes.
const MAX_DEPTH: usize = 6;

/// How long a text may be to stand in an outline, in bytes.
const MAX_TEXT: usize = 256;

/// Reads the outline of a JSON text; none if it is not JSON. Of a list only the first element stands
/// in it, long texts are empty, and what lies too deep is null.
pub(in crate::trace) fn outline(json: &str) -> Option<Value> {
    within(json.trim_ascii(), MAX_DEPTH)
}

/// The outline of the outermost fields alone.
pub(in crate::trace) fn shallow(json: &str) -> Option<Value> {
    within(json.trim_ascii(), 1)
}

fn within(json: &str, depth: usize) -> Option<Value> {
    let inner = |json: &RawValue| within(json.get(), depth - 1);
    match json.as_bytes().first()? {
        b'{' | b'[' if depth == 0 => Some(Value::Null),
        b'{' => {
            let fields: HashMap<String, &RawValue> = serde_json::from_str(json).ok()?;
            fields.into_iter().map(|(name, value)| Some((name, inner(value)?))).collect()
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            elements.into_iter().take(1).map(inner).collect()
        }
        b'"' if json.len() > MAX_TEXT => {
            serde_json::from_str::<&RawValue>(json).ok().map(|_| Value::from(""))
        }
        b'-' | b'0'..=b'9' => {
            let number: &RawValue = serde_json::from_str(json).ok()?;
            Some(serde_json::from_str(number.get()).unwrap_or(Value::from(0)))
        }
        _ => serde_json::from_str(json).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_outline_has_the_names_and_short_values_of_any_document() {
        let long = "x".repeat(1_000);
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let text = format!(
            r#"{{"a":"b","n":1,"huge":1e999,"long":"{long}","list":[{{"c":null}},2],"deep":{deep}}}"#
        );
        let found = outline(&text).unwrap();
        assert_eq!(found["a"], json!("b"));
        assert_eq!((&found["n"], &found["huge"]), (&json!(1), &json!(0)));
        assert_eq!((&found["long"], &found["list"]), (&json!(""), &json!([{ "c": null }])));
        assert_eq!(found["deep"], json!([[[[[null]]]]]));
    }

    #[test]
    fn what_is_no_json_has_no_outline() {
        for text in ["", "{", "{\"a\":}", "01", "nul", "2026-01-01 {}", "[1] [2]"] {
            assert_eq!(outline(text), None, "{text}");
        }
    }
}
