//! One input of a trace: what it is, and its calls in the order in which they stand.

use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::block::{Block, Content, TraceFacts};
use super::later::told_later;
use super::lines::Lines;
use super::progress::Progress;
use super::source::{Bytes, Source};
use super::start::{PROBED_UNITS, Start, describe, fits, is_list, probe};
use super::units::{Cut, LARGE, Large, Units};
use crate::engine::Timestamp;
use crate::trace::formats::Format;
use crate::trace::formats::common::reader::{Calls, Reader, all};
use crate::trace::json;
use crate::trace::record::FieldMap;

/// How many calls of a foreign format make a block.
const CALLS_IN_BLOCK: usize = 1_024;

/// One input of a trace.
#[derive(Clone)]
pub(in crate::trace) struct Input {
    pub(in crate::trace) name: String,
    pub(in crate::trace) source: Source,
    pub(in crate::trace) format: Format,
    cut: Cut,
    /// Whether what comes on a stream may tell another format.
    may_turn: bool,
    /// Whether it is one large unit and nothing else.
    is_one: bool,
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
        let start = Start::read(source.open(&Arc::default())?)?;
        let is_blank = start.is_blank();
        let Start { bytes: start, cut, is_one, is_damaged } = start;
        if start.is_empty() && is_damaged {
            // What is wrong with it is said when it is read, and stops no other file.
            let format = format.unwrap_or(Format::RECORD);
            let (may_turn, first_time) = (false, None);
            return Ok(Ok(Input { name, source, format, cut, may_turn, is_one, first_time }));
        }
        if is_blank {
            return Ok(Err(NotATrace::Empty));
        }
        let cut_of_records = if is_list(&start) { Cut::Values } else { cut };
        let of_records = || fits(&start, cut_of_records, map).then_some(Format::RECORD);
        let found = || of_records().or_else(|| probe(&start, cut));
        let Some(first) = format.or_else(found) else {
            return Ok(Err(NotATrace::Unknown(describe(&start))));
        };
        let is_guess = format.is_none() && first.may_turn();
        let told = match &source {
            Source::File(path) if is_guess => {
                told_later(|| source.open(&Arc::default()), cut, Some(path.clone()))
            }
            _ => None,
        };
        let format = told.unwrap_or(first);
        let (cut, is_one) = match format.is_of_records() {
            true => (cut_of_records, is_one && cut == cut_of_records),
            false => (cut, is_one),
        };
        let may_turn = is_guess && matches!(source, Source::Pipe(_));
        let first_time = first_time(&start, format, cut, map);
        Ok(Ok(Input { name, source, format, cut, may_turn, is_one, first_time }))
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
            false => {
                Large::Parts { file, lists: self.format.lists(), from: LARGE, is_one: self.is_one }
            }
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
                may_turn: self.may_turn,
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
        may_turn: bool,
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
            Way::Units { units, reader, format, calls, may_turn, is_pipe } => {
                block.content = Content::Calls;
                let enough = if *is_pipe { 1 } else { CALLS_IN_BLOCK };
                let read = fill(block, units, (format, reader, *may_turn), calls, enough);
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
    (format, reader, may_turn): (&mut Format, &mut Box<dyn Reader>, bool),
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
        let unit = units.text();
        if may_turn && let Ok(unit) = &unit {
            turn(unit, format, reader, calls);
        }
        // What tells it stands around the lists of a document, and thus in all its parts.
        if !calls.goes_on {
            calls.is_strange = unit.as_ref().is_ok_and(|unit| format.is_strange_call(unit));
        }
        let taken = unit.and_then(|unit| match calls.is_strange {
            true => Err(format!("a tool call in a form that `{}` does not have", format.name())),
            false => take(reader.as_mut(), unit, calls),
        });
        block.take_calls(calls);
        if let Err(why) = taken {
            block.calls.push(Err((units.line(), why)));
        }
    }
    Ok(false)
}

/// Turns to the format that a unit tells among plain messages.
fn turn(unit: &str, format: &mut Format, reader: &mut Box<dyn Reader>, calls: &mut Calls) {
    let told = format.may_turn().then(|| Format::told_among_messages(unit)).flatten();
    if let Some(told) = told {
        reader.finish(calls);
        (*format, *reader) = (told, told.reader());
    }
}

/// Gives a unit to a reader; a list stands for its elements. One that is bad does not keep the
/// others from being taken.
fn take(reader: &mut dyn Reader, unit: &str, calls: &mut Calls) -> Result<(), String> {
    let elements: Option<Vec<&RawValue>> =
        unit.starts_with('[').then(|| json::read(unit)).flatten();
    let Some(elements) = elements else { return reader.take(unit, calls) };
    all(elements.into_iter().map(|element| reader.take(element.get(), calls)))
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

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::super::lines::LONGEST;
    use super::super::start::first_line;
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
        let large = Large::Parts { file: None, lists: format.lists(), from: part, is_one: false };
        let mut units = Units::new(BufReader::with_capacity(61, bytes), cut).with_large(large);
        let (mut calls, mut block) = (Calls::new("file".to_owned(), None), Block::default());
        let way = (&mut format.clone(), &mut format.reader(), false);
        let ended = fill(&mut block, &mut units, way, &mut calls, usize::MAX);
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
