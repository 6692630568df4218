//! Places in a text.

use std::ops::Range;

/// A range of bytes in a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Span {
        Span::new(range.start, range.end)
    }
}

impl Span {
    /// From the first byte to behind the last.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The empty span at an offset.
    pub fn at(offset: usize) -> Span {
        Span::new(offset, offset)
    }

    /// As the range of the standard library.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}
