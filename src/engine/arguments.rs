//! The arguments of a call, left as JSON text until a condition asks for one of them.

mod member;
mod value;
mod walk;

use std::borrow::Cow;

use super::Missing;
use walk::Scanner;

pub use member::Member;
pub(super) use member::Path;
pub use value::Value;
pub(super) use value::ValueRef;
pub(crate) use walk::unescape;
pub(super) use walk::{elements, members};

/// What is known of a call's arguments.
#[derive(Clone, Copy, Debug)]
pub enum Arguments<'a> {
    /// Their JSON text, which must have been checked to be JSON. Any value may stand here.
    Json(&'a str),
    /// The JSON text of an object whose numbers are all within a 64-bit float, and its members.
    Members {
        /// The object.
        text: &'a str,
        /// Where its members stand in it.
        members: &'a [Member],
    },
    /// The call had none, which counts as an empty object.
    Absent,
    /// Only the names of the arguments are known.
    Names(&'a [Cow<'a, str>]),
    /// Nothing is known, and why.
    Unknown(Missing),
}

/// What was found under a path.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// There is no such argument.
    Nothing,
    /// It has this value.
    Value(Value<'a>),
    /// It cannot be told.
    Unknown(Missing),
}

impl<'a> Arguments<'a> {
    /// Whether the arguments are something that the gateways cannot decode: neither an object nor
    /// null, or with a number beyond a 64-bit float in it.
    pub fn are_unreadable(&self) -> bool {
        let Arguments::Json(text) = self else { return false };
        let text = text.trim_ascii_start();
        !(text.starts_with('{') || text == "null") || is_beyond_go(text)
    }

    /// Looks up a path of keys.
    #[inline]
    pub fn find(&self, path: &[String]) -> Found<'a> {
        match *self {
            Arguments::Absent => Found::Nothing,
            Arguments::Unknown(missing) => Found::Unknown(missing),
            Arguments::Names(names) => match path.first() {
                Some(first) if names.iter().any(|name| name == first) => {
                    Found::Unknown(Missing::ArgumentValues)
                }
                _ => Found::Nothing,
            },
            Arguments::Json(text) => find_in_json(text, path),
            Arguments::Members { text, members } => find_in_members(text, members, path),
        }
    }

    /// What lies under a path where the members of an object are known and nothing need be copied; otherwise
    /// [`Arguments::find`] tells.
    #[inline(always)]
    pub(super) fn at_hand(&self, path: &Path) -> Option<Option<ValueRef<'a>>> {
        let Arguments::Members { text, members } = *self else { return None };
        let Some(member) = path.last(text, members)? else { return Some(None) };
        let [.., start, end] = member.places.map(|place| place as usize);
        match member.is_plain_text {
            true => Some(Some(ValueRef::String(text.get(start + 1..end - 1)?))),
            false => ValueRef::of_json(text.get(start..end)?).map(Some),
        }
    }
}

#[inline]
fn find_in_members<'a>(text: &'a str, members: &[Member], path: &[String]) -> Found<'a> {
    let Some((first, rest)) = path.split_first() else { return Found::Nothing };
    // As JSON readers of both gateways take duplicates: the last one counts.
    let found = members.iter().rfind(|member| member.is_called(text, first));
    match found.and_then(|member| member.value(text)) {
        Some(value) => find_within(value, rest),
        None => Found::Nothing,
    }
}

fn find_in_json<'a>(text: &'a str, path: &[String]) -> Found<'a> {
    let text = text.trim_ascii();
    if !text.starts_with('{') && text != "null" {
        return Found::Unknown(Missing::UnreadableArguments);
    }
    if text == "null" {
        return Found::Nothing;
    }
    find_within(text, path)
}

/// Looks up a path of keys below a value.
#[inline]
fn find_within<'a>(text: &'a str, path: &[String]) -> Found<'a> {
    let mut at = text;
    for key in path {
        if !at.starts_with('{') {
            return Found::Nothing;
        }
        match last_member(at, key) {
            Some(member) => at = member,
            None => return Found::Nothing,
        }
    }
    match Value::of_json(at) {
        Some(value) => Found::Value(value),
        None => Found::Unknown(Missing::HugeNumber),
    }
}

/// The last member of an object with a key, as JSON readers of both gateways take duplicates.
fn last_member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    members(object)
        .filter(|(name, _)| *name == key || (name.contains('\\') && unescape(name) == key))
        .map(|(_, value)| value)
        .last()
}

/// Whether a JSON text is one that Go's decoder refuses: with a number beyond a 64-bit float
/// anywhere in it, or nested too deep. One pass without recursion: the text is hostile.
fn is_beyond_go(text: &str) -> bool {
    /// How deep Go's `encoding/json` follows.
    const MAX_DEPTH: usize = 10_000;
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let mut scanner = Scanner { text, at };
                if scanner.skip_string().is_none() {
                    return false;
                }
                at = scanner.at;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'0'..=b'9' => {
                let number =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let length = bytes[at..].iter().take_while(|byte| number(byte)).count();
                if is_huge(&text[at..at + length]) {
                    return true;
                }
                at += length;
                continue;
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether a number is beyond a 64-bit float. Only an exponent or hundreds of digits can make
/// one so, and both are rare.
fn is_huge(number: &str) -> bool {
    (number.len() > 300 || number.contains(['e', 'E']))
        && number.parse::<f64>().is_ok_and(f64::is_infinite)
}

#[cfg(test)]
mod tests;
