//! One file of a trace, call by call in the order of time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde_json::value::RawValue;

use super::format::Format;
use super::reader::{Calls, Reader};
use super::record::{self, GrantBy, Record};
use super::units::{BYTE_ORDER_MARK, Cut, Units};
use crate::engine::Timestamp;

/// Block size of reads; larger ones gain nothing.
const BLOCK: usize = 1 << 20;

/// How many lines are looked at to find the format.
const PROBED_LINES: usize = 100;

/// How long a line may be that is looked at to find the format, in bytes.
const MAX_PROBED: usize = 16 << 20;

/// One file of a trace.
pub(super) struct Feed {
    pub(super) name: String,
    pub(super) format: Format,
    source: Source,
    /// The time that orders the head among the heads of other files. A call without a time has
    /// that of the call before it.
    pub(super) key: Option<Timestamp>,
    pub(super) head: Head,
}

/// Where the calls of a file come from.
enum Source {
    /// Lines of our own notation.
    Lines(Lines),
    /// Units of another format.
    Units { units: Units<BufReader<File>>, reader: Box<dyn Reader>, calls: Calls, ended: bool },
}

/// What a feed gives next.
pub(super) enum Head {
    /// A line of our own notation, which stands in the line buffer.
    Line,
    /// A call put together from several messages.
    Call(Box<Record<'static>>),
    /// A line that is not valid, and why.
    Bad(String),
    /// Nothing more.
    End,
}

impl Feed {
    /// Opens a file. The format is found from its first lines where none is given; none if it
    /// cannot be found. The file must stay as it is while it is read.
    pub(super) fn open(
        name: String,
        mut file: File,
        format: Option<Format>,
        grant_by: &GrantBy,
    ) -> io::Result<Option<Feed>> {
        let (probed, cut) = probe(&mut file)?;
        let Some(format) = format.or(probed) else { return Ok(None) };
        let source = match format.reader() {
            None => {
                let order = time_order(&mut file)?;
                file.seek(SeekFrom::Start(0))?;
                let reader = BufReader::with_capacity(BLOCK, file);
                Source::Lines(Lines { reader, order, buffer: Vec::new(), number: 0 })
            }
            Some(reader) => {
                file.seek(SeekFrom::Start(0))?;
                let units = Units::new(BufReader::with_capacity(BLOCK, file), cut);
                let field = grant_by.field().map(str::to_owned);
                Source::Units {
                    units,
                    reader,
                    calls: Calls::new(name.clone(), field),
                    ended: false,
                }
            }
        };
        Ok(Some(Feed { name, format, source, key: None, head: Head::End }))
    }

    /// The number of the current line.
    pub(super) fn line_number(&self) -> u64 {
        match &self.source {
            Source::Lines(lines) => lines.number,
            Source::Units { units, .. } => units.line(),
        }
    }

    /// The current line, if it is text.
    pub(super) fn line(&self) -> Result<&str, String> {
        match &self.source {
            Source::Lines(lines) => lines.text(),
            Source::Units { units, .. } => units.text(),
        }
    }

    /// Goes on to the next head. `keyed` says whether its time is wanted for ordering.
    pub(super) fn advance(&mut self, keyed: bool, grant_by: &GrantBy) -> io::Result<()> {
        self.head = match &mut self.source {
            Source::Lines(lines) => match lines.next()? {
                true => Head::Line,
                false => Head::End,
            },
            Source::Units { units, reader, calls, ended } => {
                next_call(units, reader.as_mut(), calls, ended)?
            }
        };
        match &mut self.head {
            Head::Line if keyed => {
                self.key = self.line().ok().and_then(record::time_of).or(self.key);
            }
            Head::Call(call) => {
                call.choose_grant(grant_by);
                self.key = call.time.or(self.key);
            }
            _ => {}
        }
        Ok(())
    }
}

fn next_call(
    units: &mut Units<BufReader<File>>,
    reader: &mut dyn Reader,
    calls: &mut Calls,
    ended: &mut bool,
) -> io::Result<Head> {
    loop {
        if let Some(call) = calls.pop() {
            return Ok(Head::Call(Box::new(call)));
        }
        if *ended {
            return Ok(Head::End);
        }
        if !units.next()? {
            *ended = true;
            reader.finish(calls);
            continue;
        }
        calls.line = units.line();
        let taken = units.text().and_then(|unit| take(reader, unit, calls));
        if let Err(why) = taken {
            return Ok(Head::Bad(why));
        }
    }
}

/// Gives a unit to a reader; a list stands for its elements. One that is bad does not keep the
/// others from being taken.
fn take(reader: &mut dyn Reader, unit: &str, calls: &mut Calls) -> Result<(), String> {
    let elements: Option<Vec<&RawValue>> =
        unit.starts_with('[').then(|| serde_json::from_str(unit).ok()).flatten();
    let Some(elements) = elements else { return reader.take(unit, calls) };
    let taken: Vec<Result<(), String>> =
        elements.into_iter().map(|element| reader.take(element.get(), calls)).collect();
    taken.into_iter().collect()
}

/// Where a line of a file stands.
struct LinePlace {
    offset: u64,
    length: usize,
    /// Counted from 1.
    number: u64,
}

/// The lines of a file, in its own order or in another.
struct Lines {
    reader: BufReader<File>,
    /// The lines in the order of time, the last one first.
    order: Option<Vec<LinePlace>>,
    buffer: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Goes on to the next line that is not blank.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            if let Some(order) = &mut self.order {
                let Some(line) = order.pop() else { return Ok(false) };
                // Past the buffer, which would be filled anew for every line.
                let file = self.reader.get_mut();
                file.seek(SeekFrom::Start(line.offset))?;
                self.buffer.resize(line.length, 0);
                file.read_exact(&mut self.buffer)?;
                self.number = line.number;
            } else {
                self.buffer.clear();
                if self.reader.read_until(b'\n', &mut self.buffer)? == 0 {
                    return Ok(false);
                }
                self.number += 1;
            }
            if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(self.buffer.trim_ascii())
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1))
    }
}

/// The format of a file, and how it is cut into units, from its first lines.
fn probe(file: &mut File) -> io::Result<(Option<Format>, Cut)> {
    file.seek(SeekFrom::Start(0))?;
    let mut lines = Units::new(BufReader::new(Read::by_ref(file)), Cut::Lines);
    let cut = match lines.next()? {
        true => lines.text().map_or(Cut::Lines, Cut::of_first_line),
        false => return Ok((None, Cut::Lines)),
    };
    drop(lines);
    file.seek(SeekFrom::Start(0))?;
    let mut units = Units::new(BufReader::new(Read::by_ref(file)), cut);
    for _ in 0..PROBED_LINES {
        if !units.next()? {
            break;
        }
        let unit = units.text().ok().filter(|unit| unit.len() <= MAX_PROBED).unwrap_or_default();
        let format = match serde_json::from_str(unit) {
            Ok(value) => Format::of_json(&value),
            Err(_) => Format::of_text(unit),
        };
        if format.is_some() {
            return Ok((format, cut));
        }
    }
    Ok((None, cut))
}
/// Where the lines of a file start, ordered by time, the last one first; none if the file is in
/// order as it is, which most are. Calls without a time stay behind the call before them.
fn time_order(file: &mut File) -> io::Result<Option<Vec<LinePlace>>> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(BLOCK, Read::by_ref(file));
    let mut sorted = true;
    let mut latest = None;
    let mut index: Vec<(Option<Timestamp>, LinePlace)> = Vec::new();
    let mut line = Vec::new();
    let (mut offset, mut number) = (0, 0);
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        number += 1;
        let text = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 1).unwrap_or(&line);
        let time = std::str::from_utf8(text.trim_ascii()).ok().and_then(record::time_of).or(latest);
        if sorted && time < latest {
            // Only now an index is needed: read again from the start, keeping it.
            sorted = false;
            reader.seek(SeekFrom::Start(0))?;
            (offset, number, latest) = (0, 0, None);
            continue;
        }
        if !sorted {
            index.push((time, LinePlace { offset, length: line.len(), number }));
        }
        offset += length;
        latest = time;
    }
    if sorted {
        return Ok(None);
    }
    index.sort_by_key(|(time, line)| (*time, line.number));
    Ok(Some(index.into_iter().rev().map(|(_, line)| line).collect()))
}
