//! Many bytes of JSON text looked at together.

use wide::u8x16;

/// How many bytes make a row.
pub(super) const ROW: usize = 16;

/// How many bytes make a block.
pub(super) const BLOCK: usize = 64;

/// Where a row has a byte that ends what is plain within a string: a quote, a backslash, or a control
/// character, which must not be there. A bit stands for each byte, the first lowest.
#[inline(always)]
pub(super) fn row_specials(row: [u8; ROW]) -> u32 {
    are_special(u8x16::new(row)).to_bitmask()
}

/// Where two rows are the same.
#[inline(always)]
pub(super) fn row_is(one: [u8; ROW], other: [u8; ROW]) -> u32 {
    u8x16::new(one).simd_eq(u8x16::new(other)).to_bitmask()
}

/// Where a row has digits.
#[inline(always)]
pub(super) fn row_digits(row: [u8; ROW]) -> u32 {
    let above_zero = u8x16::new(row) - u8x16::splat(b'0');
    above_zero.min(u8x16::splat(9)).simd_eq(above_zero).to_bitmask()
}

/// The same for a block.
#[inline(always)]
pub(super) fn block_specials(block: &[u8; BLOCK]) -> u64 {
    bits(block, are_special)
}

#[inline(always)]
fn are_special(row: u8x16) -> u8x16 {
    is(row, b'"') | is(row, b'\\') | are_controls(row)
}

#[inline(always)]
pub(super) fn are_controls(row: u8x16) -> u8x16 {
    row.min(u8x16::splat(0x1f)).simd_eq(row)
}

/// The row that some bytes begin with, and how many of them stand in it; zeros follow.
#[inline(always)]
pub(super) fn row(bytes: &[u8]) -> ([u8; ROW], usize) {
    if let Some(row) = bytes.first_chunk() {
        return (*row, ROW);
    }
    let mut row = [0; ROW];
    row[..bytes.len()].copy_from_slice(bytes);
    (row, bytes.len())
}

/// Where the first backslash of a row stands; behind the row if there is none.
#[inline(always)]
pub(super) fn backslash(row: [u8; ROW]) -> usize {
    let found = is(u8x16::new(row), b'\\').to_bitmask();
    (found | 1 << ROW).trailing_zeros() as usize
}

#[inline(always)]
pub(super) fn is(row: u8x16, byte: u8) -> u8x16 {
    row.simd_eq(u8x16::splat(byte))
}

/// Where a block has what the rows are asked for.
#[inline(always)]
pub(super) fn bits(block: &[u8; BLOCK], of_row: impl Fn(u8x16) -> u8x16) -> u64 {
    let (rows, _) = block.as_chunks::<ROW>();
    let rows = rows.iter().rev();
    rows.fold(0, |bits, row| bits << ROW | u64::from(of_row(u8x16::new(*row)).to_bitmask()))
}

/// A place within a value of which strings and brackets are heeded, and nothing else is looked at.
#[derive(Default)]
pub(super) struct Within {
    pub(super) depth: usize,
    pub(super) in_string: bool,
    /// Whether the next byte is escaped.
    is_escaped: bool,
}

impl Within {
    /// Whether a string or a bracket has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.in_string || self.depth > 0
    }

    /// Reads on, and gives where the value ends, if it does within these bytes.
    pub(super) fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for (index, block) in blocks.iter().enumerate() {
            if let Some(end) = self.block(block, BLOCK) {
                return Some(index * BLOCK + end);
            }
        }
        if rest.is_empty() {
            return None;
        }
        let mut last = [b' '; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        self.block(&last, rest.len()).map(|end| blocks.len() * BLOCK + end)
    }

    /// The same for a block of which so many bytes count; blanks follow.
    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK], length: usize) -> Option<usize> {
        let backslashes = bits(block, |row| is(row, b'\\'));
        let escaped = escaped(backslashes, &mut self.is_escaped, length);
        let quotes = bits(block, |row| is(row, b'"')) & !escaped;
        if self.in_string && quotes == 0 {
            return None;
        }
        if self.depth == 0 {
            // A string by itself.
            return Some(quotes.trailing_zeros() as usize + 1);
        }
        let strings = odd_behind(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        self.in_string = strings >> (BLOCK - 1) == 1;
        // Brackets and braces differ in one bit.
        let brackets = |byte| bits(block, |row| is(row | u8x16::splat(0x20), byte)) & !strings;
        let (opening, closing) = (brackets(b'{'), brackets(b'}'));
        if opening | closing == 0 {
            return None;
        }
        let closed = closing.count_ones() as usize;
        if closed < self.depth {
            self.depth = self.depth + opening.count_ones() as usize - closed;
            return None;
        }
        let mut all = opening | closing;
        while all != 0 {
            let at = all.trailing_zeros();
            if opening >> at & 1 == 1 {
                self.depth += 1;
            } else {
                self.depth -= 1;
            }
            if self.depth == 0 {
                return Some(at as usize + 1);
            }
            all &= all - 1;
        }
        None
    }
}

/// Which bytes of a block follow a backslash that is not escaped itself, by where backslashes stand and
/// whether the first byte is escaped; tells then whether the byte behind those that count is.
#[inline(always)]
pub(super) fn escaped(backslashes: u64, is_escaped: &mut bool, length: usize) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let before = u64::from(*is_escaped);
    if backslashes == 0 {
        *is_escaped = false;
        return before;
    }
    // Of a run of backslashes every second one is escaped. A carry finds the end of runs that
    // begin at an odd place, where it is the other way round.
    let backslashes = backslashes & !before;
    let behind = backslashes << 1 | before;
    let odd_starts = backslashes & !EVEN & !behind;
    let (ends, overflows) = odd_starts.overflowing_add(backslashes);
    let escaped = (EVEN ^ ends << 1) & behind;
    *is_escaped = match length {
        BLOCK => overflows,
        length => escaped >> length & 1 == 1,
    };
    escaped
}

/// The places behind which an odd number of bits is set, that of the place itself among them.
#[inline(always)]
pub(super) fn odd_behind(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, by| bits ^ bits << by)
}
