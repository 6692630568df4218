//! From byte offsets to lines and columns.

/// The starts of a text's lines, so that an offset is turned into a position in logarithmic time.
#[derive(Debug)]
pub struct LineTable {
    starts: Vec<usize>,
    /// How much there is before each multiple of [`STEP`], so that a column is found quickly also in
    /// a line of many megabytes.
    before: Vec<Extent>,
}

/// How long a part of a text is.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    characters: usize,
    /// How many of the characters take two units of UTF-16.
    wide: usize,
}

/// The distance of the places at which characters are counted in advance, in bytes.
const STEP: usize = 4_096;

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
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(breaks.map(|at| at + 1)).collect();
        let extents = text.as_bytes().chunks(STEP).scan(Extent::default(), |before, chunk| {
            *before = before.and(chunk);
            Some(*before)
        });
        LineTable { starts, before: std::iter::once(Extent::default()).chain(extents).collect() }
    }

    /// The position of an offset; one behind the end is that of the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line_of(offset);
        let before = self.before(text, offset).characters;
        let line_before = self.before(text, self.starts[line]).characters;
        // A byte-order mark is no character of the first line.
        let mark = usize::from(line == 0 && offset > 0 && text.starts_with('\u{feff}'));
        Position { line: line + 1, column: before - line_before - mark + 1 }
    }

    /// The position of an offset with the column in UTF-16 units, as editors and SARIF count.
    pub fn position_utf16(&self, text: &str, offset: usize) -> Position {
        let position = self.position(text, offset);
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line_start = self.starts[position.line - 1];
        let wide = self.before(text, offset).wide - self.before(text, line_start).wide;
        Position { column: position.column + wide, ..position }
    }

    /// The line that holds an offset, counted from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The offset at which a line starts; the end of the text for a line behind the last.
    pub fn start_of(&self, line: usize, text: &str) -> usize {
        self.starts.get(line).copied().unwrap_or(text.len())
    }

    fn before(&self, text: &str, offset: usize) -> Extent {
        let step = offset / STEP;
        self.before[step].and(&text.as_bytes()[step * STEP..offset])
    }
}

impl Extent {
    /// The extent with a part of a UTF-8 text behind it, which may begin and end within a character.
    fn and(self, bytes: &[u8]) -> Extent {
        if bytes.is_ascii() {
            return Extent { characters: self.characters + bytes.len(), ..self };
        }
        let begin = |is_begin: fn(u8) -> bool| bytes.iter().filter(|byte| is_begin(**byte)).count();
        Extent {
            characters: self.characters + begin(|byte| byte & 0xc0 != 0x80),
            // Only what takes four bytes takes two units.
            wide: self.wide + begin(|byte| byte >= 0xf0),
        }
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

    #[test]
    fn editors_count_two_for_what_is_beyond_the_basic_plane() {
        let text = "a\n\u{1f600}ä x";
        let table = LineTable::new(text);
        let at = text.find('x').unwrap();
        assert_eq!(table.position(text, at), Position { line: 2, column: 4 });
        assert_eq!(table.position_utf16(text, at), Position { line: 2, column: 5 });
        let long = format!("{}x", "\u{1f600}".repeat(STEP));
        let position = LineTable::new(&long).position_utf16(&long, 4 * STEP);
        assert_eq!(position, Position { line: 1, column: 2 * STEP + 1 });
    }

    #[test]
    fn columns_of_long_lines_are_right_too() {
        let text = format!("\u{feff}{}x", "ä".repeat(10_000));
        let table = LineTable::new(&text);
        let position = table.position(&text, text.len() - 1);
        assert_eq!(position, Position { line: 1, column: 10_001 });
        assert_eq!(table.position(&text, 0), Position { line: 1, column: 1 });
    }
}
