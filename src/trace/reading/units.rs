//! A file cut into units: its lines, or its JSON values where they run over several lines.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use super::lines::{LONGEST, TOO_LONG};
use super::parts::{NOT_JSON, Parts};
use crate::trace::formats::lists::Lists;
use crate::trace::json::walk::Walk;

/// The byte-order mark that some programs write at the start of UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How large a unit may be to be read at once, where it can be read in parts.
pub(super) const LARGE: usize = 1 << 20;

/// Cuts a file into units.
pub(super) struct Units<R> {
    walk: Walk<R>,
    cut: Cut,
    /// How units are read that are large.
    large: Large,
    /// The current unit, or what there is room for of one that is too long.
    buffer: Vec<u8>,
    /// Why the current unit cannot be read.
    wrong: Option<String>,
    /// The line on which the current unit begins, counted from 1.
    line: u64,
    /// What follows of the unit, of which the current one is a part.
    parts: Option<Parts>,
    /// Whether the current unit goes on with the document of the one before.
    goes_on: bool,
    /// Whether nothing follows the unit that is read in parts.
    is_last: bool,
    /// How many lists around the units have not ended.
    open: u64,
}

/// How units are read that are large.
#[derive(Clone, Default)]
pub(super) enum Large {
    /// At once.
    #[default]
    Whole,
    /// In parts, the lists of documents being these.
    Parts {
        /// The file, if it can be read anywhere; what lies elsewhere is kept in one.
        file: Option<PathBuf>,
        lists: Option<&'static Lists>,
        /// How large that is, and how large parts become.
        from: usize,
        /// Whether the file is one such unit and nothing else.
        is_one: bool,
    },
}

impl Large {
    /// How much there is room for of a unit that begins with this byte.
    fn room(&self, first: Option<u8>) -> usize {
        match self {
            Large::Parts { lists, from, .. }
                if first == Some(b'[') || (first == Some(b'{') && lists.is_some()) =>
            {
                *from
            }
            _ => LONGEST,
        }
    }

    /// The file in which a unit can be read again.
    fn file(&self) -> Option<&PathBuf> {
        match self {
            Large::Whole => None,
            Large::Parts { file, .. } => file.as_ref(),
        }
    }
}

/// A unit as it is gathered.
struct Gathering {
    /// The start of it.
    buffer: Vec<u8>,
    /// How much there is room for.
    room: usize,
    length: u64,
    /// Where all of it is kept, if there is more than there is room for.
    kept: Option<File>,
    keeps: bool,
}

impl Gathering {
    fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.length += piece.len() as u64;
        if self.keeps && self.kept.is_none() && self.buffer.len() + piece.len() > self.room {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.buffer)?;
            self.kept = Some(file);
        }
        if let Some(file) = &mut self.kept {
            file.write_all(piece)?;
        }
        if self.buffer.len() < self.room {
            self.buffer.extend_from_slice(piece);
        }
        Ok(())
    }
}

/// Where a unit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// At the end of its line.
    Lines,
    /// Where its JSON value ends. Elements of an outermost list are units of their own.
    Values,
}

impl Cut {
    /// How a file that begins with this line is to be cut: a line on which a JSON value begins and
    /// does not end belongs to a document over several lines.
    pub(super) fn of_first_line(line: &str) -> Cut {
        let begins = line.trim_ascii_start().starts_with(['{', '[']);
        let ends = || serde_json::from_str::<serde::de::IgnoredAny>(line);
        match begins.then(ends) {
            Some(Err(error)) if error.is_eof() => Cut::Values,
            _ => Cut::Lines,
        }
    }
}

impl<R: BufRead> Units<R> {
    pub(super) fn new(reader: R, cut: Cut) -> Units<R> {
        Units {
            walk: Walk::with_lines(reader),
            cut,
            large: Large::Whole,
            buffer: Vec::new(),
            wrong: None,
            line: 0,
            parts: None,
            goes_on: false,
            is_last: false,
            open: 0,
        }
    }

    /// The same with another way to read large units.
    pub(super) fn with_large(self, large: Large) -> Units<R> {
        Units { large, ..self }
    }

    /// The line on which the current unit begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the current unit goes on with the document of the one before.
    pub(super) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Goes on to the next unit that is not blank.
    pub(super) fn next(&mut self) -> io::Result<bool> {
        loop {
            self.wrong = None;
            if self.parts.is_some() && self.next_part()? {
                return Ok(true);
            }
            (self.parts, self.goes_on) = (None, false);
            self.buffer.clear();
            if self.buffer.capacity() > 8 * LARGE {
                self.buffer = Vec::new();
            }
            if self.is_last {
                return Ok(false);
            }
            if !self.begin()? {
                self.line = self.walk.lines + 1;
                let breaks_off = std::mem::take(&mut self.open) > 0;
                self.wrong = breaks_off.then(|| NOT_JSON.to_owned());
                return Ok(breaks_off);
            }
            self.gather()?;
            if self.parts.is_none() && !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The current unit, if it is text and not too long.
    pub(super) fn text(&self) -> Result<&str, String> {
        if let Some(why) = &self.wrong {
            return Err(why.clone());
        }
        std::str::from_utf8(self.buffer.trim_ascii())
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1))
    }

    /// Goes to where the next unit begins; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        if self.walk.at == 0 && self.walk.starts_with(BYTE_ORDER_MARK)? {
            self.walk.pass(BYTE_ORDER_MARK.len());
        }
        while let Some(byte) = self.walk.peek()? {
            // The outermost list and what stands between its elements are passed over.
            if self.cut == Cut::Lines || !matches!(byte, b'[' | b']' | b',') {
                self.line = self.walk.lines + 1;
                return Ok(true);
            }
            match byte {
                b'[' => self.open += 1,
                b']' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
            self.walk.pass(1);
        }
        Ok(false)
    }

    /// Gathers the unit that begins here. What is no JSON ends at the end of its line.
    fn gather(&mut self) -> io::Result<()> {
        let first = self.walk.here()?;
        let room = self.large.room(first);
        if let Large::Parts { file: Some(path), lists, from, is_one: true } = &self.large
            && room < LONGEST
        {
            let file = File::open(path)?;
            let span = (self.walk.at, file.metadata()?.len());
            self.parts = Some(Parts::new(file, span, *lists, *from));
            self.is_last = true;
            return Ok(());
        }
        let (start, buffer) = (self.walk.at, std::mem::take(&mut self.buffer));
        let keeps = room < LONGEST && self.large.file().is_none();
        let mut unit = Gathering { buffer, room, length: 0, kept: None, keeps };
        let is_whole = match (self.cut, first) {
            (Cut::Values, Some(b'{' | b'"')) => self.walk.value(|piece| unit.take(piece))?,
            _ => self.walk.line(|piece| unit.take(piece)).map(|_| true)?,
        };
        if !is_whole {
            // What breaks off is said once.
            self.open = 0;
        }
        let is_torn = !is_whole && first == Some(b'{') && room < LONGEST;
        let Gathering { buffer, length, kept, .. } = unit;
        self.buffer = buffer;
        if length <= room as u64 && !is_torn {
            return Ok(());
        }
        if room == LONGEST {
            self.wrong = Some(TOO_LONG.to_owned());
            return Ok(());
        }
        let Large::Parts { file, lists, from, .. } = &self.large else { return Ok(()) };
        let (file, start) = match (kept, file) {
            (Some(kept), _) => (kept, 0),
            (None, Some(path)) => (File::open(path)?, start),
            (None, None) => {
                let mut file = tempfile::tempfile()?;
                file.write_all(&self.buffer)?;
                (file, 0)
            }
        };
        let span = (start, start + length);
        let parts = Parts::new(file, span, *lists, *from);
        self.parts = Some(if is_torn { parts.torn(span, *lists) } else { parts });
        Ok(())
    }

    /// Goes on to the next part of a document; false behind the last.
    fn next_part(&mut self) -> io::Result<bool> {
        let Some(parts) = &mut self.parts else { return Ok(false) };
        match parts.next(&mut self.buffer)? {
            Ok(is_more) => {
                self.goes_on = parts.go_on();
                return Ok(is_more);
            }
            Err(why) => self.wrong = Some(why),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, cut: Cut) -> Vec<(u64, String)> {
        let mut units = Units::new(text.as_bytes(), cut);
        let mut seen = Vec::new();
        while units.next().unwrap() {
            seen.push((units.line(), units.text().unwrap().to_owned()));
        }
        seen
    }

    #[test]
    fn lines_are_counted_with_the_blank_ones_and_lose_their_mark() {
        let seen = units("\u{feff}a\n\n  \nb\r\n", Cut::Lines);
        assert_eq!(seen, [(1, "a".to_owned()), (4, "b".to_owned())]);
    }

    #[test]
    fn values_end_where_their_brackets_do_whatever_their_strings_hold() {
        let text = "[\n  {\"a\": \"}\\\"]\",\n   \"b\": [1, {}]},\n  {\"c\": 2}\n]\n{}\n";
        let seen = units(text, Cut::Values);
        assert_eq!(seen.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 6]);
        for (_, value) in seen {
            serde_json::from_str::<serde_json::Value>(&value).unwrap();
        }
    }

    #[test]
    fn a_list_that_breaks_off_between_its_elements_is_wrong_and_is_said_once() {
        for (text, expected) in [
            ("[{\"a\":1},{\"b\":2}]", 2),
            ("[{\"a\":1},{\"b\":2}", 3),
            ("[{\"a\":1},\n{\"b\":2},\n", 3),
            ("[{\"a\":1},{\"b\":", 2),
            ("{\"a\":1}\n{\"b\":2}\n", 2),
        ] {
            let mut units = Units::new(text.as_bytes(), Cut::Values);
            let (mut count, mut wrong) = (0, 0);
            while units.next().unwrap() {
                count += 1;
                wrong += u64::from(units.text().is_err());
            }
            assert_eq!((count, wrong), (expected, u64::from(expected == 3)), "{text}");
        }
    }

    #[test]
    fn what_is_no_value_is_a_unit_that_ends_with_its_line() {
        let seen = units("{}\noops {\n{\"a\":\n1}\n{", Cut::Values);
        let texts: Vec<_> = seen.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(texts, [(1, "{}"), (2, "oops {"), (3, "{\"a\":\n1}"), (5, "{")]);
    }

    #[test]
    fn the_first_line_tells_how_to_cut() {
        for (line, cut) in [
            ("{\"a\":1}", Cut::Lines),
            ("{", Cut::Values),
            ("[{\"a\":1},", Cut::Values),
            ("{oops", Cut::Lines),
            ("2026-01-01 [x] y", Cut::Lines),
            ("[{}]", Cut::Lines),
        ] {
            assert_eq!(Cut::of_first_line(line), cut, "{line}");
        }
    }
}
