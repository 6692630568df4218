//! What stands between two values of a line.

use super::block::{ROW, row_is};

/// How long what stands between two values may be to be remembered, in bytes.
const LONGEST: usize = 2 * ROW;

/// What stood between two values of a line, such as `,"tool":"`. The lines of a log are much alike,
/// so that the next line most likely has the same, and need not be taken apart again.
#[derive(Clone, Copy, Debug)]
pub(in crate::trace) struct Gap {
    rows: [[u8; ROW]; 2],
    /// The bits of the bytes that count; more than a row has for a gap that is not remembered.
    bits: [u32; 2],
    length: usize,
}

impl Default for Gap {
    fn default() -> Gap {
        Gap { rows: [[0; ROW]; 2], bits: [u32::MAX; 2], length: 0 }
    }
}

impl Gap {
    /// Remembers what stands between two places of a text, if that is not too long.
    pub(super) fn new(text: &str, start: usize, end: usize) -> Gap {
        let Some(bytes) = text.as_bytes().get(start..end) else { return Gap::default() };
        if !(1..=LONGEST).contains(&bytes.len()) {
            return Gap::default();
        }
        let mut all = [0; LONGEST];
        all[..bytes.len()].copy_from_slice(bytes);
        let (rows, _) = all.as_chunks();
        let bits = u32::MAX >> (LONGEST - bytes.len());
        let bits = [bits & u32::from(u16::MAX), bits >> ROW];
        Gap { rows: [rows[0], rows[1]], bits, length: bytes.len() }
    }

    /// Whether it is one that is remembered.
    pub(in crate::trace) fn is_remembered(&self) -> bool {
        self.bits[0] != u32::MAX
    }

    /// How long it is, if some bytes begin with it.
    #[inline(always)]
    pub(super) fn begins(&self, bytes: &[u8]) -> Option<usize> {
        let [first, second] = self.bits;
        if row_is(*bytes.first_chunk()?, self.rows[0]) & first != first {
            return None;
        }
        if second != 0 && row_is(*bytes[ROW..].first_chunk()?, self.rows[1]) & second != second {
            return None;
        }
        Some(self.length)
    }
}
