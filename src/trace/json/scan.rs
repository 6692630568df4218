//! Steps over JSON text and checks every byte of it, many at a time within strings.

use std::borrow::Cow;

use super::block::{BLOCK, ROW, block_specials, row_specials};
use super::walk::Value;

/// How deep values may nest on a line: the kinds of what is open are kept in the bits of one word.
const WORD: usize = 64;

/// How long a number may be that is certainly within a 64-bit float, if it has no exponent.
const MAX_PLAIN_NUMBER: usize = 300;

/// How long what stands between two values may be to be remembered, in bytes.
const GAP: usize = 16;

/// What stood between two values of a line, such as `,"tool":`. The lines of a log are much alike,
/// so that the next line most likely has the same, and need not be taken apart again.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::trace) struct Gap {
    bytes: u128,
    /// The bytes that count; none for a gap that is not remembered.
    mask: u128,
    length: usize,
}

impl Gap {
    /// Remembers a gap, if it is not too long.
    pub(in crate::trace) fn new(text: &str) -> Gap {
        let mut bytes = [0; GAP];
        match bytes.get_mut(..text.len()) {
            Some(room) if !text.is_empty() => room.copy_from_slice(text.as_bytes()),
            _ => return Gap::default(),
        }
        let mask = u128::MAX >> (8 * (GAP - text.len()));
        Gap { bytes: u128::from_le_bytes(bytes), mask, length: text.len() }
    }
}

/// A place in a text. Every step gives none where the text is not what is asked for.
///
/// The text is a document, or lines: then a line break is never white space, and what nests deeper
/// than any record is left to others.
pub(in crate::trace) struct JsonScan<'a, const LINES: bool> {
    text: &'a str,
    pub(in crate::trace) at: usize,
    /// Whether there was a number that could be beyond a 64-bit float.
    wild: bool,
}

impl<'a, const LINES: bool> JsonScan<'a, LINES> {
    pub(in crate::trace) fn new(text: &'a str, at: usize) -> JsonScan<'a, LINES> {
        JsonScan { text, at, wild: false }
    }

    /// Whether there was a number that could be beyond a 64-bit float.
    pub(in crate::trace) fn is_wild(&self) -> bool {
        self.wild
    }

    /// The text from a place to here. Both must be where a byte of ASCII stands or ends.
    #[inline(always)]
    pub(in crate::trace) fn since(&self, start: usize) -> Option<&'a str> {
        self.text.get(start..self.at)
    }

    /// Whether the text goes on with what stood between two values of another line, and if so,
    /// steps over it.
    #[inline(always)]
    pub(in crate::trace) fn goes_on(&mut self, gap: &Gap) -> bool {
        let bytes = self.text.as_bytes();
        let goes_on =
            bytes.get(self.at..).and_then(<[u8]>::first_chunk::<GAP>).is_some_and(|chunk| {
                u128::from_le_bytes(*chunk) & gap.mask == gap.bytes && gap.mask != 0
            });
        if goes_on {
            self.at += gap.length;
        }
        goes_on
    }

    #[inline(always)]
    pub(in crate::trace) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline(always)]
    pub(in crate::trace) fn space(&mut self) {
        while let Some(byte) = self.peek()
            && (matches!(byte, b' ' | b'\t' | b'\r') || (!LINES && byte == b'\n'))
        {
            self.at += 1;
        }
    }

    /// White space, an opening bracket, white space.
    #[inline(always)]
    pub(in crate::trace) fn open(&mut self, bracket: u8) -> Option<()> {
        self.space();
        self.expect(bracket)?;
        self.space();
        Some(())
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The colon between a key and its value, with white space around it.
    #[inline(always)]
    pub(in crate::trace) fn colon(&mut self) -> Option<()> {
        self.open(b':')
    }

    /// What stands behind a member: the bracket that ends them all, which is stepped over, or the
    /// comma before the next, which is not.
    #[inline(always)]
    pub(in crate::trace) fn ends_with(&mut self, bracket: u8) -> Option<bool> {
        self.space();
        match self.peek()? {
            b',' => Some(false),
            byte if byte == bracket => {
                self.at += 1;
                Some(true)
            }
            _ => None,
        }
    }

    /// Steps over an object that has no members, if this is one.
    #[inline(always)]
    pub(in crate::trace) fn is_empty_object(&mut self) -> bool {
        let start = self.at;
        self.at += 1;
        self.space();
        let is_empty = self.peek() == Some(b'}');
        self.at = if is_empty { self.at + 1 } else { start };
        is_empty
    }

    /// The text between two places.
    #[inline(always)]
    pub(in crate::trace) fn slice(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text.get(start..end)
    }

    /// Nothing more on this line: where the next one begins.
    pub(in crate::trace) fn end_of_line(&mut self) -> Option<usize> {
        self.space();
        match self.peek() {
            None => Some(self.at),
            Some(b'\n') => Some(self.at + 1),
            Some(_) => None,
        }
    }

    /// A string without escapes, without its quotes.
    #[inline(always)]
    pub(in crate::trace) fn plain_string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        self.skip_plain()?;
        let text = self.since(start)?;
        self.expect(b'"')?;
        Some(text)
    }

    /// A string without escapes, or null, which is the same as an empty one.
    #[inline(always)]
    pub(in crate::trace) fn plain_string_or_null(&mut self) -> Option<Cow<'a, str>> {
        if self.peek()? == b'n' {
            self.literal("null")?;
            return Some(Cow::Borrowed(""));
        }
        self.plain_string().map(Cow::Borrowed)
    }

    /// A string, without its quotes and with its escapes as they are.
    #[inline(always)]
    pub(in crate::trace) fn string(&mut self) -> Option<&'a str> {
        self.any_string().map(|(text, _)| text)
    }

    /// The same, and whether there are escapes in it.
    #[inline(always)]
    pub(in crate::trace) fn any_string(&mut self) -> Option<(&'a str, bool)> {
        self.expect(b'"')?;
        let (start, mut has_escapes) = (self.at, false);
        loop {
            self.skip_plain()?;
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.escapes()?;
                    has_escapes = true;
                }
                _ => return None,
            }
        }
        let text = self.since(start)?;
        self.at += 1;
        Some((text, has_escapes))
    }

    /// Steps over what means nothing within a string, to the next byte that does: a quote, a backslash, or a
    /// control character, which must not be there.
    #[inline(always)]
    fn skip_plain(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        while let Some(row) = bytes.get(self.at..).and_then(<[u8]>::first_chunk::<ROW>) {
            let found = row_specials(*row);
            if found != 0 {
                self.at += found.trailing_zeros() as usize;
                return Some(());
            }
            self.at += ROW;
        }
        let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
        self.at += bytes.get(self.at..)?.iter().position(special)?;
        Some(())
    }

    /// Steps over the escape here and what is plain or escaped behind it, at least as far as whole blocks
    /// of the text go: where there is one escape there are more.
    fn escapes(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        while let Some(block) = bytes.get(self.at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
            let (mut found, mut behind) = (block_specials(block), BLOCK);
            while found != 0 {
                let place = found.trailing_zeros() as usize;
                if block[place] != b'\\' {
                    self.at += place;
                    return Some(());
                }
                let end = place + escape_length(bytes, self.at + place)?;
                found &= u64::MAX.checked_shl(end as u32).unwrap_or_default();
                behind = behind.max(end);
            }
            self.at += behind;
        }
        if self.peek()? == b'\\' {
            self.at += escape_length(bytes, self.at)?;
        }
        Some(())
    }

    /// A value of any kind.
    #[inline]
    pub(in crate::trace) fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' => self.container(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number(),
        }
    }

    /// A value of any kind, of a text that is known to be JSON.
    #[inline]
    pub(super) fn known_value(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += Value::default().end_in(rest).unwrap_or(rest.len());
        Some(())
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        rest.starts_with(literal.as_bytes()).then(|| self.at += literal.len())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.wild = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.wild |= self.at - start > MAX_PLAIN_NUMBER;
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// A list or an object, without recursion.
    fn container(&mut self) -> Option<()> {
        let mut depth = 0;
        // The kinds of the open brackets, the innermost lowest; a bit is set for an object. Those
        // for which a word has no room follow.
        let (mut kinds, mut outer) = (0u64, Vec::new());
        loop {
            let bracket = self.peek()?;
            if let b'{' | b'[' = bracket {
                if depth >= WORD {
                    if LINES {
                        return None;
                    }
                    outer.push(kinds >> (WORD - 1) == 1);
                }
                depth += 1;
                let is_object = bracket == b'{';
                kinds = kinds << 1 | u64::from(is_object);
                self.at += 1;
                self.space();
                if self.peek()? != bracket + 2 {
                    if is_object {
                        self.key()?;
                    }
                    continue;
                }
                self.at += 1;
                depth -= 1;
                kinds = kinds >> 1 | u64::from(outer.pop().unwrap_or_default()) << (WORD - 1);
            } else {
                self.value()?;
            }
            loop {
                if depth == 0 {
                    return Some(());
                }
                let is_object = kinds & 1 == 1;
                if !self.ends_with(if is_object { b'}' } else { b']' })? {
                    self.at += 1;
                    self.space();
                    if is_object {
                        self.key()?;
                    }
                    break;
                }
                depth -= 1;
                kinds = kinds >> 1 | u64::from(outer.pop().unwrap_or_default()) << (WORD - 1);
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.colon()
    }
}

/// How long the escape is that begins here.
#[inline(always)]
fn escape_length(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => Some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether a text is one value and nothing else.
    fn is_value(text: &str) -> bool {
        let mut json = JsonScan::<true>::new(text, 0);
        json.space();
        json.value().is_some() && json.end_of_line() == Some(text.len())
    }

    #[test]
    fn what_is_taken_is_what_json_is() {
        for (text, valid) in [
            ("{}", true),
            (r#"{"a":[],"b":[{}],"c":{"d":[1,[2,{"e":null}]]}}"#, true),
            ("[ 1 , -0 , 0.5 , 1e5 , 1E-5 , true , false , null , \"\" ]", true),
            (r#""\"\\\/\b\f\n\r\t\u00Ff""#, true),
            (r#""\ud800""#, true),
            ("\"eight by\u{7f}te\u{e9} and more than eight\"", true),
            ("[1,]", false),
            ("[,1]", false),
            ("[1 2]", false),
            ("{\"a\"}", false),
            ("{\"a\":1,}", false),
            ("{1:2}", false),
            ("[}", false),
            ("{]", false),
            ("[{]}", false),
            ("01", false),
            ("-", false),
            ("1.", false),
            (".5", false),
            ("1e", false),
            ("+1", false),
            ("nul", false),
            ("truee", false),
            (r#""\x""#, false),
            (r#""\u00g0""#, false),
            ("\"\u{1f}\"", false),
            ("\"12345678\t\"", false),
            ("\"open", false),
            ("[", false),
            ("", false),
        ] {
            assert_eq!(is_value(text), valid, "{text}");
            let serde = serde_json::from_str::<&serde_json::value::RawValue>(text);
            assert_eq!(serde.is_ok(), valid, "serde_json: {text}");
        }
    }

    #[test]
    fn deep_nesting_is_left_to_others() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_value(&nested(64)));
        assert!(!is_value(&nested(65)));
    }

    #[test]
    fn numbers_that_could_be_beyond_a_float_are_told() {
        for (text, wild) in [("[1, 2.5]", false), ("[1e5]", true), (&"1".repeat(301), true)] {
            let mut json = JsonScan::<true>::new(text, 0);
            json.value().unwrap();
            assert_eq!(json.is_wild(), wild, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in r#"[\[\]{}",:\\0-9.eE+\-a-fntrul \t]{0,24}"#) {
            let serde = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(is_value(&text), serde, "{}", text);
        }
    }
}
