//! The outline of a JSON text: as much of it as tells its format.
//!
//! A unit may be a document of any size, with numbers that no float can hold.

use std::borrow::Cow;

use crate::trace::json::{self, Object};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// How deep an outline goes.
const MAX_DEPTH: usize = 6;

/// How many values of lists stand in an outline.
const MAX_ELEMENTS: usize = 4_096;

/// How long a text may be to stand in an outline, in bytes.
const MAX_TEXT: usize = 256;

/// Reads the outline of a JSON text; none if it is not JSON. Of long lists only the first elements
/// stand in it, long texts are empty, and so is what lies too deep.
pub(in crate::trace) fn outline(json: &str) -> Option<Value> {
    Outline { elements: MAX_ELEMENTS }.within(json::read(json)?, MAX_DEPTH)
}

/// The outline of the outermost fields alone.
pub(in crate::trace) fn shallow(json: &str) -> Option<Value> {
    Outline { elements: MAX_ELEMENTS }.within(json::read(json)?, 1)
}

/// An outline that is being drawn.
struct Outline {
    /// How many more values of lists there is room for. The first of every list stands in any case.
    elements: usize,
}

impl Outline {
    fn within(&mut self, json: &RawValue, depth: usize) -> Option<Value> {
        match json.get().as_bytes().first()? {
            b'{' if depth == 0 => Some(Value::Object(Map::new())),
            b'[' if depth == 0 => Some(Value::Array(Vec::new())),
            b'{' => {
                let Object(fields) = json::read_raw(json)?;
                let inner = |(name, value): (Cow<'_, str>, &RawValue)| {
                    Some((name.into_owned(), self.within(value, depth - 1)?))
                };
                fields.into_iter().map(inner).collect()
            }
            b'[' => self.list(&json::read_raw::<Vec<&RawValue>>(json)?, depth),
            b'"' if json.get().len() > MAX_TEXT => Some(Value::from("")),
            b'-' | b'0'..=b'9' => Some(json::read_raw(json).unwrap_or(Value::from(0))),
            _ => json::read_raw(json),
        }
    }

    fn list(&mut self, elements: &[&RawValue], depth: usize) -> Option<Value> {
        let mut outlines = Vec::new();
        for element in elements {
            if self.elements == 0 && !outlines.is_empty() {
                break;
            }
            self.elements = self.elements.saturating_sub(1);
            outlines.push(self.within(element, depth - 1)?);
        }
        Some(Value::Array(outlines))
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
        assert_eq!((&found["long"], &found["list"]), (&json!(""), &json!([{ "c": null }, 2])));
        let many = outline(&format!("[{}[1,2]]", "0,".repeat(MAX_ELEMENTS - 1))).unwrap();
        assert_eq!(many[MAX_ELEMENTS - 1], json!([1]));
        assert_eq!(found["deep"], json!([[[[[[]]]]]]));
    }

    #[test]
    fn what_is_no_json_has_no_outline() {
        for text in ["", "{", "{\"a\":}", "01", "nul", "2026-01-01 {}", "[1] [2]"] {
            assert_eq!(outline(text), None, "{text}");
        }
    }
}
