//! A trace read to its end, call by call, by one thread or by several.

use std::io;

use thiserror::Error;

use super::grants::{GrantHasher, GrantShard, Grants};
use super::pace::Pace;
use super::parallel;
use crate::engine::{GrantId, Timestamp};
use crate::trace::{BadLine, Block, Format, Item, Record, TimeOrder, Trace, TraceError};

/// How many lines that are not valid are kept to be named one by one.
const NAMED_BAD_LINES: usize = 10;

/// What is done with the calls of a trace. Where several threads share the work, each has a visitor
/// of its own, which sees all calls of some grants, in their order.
pub trait Visitor {
    /// Takes the next call.
    ///
    /// # Errors
    /// What is made of the calls cannot be written. Nothing more is read then.
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()>;

    /// Called where more may take a while to come.
    ///
    /// # Errors
    /// As for a call.
    fn pause(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A call as it comes out of a trace.
#[derive(Clone, Copy, Debug)]
pub struct NumberedCall<'a> {
    /// Its number among all calls, counted from 1.
    pub number: u64,
    /// The call.
    pub record: &'a Record<'a>,
    /// The name of its file.
    pub file: &'a str,
    /// Who called.
    pub grant: GrantId,
    /// When: its own time, or the one that it was given.
    pub time: Option<Timestamp>,
}

/// How a trace is read.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// How many threads share the work, if it can be shared; at least 1.
    pub threads: usize,
    /// Times for calls that have none.
    pub pace: Option<Pace>,
}

/// What was read of a trace beside its calls, and what the visitors made of these.
#[derive(Debug)]
pub struct Run<V> {
    /// The files that were read, as they were given, with their formats.
    pub files: Vec<(String, Format)>,
    /// The visitors. Which of them saw a call depends on the call's grant alone.
    pub visitors: Vec<V>,
    /// The grants.
    pub grants: Grants,
    /// How many calls there were.
    pub calls: u64,
    /// Whether any call has a grant.
    pub has_grants: bool,
    /// How many lines were not valid.
    pub bad_lines: u64,
    /// The first of them.
    pub bad_examples: Vec<BadLine>,
}

impl<V> Run<V> {
    /// The same without the visitors.
    pub fn without_visitors(self) -> Run<()> {
        let Run { files, visitors: _, grants, calls, has_grants, bad_lines, bad_examples } = self;
        Run { files, visitors: Vec::new(), grants, calls, has_grants, bad_lines, bad_examples }
    }
}

/// Why a trace could not be read to its end.
#[derive(Debug, Error)]
pub enum RunError {
    /// The trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// What is made of the calls cannot be written.
    #[error(transparent)]
    Visitor(io::Error),
}

/// What ends the reading of a trace before its end.
pub(super) enum Stop {
    /// Calls do not come in the order of time.
    OutOfOrder,
    Failed(RunError),
}

impl From<TraceError> for Stop {
    fn from(error: TraceError) -> Stop {
        Stop::Failed(RunError::Trace(error))
    }
}

impl Stop {
    pub(super) fn failed(error: io::Error) -> Stop {
        Stop::Failed(RunError::Visitor(error))
    }
}

/// Counts made while reading.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) has_grants: bool,
    pub(super) bad_lines: u64,
    pub(super) bad_examples: Vec<BadLine>,
}

impl Tally {
    pub(super) fn add_bad(&mut self, bad: BadLine) {
        self.bad_lines += 1;
        if self.bad_examples.len() < NAMED_BAD_LINES {
            self.bad_examples.push(bad);
        }
    }

    pub(super) fn finish<V>(
        self,
        trace: &Trace,
        visitors: Vec<V>,
        grants: Vec<GrantShard>,
    ) -> Run<V> {
        let files = trace.files().map(|(name, format)| (name.to_owned(), format)).collect();
        Run {
            files,
            visitors,
            grants: Grants::new(grants),
            calls: self.calls,
            has_grants: self.has_grants,
            bad_lines: self.bad_lines,
            bad_examples: self.bad_examples,
        }
    }
}

/// Reads a trace to its end, several threads sharing the work. Where its calls turn out not to come
/// in the order of time, they are put into it and everything begins anew, with new visitors.
///
/// # Errors
/// The trace cannot be read, or a visitor fails.
pub fn run<V: Visitor + Send>(
    trace: &mut Trace,
    options: RunOptions,
    make_visitor: impl Fn() -> V,
) -> Result<Run<V>, RunError> {
    // Times that are made up depend on all calls before.
    if options.threads < 2 || options.pace.is_some() {
        return run_alone(trace, options.pace, make_visitor);
    }
    until_in_order(trace, |trace| parallel::read(trace, options.threads, &make_visitor))
}

/// Reads a trace to its end with one visitor, as [`run`] does.
///
/// # Errors
/// The trace cannot be read, or the visitor fails.
pub fn run_alone<V: Visitor>(
    trace: &mut Trace,
    pace: Option<Pace>,
    make_visitor: impl Fn() -> V,
) -> Result<Run<V>, RunError> {
    until_in_order(trace, |trace| read(trace, pace, make_visitor()))
}

fn until_in_order<V>(
    trace: &mut Trace,
    read: impl Fn(&mut Trace) -> Result<Run<V>, Stop>,
) -> Result<Run<V>, RunError> {
    loop {
        match read(trace) {
            Ok(run) => return Ok(run),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::OutOfOrder) => trace.sort()?,
        }
    }
}

/// Reads a trace with one thread.
fn read<V: Visitor>(
    trace: &mut Trace,
    mut pace: Option<Pace>,
    mut visitor: V,
) -> Result<Run<V>, Stop> {
    let hasher = GrantHasher::default();
    let mut grants = GrantShard::new(&hasher, (0, 1));
    let (mut tally, mut order) = (Tally::default(), TimeOrder::default());
    let checked = trace.is_ordered_by_time();
    let (mut block, mut lines) = (Block::default(), 0);
    while trace.next(&mut block)? {
        if block.begins_file() {
            lines = 0;
        }
        let mut result = Ok(());
        lines += block.visit(lines, |item| match item {
            Item::Call(_) if result.is_err() => {}
            Item::Call(record) => {
                tally.calls += 1;
                tally.has_grants |= !record.grant.is_empty();
                if checked && !order.accepts(record.time) {
                    result = Err(Stop::OutOfOrder);
                    return;
                }
                let time = pace.as_mut().map_or(record.time, |pace| pace.time(record.time));
                let grant = grants.id(hasher.hash(&record.grant), &record.grant);
                let (number, file) = (tally.calls, block.file_name(record.file));
                let call = NumberedCall { number, record: &record, file, grant, time };
                result = visitor.visit(call).map_err(Stop::failed);
            }
            Item::Bad(bad) => tally.add_bad(bad),
        });
        result?;
        if trace.reads_streams() {
            visitor.pause().map_err(Stop::failed)?;
        }
    }
    Ok(tally.finish(trace, vec![visitor], vec![grants]))
}
