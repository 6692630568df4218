//! Arguments whose values are not to be kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::call::{Record, RecordArguments};
use crate::catalogue::{disclosed, is_secret_of, names_secret};
use crate::engine::Missing;
use crate::trace::json::Object;

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

    /// The arguments of a call with made-up values in the place of those that are not to be kept, and of those that
    /// are secrets beyond doubt, whose names are added to `secrets`. What cannot be read is taken out as a whole.
    pub fn cover(&self, record: &mut Record<'_>, secrets: &mut BTreeSet<String>) {
        let Some(json) = record.arguments.json() else { return };
        match self.covered(json, "", secrets) {
            Some(covered) if covered == json => {}
            Some(covered) => record.arguments = RecordArguments::Json(Cow::Owned(covered)),
            None => record.arguments = RecordArguments::Unknown(Missing::RedactedArguments),
        }
    }

    /// A value of the argument `name` so; none where it cannot be read.
    fn covered(&self, json: &str, name: &str, secrets: &mut BTreeSet<String>) -> Option<String> {
        let json = json.trim();
        let is_named = !name.is_empty() || !json.starts_with(['{', '[']);
        match json.as_bytes().first()? {
            _ if is_named && self.is_covered(name) => Some(made_up(json).to_owned()),
            _ if names_secret(name) => {
                secrets.insert(name.to_owned());
                Some(made_up(json).to_owned())
            }
            b'{' => {
                let Object(members) = serde_json::from_str(json).ok()?;
                let is_name = |(key, _): &(Cow<'_, str>, &RawValue)| {
                    NAMES.iter().any(|name| key.eq_ignore_ascii_case(name))
                };
                let is_header = members.iter().any(is_name) && self.hides(json);
                let member = |(key, value): &(Cow<'_, str>, &RawValue)| {
                    let value = match is_header && key.eq_ignore_ascii_case("value") {
                        true => made_up(value.get()).to_owned(),
                        false => self.covered(value.get(), key, secrets)?,
                    };
                    Some(format!("{}:{value}", serde_json::Value::from(&**key)))
                };
                let members: Option<Vec<String>> = members.iter().map(member).collect();
                Some(format!("{{{}}}", members?.join(",")))
            }
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
                let mut covered = Vec::new();
                for element in &elements {
                    covered.push(self.covered(element.get(), name, secrets)?);
                }
                let is_header = elements.len() == 2 && self.hides(json);
                if let Some(last) = covered.last_mut().filter(|_| is_header) {
                    *last = made_up("\"").to_owned();
                }
                Some(format!("[{}]", covered.join(",")))
            }
            b'"' => {
                let text: String = serde_json::from_str(json).ok()?;
                if self.hides_within(&text) {
                    return Some(made_up(json).to_owned());
                }
                let mut found: Vec<_> = disclosed(&text).into_iter().map(|one| one.span).collect();
                if is_secret_of(name, &text) {
                    found.clear();
                    found.push(0..text.len());
                }
                if found.is_empty() {
                    return Some(json.to_owned());
                }
                secrets.insert(name.to_owned());
                let mut covered = text;
                found.into_iter().rev().for_each(|span| covered.replace_range(span, MADE_UP));
                Some(serde_json::Value::from(covered).to_string())
            }
            _ => Some(json.to_owned()),
        }
    }

    fn is_covered(&self, name: &str) -> bool {
        self.is_named(name) || self.names.iter().any(|one| one == "*")
    }

    /// Whether something in a JSON text is not to be kept. What cannot be read may be.
    fn hides(&self, json: &str) -> bool {
        if self.names.is_empty() || self.names.iter().any(|name| name == "*") {
            return !self.names.is_empty();
        }
        let mut read = serde_json::Deserializer::from_str(json);
        Look(self).deserialize(&mut read).map_or(true, |seen| seen.holds)
    }

    /// Whether a text that is given as a value holds JSON, as arguments often are given, in which
    /// something is not to be kept.
    fn hides_within(&self, text: &str) -> bool {
        let is_blank = |one: char| one.is_whitespace() || one.is_control() || one == '\u{feff}';
        let text = text.trim_matches(is_blank);
        let is_json = text.starts_with(['{', '[', '"']);
        if !is_json && !text.contains('{') {
            return false;
        }
        let read = if is_json { self.hides_in_values(text) } else { None };
        read.unwrap_or_else(|| self.may_hide(text))
    }

    /// Whether something in the JSON values of a text is not to be kept; none if it is not made of
    /// such to its end.
    fn hides_in_values(&self, text: &str) -> Option<bool> {
        let mut read = serde_json::Deserializer::from_str(text);
        let mut holds = false;
        while read.end().is_err() {
            holds |= Look(self).deserialize(&mut read).ok()?.holds;
        }
        Some(holds)
    }

    /// Whether a text that nobody can read has a name in it, or may have one that is escaped.
    fn may_hide(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        lower.contains("\\u") || self.names.iter().any(|name| lower.contains(&name.to_lowercase()))
    }

    fn is_named(&self, key: &str) -> bool {
        self.names.iter().any(|name| name.to_lowercase() == key.to_lowercase())
    }
}

/// Under which names objects hold that of a header.
const NAMES: [&str; 4] = ["name", "key", "header", "field"];

/// What stands in the place of a text that is not to be kept.
const MADE_UP: &str = "redacted";

/// A value of the same type that tells nothing.
fn made_up(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "\"redacted\"",
        Some(b'{') => "{}",
        Some(b'[') => "[]",
        Some(b't' | b'f') => "false",
        Some(b'n') => "null",
        _ => "0",
    }
}

/// Looks through a value: every object in it, repeated keys included.
#[derive(Clone, Copy)]
struct Look<'r>(&'r Redaction);

/// What was seen of a value.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// It has something that is not to be kept.
    holds: bool,
    /// It is text.
    text: bool,
    /// It is a text that is one of the names.
    named: bool,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Seen, D::Error> {
        value.deserialize_any(self)
    }
}

macro_rules! holds_nothing {
    ($($visit:ident($type:ty)),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Seen, E> {
            Ok(Seen::default())
        })*
    };
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = Seen;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    holds_nothing!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64));

    fn visit_str<E>(self, text: &str) -> Result<Seen, E> {
        Ok(Seen { holds: self.0.hides_within(text), text: true, named: self.0.is_named(text) })
    }

    fn visit_unit<E>(self) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    /// A list of a name and a text is a header as some programs give it.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Seen, A::Error> {
        let (mut holds, mut first, mut last) = (false, None, Seen::default());
        let mut length = 0;
        while let Some(seen) = list.next_element_seed(self)? {
            holds |= seen.holds;
            first.get_or_insert(seen);
            last = seen;
            length += 1;
        }
        let is_header = length == 2 && first.is_some_and(|first| first.named) && last.text;
        Ok(Seen { holds: holds || is_header, ..Seen::default() })
    }

    /// An object with a name and a value beside it is a header too.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen, A::Error> {
        let (mut holds, mut is_named, mut has_value) = (false, false, false);
        while let Some(key) = map.next_key::<String>()? {
            let seen = map.next_value_seed(self)?;
            let key_is = |name: &&str| key.eq_ignore_ascii_case(name);
            holds |= seen.holds || self.0.is_named(&key);
            is_named |= seen.named && NAMES.iter().any(key_is);
            has_value |= key_is(&"value");
        }
        Ok(Seen { holds: holds || is_named && has_value, ..Seen::default() })
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

    #[test]
    fn what_is_in_text_is_kept_only_where_it_can_be_read() {
        let deep = format!("{}{{\"\\u0074oken\":\"S\"}}", "[".repeat(130));
        let given = |text: &str| serde_json::json!({ "a": text }).to_string();
        for text in [
            r#"{"x":1} {"token":"S"}"#,
            "{\"x\":1}\n{\"token\":\"S\"}\n",
            r#"{"\u0074oken":"S""#,
            r#"{"\u0074oken":"S","b":NaN}"#,
            "\u{feff}{\"token\":\"S\"}",
            "data: {\"TOKEN\":\"S\"}",
            r#""{\"token\":\"S\"}""#,
            r#"{"a":"{\"token\":\"S\"} x"}"#,
            "{token: S}",
            &deep,
        ] {
            assert_eq!(redacted(&["token"], &given(text)), r#""args_keys":["a"]"#, "{text}");
        }
        for text in [
            "[ok] done",
            "{x}",
            r#"{"x":1} {"y":"C:\\x"}"#,
            "the token of {x",
            "{\"a\":[",
            "fn a() { \"\\n\" }",
        ] {
            assert!(redacted(&["other"], &given(text)).contains("args\":{"), "{text}");
        }
    }

    #[test]
    fn headers_are_named_beside_their_values() {
        for args in [
            r#"{"headers":[{"name":"Token","value":"S"}]}"#,
            r#"{"headers":[{"value":"S","KEY":"token"}]}"#,
            r#"{"headers":[["token","S"]]}"#,
        ] {
            assert_eq!(redacted(&["token"], args), r#""args_keys":["headers"]"#, "{args}");
        }
        for args in [
            r#"{"name":"token"}"#,
            r#"{"name":"a","value":"token"}"#,
            r#"{"tags":["token","x","y"]}"#,
        ] {
            assert!(redacted(&["token"], args).contains("args\":{"), "{args}");
        }
    }
}
