//! Hashes of JSON by what it says: of texts that are written in several ways, and of values that are
//! laid out in several ways.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::read::{read_raw, read_with};

/// How escapes begin that stand for what need not be escaped, or can be in another way.
static OPTIONAL_ESCAPES: LazyLock<[Finder<'_>; 2]> =
    LazyLock::new(|| ["\\u", "\\/"].map(Finder::new));

/// Gives a hasher what a string says: the same for every way in which it can be written.
pub(in crate::trace) fn hash_text(json: &RawValue, hasher: &mut impl Hasher) {
    let Some(inner) = json.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return;
    };
    // But for these two, what is escaped is so by every writer.
    let has = |escape: &Finder<'_>| escape.find(inner.as_bytes()).is_some();
    let rewritten = OPTIONAL_ESCAPES.iter().any(has).then(|| read_raw::<Cow<'_, str>>(json));
    match rewritten.flatten() {
        Some(text) => {
            let written = Value::from(text).to_string();
            hasher.write(&written.as_bytes()[1..written.len() - 1]);
        }
        None => hasher.write(inner.as_bytes()),
    }
}

/// The hash of a JSON value, whatever blanks stand in it and in whatever order its members; of what is
/// no JSON that of its text.
pub(in crate::trace) fn hash_value(json: &str, hasher: &impl BuildHasher) -> u64 {
    read_with(json, OfValue(hasher)).unwrap_or_else(|| hasher.hash_one(json))
}

/// Hashes the value that is read.
struct OfValue<'h, S>(&'h S);

impl<S: BuildHasher> OfValue<'_, S> {
    /// The hash of what is of a kind.
    fn of<E>(&self, kind: u8, what: impl Hash) -> Result<u64, E> {
        Ok(self.0.hash_one((kind, what)))
    }
}

impl<S> Clone for OfValue<'_, S> {
    fn clone(&self) -> Self {
        OfValue(self.0)
    }
}

impl<'de, S: BuildHasher> DeserializeSeed<'de> for OfValue<'_, S> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<u64, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, S: BuildHasher> Visitor<'de> for OfValue<'_, S> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        self.of(0, ())
    }

    fn visit_bool<E>(self, value: bool) -> Result<u64, E> {
        self.of(1, value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<u64, E> {
        self.of(2, value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        self.of(3, value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<u64, E> {
        self.of(4, value.to_bits())
    }

    fn visit_str<E>(self, value: &str) -> Result<u64, E> {
        self.of(5, value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<u64, A::Error> {
        let mut all = self.0.build_hasher();
        while let Some(element) = elements.next_element_seed(self.clone())? {
            all.write_u64(element);
        }
        self.of(6, all.finish())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        // A sum does not depend on the order.
        let mut all = 0u64;
        while let Some(Name(name)) = members.next_key()? {
            let value = members.next_value_seed(self.clone())?;
            all = all.wrapping_add(self.0.hash_one((name, value)));
        }
        self.of(7, all)
    }
}

/// A name, which is not copied where it is written without escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;

    #[test]
    fn a_text_has_one_hash_however_it_is_written() {
        let hasher = RandomState::new();
        let hash = |json: &str| {
            let mut state = hasher.build_hasher();
            hash_text(&RawValue::from_string(json.to_owned()).unwrap(), &mut state);
            state.finish()
        };
        for (one, other) in [
            (r#""a/\u00e9\n\"\\""#, r#""a\/é\u000a\u0022\u005c""#),
            (r#""\u0001\ud83d\ude00""#, "\"\\u0001\u{1f600}\""),
            (r#""\\u0041""#, r#""\u005cu0041""#),
        ] {
            assert_eq!(hash(one), hash(other), "{one} {other}");
        }
        assert_ne!(hash(r#""\\u0041""#), hash(r#""A""#));
        assert_ne!(hash(r#""a""#), hash(r#""b""#));
    }

    #[test]
    fn a_value_has_one_hash_however_it_is_laid_out() {
        let hasher = RandomState::new();
        let hash = |json: &str| hash_value(json, &hasher);
        let value = r#"{"a":[1,-2,1.5,null,true],"b":{"c":"é","d":{}}}"#;
        let other = r#" {"b": {"d": { }, "c": "\u00e9"}, "a": [1, -2, 1.50, null, true]} "#;
        assert_eq!(hash(value), hash(other));
        for (one, other) in [
            ("[1,2]", "[2,1]"),
            ("[1]", "[\"1\"]"),
            ("[[1],2]", "[1,[2]]"),
            ("[]", "{}"),
            (r#"{"a":1}"#, r#"{"a":2}"#),
            (r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#),
            ("{oops", "{oops "),
        ] {
            assert_ne!(hash(one), hash(other), "{one} {other}");
        }
    }
}
