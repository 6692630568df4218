//! What Serde asks for, read by our own scanner: logs are long texts around short facts, so that the
//! time goes by in stepping over what nobody asked for.
//!
//! It takes and refuses what `serde_json` takes and refuses. What is rare in logs, such as numbers with
//! a fraction, is read by `serde_json` itself, as is a whole text that is refused, for the words that
//! say why.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use super::block::{ROW, backslash, row};
use super::scan::JsonScan;

/// How deep what is asked for may nest, as in `serde_json`; what is stepped over may nest deeper.
const MAX_DEPTH: u8 = 127;

/// The newtype by whose name `serde_json` asks for the text of a value.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// How many digits surely make no more than 64 bits.
const SHORT: usize = 18;

/// Reads a JSON text.
///
/// # Errors
/// Why it is not what is asked for.
pub(in crate::trace) fn from_str<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    match read(json) {
        Some(value) => Ok(value),
        None => serde_json::from_str(json),
    }
}

/// Reads a JSON text, if it is what is asked for.
pub(in crate::trace) fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    read_as(json, false)
}

/// Reads a value of a text that was stepped over before, so that it is known to be JSON.
///
/// # Errors
/// Why it is not what is asked for.
pub(in crate::trace) fn from_raw<'a, T: Deserialize<'a>>(
    json: &'a RawValue,
) -> serde_json::Result<T> {
    match read_raw(json) {
        Some(value) => Ok(value),
        None => serde_json::from_str(json.get()),
    }
}

/// Reads a value of a text that was stepped over before, if it is what is asked for.
pub(in crate::trace) fn read_raw<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    read_as(json.get(), true)
}

/// Reads a text of which it is not known whether it is JSON, and does not find that out: of what was not
/// asked for only the ends are looked for.
pub(in crate::trace) fn glance<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    read_as(json, true)
}

fn read_as<'a, T: Deserialize<'a>>(json: &'a str, is_known: bool) -> Option<T> {
    read_by(json, PhantomData, is_known)
}

/// Reads a JSON text by a seed, if it is what that asks for.
pub(super) fn read_with<'a, T: DeserializeSeed<'a>>(json: &'a str, seed: T) -> Option<T::Value> {
    read_by(json, seed, false)
}

fn read_by<'a, T: DeserializeSeed<'a>>(json: &'a str, seed: T, is_known: bool) -> Option<T::Value> {
    let mut reader = Reader { json: JsonScan::new(json, 0), depth: 0, is_known };
    reader.json.space();
    let value = seed.deserialize(&mut reader).ok()?;
    reader.json.space();
    reader.json.peek().is_none().then_some(value)
}

/// The members of an object with the JSON texts of their values, in their order.
pub(in crate::trace) struct Object<'a>(pub(in crate::trace) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Object<'a>, D::Error> {
        struct OfMembers;

        impl<'de> Visitor<'de> for OfMembers {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((Name(name), value)) = members.next_entry()? {
                    all.push((name, value));
                }
                Ok(all)
            }
        }

        json.deserialize_map(OfMembers).map(Object)
    }
}

/// A name, which is not copied where it is written without escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A place in a text from which a value is to be read.
struct Reader<'de> {
    json: JsonScan<'de, false>,
    depth: u8,
    /// Whether the text is known to be JSON.
    is_known: bool,
}

/// That a text is not what is asked for. Why, `serde_json` says.
#[derive(Debug)]
struct Refused;

type Read<T> = Result<T, Refused>;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what is asked for")
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Refused {
        Refused
    }

    // Without words that nobody reads.
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Refused {
        Refused
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Refused {
        Refused
    }
}

impl<'de> Reader<'de> {
    fn peek(&self) -> Read<u8> {
        self.json.peek().ok_or(Refused)
    }

    /// The JSON text of the next value.
    fn raw(&mut self) -> Read<&'de str> {
        let start = self.json.at;
        let stepped = if self.is_known { self.json.known_value() } else { self.json.value() };
        stepped.ok_or(Refused)?;
        self.json.since(start).ok_or(Refused)
    }

    /// The text of a string.
    fn text(&mut self) -> Read<Cow<'de, str>> {
        let (inner, has_escapes) = self.json.any_string().ok_or(Refused)?;
        if !has_escapes {
            return Ok(Cow::Borrowed(inner));
        }
        unescaped(inner).map(Cow::Owned).ok_or(Refused)
    }

    fn visit_text<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let digits = self.raw()?;
        if digits.len() <= SHORT && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return visitor.visit_u64(digits.parse().map_err(|_| Refused)?);
        }
        let number: serde_json::Number = serde_json::from_str(digits).map_err(|_| Refused)?;
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => visitor.visit_u64(number),
            (_, Some(number), _) => visitor.visit_i64(number),
            (.., Some(number)) => visitor.visit_f64(number),
            _ => Err(Refused),
        }
    }

    /// Goes through the members of an object or the elements of a list, all of which must be taken.
    fn within<T>(&mut self, visit: impl FnOnce(&mut Members<'_, 'de>) -> Read<T>) -> Read<T> {
        if self.depth == MAX_DEPTH {
            return Err(Refused);
        }
        self.depth += 1;
        let end = self.peek()? + 2;
        self.json.at += 1;
        let mut members = Members { reader: self, end, is_first: true, has_ended: false };
        let value = visit(&mut members)?;
        let is_whole = members.has_ended || !members.goes_on()?;
        self.depth -= 1;
        is_whole.then_some(value).ok_or(Refused)
    }
}

/// The text that is written with escapes; none where half a character is written.
fn unescaped(inner: &str) -> Option<String> {
    let bytes = inner.as_bytes();
    // Rows are copied whole, so that there is room for one more.
    let mut text = vec![0; bytes.len() + ROW];
    let (mut at, mut end) = (0, 0);
    while at < bytes.len() {
        let (row, length) = row(&bytes[at..]);
        *text[end..].first_chunk_mut()? = row;
        let plain = length.min(backslash(row));
        (at, end) = (at + plain, end + plain);
        if plain == length {
            continue;
        }
        let escape = inner.get(at..)?;
        let written = match escape.as_bytes().get(1)? {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 0x8,
            b'f' => 0xc,
            b'u' => {
                let (character, length) = code_point(escape)?;
                end += character.encode_utf8(&mut text[end..]).len();
                at += length;
                continue;
            }
            itself => *itself,
        };
        text[end] = written;
        (at, end) = (at + 2, end + 1);
    }
    text.truncate(end);
    String::from_utf8(text).ok()
}

/// The character that an escape begins with which has its code, and how long the escape is.
fn code_point(escape: &str) -> Option<(char, usize)> {
    let unit = |at| u16::from_str_radix(escape.get(at..at + 4)?, 16).ok();
    let first = unit(2)?;
    let is_half = (0xd800..0xe000).contains(&first);
    let second = is_half.then(|| (escape.get(6..8)? == "\\u").then(|| unit(8))?);
    let units = [Some(first), second.flatten()];
    let found = char::decode_utf16(units.into_iter().flatten()).next()?.ok()?;
    Some((found, if is_half { 12 } else { 6 }))
}

/// The members of an object or the elements of a list.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The bracket that ends them.
    end: u8,
    is_first: bool,
    has_ended: bool,
}

impl Members<'_, '_> {
    /// Steps to the next one; false behind the last.
    fn goes_on(&mut self) -> Read<bool> {
        let json = &mut self.reader.json;
        json.space();
        let byte = json.peek().ok_or(Refused)?;
        if byte == self.end {
            json.at += 1;
            self.has_ended = true;
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            if byte != b',' {
                return Err(Refused);
            }
            json.at += 1;
            json.space();
        }
        Ok(true)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        if self.has_ended || !self.goes_on()? {
            return Ok(None);
        }
        match self.reader.text()? {
            Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
            Cow::Owned(key) => seed.deserialize(CowStrDeserializer::new(Cow::Owned(key))),
        }
        .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.json.colon().ok_or(Refused)?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The text of a value, as `serde_json` wants it: as the only member of an object.
struct RawText<'de> {
    name: &'static str,
    text: &'de str,
}

impl<'de> MapAccess<'de> for RawText<'de> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        seed.deserialize(BorrowedStrDeserializer::new(self.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        seed.deserialize(BorrowedStrDeserializer::new(self.text))
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.has_ended || !self.goes_on()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek()? {
            b'"' => self.visit_text(visitor),
            b'{' => self.within(|members| visitor.visit_map(members)),
            b'[' => self.within(|elements| visitor.visit_seq(elements)),
            b'-' | b'0'..=b'9' => self.visit_number(visitor),
            _ => match self.raw()? {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                _ => visitor.visit_unit(),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.peek()? != b'n' {
            return visitor.visit_some(self);
        }
        self.raw()?;
        visitor.visit_none()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.raw()?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        if name != RAW_VALUE {
            return visitor.visit_newtype_struct(self);
        }
        visitor.visit_map(RawText { name, text: self.raw()? })
    }

    // What else stands there need not be read to be refused.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek()? {
            b'[' => self.within(|elements| visitor.visit_seq(elements)),
            _ => Err(Refused),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek()? {
            b'{' => self.within(|members| visitor.visit_map(members)),
            _ => Err(Refused),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        match self.peek()? {
            b'{' | b'[' => self.deserialize_any(visitor),
            _ => Err(Refused),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        Err(Refused)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        Err(Refused)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Read<V::Value> {
        Err(Refused)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct
        tuple tuple_struct identifier
    }
}

#[cfg(test)]
mod tests;
