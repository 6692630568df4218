//! Recorded tool calls: files in any supported format read as one stream of [`Record`]s,
//! ordered by time.
//!
//! A trace is never held in memory. The clock is the trace's own; the machine's is never read.

mod formats;
mod item;
mod live;
mod order;
mod reading;
mod record;
mod stats;
mod trace_error;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use formats::Format;
pub use formats::common::envelope::Side;
pub use item::{BadLine, Item};
pub use live::LiveSession;
pub use order::{Order, TimeOrder};
pub use reading::block::Block;
pub use reading::pipe::stop_pipes;
pub use reading::progress::Progress;
pub use record::{
    CallResult, GrantBy, Record, RecordArguments, parse as parse_record, parse_time, write_record,
};
pub use stats::{ArgumentStats, Stats, Tally};
pub use trace_error::TraceError;

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
}

/// Files read as one stream of calls, piece by piece.
pub struct Trace {
    inputs: Vec<Input>,
    facts: Arc<TraceFacts>,
    order: Order,
    progress: Arc<Progress>,
    repeated: Repeated,
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
        let mut inputs = Vec::new();
        for (path, is_named) in reading::paths::expand(paths)? {
            let unreadable = |cause| TraceError::Unreadable { path: path.clone(), cause };
            match Input::probe(&path, options.format).map_err(unreadable)? {
                Ok(input) => inputs.push(input),
                // A folder may hold other files of the same endings.
                Err(NotATrace::Unknown(found)) if is_named => {
                    let (name, found) = (Source::name_of(&path), found.to_owned());
                    return Err(TraceError::NotATrace { name, found });
                }
                Err(NotATrace::Empty | NotATrace::Unknown(_)) => {}
            }
        }
        let files = inputs.iter().map(|input| input.name.clone()).collect();
        let are_own = inputs.iter().map(|input| input.format.is_of_records()).collect();
        let TraceOptions { grant_by, servers, .. } = options;
        let facts = Arc::new(TraceFacts { files, are_own, grant_by, servers });
        let progress = Arc::new(Progress::default());
        let state = State::Straight { waiting: VecDeque::new(), current: None };
        let mut trace = Trace {
            inputs,
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
        self.repeated = Repeated::default();
        self.refused = 0;
        self.state = State::Straight { waiting: waiting.into(), current: None };
    }

    /// The files that were found, as they were given, with their formats.
    pub fn files(&self) -> impl Iterator<Item = (&str, Format)> {
        self.inputs.iter().map(|input| (&*input.name, input.format))
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
                if self.inputs[*index].format.repeats_calls() {
                    self.repeated.take_out(block);
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
        if !self.is_ordered_by_time() || matches!(self.state, State::Sorted(_)) {
            return Ok(());
        }
        let (mut block, mut order, mut ordered) = (Block::default(), TimeOrder::default(), true);
        while ordered && self.next(&mut block)? {
            block.visit_times(|time| ordered &= order.accepts(time));
        }
        if ordered {
            self.begin();
            return Ok(());
        }
        self.sort()
    }

    /// Reads the whole trace, in its order, line by line and call by call.
    ///
    /// # Errors
    /// As for [`Trace::ensure_order`].
    pub fn for_each(mut self, mut visit: impl FnMut(Item<'_>)) -> Result<(), TraceError> {
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
        self.progress.begin(self.inputs.iter().map(|input| input.source.size()).sum());
        self.refused = 0;
        let (mut sorter, mut repeated) = (Sorter::new(), Repeated::default());
        let mut block = Block::of_trace(Arc::clone(&self.facts));
        for (index, input) in self.inputs.iter().enumerate() {
            let unreadable = |cause| unreadable(&input.name, cause);
            let mut reading = input.begin(&self.facts, &self.progress).map_err(unreadable)?;
            (block.file, block.is_first) = (index as u32, true);
            let (mut lines, mut latest) = (0, None);
            while reading.next(&mut block).map_err(unreadable)? {
                self.refused += block.refused;
                if input.format.repeats_calls() {
                    repeated.take_out(&mut block);
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
        self.state = State::Sorted(sorter.finish().map_err(TraceError::Sort)?);
        Ok(())
    }
}

fn unreadable(name: &str, cause: io::Error) -> TraceError {
    TraceError::Unreadable { path: Path::new(name).to_owned(), cause }
}

#[cfg(test)]
mod tests;
