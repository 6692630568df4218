//! Steps over JSON that is read as it goes, of whatever size: brackets and strings are heeded, and
//! what stands between them is not looked at.

use std::io::{self, BufRead, ErrorKind};

use super::block::Within;

/// A place in a stream of bytes.
pub(in crate::trace) struct Walk<R> {
    pub(in crate::trace) reader: R,
    /// How many bytes lie behind.
    pub(in crate::trace) at: u64,
    /// How many line breaks lie behind, where they are counted.
    pub(in crate::trace) lines: u64,
    counts_lines: bool,
}

impl<R: BufRead> Walk<R> {
    /// At the start.
    pub(in crate::trace) fn new(reader: R) -> Walk<R> {
        Walk { reader, at: 0, lines: 0, counts_lines: false }
    }

    /// The same, with lines counted.
    pub(in crate::trace) fn with_lines(reader: R) -> Walk<R> {
        Walk { counts_lines: true, ..Walk::new(reader) }
    }

    /// Whether these bytes come next, as far as can be told without waiting for more.
    pub(in crate::trace) fn starts_with(&mut self, bytes: &[u8]) -> io::Result<bool> {
        Ok(fill(&mut self.reader)?.starts_with(bytes))
    }

    /// The byte here.
    pub(in crate::trace) fn here(&mut self) -> io::Result<Option<u8>> {
        Ok(fill(&mut self.reader)?.first().copied())
    }

    /// The next byte that is no white space, to which it steps.
    pub(in crate::trace) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let available = fill(&mut self.reader)?;
            let blank = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = available.get(blank).copied();
            let is_end = available.is_empty();
            self.pass(blank);
            if found.is_some() || is_end {
                return Ok(found);
            }
        }
    }

    /// Steps over bytes that were looked at.
    pub(in crate::trace) fn pass(&mut self, length: usize) {
        if self.counts_lines {
            let passed = fill(&mut self.reader).map(|bytes| &bytes[..length]).unwrap_or_default();
            self.lines += memchr::memchr_iter(b'\n', passed).count() as u64;
        }
        self.at += length as u64;
        self.reader.consume(length);
    }

    /// Steps over the value that begins here and gives its bytes away; false where the input ends
    /// within it.
    pub(in crate::trace) fn value(
        &mut self,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        Ok(self.value_up_to(u64::MAX, take)?.unwrap_or_default())
    }

    /// The same as far as there is no more of it than so many bytes and what is read at once; none where
    /// there is.
    pub(in crate::trace) fn value_up_to(
        &mut self,
        most: u64,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Option<bool>> {
        let mut value = Value::default();
        let has_ended = self.pieces(most, |bytes| value.end_in(bytes), take)?;
        Ok(has_ended.map(|has_ended| has_ended || value.is_plain))
    }

    /// Steps over the rest of the line and its end; false where there is nothing more.
    pub(in crate::trace) fn line(
        &mut self,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        let before = self.at;
        let end = |bytes: &[u8]| memchr::memchr(b'\n', bytes).map(|at| at + 1);
        self.pieces(u64::MAX, end, take)?;
        Ok(self.at > before)
    }

    /// Steps up to where an end is found and gives the bytes away; false where the input ends before,
    /// none where there were more bytes.
    fn pieces(
        &mut self,
        most: u64,
        mut end_in: impl FnMut(&[u8]) -> Option<usize>,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Option<bool>> {
        let start = self.at;
        while self.at - start <= most {
            let available = fill(&mut self.reader)?;
            if available.is_empty() {
                return Ok(Some(false));
            }
            let end = end_in(available);
            let length = end.unwrap_or(available.len());
            take(&available[..length])?;
            self.pass(length);
            if end.is_some() {
                return Ok(Some(true));
            }
        }
        Ok(None)
    }
}

/// The bytes that are read next; none at the end.
fn fill(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.fill_buf()
}

/// How far a value has been read.
#[derive(Default)]
pub(super) struct Value {
    within: Within,
    /// Whether it is neither a string nor has brackets.
    is_plain: bool,
}

impl Value {
    /// Reads on, and gives where the value ends, if it does within these bytes.
    pub(super) fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while !self.within.has_begun() {
            match bytes.get(at)? {
                b'"' => self.within.in_string = true,
                b'{' | b'[' => self.within.depth = 1,
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => return Some(at),
                _ => self.is_plain = true,
            }
            at += 1;
        }
        self.within.end_in(bytes.get(at..)?).map(|end| at + end)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    /// The values in a text that is read in pieces of a size, and whether the last was whole.
    fn values(text: &str, size: usize) -> (Vec<String>, bool) {
        let mut walk = Walk::with_lines(BufReader::with_capacity(size, text.as_bytes()));
        let (mut seen, mut is_whole) = (Vec::new(), true);
        while walk.peek().unwrap().is_some() {
            let mut value = Vec::new();
            is_whole = walk
                .value(|piece| {
                    value.extend_from_slice(piece);
                    Ok(())
                })
                .unwrap();
            if value.is_empty() {
                // What separates values.
                walk.pass(1);
            } else {
                seen.push(String::from_utf8(value).unwrap());
            }
        }
        assert_eq!(walk.at, text.len() as u64);
        assert_eq!(walk.lines, text.matches('\n').count() as u64);
        (seen, is_whole)
    }

    #[test]
    fn a_value_ends_where_its_brackets_do_whatever_its_strings_hold() {
        let text = "{\"a\":\"}\\\"]\\\\\",\n\"b\":[1,{}]} [[\"]\"]], \"x\\\"\" 12\n-1.5e3,true {\"open\":[";
        let expected = [
            "{\"a\":\"}\\\"]\\\\\",\n\"b\":[1,{}]}",
            "[[\"]\"]]",
            "\"x\\\"\"",
            "12",
            "-1.5e3",
            "true",
            "{\"open\":[",
        ];
        for size in 1..text.len() {
            let (seen, is_whole) = values(text, size);
            assert_eq!(seen, expected, "pieces of {size} bytes");
            assert!(!is_whole);
        }
        assert!(values("12", 1).1);
    }

    proptest! {
        #[test]
        fn a_valid_value_is_taken_whole_whatever_the_pieces(
            text in r#"[\[\]{}",:\\0-9a n\n]{0,24}"#,
            size in 1..9usize,
        ) {
            let trimmed = text.trim_ascii();
            if serde_json::from_str::<serde::de::IgnoredAny>(trimmed).is_ok() {
                prop_assert_eq!(values(trimmed, size), (vec![trimmed.to_owned()], true));
            } else {
                prop_assert_eq!(values(trimmed, size), values(trimmed, 64));
            }
        }
    }
}
