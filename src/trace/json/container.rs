//! A list or an object checked block by block: of every byte a bit says what it is, and what may follow what is
//! told by shifting and adding words of such bits (Langdale and Lemire, "Parsing Gigabytes of JSON per Second";
//! Cameron, "Parabix"). Only brackets are gone through one by one.

use fearless_simd::prelude::*;
use fearless_simd::{Avx2, mask8x32, u8x32};
use wide::u8x16;

use super::block::{BLOCK, are_controls, bits, escaped, is, odd_behind};

/// How deep values may nest on a line: the kinds of what is open are kept in the bits of one word.
const WORD: usize = 64;

/// A container that is open, and what the bytes so far mean for the next ones.
///
/// It stands in a document, or on a line: then a line break is never white space, and what nests deeper than
/// any record is left to others.
#[derive(Default)]
pub(super) struct Container<const LINES: bool> {
    depth: usize,
    /// The kinds of the open brackets, the innermost lowest; a bit is set for an object. Those for which a
    /// word has no room follow.
    kinds: u64,
    outer: Vec<bool>,
    /// All bits if a string is open.
    in_string: u64,
    is_escaped: bool,
    /// What the last byte of the block before was, in the highest bits; where nothing but white space follows,
    /// the last byte counts as what stands before that.
    scalars: u64,
    ends: u64,
    string_ends: u64,
    opening: u64,
    /// A bit for the first byte: whether the next bracket, comma or colon must be a colon in an object.
    needs_colon: u64,
}

/// What is left to be looked at of a block, byte by byte.
pub(super) struct Checked {
    /// Where the container ends, if it does within the block.
    pub(super) end: Option<usize>,
    /// Where escapes begin.
    pub(super) escapes: u64,
    /// Where numbers and literals begin, and where their bytes are.
    pub(super) scalars: u64,
    pub(super) of_scalars: u64,
}

/// What the bytes of a block are, wherever they stand; a bit stands for each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kinds {
    quotes: u64,
    backslashes: u64,
    controls: u64,
    spaces: u64,
    /// Opening brackets and braces, and closing ones.
    opening: u64,
    closing: u64,
    colons: u64,
    commas: u64,
}

impl Kinds {
    /// Finds them out by rows.
    #[inline(always)]
    pub(super) fn by_rows(block: &[u8; BLOCK]) -> Kinds {
        let are = |byte| bits(block, |row| is(row, byte));
        // Brackets and braces differ in one bit.
        let brackets = |byte| bits(block, |row| is(row | u8x16::splat(0x20), byte));
        Kinds {
            quotes: are(b'"'),
            backslashes: are(b'\\'),
            controls: bits(block, are_controls),
            spaces: are(b' '),
            opening: brackets(b'{'),
            closing: brackets(b'}'),
            colons: are(b':'),
            commas: are(b','),
        }
    }

    /// Finds them out by rows of twice as many bytes.
    #[inline(always)]
    pub(super) fn by_wide_rows(simd: Avx2, block: &[u8; BLOCK]) -> Kinds {
        let (low, high) = block.split_at(BLOCK / 2);
        let rows = [low, high].map(|row| u8x32::from_slice(simd, row));
        let bits = |masks: [mask8x32<Avx2>; 2]| masks[0].to_bitmask() | masks[1].to_bitmask() << 32;
        let are = |byte: u8| bits(rows.map(|row| row.simd_eq(byte)));
        let folded = rows.map(|row| row | u8x32::splat(simd, 0x20));
        let brackets = |byte: u8| bits(folded.map(|row| row.simd_eq(byte)));
        Kinds {
            quotes: are(b'"'),
            backslashes: are(b'\\'),
            controls: bits(rows.map(|row| row.simd_le(0x1f))),
            spaces: are(b' '),
            opening: brackets(b'{'),
            closing: brackets(b'}'),
            colons: are(b':'),
            commas: are(b','),
        }
    }
}

impl<const LINES: bool> Container<LINES> {
    /// Goes on with the next bytes; none where they are no JSON, whatever they are like that is left.
    #[inline(always)]
    pub(super) fn block(&mut self, block: &[u8; BLOCK], kinds: Kinds) -> Option<Checked> {
        let Kinds { quotes, backslashes, controls, spaces, opening, closing, colons, commas } =
            kinds;
        let escaped = escaped(backslashes, &mut self.is_escaped, BLOCK);
        let quotes = quotes & !escaped;
        let inside = odd_behind(quotes) ^ self.in_string;
        self.in_string = 0u64.wrapping_sub(inside >> (BLOCK - 1));

        let outside = !(inside | quotes);
        let blanks = (spaces | blanks::<LINES>(block, controls & outside)) & outside;
        let (opening, closing) = (opening & outside, closing & outside);
        let (colons, commas) = (colons & outside, commas & outside);
        let marks = opening | closing | colons | commas;

        let scalars = outside & !(marks | blanks);
        let after_scalar = behind(scalars, self.scalars);
        let scalar_starts = scalars & !after_scalar;
        let (string_starts, string_ends) = (quotes & inside, quotes & !inside);
        let ends = string_ends | closing;
        let mut after_value = behind(ends, self.ends) | after_scalar & !scalars;
        let mut after_string = behind(string_ends, self.string_ends);
        let mut after_opening = behind(opening, self.opening);
        (self.scalars, self.ends, self.string_ends) = (scalars, ends, string_ends);
        self.opening = opening;
        if blanks & (after_value | after_opening) != 0 {
            for (after, next) in [
                (&mut after_value, &mut self.ends),
                (&mut after_string, &mut self.string_ends),
                (&mut after_opening, &mut self.opening),
            ] {
                // A carry goes along blanks to what stands behind them.
                let (sum, overflows) = after.overflowing_add(blanks);
                *after = sum & !blanks;
                *next |= u64::from(overflows) << (BLOCK - 1);
            }
        }
        // In the same way one goes from an opening bracket or a comma to the next mark.
        let needing = opening | commas;
        let (sum, overflows) = (needing << 1 | self.needs_colon).overflowing_add(!marks);
        self.needs_colon = needing >> (BLOCK - 1) | u64::from(overflows);
        let need_colon = sum & marks;

        let begins = string_starts | scalar_starts | opening;
        let wrong = begins & after_value
            | colons & !(after_string & need_colon)
            | commas & !after_value
            | closing & !(after_value | after_opening)
            | inside & controls;
        let wrong_in_object = need_colon & !colons & !(closing & after_opening);
        let end = self.brackets(block, (opening, closing), [colons, wrong_in_object])?;
        let until = end.map_or(u64::MAX, |end| u64::MAX >> (BLOCK - end));
        (wrong & until == 0).then_some(Checked {
            end,
            escapes: backslashes & !escaped & until,
            scalars: scalar_starts & until,
            of_scalars: scalars,
        })
    }

    /// Goes through brackets, between which nothing may stand that is wrong in a list, or in an object; gives
    /// where the last one ends that is open.
    #[inline(always)]
    fn brackets(
        &mut self,
        block: &[u8; BLOCK],
        (opening, closing): (u64, u64),
        wrong: [u64; 2],
    ) -> Option<Option<usize>> {
        let (mut brackets, mut rest) = (opening | closing, u64::MAX);
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            let until = brackets ^ (brackets - 1);
            if wrong[self.kind()] & until & rest != 0 {
                return None;
            }
            let is_of_object = usize::from(block[at] & 0x20 != 0);
            if opening >> at & 1 == 1 {
                self.open(is_of_object)?;
            } else {
                if is_of_object != self.kind() {
                    return None;
                }
                self.close();
                if self.depth == 0 {
                    return Some(Some(at + 1));
                }
            }
            rest = !until;
            brackets &= rest;
        }
        (wrong[self.kind()] & rest == 0).then_some(None)
    }

    /// Whether the innermost one is an object.
    #[inline(always)]
    fn kind(&self) -> usize {
        (self.kinds & 1) as usize
    }

    #[inline(always)]
    fn open(&mut self, kind: usize) -> Option<()> {
        if self.depth >= WORD {
            if LINES {
                return None;
            }
            self.outer.push(self.kinds >> (WORD - 1) == 1);
        }
        self.depth += 1;
        self.kinds = self.kinds << 1 | kind as u64;
        Some(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.depth -= 1;
        self.kinds >>= 1;
        if !LINES && let Some(kind) = self.outer.pop() {
            self.kinds |= u64::from(kind) << (WORD - 1);
        }
    }
}

/// Whether a byte is white space.
#[inline(always)]
pub(super) fn is_blank<const LINES: bool>(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r') || !LINES && byte == b'\n'
}

/// Which control characters are white space.
#[inline(always)]
fn blanks<const LINES: bool>(block: &[u8; BLOCK], mut controls: u64) -> u64 {
    let mut blanks = 0;
    while controls != 0 {
        if is_blank::<LINES>(block[controls.trailing_zeros() as usize]) {
            blanks |= controls & controls.wrapping_neg();
        }
        controls &= controls - 1;
    }
    blanks
}

/// The places behind those of a block, by those of the block before.
#[inline(always)]
fn behind(bits: u64, before: u64) -> u64 {
    bits << 1 | before >> (BLOCK - 1)
}

#[cfg(test)]
mod tests {
    use fearless_simd::Level;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn wide_rows_find_what_rows_find(bytes in prop::collection::vec(any::<u8>(), BLOCK)) {
            let block: &[u8; BLOCK] = bytes.first_chunk().unwrap();
            if let Some(simd) = Level::new().as_avx2() {
                prop_assert_eq!(Kinds::by_wide_rows(simd, block), Kinds::by_rows(block));
            }
        }
    }
}
