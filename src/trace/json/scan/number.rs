//! Numbers of JSON: most have few digits, and are looked at as a row of bytes.

use super::JsonScan;
use crate::trace::json::block::{ROW, row_digits};

/// How long a number may be that is certainly within a 64-bit float, if it has no exponent.
const MAX_PLAIN_NUMBER: usize = 300;

impl<const LINES: bool> JsonScan<'_, LINES> {
    /// Steps over a number.
    #[inline(always)]
    pub(super) fn number(&mut self) -> Option<()> {
        match self.short_number() {
            Some(length) => {
                self.at += length;
                Some(())
            }
            None => self.any_number(),
        }
    }

    /// How long the number here is, if it is short and has no exponent.
    #[inline(always)]
    fn short_number(&self) -> Option<usize> {
        let row: &[u8; ROW] = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        let digits = row_digits(*row);
        let length = |start: usize| (!(digits >> start)).trailing_zeros() as usize;
        let start = usize::from(row[0] == b'-');
        let mut end = start + length(start);
        let is_whole = end > start && (end == start + 1 || row[start] != b'0');
        if *row.get(end)? == b'.' {
            let fraction = length(end + 1);
            end += 1 + fraction;
            (fraction > 0).then_some(())?;
        }
        (is_whole && !matches!(row.get(end)?, b'e' | b'E')).then_some(end)
    }

    fn any_number(&mut self) -> Option<()> {
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
}
