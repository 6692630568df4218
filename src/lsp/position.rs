//! Between bytes and the positions of editors: lines from 0, columns in UTF-16 units from 0.

use super::open::Open;
use super::protocol::{Position, Range};
use crate::source::LineTable;

/// The byte at a position; one behind the end of a line is the end of the line.
pub(super) fn offset(open: &Open, position: Position) -> usize {
    let text = &open.document.text;
    let line = usize::try_from(position.line).unwrap_or(usize::MAX);
    let start = open.lines.start_of(line, text);
    let rest = &text[start..];
    let line = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
    let mut units = 0;
    for (at, character) in line.char_indices() {
        if units >= position.character as usize {
            return start + at;
        }
        units += character.len_utf16();
    }
    start + line.len()
}

/// The positions of a range of bytes.
pub(super) fn range(open: &Open, span: &std::ops::Range<usize>) -> Range {
    range_in(&open.document.text, &open.lines, span)
}

/// The same in a text that need not be open.
pub(super) fn range_in(text: &str, lines: &LineTable, span: &std::ops::Range<usize>) -> Range {
    Range { start: position(text, lines, span.start), end: position(text, lines, span.end) }
}

fn position(text: &str, lines: &LineTable, offset: usize) -> Position {
    let at = lines.position_utf16(text, offset);
    // A byte-order mark is no character for us, and one for editors.
    let mark = u32::from(at.line == 1 && offset > 0 && text.starts_with('\u{feff}'));
    let number = |number: usize| u32::try_from(number - 1).unwrap_or(u32::MAX);
    Position { line: number(at.line), character: number(at.column) + mark }
}
