//! From byte offsets to lines and columns.

/// The starts of a text's lines, so that an offset is turned into a position in logarithmic time.
#[derive(Debug)]
pub struct LineTable {
    starts: Vec<usize>,
}

/// A place for people and editors; both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl LineTable {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> LineTable {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        LineTable { starts }
    }

    /// The position of an offset; one behind the end is that of the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line_of(offset);
        let start = self.starts[line];
        let before = text[start..offset].trim_start_matches('\u{feff}');
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The line that holds an offset, counted from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The offset at which a line starts; the end of the text for a line behind the last.
    pub fn start_of(&self, line: usize, text: &str) -> usize {
        self.starts.get(line).copied().unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_and_in_characters() {
        let text = "ab\r\näö x\n";
        let table = LineTable::new(text);
        let at = |needle: &str| table.position(text, text.find(needle).unwrap());
        assert_eq!(at("ab"), Position { line: 1, column: 1 });
        assert_eq!(at("x"), Position { line: 2, column: 4 });
        assert_eq!(table.position(text, 999), Position { line: 3, column: 1 });
    }
}
