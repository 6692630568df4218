//! The start of an input, by which its format is found.

use std::io::{self, BufReader, Read};

use serde_json::value::RawValue;

use super::lines::{LONGEST, pass_over_line};
use super::skeleton::skeleton;
use super::source::Bytes;

use super::units::{BYTE_ORDER_MARK, Cut, LARGE, Units};
use crate::trace::formats::Format;
use crate::trace::formats::common::unread::unread;
use crate::trace::json;
use crate::trace::record::FieldMap;

/// How many units are looked at to find the format.
pub(super) const PROBED_UNITS: usize = 100;

/// How much is looked at to find the format, if there is a whole unit in it, in bytes.
const PROBED_BYTES: usize = 1 << 18;

/// The first bytes of an input: some kilobytes, or as much as it takes to have a whole unit.
pub(super) struct Start {
    pub(super) bytes: Vec<u8>,
    pub(super) cut: Cut,
    /// Whether the input is one large unit and nothing else.
    pub(super) is_one: bool,
    /// Whether nothing more can be unpacked.
    pub(super) is_damaged: bool,
}

impl Start {
    pub(super) fn read(mut input: Bytes) -> io::Result<Start> {
        let mut start =
            Start { bytes: Vec::new(), cut: Cut::Lines, is_one: false, is_damaged: false };
        let mut buffer = vec![0; PROBED_BYTES];
        let mut line = FirstLine::default();
        let (mut next_try, mut is_first) = (0, true);
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => start.bytes.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Damaged data is a matter of reading it, not of finding out what it is.
                Err(_) if input.are_packed => {
                    start.is_damaged = true;
                    break;
                }
                Err(error) => return Err(error),
            }
            if start.bytes.len() >= LARGE && start.begins_document(&mut line) {
                let start = start.of_document(input, line.has_ended)?;
                return Ok(Start { is_one: start.is_one && is_first, ..start });
            }
            if start.bytes.len() >= LONGEST {
                if line.is_whole(&start.bytes) {
                    break;
                }
                // A record that long is none; what the others are, the next ones tell.
                start.bytes = Vec::new();
                (line, is_first) = (FirstLine::default(), false);
                match pass_over_line(&mut input, &mut start.bytes) {
                    Ok(true) => continue,
                    Ok(false) => break,
                    Err(_) if input.are_packed => {
                        start.is_damaged = true;
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            let bytes = bare(&start.bytes);
            let is_long = bytes.len() >= PROBED_BYTES;
            if !line.is_whole(bytes) {
                // What is no JSON tells its format early or never.
                if is_long && !bytes.trim_ascii_start().starts_with(b"{") && !is_list(bytes) {
                    break;
                }
                continue;
            }
            start.cut = first_line(bytes).map_or(Cut::Lines, Cut::of_first_line);
            if start.cut == Cut::Values {
                // A value over many lines is looked for less and less often.
                if bytes.len() < next_try {
                    continue;
                }
                next_try = 2 * bytes.len();
                if !has_value(bytes) {
                    continue;
                }
            }
            // A stream may have no more for now.
            if is_long || probe(bytes, start.cut).is_some() {
                break;
            }
        }
        if start.cut == Cut::Lines {
            start.cut = first_line(&start.bytes).map_or(Cut::Lines, Cut::of_first_line);
        }
        let bytes = bare(&start.bytes);
        if start.cut == Cut::Values && !is_list(bytes) && !has_value(bytes) {
            // A document that is torn tells by what it has what it is.
            start.bytes = skeleton(bytes)?;
        }
        Ok(start)
    }
}

impl Start {
    /// Whether there is nothing in the file but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.bytes.len() < PROBED_BYTES && bare(&self.bytes).trim_ascii().is_empty()
    }

    /// Whether these are the first bytes of a value that is not whole.
    fn begins_document(&self, line: &mut FirstLine) -> bool {
        let bytes = bare(&self.bytes);
        let is_json = bytes.trim_ascii_start().starts_with(b"{") || is_list(bytes);
        let is_over_lines =
            || first_line(bytes).is_some_and(|line| Cut::of_first_line(line) == Cut::Values);
        is_json && (!line.is_whole(bytes) || (is_over_lines() && !has_value(bytes)))
    }

    /// The same with what such a document looks like, and what follows it.
    fn of_document(mut self, input: Bytes, has_lines: bool) -> io::Result<Start> {
        let are_packed = input.are_packed;
        let begun = bare(&std::mem::take(&mut self.bytes)).to_vec();
        // The elements of a list stand by themselves, also where it has no end.
        let are_values = has_lines || is_list(&begun);
        self.cut = if are_values { Cut::Values } else { Cut::Lines };
        let all = io::Cursor::new(begun).chain(input);
        let mut all = BufReader::with_capacity(1 << 18, all);
        let read = skeleton(&mut all).and_then(|skeleton| {
            let end = skeleton.len();
            self.bytes = skeleton;
            all.take(PROBED_BYTES as u64).read_to_end(&mut self.bytes)?;
            Ok(self.bytes[end..].trim_ascii().is_empty())
        });
        match read {
            // Of a list over several lines each element is a unit; one on a line is read in parts.
            Ok(is_all) => {
                self.is_one = is_all && !(has_lines && is_list(&self.bytes));
                if self.is_one && is_list(&self.bytes) {
                    self.cut = Cut::Lines;
                }
            }
            Err(_) if are_packed => self.is_damaged = true,
            Err(error) => return Err(error),
        }
        Ok(self)
    }
}

/// Whether these are the first bytes of a list.
pub(super) fn is_list(bytes: &[u8]) -> bool {
    bare(bytes).trim_ascii_start().starts_with(b"[")
}

/// Looks for the end of the first line that is not blank, each byte once.
#[derive(Default)]
struct FirstLine {
    searched: usize,
    has_begun: bool,
    has_ended: bool,
}

impl FirstLine {
    fn is_whole(&mut self, bytes: &[u8]) -> bool {
        if !self.has_begun {
            let blank = bytes[self.searched..].iter().take_while(|byte| byte.is_ascii_whitespace());
            self.searched += blank.count();
            self.has_begun = self.searched < bytes.len();
        }
        let end = memchr::memchr(b'\n', &bytes[self.searched..]);
        self.searched += end.unwrap_or(bytes.len() - self.searched);
        self.has_ended = self.has_begun && end.is_some();
        self.has_ended
    }
}

/// Whether a document begins with a whole value.
fn has_value(start: &[u8]) -> bool {
    let mut units = Units::new(start, Cut::Values);
    let whole = units.next().unwrap_or(false);
    whole && units.text().is_ok_and(|unit| json::read::<&RawValue>(unit).is_some())
}

/// What follows a byte order mark, if there is one.
fn bare(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The first line that is not blank.
pub(super) fn first_line(start: &[u8]) -> Option<&str> {
    let start = bare(start);
    let lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let line = lines.into_iter().find(|line| !line.is_empty())?;
    std::str::from_utf8(line).ok()
}

/// The format of an input, from its first units.
pub(super) fn probe(start: &[u8], cut: Cut) -> Option<Format> {
    let mut units = Units::new(start, cut);
    let next = || {
        let more = units.next().unwrap_or(false);
        more.then(|| Format::of_unit(units.text().unwrap_or_default()))
    };
    Format::most_telling(std::iter::from_fn(next).take(PROBED_UNITS))
}

/// Whether one of the first units has a tool where the user says that it stands.
pub(super) fn fits(start: &[u8], cut: Cut, map: &FieldMap) -> bool {
    let mut units = Units::new(start, cut);
    !map.is_empty()
        && (0..PROBED_UNITS)
            .any(|_| units.next().unwrap_or(false) && units.text().is_ok_and(|unit| map.fits(unit)))
}

/// What an input is that is in no known format, as far as its first bytes tell.
pub(super) fn describe(start: &[u8]) -> &'static str {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16; save it as UTF-8",
        [b'P', b'K', 3, 4, ..] => {
            "it is a zip archive; a log of Inspect AI is unpacked with `inspect log convert --to json`"
        }
        _ => unread(&String::from_utf8_lossy(start))
            .unwrap_or("none of its first lines is a call or a message"),
    }
}
