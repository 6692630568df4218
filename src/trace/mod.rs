//! Recorded tool calls: files in any supported format read as one stream of [`Record`]s,
//! ordered by time.
//!
//! A trace is never held in memory. The clock is the trace's own; the machine's is never read.

mod formats;
mod item;
mod json;
mod live;
mod order;
mod reading;
mod record;
mod stats;
mod trace_error;
mod unread;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use formats::Format;
pub use formats::common::envelope::Side;
pub use item::{BadLine, Item, PassedOver};
pub use live::LiveSession;
pub use order::{Order, TimeOrder};
pub use reading::block::Block;
pub use reading::pipe::stop_pipes;
pub use reading::progress::Progress;
pub use record::{
    CallResult, FieldMap, FieldMapping, GrantBy, Permitted, Record, RecordArguments, Redaction,
    Toolset, Unmapped, parse as parse_record, parse_time, write_record,
};
pub use stats::{ArgumentStats, Stats, Tally};
pub use trace_error::TraceError;
pub use unread::UnknownFields;

use reading::block::TraceFacts;
use reading::input::{Input, NotATrace, Reading};
use reading::repeated::Repeated;
use reading::sort::{Sorted, Sorter};
use reading::source::Source;

/// How a trace is to be read.
#[derive(Clone, Debug, Default)]
pub struct TraceOptions {
    /// The format; without it, each file's is found from its first lines.
    pub format: Option<Format>,
    /// What stands for the grant.
    pub grant_by: GrantBy,
    /// The order in which calls are given.
    pub order: Order,
    /// The servers that the user names, for names of tools that do not tell where that of the server
    /// ends.
    pub servers: Vec<String>,
    /// Where the fields of our own notation stand in its files.
    pub map: FieldMap,
    /// Whether the files follow each other as they are given, so that calls without a time were made
    /// in the order in which they stand.
    pub is_paced: bool,
}

/// Files read as one stream of calls, piece by piece.
pub struct Trace {
    inputs: Vec<Input>,
    /// Whether each was found to hold a call, or what should have been one.
    have_calls: Vec<bool>,
    /// What no reader knows.
    unknown: Vec<PassedOver>,
    facts: Arc<TraceFacts>,
    order: Order,
    progress: Arc<Progress>,
    repeated: Repeated,
    /// Whether several files may hold the same call.
    may_be_copies: bool,
    /// How many calls a person refused, as far as the trace has been read.
    refused: u64,
    state: State,
}

enum State {
    /// One file after the other, that with the earliest call first.
    Straight { waiting: VecDeque<usize>, current: Option<(usize, Box<Reading>)> },
    /// In the order of time.
    Sorted(Sorted),
}

impl Trace {
    /// Opens files, folders (their files in the order of names) and standard input (`-`).
    ///
    /// The calls come one file after the other, that with the earliest call first. Where they turn
    /// out not to come in the order of time, [`Trace::sort`] puts them into it.
    ///
    /// # Errors
    /// A path cannot be read, or a file is in no known format.
    pub fn open(paths: &[PathBuf], options: TraceOptions) -> Result<Trace, TraceError> {
        let (mut inputs, mut unknown, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let map = Arc::new(options.map);
        for (path, is_named) in reading::paths::expand(paths)? {
            let name = Source::name_of(&path);
            match Input::probe(&path, options.format, &map) {
                Ok(Ok(input)) => inputs.push(input),
                Ok(Err(NotATrace::Empty)) => {
                    unknown.push(PassedOver { file: name, reason: "it is empty".to_owned() });
                }
                Ok(Err(NotATrace::Unknown(found))) if is_named => {
                    errors.push(TraceError::NotATrace { name, found: found.to_owned() });
                }
                // A folder may hold other files of the same endings.
                Ok(Err(NotATrace::Unknown(found))) => {
                    unknown.push(PassedOver { file: name, reason: found.to_owned() });
                }
                Err(cause) => errors.push(TraceError::Unreadable { path, cause }),
            }
        }
        TraceError::of_all(errors)?;
        let facts = Arc::new(TraceFacts {
            files: inputs.iter().map(|input| input.name.clone()).collect(),
            formats: inputs.iter().map(|input| input.format).collect(),
            are_own: inputs.iter().map(Input::keeps_lines).collect(),
            grant_by: options.grant_by,
            servers: options.servers,
            map,
            is_paced: options.is_paced,
        });
        let progress = Arc::new(Progress::default());
        let state = State::Straight { waiting: VecDeque::new(), current: None };
        let repeating = inputs.iter().filter(|input| input.format.repeats_calls());
        let mut trace = Trace {
            may_be_copies: repeating.count() > 1,
            have_calls: vec![false; inputs.len()],
            inputs,
            unknown,
            facts,
            order: options.order,
            progress,
            repeated: Repeated::default(),
            refused: 0,
            state,
        };
        trace.begin();
        Ok(trace)
    }

    /// Begins anew, one file after the other.
    fn begin(&mut self) {
        let mut waiting: Vec<usize> = (0..self.inputs.len()).collect();
        match self.order {
            Order::Time if self.facts.is_paced => {}
            Order::Time => waiting.sort_by_key(|index| self.inputs[*index].first_time),
            Order::Input => {
                for input in &self.inputs {
                    if let Source::Pipe(pipe) = &input.source {
                        pipe.keep_no_more();
                    }
                }
            }
        }
        self.progress.begin(self.inputs.iter().map(|input| input.source.size()).sum());
        self.repeated.begin();
        self.refused = 0;
        self.state = State::Straight { waiting: waiting.into(), current: None };
    }

    /// The files that hold calls, as they were given, with their formats. Which these are is known
    /// once the trace was read.
    pub fn files(&self) -> impl Iterator<Item = (&str, Format)> {
        let read = self.inputs.iter().zip(&self.have_calls).filter(|(_, has_calls)| **has_calls);
        read.map(|(input, _)| (&*input.name, input.format))
    }

    /// The other files, and why they were passed over; of those in a known format once the trace was
    /// read.
    pub fn passed_over(&self) -> impl Iterator<Item = PassedOver> {
        let empty = self.inputs.iter().zip(&self.have_calls).filter(|(_, has_calls)| !**has_calls);
        let empty = empty.map(|(input, _)| PassedOver {
            file: input.name.clone(),
            reason: format!("it was read as `{}` and holds no call", input.format.name()),
        });
        self.unknown.iter().cloned().chain(empty)
    }

    /// Whether some file is read by the names that its fields have in our own notation.
    pub fn has_records(&self) -> bool {
        self.inputs.iter().any(|input| input.format.is_of_records())
    }

    /// What was to stand for fields of a record and stands in no line of those that were read.
    pub fn unmapped(&self) -> Vec<Unmapped> {
        if self.has_records() { self.facts.map.unmapped() } else { Vec::new() }
    }

    /// How many calls a person refused, so that they were never made, as far as the trace has been read.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How far the trace has been read.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Whether something is read that may have no more for now, or never end.
    pub fn reads_streams(&self) -> bool {
        self.inputs.iter().any(|input| matches!(input.source, Source::Pipe(_)))
    }

    /// The name of a file by its number in [`Record::file`].
    pub fn file_name(&self, file: u32) -> &str {
        &self.facts.files[file as usize]
    }

    /// Whether a call that comes before one with an earlier time is to be put behind it.
    pub fn is_ordered_by_time(&self) -> bool {
        self.order == Order::Time
    }

    /// Fills a block with the next piece; false at the end.
    ///
    /// # Errors
    /// A file cannot be read any further.
    pub fn next(&mut self, block: &mut Block) -> Result<bool, TraceError> {
        block.trace = Arc::clone(&self.facts);
        let (waiting, current) = match &mut self.state {
            State::Straight { waiting, current } => (waiting, current),
            State::Sorted(sorted) => {
                sorted.next(block).map_err(TraceError::Sort)?;
                return Ok(!block.is_empty());
            }
        };
        loop {
            let (index, reading) = match current {
                Some(current) => {
                    block.is_first = false;
                    current
                }
                None => {
                    let Some(index) = waiting.pop_front() else { return Ok(false) };
                    let input = &self.inputs[index];
                    let reading = input
                        .begin(&self.facts, &self.progress)
                        .map_err(|cause| unreadable(&input.name, cause))?;
                    block.is_first = true;
                    current.insert((index, Box::new(reading)))
                }
            };
            block.file = *index as u32;
            let name = &self.inputs[*index].name;
            if reading.next(block).map_err(|cause| unreadable(name, cause))? {
                self.refused += block.refused;
                self.have_calls[*index] |= block.has_calls();
                let format = self.inputs[*index].format;
                if self.may_be_copies && format.repeats_calls() {
                    self.repeated.take_out(block, format);
                }
                return Ok(true);
            }
            *current = None;
        }
    }

    /// Reads the trace once to find out whether its calls come in the order of time, and puts them
    /// into it if they do not. For those who cannot begin anew.
    ///
    /// # Errors
    /// As for [`Trace::next`] and [`Trace::sort`].
    pub fn ensure_order(&mut self) -> Result<(), TraceError> {
        let checked = self.is_ordered_by_time();
        if matches!(self.state, State::Sorted(_)) || !(checked || self.may_read_copies()) {
            return Ok(());
        }
        let (mut block, mut order, mut ordered) = (Block::default(), TimeOrder::default(), true);
        while ordered && self.next(&mut block)? {
            block.visit_times(|time| ordered &= !checked || order.accepts(time));
        }
        if ordered {
            self.begin();
            return Ok(());
        }
        self.sort()
    }

    /// Whether several files may hold the same call, and can be read twice.
    fn may_read_copies(&self) -> bool {
        self.may_be_copies && !self.reads_streams()
    }

    /// Begins anew if a copy told what came of a call that was given out before, which is known then.
    pub fn begins_anew(&mut self) -> bool {
        let is_late = self.repeated.is_late() && !self.reads_streams();
        if is_late {
            self.begin();
        }
        is_late
    }

    /// Reads the whole trace, in its order, line by line and call by call.
    ///
    /// # Errors
    /// As for [`Trace::ensure_order`].
    pub fn for_each(mut self, mut visit: impl FnMut(Item<'_, '_>)) -> Result<(), TraceError> {
        self.ensure_order()?;
        let (mut block, mut lines) = (Block::default(), 0);
        while self.next(&mut block)? {
            lines = if block.begins_file() { 0 } else { lines };
            lines += block.visit(lines, &mut visit);
        }
        Ok(())
    }

    /// Begins anew with the calls in the order of time.
    ///
    /// # Errors
    /// A file cannot be read, or there is no room to keep the calls while they are sorted.
    pub fn sort(&mut self) -> Result<(), TraceError> {
        let mut sorted = self.sorted()?;
        if self.repeated.is_late() {
            sorted = self.sorted()?;
        }
        self.state = State::Sorted(sorted);
        Ok(())
    }

    fn sorted(&mut self) -> Result<Sorted, TraceError> {
        self.progress.begin(self.inputs.iter().map(|input| input.source.size()).sum());
        self.repeated.begin();
        self.refused = 0;
        let mut sorter = Sorter::new();
        let mut block = Block::of_trace(Arc::clone(&self.facts));
        for (index, input) in self.inputs.iter().enumerate() {
            let unreadable = |cause| unreadable(&input.name, cause);
            let mut reading = input.begin(&self.facts, &self.progress).map_err(unreadable)?;
            (block.file, block.is_first) = (index as u32, true);
            let (mut lines, mut latest) = (0, None);
            while reading.next(&mut block).map_err(unreadable)? {
                self.refused += block.refused;
                self.have_calls[index] |= block.has_calls();
                if self.may_be_copies && input.format.repeats_calls() {
                    self.repeated.take_out(&mut block, input.format);
                }
                lines += block
                    .keep(lines, |time, line, text| {
                        latest = time.or(latest);
                        sorter.push(latest, (index as u32, line), text)
                    })
                    .map_err(TraceError::Sort)?;
                block.is_first = false;
            }
        }
        sorter.finish().map_err(TraceError::Sort)
    }
}

fn unreadable(name: &str, cause: io::Error) -> TraceError {
    TraceError::Unreadable { path: Path::new(name).to_owned(), cause }
}

#[cfg(test)]
mod tests;
