//! Attributes of spans: names with values, which in OTLP/JSON say their type.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::trace::formats::common::json::list;
use crate::trace::json;

/// The attributes of a span or a resource.
#[derive(Default)]
pub(in crate::trace) struct Attributes<'a> {
    list: Vec<Attribute<'a>>,
    /// Whether the values are plain JSON and do not say their type.
    are_plain: bool,
}

#[derive(Deserialize)]
struct Attribute<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// The most common `AnyValue`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    #[serde(borrow, rename = "stringValue", alias = "string_value")]
    text: Cow<'a, str>,
}

impl<'a> Attributes<'a> {
    /// Reads a list of attributes of OTLP. What is no attribute is passed over, so that it costs no
    /// call.
    pub(in crate::trace) fn read(json: Option<&'a RawValue>) -> Attributes<'a> {
        let all = json.and_then(json::read_raw);
        let one_by_one = || list(json).into_iter().filter_map(json::read_raw);
        Attributes { list: all.unwrap_or_else(|| one_by_one().collect()), are_plain: false }
    }

    /// Reads a list of tags, whose values are plain JSON.
    pub(in crate::trace) fn of_tags(json: Option<&'a RawValue>) -> Attributes<'a> {
        Attributes { are_plain: true, ..Attributes::read(json) }
    }

    /// Adds an attribute in plain JSON to tags.
    pub(in crate::trace) fn add(&mut self, name: &'a str, value: &'a RawValue) {
        self.list.push(Attribute { key: Cow::Borrowed(name), value: Some(value) });
    }

    /// Whether an attribute has this value, whatever its case, with quotes around it or without.
    pub(in crate::trace) fn says(&self, name: &str, value: &str) -> bool {
        let text = self.text(name);
        text.is_some_and(|text| text.trim_matches('"').eq_ignore_ascii_case(value))
    }

    /// The names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|attribute| &*attribute.key)
    }

    fn value(&self, name: &str) -> Option<&'a RawValue> {
        self.list.iter().find(|attribute| attribute.key == name)?.value
    }

    /// The value of an attribute as JSON: nothing where there is none, an error where it cannot be
    /// told.
    pub(super) fn json(&self, name: &str) -> Option<Result<Value, ()>> {
        let value = json::from_raw(self.value(name)?).map_err(|_| ());
        Some(if self.are_plain { value } else { value.and_then(|value| plain(&value)) })
    }

    /// The value of an attribute as text; nothing where it is empty.
    pub(in crate::trace) fn text(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let text = match self.are_plain {
            true => json::read_raw(value),
            false => json::read_raw(value).map(|Text { text }| text),
        };
        if let Some(text) = text {
            return Some(text.into_owned()).filter(|text| !text.is_empty());
        }
        let text = match self.json(name)?.ok()? {
            Value::String(text) => text,
            Value::Null => return None,
            other => other.to_string(),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// The first of several attributes that has a text.
    pub(super) fn first<const N: usize>(&self, names: [&str; N]) -> Option<String> {
        names.into_iter().find_map(|name| self.text(name))
    }
}

/// The plain JSON value of an OTLP `AnyValue`.
fn plain(value: &Value) -> Result<Value, ()> {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
        return Ok(Value::Null);
    };
    Ok(match (kind.as_str(), value) {
        ("stringValue" | "string_value" | "bytesValue" | "bytes_value", Value::String(_))
        | ("boolValue" | "bool_value", Value::Bool(_))
        | ("intValue" | "int_value" | "doubleValue" | "double_value", Value::Number(_)) => {
            value.clone()
        }
        ("intValue" | "int_value", Value::String(text)) => {
            Value::from(text.parse::<i64>().map_err(|_| ())?)
        }
        ("arrayValue" | "array_value", list) => {
            entries(list).iter().map(plain).collect::<Result<_, _>>()?
        }
        ("kvlistValue" | "kvlist_value", list) => {
            let mut map = Map::new();
            for entry in entries(list) {
                let key = entry.get("key").and_then(Value::as_str).ok_or(())?;
                map.insert(key.to_owned(), plain(entry.get("value").unwrap_or(&Value::Null))?);
            }
            Value::Object(map)
        }
        // Not a number, or beyond one, which JSON cannot say.
        _ => return Err(()),
    })
}

/// What stands in a list; an empty one is written without its `values`.
fn entries(list: &Value) -> &[Value] {
    list.get("values").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_value_has_its_plain_form() {
        let json = r#"[{"key":"s","value":{"stringValue":"x"}},{"key":"i","value":{"intValue":"7"}},
            {"key":"n","value":{"intValue":7}},{"key":"b","value":{"boolValue":true}},
            {"key":"d","value":{"doubleValue":1.5}},{"key":"nan","value":{"doubleValue":"NaN"}},
            {"key":"m","value":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}},
            {"key":"e","value":{"kvlistValue":{}}}]}}},{"key":"none"},7]"#;
        let json = RawValue::from_string(json.to_owned()).unwrap();
        let attributes = Attributes::read(Some(&json));
        for (name, text) in [
            ("s", "x"),
            ("i", "7"),
            ("n", "7"),
            ("b", "true"),
            ("d", "1.5"),
            ("m", r#"{"a":[1,null],"e":{}}"#),
        ] {
            assert_eq!(attributes.text(name).as_deref(), Some(text), "{name}");
        }
        assert_eq!(attributes.json("nan"), Some(Err(())));
        assert!(attributes.json("none").is_none() && attributes.json("other").is_none());
        assert!(attributes.says("s", "X") && !attributes.says("s", "y"));
        let json =
            RawValue::from_string(r#"[{"key":"k","type":"string","value":"\"x\""}]"#.to_owned());
        assert!(Attributes::of_tags(Some(&json.unwrap())).says("k", "x"));
    }

    #[test]
    fn a_value_that_nests_without_end_cannot_be_told() {
        let deep = format!(
            r#"[{{"key":"a","value":{}{{}}{}}}]"#,
            r#"{"arrayValue":{"values":["#.repeat(10_000),
            "]}}".repeat(10_000)
        );
        let json = RawValue::from_string(deep).unwrap();
        assert_eq!(Attributes::read(Some(&json)).json("a"), Some(Err(())));
    }
}
