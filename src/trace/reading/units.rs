//! A file cut into units: its lines, or its JSON values where they run over several lines.

use std::io::{self, BufRead, Read};

use super::lines::{LONGEST, TOO_LONG};

/// The byte-order mark that some programs write at the start of UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Cuts a file into units.
pub(super) struct Units<R> {
    reader: R,
    cut: Cut,
    /// The current unit, or what there is room for of one that is too long.
    buffer: Vec<u8>,
    is_too_long: bool,
    /// The line on which the current unit begins, counted from 1.
    line: u64,
    /// How many lines have ended so far.
    ended: u64,
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
        Units { reader, cut, buffer: Vec::new(), is_too_long: false, line: 0, ended: 0 }
    }

    /// The line on which the current unit begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes on to the next unit that is not blank.
    pub(super) fn next(&mut self) -> io::Result<bool> {
        loop {
            self.buffer.clear();
            if std::mem::take(&mut self.is_too_long) {
                self.buffer = Vec::new();
            }
            let more = match self.cut {
                Cut::Lines => self.next_line()?,
                Cut::Values => self.next_value()?,
            };
            if self.line == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
            }
            if !more || !self.buffer.trim_ascii().is_empty() {
                return Ok(more);
            }
        }
    }

    /// The current unit, if it is text and not too long.
    pub(super) fn text(&self) -> Result<&str, String> {
        if self.is_too_long {
            return Err(TOO_LONG.to_owned());
        }
        std::str::from_utf8(self.buffer.trim_ascii())
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1))
    }

    fn next_line(&mut self) -> io::Result<bool> {
        let mut limited = self.reader.by_ref().take(LONGEST as u64);
        let length = limited.read_until(b'\n', &mut self.buffer)?;
        if length == LONGEST && self.buffer.last() != Some(&b'\n') {
            self.is_too_long = true;
            self.reader.skip_until(b'\n')?;
        }
        self.ended += u64::from(length > 0);
        self.line = self.ended;
        Ok(length > 0)
    }

    /// Reads up to the end of a value. What is no JSON ends at the end of its line.
    fn next_value(&mut self) -> io::Result<bool> {
        let mut value = Value::default();
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                return Ok(!self.buffer.is_empty());
            }
            let mut used = 0;
            let mut complete = false;
            for byte in available {
                used += 1;
                self.ended += u64::from(*byte == b'\n');
                complete = value.ends_with(*byte);
                if self.buffer.is_empty() && !value.has_begun() {
                    continue;
                }
                if self.buffer.is_empty() {
                    self.line = self.ended + 1;
                }
                match self.buffer.len() < LONGEST {
                    true => self.buffer.push(*byte),
                    false => self.is_too_long = true,
                }
                if complete {
                    break;
                }
            }
            self.reader.consume(used);
            if complete {
                return Ok(true);
            }
        }
    }
}

/// How far a value has been read.
#[derive(Default)]
struct Value {
    depth: usize,
    in_string: bool,
    escaped: bool,
    in_other: bool,
}

impl Value {
    fn has_begun(&self) -> bool {
        self.depth > 0 || self.in_string || self.in_other
    }

    /// Takes the next byte, and says whether the value is complete with it.
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return !self.in_string && self.depth == 0;
        }
        if self.in_other {
            return byte == b'\n';
        }
        match byte {
            // The outermost list and what stands between its elements are passed over.
            b'[' | b']' | b',' if self.depth == 0 => false,
            byte if self.depth == 0 && byte.is_ascii_whitespace() => false,
            b'{' | b'[' => {
                self.depth += 1;
                false
            }
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                self.depth == 0
            }
            b'"' => {
                self.in_string = true;
                false
            }
            _ if self.depth > 0 => false,
            _ => {
                self.in_other = true;
                false
            }
        }
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
