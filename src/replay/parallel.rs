//! A trace read by several threads, in rounds: each reads and parses some pieces, then each takes
//! the calls of its share of the grants out of all pieces, in their order.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::grants::{GrantHasher, GrantShard};
use super::run::{NumberedCall, Run, Stop, Tally, Visitor};
use crate::engine::Timestamp;
use crate::trace::{BadLine, Block, Item, Record, TimeOrder, Trace, TraceError, UnknownFields};

/// How many pieces each thread parses in a round: enough for it to be worth starting.
const PIECES: usize = 8;

/// How many bytes a round reads, but for the last piece of each thread: lines may be very long.
const ROUND: usize = 64 << 20;

/// What was made of a piece.
struct Parsed<'b> {
    /// Whether its lines are counted from the start of a file.
    begins_file: bool,
    /// Whether they are counted on from the piece before.
    counts_lines: bool,
    lines: u64,
    calls: u64,
    /// How many lines of its file and how many calls of the trace there are before the piece.
    before: (u64, u64),
    /// The calls by shard.
    shards: Vec<Vec<ParsedCall<'b>>>,
    bad: Vec<BadLine>,
    /// The times of the first and of the latest call; none if the calls are not in order.
    times: Option<(Option<Timestamp>, Option<Timestamp>)>,
    without_grant: u64,
    unknown_fields: UnknownFields,
}

struct ParsedCall<'b> {
    /// Its number among the calls of the piece, from 1.
    number: u64,
    hash: u64,
    file: &'b str,
    record: Record<'b>,
}

/// A share of the grants, and what is made of their calls.
struct Shard<V> {
    visitor: V,
    grants: GrantShard,
}

/// Where the pieces of a round come from.
struct Pieces<'t, 'b> {
    trace: &'t mut Trace,
    blocks: std::slice::IterMut<'b, Block>,
    taken: usize,
    bytes: usize,
}

/// Reads a trace with several threads.
pub(super) fn read<V: Visitor + Send>(
    trace: &mut Trace,
    threads: usize,
    make_visitor: &impl Fn() -> V,
) -> Result<Run<V>, Stop> {
    let hasher = GrantHasher::default();
    let mut shards: Vec<Shard<V>> = (0..threads)
        .map(|index| Shard {
            visitor: make_visitor(),
            grants: GrantShard::new(&hasher, (index, threads)),
        })
        .collect();
    let (mut tally, mut order) = (Tally::default(), TimeOrder::default());
    let checked = trace.is_ordered_by_time();
    let mut blocks: Vec<Block> = (0..threads * PIECES).map(|_| Block::default()).collect();
    let mut spare: Vec<Vec<ParsedCall<'static>>> = Vec::new();
    let mut lines = 0;
    loop {
        let mut pieces = parse(trace, &mut blocks, &hasher, threads, &mut spare)?;
        if pieces.is_empty() {
            break;
        }
        for piece in &mut pieces {
            if checked && !in_order(&mut order, piece) {
                return Err(Stop::OutOfOrder);
            }
            if piece.begins_file {
                lines = 0;
            }
            piece.count_on(lines, tally.calls);
            lines += piece.lines;
            tally.calls += piece.calls;
            tally.without_grant += piece.without_grant;
            tally.unknown_fields.merge(std::mem::take(&mut piece.unknown_fields));
            piece.bad.drain(..).for_each(|bad| tally.add_bad(bad));
        }
        visit(&mut shards, &mut pieces)?;
        if trace.reads_streams() {
            shards.iter_mut().try_for_each(|shard| shard.visitor.pause()).map_err(Stop::failed)?;
        }
        spare.extend(pieces.into_iter().flat_map(|piece| piece.shards).map(emptied));
    }
    let (visitors, grants) = shards.into_iter().map(|shard| (shard.visitor, shard.grants)).unzip();
    Ok(tally.finish(trace, visitors, grants))
}

fn in_order(order: &mut TimeOrder, piece: &Parsed<'_>) -> bool {
    piece.times.is_some_and(|(first, latest)| order.accepts(first) && order.accepts(latest))
}

/// Reads the pieces of a round and parses them; none at the end of the trace.
fn parse<'b>(
    trace: &mut Trace,
    blocks: &'b mut [Block],
    hasher: &GrantHasher,
    threads: usize,
    spare: &mut Vec<Vec<ParsedCall<'static>>>,
) -> Result<Vec<Parsed<'b>>, TraceError> {
    let spare = Mutex::new(spare);
    let pieces = Mutex::new(Pieces { trace, blocks: blocks.iter_mut(), taken: 0, bytes: 0 });
    let work = || {
        let mut parsed = Vec::new();
        loop {
            let mut pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(block) = pieces.blocks.next() else { return Ok(parsed) };
            if !pieces.trace.next(block)? {
                // Nobody need try again.
                pieces.blocks = [].iter_mut();
                return Ok(parsed);
            }
            let number = pieces.taken;
            pieces.taken += 1;
            pieces.bytes += block.size();
            if pieces.bytes > ROUND {
                pieces.blocks = [].iter_mut();
            }
            drop(pieces);
            let take = || spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let shards = (0..threads).map(|_| take().unwrap_or_default()).collect();
            parsed.push((number, parse_piece(block, hasher, shards)));
        }
    };
    let mut parsed = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut parsed: Vec<(usize, Parsed<'b>)> = work()?;
        for other in others {
            parsed.extend(joined(other.join())?);
        }
        Ok::<_, TraceError>(parsed)
    })?;
    parsed.sort_by_key(|(number, _)| *number);
    Ok(parsed.into_iter().map(|(_, piece)| piece).collect())
}

fn parse_piece<'b>(
    block: &'b Block,
    hasher: &GrantHasher,
    mut shards: Vec<Vec<ParsedCall<'b>>>,
) -> Parsed<'b> {
    let (mut calls, mut bad, mut without_grant) = (0, Vec::new(), 0);
    let mut unknown_fields = UnknownFields::default();
    let (mut first, mut order, mut ordered) = (None, TimeOrder::default(), true);
    let count = shards.len();
    let lines = block.visit(0, |item| match item {
        Item::Call(record) => {
            calls += 1;
            without_grant += u64::from(record.grant.is_empty());
            unknown_fields.add(record);
            first = first.or(record.time);
            ordered &= order.accepts(record.time);
            let hash = hasher.hash(&record.grant);
            let shard = &mut shards[GrantHasher::shard(hash, count)];
            let file = block.file_name(record.file);
            let record = std::mem::replace(record, Record::of_tool(""));
            shard.push(ParsedCall { number: calls, hash, file, record });
        }
        Item::Bad(line) => bad.push(line),
    });
    let times = ordered.then(|| (first, order.latest()));
    let (begins_file, counts_lines) = (block.begins_file(), block.counts_lines());
    let before = (0, 0);
    Parsed {
        begins_file,
        counts_lines,
        lines,
        calls,
        before,
        shards,
        bad,
        times,
        without_grant,
        unknown_fields,
    }
}

impl Parsed<'_> {
    /// Counts lines and calls on from those of the pieces before.
    fn count_on(&mut self, lines: u64, calls: u64) {
        let lines = if self.counts_lines { lines } else { 0 };
        self.before = (lines, calls);
        self.bad.iter_mut().for_each(|bad| bad.line += lines);
    }
}

/// Gives the calls of a round to the visitors, each of which has its thread.
fn visit<V: Visitor + Send>(
    shards: &mut [Shard<V>],
    pieces: &mut [Parsed<'_>],
) -> Result<(), Stop> {
    let mut shares: Vec<Vec<_>> = shards.iter().map(|_| Vec::new()).collect();
    for piece in pieces {
        for (share, calls) in shares.iter_mut().zip(&mut piece.shards) {
            share.push((piece.before, calls));
        }
    }
    let mut work = shards.iter_mut().zip(shares);
    thread::scope(|scope| {
        let first = work.next();
        let others: Vec<_> =
            work.map(|(shard, share)| scope.spawn(move || shard.take(share))).collect();
        let done = first.map_or(Ok(()), |(shard, share)| shard.take(share));
        others.into_iter().fold(done, |done, other| done.and(joined(other.join())))
    })
    .map_err(Stop::failed)
}

impl<V: Visitor> Shard<V> {
    /// Takes the calls of a round: those of each piece, with the lines and calls before them.
    fn take(&mut self, share: Vec<((u64, u64), &mut Vec<ParsedCall<'_>>)>) -> io::Result<()> {
        for ((lines, calls), piece) in share {
            for ParsedCall { number, hash, file, record } in piece {
                record.line += lines;
                let grant = self.grants.id(*hash, &record.grant);
                let number = calls + *number;
                let time = record.time;
                self.visitor.visit(NumberedCall { number, record, file, grant, time })?;
            }
        }
        Ok(())
    }
}

/// What a thread came to; its panic goes on in this one.
fn joined<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// An empty list with the room of a used one. The room is kept since both have elements of one
/// layout, so that nothing is allocated for most pieces.
fn emptied(mut calls: Vec<ParsedCall<'_>>) -> Vec<ParsedCall<'static>> {
    calls.clear();
    calls.into_iter().map(|_| unreachable!("the list was cleared")).collect()
}
