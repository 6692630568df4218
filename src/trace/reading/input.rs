//! One input of a trace: what it is, and its calls in the order in which they stand.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::block::{Block, Content, TraceFacts};
use super::lines::{LONGEST, Lines, pass_over_line};
use super::progress::Progress;
use super::skeleton::skeleton;
use super::source::{Bytes, Source};
use super::units::{Cut, LARGE, Large, Units};
use crate::engine::Timestamp;
use crate::trace::formats::Format;
use crate::trace::formats::common::reader::{Calls, Reader, all};
use crate::trace::formats::common::unread::unread;
use crate::trace::json;
use crate::trace::record::FieldMap;

/// How many units are looked at to find the format.
const PROBED_UNITS: usize = 100;

/// How much is looked at to find the format, if there is a whole unit in it, in bytes.
const PROBED_BYTES: usize = 1 << 18;

/// How many calls of a foreign format make a block.
const CALLS_IN_BLOCK: usize = 1_024;

/// One input of a trace.
#[derive(Clone)]
pub(in crate::trace) struct Input {
    pub(in crate::trace) name: String,
    pub(in crate::trace) source: Source,
    pub(in crate::trace) format: Format,
    cut: Cut,
    /// The time of the first call among the first units that has one.
    pub(in crate::trace) first_time: Option<Timestamp>,
}

/// What an input that is no trace looks like.
pub(in crate::trace) enum NotATrace {
    Empty,
    Unknown(&'static str),
}

impl Input {
    /// Finds out what a file is. The format is found from its first units where none is given.
    pub(in crate::trace) fn probe(
        path: &Path,
        format: Option<Format>,
        map: &Arc<FieldMap>,
    ) -> io::Result<Result<Input, NotATrace>> {
        let name = Source::name_of(path);
        let source = Source::of_path(path)?;
        let Start { bytes: start, cut, is_damaged } = Start::read(source.open(&Arc::default())?)?;
        if start.is_empty() && is_damaged {
            // What is wrong with it is said when it is read, and stops no other file.
            let format = format.unwrap_or(Format::RECORD);
            return Ok(Ok(Input { name, source, format, cut, first_time: None }));
        }
        if start.is_empty() {
            return Ok(Err(NotATrace::Empty));
        }
        let of_records = || fits(&start, cut, map).then_some(Format::RECORD);
        let Some(format) = format.or_else(of_records).or_else(|| probe(&start, cut)) else {
            return Ok(Err(NotATrace::Unknown(describe(&start))));
        };
        let first_time = first_time(&start, format, cut, map);
        Ok(Ok(Input { name, source, format, cut, first_time }))
    }

    /// Whether its lines are records, which need no reader.
    pub(in crate::trace) fn keeps_lines(&self) -> bool {
        self.format.is_of_records() && self.cut == Cut::Lines
    }

    /// Begins to read the input from its start.
    pub(in crate::trace) fn begin(
        &self,
        facts: &TraceFacts,
        progress: &Arc<Progress>,
    ) -> io::Result<Reading> {
        let bytes = self.source.open(progress)?;
        let are_packed = bytes.are_packed;
        let is_pipe = matches!(self.source, Source::Pipe(_));
        let file = match &self.source {
            Source::File(path) if !are_packed => Some(path.clone()),
            _ => None,
        };
        let large = match self.format.is_of_text() {
            true => Large::Whole,
            false => Large::Parts { file, lists: self.format.lists(), from: LARGE },
        };
        let way = if self.keeps_lines() {
            Way::Lines(Lines::new(bytes))
        } else {
            Way::Units {
                units: Box::new(
                    Units::new(BufReader::with_capacity(1 << 18, bytes), self.cut)
                        .with_large(large),
                ),
                reader: self.format.reader(),
                calls: Calls::new(self.name.clone(), facts.grant_by.field().map(str::to_owned))
                    .of_servers(facts.servers.clone())
                    .mapped(&facts.map)
                    .streamed(is_pipe),
                format: self.format,
                is_pipe,
            }
        };
        Ok(Reading { way, are_packed, ended: false })
    }
}

/// An input that is being read.
pub(in crate::trace) struct Reading {
    way: Way,
    are_packed: bool,
    ended: bool,
}

/// How an input is read.
enum Way {
    /// Lines of our own notation.
    Lines(Lines<Bytes>),
    /// Units of another format.
    Units {
        units: Box<Units<BufReader<Bytes>>>,
        reader: Box<dyn Reader>,
        format: Format,
        calls: Calls,
        is_pipe: bool,
    },
}

impl Reading {
    /// Fills a block with what comes next; false at the end.
    ///
    /// # Errors
    /// The system cannot read on. Packed data that is damaged is a bad line instead: what was
    /// unpacked before counts.
    pub(in crate::trace) fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        block.clear();
        if self.ended {
            return Ok(false);
        }
        let read = match &mut self.way {
            Way::Lines(lines) => {
                let read = lines.next(&mut block.lines);
                block.content = Content::Lines;
                self.ended = block.lines.bytes().is_empty();
                read
            }
            Way::Units { units, reader, format, calls, is_pipe } => {
                block.content = Content::Calls;
                let enough = if *is_pipe { 1 } else { CALLS_IN_BLOCK };
                let read = fill(block, units, (*format, reader.as_mut()), calls, enough);
                self.ended = matches!(read, Ok(true) | Err(_));
                read.map(drop)
            }
        };
        match read {
            Ok(()) => {}
            Err(error) if self.are_packed => {
                self.ended = true;
                let why = format!("the compressed data ends or is damaged here: {error}");
                match &self.way {
                    Way::Lines(_) => block.damaged = Some(why),
                    Way::Units { units, .. } => block.calls.push(Err((units.line() + 1, why))),
                }
            }
            Err(error) => return Err(error),
        }
        Ok(!self.ended || !block.is_empty())
    }
}

/// Puts calls into a block until there are enough; true at the end of the input.
fn fill(
    block: &mut Block,
    units: &mut Units<BufReader<Bytes>>,
    (format, reader): (Format, &mut dyn Reader),
    calls: &mut Calls,
    enough: usize,
) -> io::Result<bool> {
    while block.calls.len() < enough {
        match units.next() {
            Ok(true) => {}
            Ok(false) => {
                reader.finish(calls);
                block.take_calls(calls);
                return Ok(true);
            }
            Err(error) => {
                reader.finish(calls);
                block.take_calls(calls);
                return Err(error);
            }
        }
        (calls.line, calls.goes_on) = (units.line(), units.goes_on());
        let taken = units.text().and_then(|unit| match format.is_strange_call(unit) {
            true => Err(format!("a tool call in a form that `{}` does not have", format.name())),
            false => take(reader, unit, calls),
        });
        block.take_calls(calls);
        if let Err(why) = taken {
            block.calls.push(Err((units.line(), why)));
        }
    }
    Ok(false)
}

/// Gives a unit to a reader; a list stands for its elements. One that is bad does not keep the
/// others from being taken.
fn take(reader: &mut dyn Reader, unit: &str, calls: &mut Calls) -> Result<(), String> {
    let elements: Option<Vec<&RawValue>> =
        unit.starts_with('[').then(|| json::read(unit)).flatten();
    let Some(elements) = elements else { return reader.take(unit, calls) };
    all(elements.into_iter().map(|element| reader.take(element.get(), calls)))
}

/// The first bytes of an input: some kilobytes, or as much as it takes to have a whole unit.
struct Start {
    bytes: Vec<u8>,
    cut: Cut,
    /// Whether nothing more can be unpacked.
    is_damaged: bool,
}

impl Start {
    fn read(mut input: Bytes) -> io::Result<Start> {
        let mut start = Start { bytes: Vec::new(), cut: Cut::Lines, is_damaged: false };
        let mut buffer = vec![0; PROBED_BYTES];
        let mut line = FirstLine::default();
        let mut next_try = 0;
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
                return start.of_document(input, line.has_ended);
            }
            if start.bytes.len() >= LONGEST {
                if line.is_whole(&start.bytes) {
                    break;
                }
                // A record that long is none; what the others are, the next ones tell.
                start.bytes = Vec::new();
                line = FirstLine::default();
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
            let bytes = &start.bytes;
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
        Ok(start)
    }
}

impl Start {
    /// Whether these are the first bytes of a value that is not whole.
    fn begins_document(&self, line: &mut FirstLine) -> bool {
        let bytes = &self.bytes;
        let is_json = bytes.trim_ascii_start().starts_with(b"{") || is_list(bytes);
        let is_over_lines =
            || first_line(bytes).is_some_and(|line| Cut::of_first_line(line) == Cut::Values);
        is_json && (!line.is_whole(bytes) || (is_over_lines() && !has_value(bytes)))
    }

    /// The same with what such a document looks like, and what follows it.
    fn of_document(mut self, input: Bytes, has_lines: bool) -> io::Result<Start> {
        self.cut = if has_lines { Cut::Values } else { Cut::Lines };
        let are_packed = input.are_packed;
        let all = io::Cursor::new(std::mem::take(&mut self.bytes)).chain(input);
        let mut all = BufReader::with_capacity(1 << 18, all);
        let read = skeleton(&mut all).and_then(|skeleton| {
            self.bytes = skeleton;
            all.take(PROBED_BYTES as u64).read_to_end(&mut self.bytes)
        });
        match read {
            Ok(_) => {}
            Err(_) if are_packed => self.is_damaged = true,
            Err(error) => return Err(error),
        }
        Ok(self)
    }
}

fn is_list(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"[")
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

/// The first line that is not blank.
fn first_line(start: &[u8]) -> Option<&str> {
    let start = start.strip_prefix(super::units::BYTE_ORDER_MARK).unwrap_or(start);
    let lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let line = lines.into_iter().find(|line| !line.is_empty())?;
    std::str::from_utf8(line).ok()
}

/// The format of an input, from its first units.
fn probe(start: &[u8], cut: Cut) -> Option<Format> {
    let mut units = Units::new(start, cut);
    let next = || {
        let more = units.next().unwrap_or(false);
        more.then(|| Format::of_unit(units.text().unwrap_or_default()))
    };
    Format::most_telling(std::iter::from_fn(next).take(PROBED_UNITS))
}

/// Whether one of the first units has a tool where the user says that it stands.
fn fits(start: &[u8], cut: Cut, map: &FieldMap) -> bool {
    let mut units = Units::new(start, cut);
    !map.is_empty()
        && (0..PROBED_UNITS)
            .any(|_| units.next().unwrap_or(false) && units.text().is_ok_and(|unit| map.fits(unit)))
}

/// The time of the first call in the first units that has one.
fn first_time(start: &[u8], format: Format, cut: Cut, map: &Arc<FieldMap>) -> Option<Timestamp> {
    let mut reader = format.reader();
    let mut calls = Calls::default().mapped(map);
    let mut units = Units::new(start, cut);
    for _ in 0..PROBED_UNITS {
        if !units.next().unwrap_or(false) {
            break;
        }
        _ = units.text().and_then(|unit| take(reader.as_mut(), unit, &mut calls));
    }
    reader.finish(&mut calls);
    std::iter::from_fn(|| calls.pop()).find_map(|call| call.time)
}

/// What an input is that is in no known format, as far as its first bytes tell.
fn describe(start: &[u8]) -> &'static str {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16; save it as UTF-8",
        [b'P', b'K', 3, 4, ..] => {
            "it is a zip archive; a log of Inspect AI is unpacked with `inspect log convert --to json`"
        }
        _ => unread(&String::from_utf8_lossy(start))
            .unwrap_or("none of its first lines is a call or a message"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;
    use crate::trace::record::Record;

    /// The calls of a text and what is wrong with it, read in parts of a size.
    fn calls_in_parts(
        text: &str,
        cut: Cut,
        format: Format,
        part: usize,
    ) -> (Vec<Record<'static>>, Vec<String>) {
        let bytes = Bytes::of(io::Cursor::new(text.to_owned().into_bytes()));
        let large = Large::Parts { file: None, lists: format.lists(), from: part };
        let mut units = Units::new(BufReader::with_capacity(61, bytes), cut).with_large(large);
        let (mut reader, mut calls) = (format.reader(), Calls::new("file".to_owned(), None));
        let mut block = Block::default();
        let ended = fill(&mut block, &mut units, (format, reader.as_mut()), &mut calls, usize::MAX);
        assert!(ended.unwrap());
        let (read, wrong): (Vec<_>, Vec<_>) = block.calls.into_iter().partition(Result::is_ok);
        let wrong = wrong.into_iter().filter_map(Result::err).map(|(_, why)| why).collect();
        (read.into_iter().flatten().collect(), wrong)
    }

    #[test]
    fn logs_give_the_same_calls_in_parts_of_any_size() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/traces");
        let mut documents = 0;
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let cut = first_line(text.as_bytes()).map_or(Cut::Lines, Cut::of_first_line);
            let Some(format) = probe(text.as_bytes(), cut) else { continue };
            if format.is_of_records() || format.is_of_text() {
                continue;
            }
            documents += 1;
            // The others have their names in the order of the alphabet, and one is on a line.
            let sorted =
                |text: &str| serde_json::from_str::<Value>(text).map(|all| all.to_string());
            let line = sorted(&text).ok();
            let lines: Result<Vec<String>, _> = text.lines().map(sorted).collect();
            let others = line.into_iter().chain(lines.ok().map(|lines| lines.join("\n")));
            let others = others.map(|text| (text, Cut::Lines));
            for (text, cut) in std::iter::once((text, cut)).chain(others) {
                let whole = calls_in_parts(&text, cut, format, LONGEST);
                assert!(!whole.0.is_empty(), "{path:?}: {:?}", whole.1);
                for part in [1, 100, 700, 5_000] {
                    let parts = calls_in_parts(&text, cut, format, part);
                    assert_eq!(parts, whole, "{path:?} in parts of {part} bytes");
                }
            }
        }
        assert!(documents > 30, "{documents}");
    }
}
