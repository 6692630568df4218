//! A trace read by several threads, in rounds: each takes the calls of its share of the grants out of
//! all pieces of the round before, in their order, and then reads and parses pieces of the next.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::grants::{GrantHasher, GrantShard};
use super::run::{NumberedCall, Run, Stop, Tally, Visitor};
use crate::engine::Timestamp;
use crate::trace::{BadLine, Block, Item, Record, TimeOrder, Trace, TraceError, UnknownFields};

/// How many pieces each thread parses in a round: enough for it to be worth starting.
const PIECES: usize = 4;

/// How many bytes a round reads, but for the last piece of each thread: lines may be very long.
const ROUND: usize = 32 << 20;

/// What was made of a piece.
struct Parsed<'b> {
    /// Whether its lines are counted from the start of a file.
    begins_file: bool,
    /// Whether they are counted on from the piece before.
    counts_lines: bool,
    lines: u64,
    calls: u64,
    before: Before,
    /// The calls by shard.
    shards: Vec<Vec<ParsedCall<'b>>>,
    bad: Vec<BadLine>,
    /// The times of the first and of the latest call; none if the calls are not in order.
    times: Option<(Option<Timestamp>, Option<Timestamp>)>,
    without_grant: u64,
    unknown_fields: UnknownFields,
}

/// What there is of the trace before a piece.
#[derive(Clone, Copy, Default)]
struct Before {
    /// How many lines of its file there are.
    lines: u64,
    calls: u64,
    /// The latest time of a call, if calls come in the order of time.
    latest: Option<Timestamp>,
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

/// The pieces that a thread parsed, by their numbers.
type NumberedPieces<'b> = Vec<(usize, Parsed<'b>)>;

/// Where the pieces of a round come from.
struct Pieces<'t, 'b> {
    trace: &'t mut Trace,
    blocks: std::slice::IterMut<'b, Block>,
    taken: usize,
    bytes: usize,
}

/// A trace on its way to the visitors.
struct Reading<'t, V> {
    trace: &'t mut Trace,
    hasher: GrantHasher,
    shards: Vec<Shard<V>>,
    tally: Tally,
    order: TimeOrder,
    /// How many lines of the file there are so far.
    lines: u64,
    /// Lists that were emptied.
    spare: Vec<Vec<ParsedCall<'static>>>,
}

/// Reads a trace with several threads.
pub(super) fn read<V: Visitor + Send>(
    trace: &mut Trace,
    threads: usize,
    make_visitor: &impl Fn() -> V,
) -> Result<Run<V>, Stop> {
    let hasher = GrantHasher::default();
    let shard = |index| Shard {
        visitor: make_visitor(),
        grants: GrantShard::new(&hasher, (index, threads)),
    };
    let shards = (0..threads).map(shard).collect();
    let mut reading = Reading {
        trace,
        hasher: hasher.clone(),
        shards,
        tally: Tally::default(),
        order: TimeOrder::default(),
        lines: 0,
        spare: Vec::new(),
    };
    let room = || -> Vec<Block> { (0..threads * PIECES).map(|_| Block::default()).collect() };
    let (mut even, mut odd) = (room(), room());
    let mut pieces = Vec::new();
    loop {
        let next = reading.round(pieces, &mut even)?;
        if next.is_empty() {
            break;
        }
        pieces = reading.round(next, &mut odd)?;
        if pieces.is_empty() {
            break;
        }
    }
    let Reading { trace, shards, tally, .. } = reading;
    let (visitors, grants) = shards.into_iter().map(|shard| (shard.visitor, shard.grants)).unzip();
    Ok(tally.finish(trace, visitors, grants))
}

impl<V: Visitor + Send> Reading<'_, V> {
    /// Gives the calls of a round to the visitors, each of which has its thread, while the pieces of the next
    /// round are read and parsed; none at the end of the trace.
    fn round<'b>(
        &mut self,
        mut before: Vec<Parsed<'_>>,
        blocks: &'b mut [Block],
    ) -> Result<Vec<Parsed<'b>>, Stop> {
        let mut shares: Vec<Vec<_>> = self.shards.iter().map(|_| Vec::new()).collect();
        for piece in &mut before {
            for (share, calls) in shares.iter_mut().zip(&mut piece.shards) {
                share.push((piece.before, calls));
            }
        }
        let (count, pauses) = (shares.len(), self.trace.reads_streams());
        let checked = self.trace.is_ordered_by_time();
        let pieces = Pieces { trace: self.trace, blocks: blocks.iter_mut(), taken: 0, bytes: 0 };
        let (pieces, hasher) = (Mutex::new(pieces), &self.hasher);
        let spare = Mutex::new(&mut self.spare);
        let work = |shard: &mut Shard<V>, share| {
            shard.take(share, pauses).map_err(Stop::failed)?;
            parse(
                &pieces,
                |block, shards| parse_piece(block, hasher, checked, shards),
                count,
                &spare,
            )
            .map_err(Stop::from)
        };
        let work = &work;
        let parsed = thread::scope(|scope| {
            let mut shares = self.shards.iter_mut().zip(shares);
            let first = shares.next();
            let others: Vec<_> =
                shares.map(|(shard, share)| scope.spawn(move || work(shard, share))).collect();
            let mut parsed = first.map_or(Ok(Vec::new()), |(shard, share)| work(shard, share));
            for other in others {
                let more = joined(other.join());
                parsed = parsed.and_then(|mut all| {
                    all.extend(more?);
                    Ok(all)
                });
            }
            parsed
        });
        let mut parsed: NumberedPieces<'b> = parsed?;
        self.spare.extend(before.into_iter().flat_map(|piece| piece.shards).map(emptied));
        parsed.sort_by_key(|(number, _)| *number);
        parsed.into_iter().map(|(_, piece)| self.counted(piece)).collect()
    }

    /// Counts what a piece has, which is the next in the trace.
    fn counted<'b>(&mut self, mut piece: Parsed<'b>) -> Result<Parsed<'b>, Stop> {
        let latest = self.order.latest();
        if self.trace.is_ordered_by_time() && !in_order(&mut self.order, &piece) {
            return Err(Stop::OutOfOrder);
        }
        if piece.begins_file {
            self.lines = 0;
        }
        piece.count_on(Before { lines: self.lines, calls: self.tally.calls, latest });
        self.lines += piece.lines;
        self.tally.calls += piece.calls;
        self.tally.without_grant += piece.without_grant;
        self.tally.unknown_fields.merge(std::mem::take(&mut piece.unknown_fields));
        piece.bad.drain(..).for_each(|bad| self.tally.add_bad(bad));
        Ok(piece)
    }
}

fn in_order(order: &mut TimeOrder, piece: &Parsed<'_>) -> bool {
    piece.times.is_some_and(|(first, latest)| order.accepts(first) && order.accepts(latest))
}

/// Reads and parses pieces of a round until there are no more.
fn parse<'b>(
    pieces: &Mutex<Pieces<'_, 'b>>,
    parse_piece: impl Fn(&'b Block, Vec<Vec<ParsedCall<'b>>>) -> Parsed<'b>,
    shards: usize,
    spare: &Mutex<&mut Vec<Vec<ParsedCall<'static>>>>,
) -> Result<NumberedPieces<'b>, TraceError> {
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
        let shards = (0..shards).map(|_| take().unwrap_or_default()).collect();
        parsed.push((number, parse_piece(block, shards)));
    }
}

fn parse_piece<'b>(
    block: &'b Block,
    hasher: &GrantHasher,
    checked: bool,
    mut shards: Vec<Vec<ParsedCall<'b>>>,
) -> Parsed<'b> {
    let (mut calls, mut bad, mut without_grant) = (0, Vec::new(), 0);
    let mut unknown_fields = UnknownFields::default();
    let (mut first, mut order, mut ordered) = (None, TimeOrder::default(), true);
    let count = shards.len();
    let lines = block.visit(0, |item| match item {
        Item::Calls(records) => {
            for record in records {
                calls += 1;
                without_grant += u64::from(record.grant.is_empty());
                unknown_fields.add(record);
                first = first.or(record.time);
                ordered &= order.accepts(record.time);
                if checked {
                    order.note(record);
                }
                let hash = hasher.hash(&record.grant);
                let shard = &mut shards[GrantHasher::shard(hash, count)];
                let file = block.file_name(record.file);
                let record = std::mem::replace(record, Record::of_tool(""));
                shard.push(ParsedCall { number: calls, hash, file, record });
            }
        }
        Item::Bad(line) => bad.push(line),
    });
    let times = ordered.then(|| (first, order.latest()));
    let (begins_file, counts_lines) = (block.begins_file(), block.counts_lines());
    let before = Before::default();
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
    fn count_on(&mut self, before: Before) {
        let lines = if self.counts_lines { before.lines } else { 0 };
        self.before = Before { lines, ..before };
        self.bad.iter_mut().for_each(|bad| bad.line += lines);
    }
}

impl<V: Visitor> Shard<V> {
    /// Takes the calls of a round: those of each piece, with what there is before them.
    fn take(
        &mut self,
        share: Vec<(Before, &mut Vec<ParsedCall<'_>>)>,
        pauses: bool,
    ) -> io::Result<()> {
        let mut ids = Vec::new();
        for (before, piece) in share {
            // Apart from the calls, so that what is slow to come from memory comes together.
            let id = |call: &ParsedCall<'_>| self.grants.id(call.hash, &call.record.grant);
            ids.extend(piece.iter().map(id));
            for (call, grant) in piece.iter_mut().zip(ids.drain(..)) {
                let ParsedCall { number, file, record, .. } = call;
                record.line += before.lines;
                if record.time.is_none() && record.in_order {
                    record.after = record.after.max(before.latest);
                }
                let number = before.calls + *number;
                let time = record.time;
                self.visitor.visit(NumberedCall { number, record, file, grant, time })?;
            }
            piece.clear();
        }
        if pauses { self.visitor.pause() } else { Ok(()) }
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
