//! A piece of a trace: as many calls as are read at once.

use std::borrow::Cow;
use std::io;
use std::slice;
use std::sync::Arc;

use super::lines::{LineBuffer, TOO_LONG};
use super::scan::{Scan, TOGETHER};
use super::units::BYTE_ORDER_MARK;
use crate::engine::Timestamp;
use crate::trace::formats::Format;
use crate::trace::formats::common::reader::Calls;
use crate::trace::item::{BadLine, Item};
use crate::trace::record::{AS_IT_STANDS, FieldMap, GrantBy, Record, write_record};

/// What a bad line begins with where lines are kept to be sorted; the reason follows.
const KEPT_BAD: u8 = 0;

/// A piece of a trace, in the order in which it is to be decided.
#[derive(Debug, Default)]
pub struct Block {
    pub(super) content: Content,
    /// Lines of our own notation.
    pub(super) lines: LineBuffer,
    /// Calls of another format, and lines that are bad: which, and why.
    pub(super) calls: Vec<Result<Record<'static>, (u64, String)>>,
    /// Which lines these are where they do not follow each other: the file and the line of each.
    pub(super) places: Vec<(u32, u64)>,
    /// How many calls a person refused, so that they were never made.
    pub(in crate::trace) refused: u64,
    /// Why nothing more can be read of the file.
    pub(super) damaged: Option<String>,
    /// The number of the file.
    pub(in crate::trace) file: u32,
    /// Whether this is the start of the file.
    pub(in crate::trace) is_first: bool,
    pub(in crate::trace) trace: Arc<TraceFacts>,
}

/// What a block holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Content {
    /// Lines that follow each other in one file.
    #[default]
    Lines,
    /// Lines of several files, or in another order than in their file.
    SortedLines,
    /// Calls.
    Calls,
}

/// What all blocks of a trace have in common.
#[derive(Debug, Default)]
pub(in crate::trace) struct TraceFacts {
    pub(in crate::trace) files: Vec<String>,
    pub(in crate::trace) formats: Vec<Format>,
    /// Which files have lines of our own notation, which are kept as they stand.
    pub(in crate::trace) are_own: Vec<bool>,
    pub(in crate::trace) grant_by: GrantBy,
    /// The servers that the user names.
    pub(in crate::trace) servers: Vec<String>,
    /// Where the fields of our own notation stand.
    pub(in crate::trace) map: Arc<FieldMap>,
    /// Whether calls without a time were made in the order in which they are read.
    pub(in crate::trace) is_paced: bool,
}

impl Block {
    /// An empty piece of a trace.
    pub(in crate::trace) fn of_trace(trace: Arc<TraceFacts>) -> Block {
        Block { trace, ..Block::default() }
    }

    /// Goes through the piece. Where the lines are those of a file as they stand, they are counted
    /// from `lines_before` on; gives how many lines there were.
    pub fn visit<'b>(&'b self, lines_before: u64, mut visit: impl FnMut(Item<'_, 'b>)) -> u64 {
        let (lines, last) = match self.content {
            Content::Lines => {
                let lines = self.visit_lines(lines_before, &mut visit);
                if self.lines.is_too_long() {
                    visit(Item::Bad(self.bad((self.file, lines_before + 1), TOO_LONG.to_owned())));
                }
                (lines, lines_before + lines)
            }
            Content::SortedLines => {
                self.visit_sorted(&mut visit);
                (0, 0)
            }
            Content::Calls => (0, self.visit_calls(&mut visit)),
        };
        if let Some(reason) = &self.damaged {
            visit(Item::Bad(self.bad((self.file, last + 1), reason.clone())));
        }
        lines
    }

    /// Gives the times of the calls, with less work than reading them takes.
    pub(in crate::trace) fn visit_times(&self, mut visit: impl FnMut(Option<Timestamp>)) {
        if self.content == Content::Lines {
            for line in lines_of(self.text_bytes()) {
                let text = std::str::from_utf8(line.trim_ascii()).ok();
                visit(text.and_then(|text| self.trace.map.time_of(text)));
            }
        }
        self.calls.iter().flatten().for_each(|call| visit(call.time));
    }

    /// Gives every line of the piece to be kept: its time, its number and its text in our own
    /// notation. Lines are counted as in [`Block::visit`].
    pub(in crate::trace) fn keep(
        &self,
        lines_before: u64,
        mut keep: impl FnMut(Option<Timestamp>, u64, &[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let (mut lines, mut last) = (0, 0);
        if self.content == Content::Lines {
            for line in lines_of(self.text_bytes()) {
                lines += 1;
                let text = std::str::from_utf8(line.trim_ascii());
                let time = text.ok().and_then(|text| self.trace.map.time_of(text));
                keep(time, lines_before + lines, line)?;
            }
            if self.lines.is_too_long() {
                keep(None, lines_before + 1, &kept_bad(TOO_LONG))?;
            }
            last = lines_before + lines;
        }
        for call in &self.calls {
            match call {
                Ok(call) => {
                    last = call.line;
                    let mut call = call.as_borrowed();
                    call.choose_grant(&self.trace.grant_by);
                    keep(call.time, last, write_record(&call).as_bytes())?;
                }
                Err((line, why)) => {
                    last = *line;
                    keep(None, last, &kept_bad(why))?;
                }
            }
        }
        if let Some(why) = &self.damaged {
            keep(None, last + 1, &kept_bad(why))?;
        }
        Ok(lines)
    }

    /// The name of the file that a call or a bad line stands in.
    pub fn file_name(&self, file: u32) -> &str {
        &self.trace.files[file as usize]
    }

    /// Whether the lines are those of a file as they stand, so that they are counted on from the piece
    /// before; calls know theirs.
    pub fn counts_lines(&self) -> bool {
        self.content == Content::Lines
    }

    /// How many bytes of lines there are.
    pub fn size(&self) -> usize {
        self.lines.bytes().len()
    }

    /// Whether the piece begins a file, so that its lines are counted from 1.
    pub fn begins_file(&self) -> bool {
        self.is_first
    }

    fn visit_lines<'b>(&'b self, before: u64, visit: &mut impl FnMut(Item<'_, 'b>)) -> u64 {
        let bytes = self.text_bytes();
        let mut number = before;
        let mut scan = Scan::default();
        let text = simdutf8::basic::from_utf8(bytes).ok().filter(|_| self.trace.map.is_empty());
        let Some(text) = text else {
            for line in lines_of(bytes) {
                number += 1;
                self.visit_line(line, (self.file, number), self.way(), visit);
            }
            return number - before;
        };
        let (mut at, mut calls) = (0, Together::default());
        while at < text.len() {
            number += 1;
            let place = (self.file, number);
            if let Some(next) = scan.record(text, at, &self.trace.grant_by, calls.next()) {
                calls.add(visit, |record| self.place(record, place));
                at = next;
            } else {
                calls.give(visit);
                let rest = &bytes[at..];
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                self.visit_line(&rest[..end], place, self.way(), visit);
                at += end + 1;
            }
        }
        calls.give(visit);
        number - before
    }

    fn visit_sorted<'b>(&'b self, visit: &mut impl FnMut(Item<'_, 'b>)) {
        let (mut scan, mut calls) = (Scan::default(), Together::default());
        for (line, place) in lines_of(self.lines.bytes()).zip(&self.places) {
            if let [KEPT_BAD, why @ ..] = line {
                calls.give(visit);
                visit(Item::Bad(self.bad(*place, String::from_utf8_lossy(why).into_owned())));
                continue;
            }
            // For a foreign call it was chosen before it was kept.
            let is_own = self.trace.are_own[place.0 as usize];
            let way = if is_own { self.way() } else { (&*AS_IT_STANDS, &GrantBy::Grant) };
            let text = std::str::from_utf8(line).ok().filter(|_| way.0.is_empty());
            match text.and_then(|text| scan.record(text, 0, way.1, calls.next())) {
                Some(_) => calls.add(visit, |record| self.place(record, *place)),
                None => {
                    calls.give(visit);
                    self.visit_line(line, *place, way, visit);
                }
            }
        }
        calls.give(visit);
    }

    /// Gives the calls, and the line of the last one.
    fn visit_calls<'b>(&'b self, visit: &mut impl FnMut(Item<'_, 'b>)) -> u64 {
        let mut last = 0;
        for call in &self.calls {
            match call {
                Ok(call) => {
                    last = call.line;
                    let mut call = call.as_borrowed();
                    call.choose_grant(&self.trace.grant_by);
                    self.place(&mut call, (self.file, last));
                    visit(Item::Calls(slice::from_mut(&mut call)));
                }
                Err((line, why)) => {
                    last = *line;
                    visit(Item::Bad(self.bad((self.file, last), why.clone())));
                }
            }
        }
        last
    }

    /// Reads one line, if it is not blank.
    fn visit_line<'b>(
        &'b self,
        line: &'b [u8],
        place: (u32, u64),
        (map, grant_by): (&FieldMap, &GrantBy),
        visit: &mut impl FnMut(Item<'_, 'b>),
    ) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        let text = std::str::from_utf8(line)
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1));
        match text.and_then(|line| map.parse(line, grant_by)) {
            Ok(mut record) => {
                self.place(&mut record, place);
                visit(Item::Calls(slice::from_mut(&mut record)));
            }
            Err(why) => visit(Item::Bad(self.bad(place, why))),
        }
    }

    /// How lines of our own notation are read.
    fn way(&self) -> (&FieldMap, &GrantBy) {
        (&self.trace.map, &self.trace.grant_by)
    }

    /// The bytes of the lines, without the mark at the start of a file.
    fn text_bytes(&self) -> &[u8] {
        let bytes = self.lines.bytes();
        bytes.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.is_first).unwrap_or(bytes)
    }

    #[inline(always)]
    fn place<'b>(&'b self, record: &mut Record<'b>, (file, line): (u32, u64)) {
        record.file = file;
        record.line = line;
        let is_known = record.time.is_some() || self.trace.is_paced;
        record.in_order = is_known || self.trace.files.len() == 1;
        let format = self.trace.formats[file as usize];
        if record.server.is_empty() {
            record.toolset = format.toolset();
        }
        // In a log of others that tells no session, the file is one.
        let is_session = self.trace.grant_by == GrantBy::Session
            && record.grant.is_empty()
            && !format.is_of_records();
        if is_session || self.trace.grant_by == GrantBy::File {
            record.grant = Cow::Borrowed(self.file_name(file));
        }
    }

    fn bad(&self, (file, line): (u32, u64), reason: String) -> BadLine {
        BadLine { file: self.file_name(file).to_owned(), line, reason }
    }

    /// Whether something in the piece is a call or should have been one.
    pub(in crate::trace) fn has_calls(&self) -> bool {
        !self.calls.is_empty()
            || self.damaged.is_some()
            || !self.text_bytes().trim_ascii().is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.calls.clear();
        self.places.clear();
        self.damaged = None;
        self.refused = 0;
    }

    pub(in crate::trace) fn is_empty(&self) -> bool {
        self.lines.bytes().is_empty()
            && self.calls.is_empty()
            && self.damaged.is_none()
            && self.refused == 0
    }

    pub(super) fn take_calls(&mut self, calls: &mut Calls) {
        self.calls.extend(std::iter::from_fn(|| calls.pop()).map(Ok));
        self.refused += std::mem::take(&mut calls.refused);
        self.calls.extend(calls.take_bad().into_iter().map(Err));
    }
}

/// Calls that were read and are given together.
struct Together<'b> {
    records: [Record<'b>; TOGETHER],
    count: usize,
}

impl Default for Together<'_> {
    fn default() -> Self {
        Together { records: std::array::from_fn(|_| Record::of_tool("")), count: 0 }
    }
}

impl<'b> Together<'b> {
    /// The record for the next call, with its number.
    #[inline(always)]
    fn next(&mut self) -> (usize, &mut Record<'b>) {
        (self.count, &mut self.records[self.count])
    }

    /// Adds the call that was read.
    #[inline(always)]
    fn add(&mut self, visit: &mut impl FnMut(Item<'_, 'b>), place: impl FnOnce(&mut Record<'b>)) {
        place(&mut self.records[self.count]);
        self.count += 1;
        if self.count == TOGETHER {
            self.give(visit);
        }
    }

    /// Gives those that were read, if there are any.
    fn give(&mut self, visit: &mut impl FnMut(Item<'_, 'b>)) {
        if self.count > 0 {
            visit(Item::Calls(&mut self.records[..self.count]));
        }
        self.count = 0;
    }
}

/// A bad line as it is kept to be sorted.
fn kept_bad(why: &str) -> Vec<u8> {
    let why = why.replace('\n', " ");
    [&[KEPT_BAD], why.as_bytes()].concat()
}

/// The lines of a text; what follows the last line break is none if it is empty.
fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = (!bytes.is_empty()).then(|| bytes.strip_suffix(b"\n").unwrap_or(bytes));
    std::iter::from_fn(move || {
        let line = rest?;
        match memchr::memchr(b'\n', line) {
            Some(end) => {
                rest = Some(&line[end + 1..]);
                Some(&line[..end])
            }
            None => rest.take(),
        }
    })
}
