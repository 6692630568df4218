//! Steps over JSON text and checks every byte of it, many at a time within strings.

mod number;

use std::sync::OnceLock;

use fearless_simd::{Avx2, Level, Simd};

use super::block::{BLOCK, ROW, block_specials, row_specials};
use super::container::{Container, Kinds, is_blank};
use super::gap::Gap;
use super::walk::Value;

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
        let length = gap.begins(self.rest());
        self.at += length.unwrap_or_default();
        length.is_some()
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

    /// The bytes between two places.
    #[inline(always)]
    pub(in crate::trace) fn bytes(&self, start: usize, end: usize) -> Option<&'a [u8]> {
        self.text.as_bytes().get(start..end)
    }

    /// The bytes from here on.
    #[inline(always)]
    pub(in crate::trace) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Whether a text stands between two places.
    pub(in crate::trace) fn is(&self, [start, end]: [usize; 2], text: &str) -> bool {
        self.bytes(start, end) == Some(text.as_bytes())
    }

    /// The text between two places.
    #[inline(always)]
    pub(in crate::trace) fn slice(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text.get(start..end)
    }

    /// Steps over the end of the line, on which there must be nothing more.
    #[inline(always)]
    pub(in crate::trace) fn end_line(&mut self) -> Option<()> {
        self.space();
        match self.peek() {
            None => {}
            Some(b'\n') => self.at += 1,
            Some(_) => return None,
        }
        Some(())
    }

    /// What stands before a value: a bracket or comma, a name and a colon, each with at most a blank
    /// behind it; gives where the name stands. None, and no step, where it is longer or something else.
    #[inline(always)]
    pub(in crate::trace) fn short_name(&mut self, first: u8) -> Option<[usize; 2]> {
        let row: &[u8; ROW] = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        let found = row_specials(*row);
        let open = found.trailing_zeros() as usize;
        let close = (found & found.wrapping_sub(1)).trailing_zeros() as usize;
        let is_short = row[0] == first
            && (open == 1 || open == 2 && row[1] == b' ')
            && close + 2 < ROW
            && (row[open], row[close], row[close + 1]) == (b'"', b'"', b':');
        let name = is_short.then_some([self.at + open + 1, self.at + close])?;
        self.at += close + 2 + usize::from(row[close + 2] == b' ');
        Some(name)
    }

    /// Steps over a quote, if one stands here.
    #[inline(always)]
    pub(in crate::trace) fn quote(&mut self) -> bool {
        self.expect(b'"').is_some()
    }

    /// A string without escapes, whose opening quote is behind, without its quotes.
    #[inline(always)]
    pub(in crate::trace) fn plain_text(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip_plain()?;
        let text = self.since(start)?;
        self.expect(b'"')?;
        Some(text)
    }

    /// A string, without its quotes and with its escapes as they are, and whether there are any in it.
    #[inline(always)]
    pub(in crate::trace) fn any_string(&mut self) -> Option<(&'a str, bool)> {
        self.expect(b'"')?;
        let start = self.at;
        let has_escapes = self.skip_text()?;
        Some((self.slice(start, self.at - 1)?, has_escapes))
    }

    /// Steps over a string whose opening quote is behind, and tells whether there are escapes in it.
    #[inline(always)]
    pub(in crate::trace) fn skip_text(&mut self) -> Option<bool> {
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

    /// Steps over a string, and tells whether there are escapes in it.
    #[inline(always)]
    pub(in crate::trace) fn skip_string(&mut self) -> Option<bool> {
        self.expect(b'"')?;
        self.skip_text()
    }

    /// Steps over null, if that stands here.
    #[inline(always)]
    pub(in crate::trace) fn null(&mut self) -> Option<()> {
        self.literal("null")
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
            b'{' => self.container(),
            b'[' => {
                let start = self.at;
                self.flat_list().or_else(|| {
                    self.at = start;
                    self.container()
                })
            }
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

    /// A list of few strings, numbers and literals: it is sooner gone through than found in blocks. None where
    /// it is another or wrong.
    fn flat_list(&mut self) -> Option<()> {
        const FEW: usize = 4;
        self.open(b'[')?;
        for _ in 0..FEW {
            match self.peek()? {
                b'{' | b'[' => return None,
                _ => self.value()?,
            }
            if self.ends_with(b']')? {
                return Some(());
            }
            self.open(b',')?;
        }
        None
    }

    /// A list or an object, without recursion.
    fn container(&mut self) -> Option<()> {
        match wide_rows() {
            Some(simd) => simd.vectorize(
                #[inline(always)]
                || {
                    self.blocks(
                        #[inline(always)]
                        |block| Kinds::by_wide_rows(simd, block),
                    )
                },
            ),
            None => self.blocks(Kinds::by_rows),
        }
    }

    /// A list or an object, block by block.
    #[inline(always)]
    fn blocks(&mut self, kinds: impl Fn(&[u8; BLOCK]) -> Kinds) -> Option<()> {
        let bytes = self.text.as_bytes();
        let (mut container, mut start) = (Container::<LINES>::default(), self.at);
        loop {
            let rest = bytes.get(start..)?;
            let checked = match rest.first_chunk() {
                Some(block) => container.block(block, kinds(block))?,
                None => {
                    let mut block = [b' '; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    container.block(&block, kinds(&block))?
                }
            };
            for at in places(checked.escapes) {
                escape_length(bytes, start + at)?;
            }
            for at in places(checked.scalars) {
                self.at = start + at;
                self.scalar()?;
                // What behind it belongs to none is found where it ends.
                let end = at + (!(checked.of_scalars >> at)).trailing_zeros() as usize;
                let is_whole =
                    if end < BLOCK { self.at == start + end } else { self.ends_scalar() };
                is_whole.then_some(())?;
            }
            if let Some(end) = checked.end {
                self.at = start + end;
                return Some(());
            }
            start += BLOCK;
        }
    }

    /// A number or a literal.
    #[inline(always)]
    fn scalar(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        match rest.first_chunk() {
            Some(b"true" | b"null") => self.at += 4,
            Some(b"fals") if rest.get(4) == Some(&b'e') => self.at += 5,
            _ => self.number()?,
        }
        Some(())
    }

    /// Whether a number or a literal ends here of which its block may not hold all.
    fn ends_scalar(&self) -> bool {
        let ends = |byte| {
            matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{')
                || is_blank::<LINES>(byte)
        };
        self.peek().is_none_or(ends)
    }
}

/// Rows of 32 bytes, where the processor has them.
#[inline(always)]
fn wide_rows() -> Option<Avx2> {
    static FOUND: OnceLock<Option<Avx2>> = OnceLock::new();
    *FOUND.get_or_init(|| Level::new().as_avx2())
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
mod tests;
