//! Steps over JSON text and checks every byte of it, many at a time within strings.

use std::borrow::Cow;

use super::block::{BLOCK, ROW, block_specials, row_specials};
use super::container::{Container, is_blank};
use super::walk::Value;

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
    /// Remembers what stands between two places of a text, if that is not too long.
    #[inline(always)]
    fn new(text: &str, start: usize, end: usize) -> Gap {
        let length = end - start;
        let row = text.as_bytes().get(start..).and_then(<[u8]>::first_chunk);
        let Some(row) = row.filter(|_| (1..=GAP).contains(&length)) else { return Gap::default() };
        let mask = u128::MAX >> (8 * (GAP - length));
        Gap { bytes: u128::from_le_bytes(*row) & mask, mask, length }
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

    /// What stands between a place and here, to be remembered.
    #[inline(always)]
    pub(in crate::trace) fn gap(&self, start: usize) -> Gap {
        Gap::new(self.text, start, self.at)
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
        while self.peek().is_some_and(is_blank::<LINES>) {
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

    /// What stands before a value: a bracket or comma, a name and a colon, each with at most a blank
    /// behind it; gives where the name stands. None, and no step, where it is longer or something else.
    #[inline(always)]
    pub(in crate::trace) fn short_name(&mut self, first: u8) -> Option<(usize, usize)> {
        let row: &[u8; ROW] = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        let found = row_specials(*row);
        let open = found.trailing_zeros() as usize;
        let close = (found & found.wrapping_sub(1)).trailing_zeros() as usize;
        let is_short = row[0] == first
            && (open == 1 || open == 2 && row[1] == b' ')
            && close + 2 < ROW
            && (row[open], row[close], row[close + 1]) == (b'"', b'"', b':');
        let name = is_short.then_some((self.at + open + 1, self.at + close))?;
        self.at += close + 2 + usize::from(row[close + 2] == b' ');
        Some(name)
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

    /// A string, without its quotes and with its escapes as they are, and whether there are any in it.
    #[inline(always)]
    pub(in crate::trace) fn any_string(&mut self) -> Option<(&'a str, bool)> {
        let start = self.at + 1;
        let has_escapes = self.skip_string()?;
        Some((self.slice(start, self.at - 1)?, has_escapes))
    }

    /// Steps over a string, and tells whether there are escapes in it.
    #[inline(always)]
    pub(in crate::trace) fn skip_string(&mut self) -> Option<bool> {
        self.expect(b'"')?;
        let mut has_escapes = false;
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
        self.at += 1;
        Some(has_escapes)
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
            b'"' => self.skip_string().map(drop),
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
        let bytes = self.text.as_bytes();
        let (mut container, mut start) = (Container::<LINES>::default(), self.at);
        loop {
            let rest = bytes.get(start..)?;
            let checked = match rest.first_chunk() {
                Some(block) => container.block(block)?,
                None => {
                    let mut block = [b' '; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    container.block(&block)?
                }
            };
            for at in places(checked.escapes) {
                escape_length(bytes, start + at)?;
            }
            for at in places(checked.scalars) {
                self.at = start + at;
                self.scalar()?;
            }
            if let Some(end) = checked.end {
                self.at = start + end;
                return Some(());
            }
            start += BLOCK;
        }
    }

    /// A number or a literal, and nothing that belongs to neither behind it.
    #[inline(always)]
    fn scalar(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        match rest.first_chunk() {
            Some(b"true" | b"null") => self.at += 4,
            Some(b"fals") if rest.get(4) == Some(&b'e') => self.at += 5,
            _ => self.number()?,
        }
        let ends = |byte| {
            matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{')
                || is_blank::<LINES>(byte)
        };
        self.peek().is_none_or(ends).then_some(())
    }
}

/// Where the bits of a word stand.
#[inline(always)]
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        at
    })
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

    /// Any JSON, as lines have it.
    fn json() -> impl Strategy<Value = String> {
        let scalars =
            ["0", "-1.5", "1e5", "true", "false", "null", r#""""#, r#""\\""#, r#""\u00e9\"x""#];
        let scalar = prop_oneof![
            proptest::sample::select(scalars.to_vec()).prop_map(str::to_owned),
            "[0-9]{1,20}".prop_map(|digits| format!("1{digits}")),
            "[a-z{},: é]{0,90}".prop_map(|text| format!("{text:?}")),
        ];
        let blank = || proptest::sample::select(vec!["", "", "", " ", "\t \r"]);
        scalar.prop_recursive(6, 40, 6, move |inner| {
            let inner = (blank(), inner, blank()).prop_map(|(a, json, b)| format!("{a}{json}{b}"));
            let member = (blank(), "[a-z]{0,9}", blank(), inner.clone());
            let member = member.prop_map(|(a, key, b, json)| format!("{a}\"{key}\"{b}:{json}"));
            let (list, object) =
                (proptest::collection::vec(inner, 0..6), proptest::collection::vec(member, 0..6));
            let all =
                |items: Vec<String>, empty| if items.is_empty() { empty } else { items.join(",") };
            prop_oneof![
                (list, blank())
                    .prop_map(move |(items, b)| format!("[{}]", all(items, b.to_owned()))),
                (object, blank())
                    .prop_map(move |(items, b)| format!("{{{}}}", all(items, b.to_owned()))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn blocks_agree_with_serde_json(
            text in json(),
            at in any::<proptest::sample::Index>(),
            other in r#"[\[\]{}",:\\0-9.eE+\-atu \t\x0c\x00]"#,
            way in 0..4,
        ) {
            let serde = |text: &str| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
            prop_assert!(is_value(&text) && serde(&text), "{}", text);
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let at = places[at.index(places.len())];
            let next = at + text[at..].chars().next().map_or(0, char::len_utf8);
            let changed = match way {
                0 => [&text[..at], &text[next..]].concat(),
                1 => [&text[..at], &other, &text[at..]].concat(),
                2 => text[..at].to_owned(),
                _ => [&text[..at], &other, &text[next..]].concat(),
            };
            prop_assert_eq!(is_value(&changed), serde(&changed), "{}", changed);
        }

        #[test]
        fn it_agrees_with_serde_json(text in r#"[\[\]{}",:\\0-9.eE+\-a-fntrul \t]{0,24}"#) {
            let serde = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(is_value(&text), serde, "{}", text);
        }
    }
}
