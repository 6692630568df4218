//! A trace read to its end, by one thread or by several.

use super::grants::{GrantHasher, GrantShard};
use super::pace::Pace;
use super::parallel;
use super::run::{NumberedCall, Run, RunError, Stop, Tally, Visitor};
use crate::trace::{Block, Item, TimeOrder, Trace};

/// How a trace is read.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// How many threads share the work, if it can be shared; at least 1.
    pub threads: usize,
    /// Times for calls that have none.
    pub pace: Option<Pace>,
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
            Ok(_) if trace.begins_anew() => {}
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
    let (mut block, mut lines, mut ids) = (Block::default(), 0, Vec::new());
    while trace.next(&mut block)? {
        if block.begins_file() {
            lines = 0;
        }
        let mut result = Ok(());
        lines += block.visit(lines, |item| match item {
            Item::Calls(_) if result.is_err() => {}
            Item::Calls(records) => {
                let mut in_order = true;
                // Apart from the visits, so that what is slow to come from memory comes together.
                ids.extend(records.iter_mut().map(|record| {
                    tally.without_grant += u64::from(record.grant.is_empty());
                    tally.unknown_fields.add(record);
                    if checked {
                        in_order &= order.accepts(record.time);
                        order.note(record);
                    }
                    grants.id(hasher.hash(&record.grant), &record.grant)
                }));
                if !in_order {
                    result = Err(Stop::OutOfOrder);
                    return;
                }
                for (record, grant) in records.iter().zip(ids.drain(..)) {
                    tally.calls += 1;
                    let time = pace.as_mut().map_or(record.time, |pace| pace.time(record.time));
                    let (number, file) = (tally.calls, block.file_name(record.file));
                    let call = NumberedCall { number, record, file, grant, time };
                    if let Err(error) = visitor.visit(call) {
                        result = Err(Stop::failed(error));
                        return;
                    }
                }
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
