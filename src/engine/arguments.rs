//! The arguments of a call, left as JSON text until a condition asks for one of them.

mod member;
mod value;

use std::borrow::Cow;

use super::Missing;

pub use member::Member;
pub(super) use member::Path;
pub use value::Value;
pub(super) use value::ValueRef;

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

/// The members of an object: keys without their quotes and still escaped, values as text.
pub(super) fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut scanner = Scanner { text: object, at: 1 };
    std::iter::from_fn(move || {
        scanner.skip_to_value()?;
        let key = scanner.value()?;
        scanner.skip_to_value()?;
        Some((key.get(1..key.len() - 1)?, scanner.value()?))
    })
}

/// The elements of a list, as text.
pub(super) fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut scanner = Scanner { text: list, at: 1 };
    std::iter::from_fn(move || {
        scanner.skip_to_value()?;
        scanner.value()
    })
}

/// Walks over JSON that is known to be valid.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Steps over white space, commas and colons; nothing at the end of the list or object.
    fn skip_to_value(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at)?, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') {
            self.at += 1;
        }
        (!matches!(bytes[self.at], b']' | b'}')).then_some(())
    }

    /// Steps over one value and gives its text.
    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0usize;
        loop {
            match bytes.get(self.at)? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ if depth > 0 => self.at += 1,
                _ => {
                    while bytes.get(self.at).is_some_and(|byte| !b",]} \t\r\n:".contains(byte)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return self.text.get(start..self.at);
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            if bytes[self.at] == b'"' {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
        }
    }
}

/// Resolves the escapes of a JSON string. A lone surrogate becomes U+FFFD, as Go does it.
#[inline]
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    match first_escape(text.as_bytes()) {
        Some(first) => Cow::Owned(unescaped(text, first)),
        None => Cow::Borrowed(text),
    }
}

/// Where the first backslash stands. Most texts are short, and looked at sooner than a search has begun.
#[inline]
fn first_escape(bytes: &[u8]) -> Option<usize> {
    match bytes.len() <= 32 {
        true => bytes.iter().position(|byte| *byte == b'\\'),
        false => memchr::memchr(b'\\', bytes),
    }
}

fn unescaped(text: &str, first: usize) -> String {
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or("");
        match escape {
            b'n' => out.push('\n'),
            b't' => out.push('\t'),
            b'r' => out.push('\r'),
            b'b' => out.push('\x08'),
            b'f' => out.push('\x0c'),
            b'u' => rest = unescape_unit(rest, &mut out),
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out
}

/// Resolves the four digits behind `\u` and, for a pair, the escape behind them.
fn unescape_unit<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = unit(rest) else { return rest };
    let rest = &rest[4..];
    if (0xd800..0xdc00).contains(&first) {
        let second =
            rest.strip_prefix("\\u").and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
        if let Some(second) = second {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            return &rest[6..];
        }
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
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
