//! Arguments whose values are not to be kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::call::{Record, RecordArguments};
use crate::engine::Missing;

/// Which arguments are not to be kept, by their names.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    names: Vec<String>,
}

impl Redaction {
    /// Keeps no values of arguments of these names, at whatever depth and in whatever case they
    /// stand; `*` is every name.
    pub fn new(names: Vec<String>) -> Redaction {
        Redaction { names }
    }

    /// Takes the values of a call's arguments out of its record, if one of them is not to be kept:
    /// their names stay. With some values alone a call could be decided otherwise than it was.
    pub fn apply(&self, record: &mut Record<'_>) {
        let Some(json) = record.arguments.json().filter(|json| self.hides(json)) else { return };
        let names: Option<BTreeMap<String, IgnoredAny>> = serde_json::from_str(json).ok();
        record.arguments = match names {
            Some(names) => RecordArguments::Names(names.into_keys().map(Cow::Owned).collect()),
            None => RecordArguments::Unknown(Missing::RedactedArguments),
        };
    }

    /// Whether something in a JSON text is not to be kept. What cannot be read may be.
    fn hides(&self, json: &str) -> bool {
        if self.names.is_empty() || self.names.iter().any(|name| name == "*") {
            return !self.names.is_empty();
        }
        Holds(self).deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap_or(true)
    }

    fn is_named(&self, key: &str) -> bool {
        self.names.iter().any(|name| name.to_lowercase() == key.to_lowercase())
    }
}

/// Whether a value has a key of a name, in every object, repeated keys included.
#[derive(Clone, Copy)]
struct Holds<'r>(&'r Redaction);

impl<'de> DeserializeSeed<'de> for Holds<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<bool, D::Error> {
        value.deserialize_any(self)
    }
}

macro_rules! holds_nothing {
    ($($visit:ident($type:ty)),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<bool, E> {
            Ok(false)
        })*
    };
}

impl<'de> Visitor<'de> for Holds<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    holds_nothing!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64));

    /// A text may be JSON itself, as arguments often are given.
    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        if !text.trim_start().starts_with(['{', '[', '"']) {
            return Ok(false);
        }
        let mut inner = serde_json::Deserializer::from_str(text);
        let holds = self.deserialize(&mut inner);
        // What breaks off may have gone on with a value of that name.
        let names = |name: &String| text.to_lowercase().contains(&name.to_lowercase());
        Ok(holds.unwrap_or_else(|_| self.0.names.iter().any(names)))
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(holds) = list.next_element_seed(self)? {
            found |= holds;
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            found |= self.0.is_named(&key);
            found |= map.next_value_seed(self)?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, write_record};
    use super::*;
    use crate::trace::GrantBy;

    fn redacted(names: &[&str], args: &str) -> String {
        let line = format!(r#"{{"tool":"t","args":{args}}}"#);
        let mut record = parse(&line, &GrantBy::Grant).unwrap();
        Redaction::new(names.iter().map(|name| (*name).to_owned()).collect()).apply(&mut record);
        let written = write_record(&record);
        written.trim_start_matches(r#"{"tool":"t","#).trim_end_matches('}').to_owned()
    }

    #[test]
    fn values_are_left_out_where_one_of_them_is_not_to_be_kept() {
        let args = r#"{"q":"w","o":[{"Token":"s"}]}"#;
        assert!(redacted(&[], args).contains("\"s\""));
        assert!(redacted(&["other"], args).contains("\"s\""));
        assert_eq!(redacted(&["token"], args), r#""args_keys":["o","q"]"#);
        assert_eq!(redacted(&["x", "*"], args), r#""args_keys":["o","q"]"#);
        assert_eq!(redacted(&["token"], r#"{"a":{"token":"s"},"a":1}"#), r#""args_keys":["a"]"#);
        let text = r#"{"arguments":"{\"token\":\"s\"}","q":"{"}"#;
        assert_eq!(redacted(&["token"], text), r#""args_keys":["arguments","q"]"#);
        assert!(redacted(&["other"], text).contains("args\":{"));
        assert_eq!(redacted(&["*"], r#"["s"]"#), r#""args_missing":"redacted""#);
        assert!(redacted(&["token"], r#"["s"]"#).contains("\"s\""));
    }
}
