//! The latest spans, in which those that belong to one call find each other.
//!
//! A call may make up to three nested spans and more: that of the agent, those of the client, and
//! that of the server. They are exported one by one as they end, inner ones first, and by each
//! program in its own time. The innermost one stands for the call, as it is nearest to the server;
//! where a client tries again, there are several, and each is a call. It takes over what only the
//! spans around it know.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use super::span::{Role, Span};
use crate::trace::formats::common::reader::Calls;
use crate::trace::json;
use crate::trace::record::{CallResult, Record, RecordArguments};

/// How many spans are held; half of them are given out when there are more.
const MAX_SPANS: usize = 16_384;

/// How many bytes of arguments are held, for the same reason.
const MAX_BYTES: usize = 8 << 20;

/// How far up from a call its history is followed; ids are hostile and may run in a circle.
const MAX_DEPTH: usize = 64;

/// The latest spans in the order of their export.
#[derive(Debug, Default)]
pub(super) struct Window {
    spans: VecDeque<Held>,
    /// The number of the first held span.
    first: usize,
    /// The numbers of the held spans by their keys.
    numbers: HashMap<u64, usize>,
    bytes: usize,
    /// The calls that have spans, and the wishes for calls that were given out, by their hashes.
    called: HashSet<u64>,
    hasher: RandomState,
}

/// The ids of a span.
pub(super) struct Ids<'a> {
    pub(super) trace: &'a str,
    pub(super) id: &'a str,
    pub(super) parent: Option<&'a str>,
}

/// How a call is known among those of its trace.
#[derive(Clone, Copy, Hash)]
enum KnownBy {
    /// A span of its own has its id.
    Id,
    /// A span of its own has its tool, and an id.
    Tool,
    /// A span of its own has its tool, and no id.
    ToolAlone,
    /// A span of its own has its tool and its arguments, and an id for which no model asked: Google ADK gives calls
    /// ids of its own.
    Content,
    /// A model asked for its id.
    Asked,
    /// A model asked for it, and it was given out.
    Wish,
}

#[derive(Debug)]
struct Held {
    span: Span,
    trace: u64,
    key: u64,
    parent: Option<u64>,
    bytes: usize,
    /// Whether another span within is the same call.
    has_inner: bool,
}

impl Window {
    /// Holds a span. One that was exported twice is held once.
    pub(super) fn push(&mut self, span: Span, ids: &Ids<'_>, calls: &mut Calls) {
        let key = |id: &str| self.hasher.hash_one((ids.trace, id));
        let (trace, parent) = (key(""), ids.parent.map(key));
        let key = key(ids.id);
        if self.numbers.contains_key(&key) {
            return;
        }
        let asked = span.wishes.iter().filter(|wish| !wish.id.is_empty());
        let asked: Vec<u64> =
            asked.map(|wish| self.known(trace, KnownBy::Asked, &wish.id)).collect();
        self.called.extend(asked);
        if let Role::Call(record) = &span.role {
            if !self.called.contains(&self.known(trace, KnownBy::Asked, &record.id)) {
                self.called.extend(self.content(trace, record));
            }
            let known_by = match &*record.id {
                "" => [self.known(trace, KnownBy::ToolAlone, &record.tool); 2],
                id => [
                    self.known(trace, KnownBy::Id, id),
                    self.known(trace, KnownBy::Tool, &record.tool),
                ],
            };
            self.called.extend(known_by);
        }
        let bytes = bytes_of(&span);
        self.bytes += bytes;
        self.numbers.insert(key, self.first + self.spans.len());
        self.spans.push_back(Held { span, trace, key, parent, bytes, has_inner: false });
        if self.spans.len() > MAX_SPANS || self.bytes > MAX_BYTES {
            self.give_out(self.spans.len().div_ceil(2), calls);
        }
    }

    fn known(&self, trace: u64, by: KnownBy, text: &str) -> u64 {
        self.hasher.hash_one((trace, by, text))
    }

    /// What stands for the tool and the arguments of a call, if these are known.
    fn content(&self, trace: u64, record: &Record<'_>) -> Option<u64> {
        let arguments = json::hash_value(record.arguments.json()?, &self.hasher);
        Some(self.known(trace, KnownBy::Content, &format!("{} {arguments}", record.tool)))
    }

    /// Gives out all calls.
    pub(super) fn finish(&mut self, calls: &mut Calls) {
        self.give_out(self.spans.len(), calls);
    }

    /// Gives out the calls among the first spans.
    fn give_out(&mut self, count: usize, calls: &mut Calls) {
        for index in 0..self.spans.len() {
            for outer in self.sides(index) {
                self.spans[outer].has_inner = true;
            }
        }
        // All records first: a span that leaves is still needed by those within.
        let mut records = Vec::new();
        for index in 0..count {
            records.extend(self.record(index));
            records.extend(self.wishes(index));
        }
        records.into_iter().for_each(|record| calls.push(record));
        for held in self.spans.drain(..count) {
            self.numbers.remove(&held.key);
            self.bytes -= held.bytes;
        }
        self.first += count;
    }

    /// The spans around one, the nearest first; none if it is said to be around itself.
    fn around(&self, index: usize) -> Vec<usize> {
        let parent = |index: &usize| {
            let number = self.numbers.get(&self.spans[*index].parent?)?;
            Some(number - self.first)
        };
        let mut around: Vec<_> =
            std::iter::successors(Some(index), parent).skip(1).take(MAX_DEPTH).collect();
        if around.contains(&index) {
            around.clear();
        }
        around
    }

    /// The spans around a call that are the same call, the nearest first.
    fn sides(&self, index: usize) -> Vec<usize> {
        let mut sides = Vec::new();
        let Some(mut inner) = self.call(index) else { return sides };
        let mut inner_is_server = self.spans[index].span.is_server;
        for outer in self.around(index) {
            let Held { span, .. } = &self.spans[outer];
            match &span.role {
                Role::Other => {}
                Role::Agent => break,
                Role::Call(record) => {
                    // A server that mounts another hands calls on to it, with shorter names.
                    if record.tool != inner.tool && !(span.is_server && inner_is_server) {
                        break;
                    }
                    sides.push(outer);
                    inner = record;
                    inner_is_server = span.is_server;
                }
            }
        }
        sides
    }

    fn call(&self, index: usize) -> Option<&Record<'static>> {
        match &self.spans[index].span.role {
            Role::Call(record) => Some(record),
            _ => None,
        }
    }

    /// The call that a span stands for, with what the spans around it know.
    fn record(&self, index: usize) -> Option<Record<'static>> {
        let mut record = self.call(index).filter(|_| !self.spans[index].has_inner)?.clone();
        let sides = self.sides(index);
        let mut is_server = self.spans[index].span.is_server;
        for side in &sides {
            let outer = self.call(*side)?;
            if is_server && self.spans[*side].span.is_server {
                record.tool = outer.tool.clone();
                record.server = outer.server.clone();
            }
            is_server = self.spans[*side].span.is_server;
            if matches!(record.arguments, RecordArguments::Unknown(_)) {
                record.arguments = outer.arguments.clone();
            }
            if record.result == CallResult::Ok {
                record.result = outer.result;
            }
            for (mine, theirs) in [
                (&mut record.id, &outer.id),
                (&mut record.server, &outer.server),
                (&mut record.client, &outer.client),
            ] {
                if mine.is_empty() {
                    *mine = theirs.clone();
                }
            }
        }
        self.name_caller(&mut record, index, &sides);
        Some(record)
    }

    /// The calls for which a model asked in a span, and which have no spans of their own.
    fn wishes(&mut self, index: usize) -> Vec<Record<'static>> {
        let trace = self.spans[index].trace;
        let mut wishes = std::mem::take(&mut self.spans[index].span.wishes);
        wishes.retain(|wish| {
            let has = |by, text| self.called.contains(&self.known(trace, by, text));
            let has_span = (!wish.id.is_empty() && has(KnownBy::Id, &wish.id))
                || self.content(trace, wish).is_some_and(|content| self.called.contains(&content))
                // Spans without ids cannot be told apart, so that one stands for all.
                || (has(KnownBy::ToolAlone, &wish.tool)
                    && (wish.id.is_empty() || !has(KnownBy::Tool, &wish.tool)))
                || (wish.id.is_empty() && has(KnownBy::Tool, &wish.tool));
            let hash = self.known(trace, KnownBy::Wish, &wish.id);
            // Where a proxy records as well, a model asks once and two spans say so.
            !has_span && (wish.id.is_empty() || self.called.insert(hash))
        });
        wishes.iter_mut().for_each(|wish| self.name_caller(wish, index, &[]));
        wishes
    }

    /// Says who called: what stands on the call itself goes before what stands around it. The field
    /// that the user asks for is the caller's rather than the server's.
    fn name_caller(&self, record: &mut Record<'static>, index: usize, sides: &[usize]) {
        let caller = |at: usize| &self.spans[at].span.caller;
        let mut rank = 0;
        for at in std::iter::once(index).chain(self.around(index)) {
            let caller = caller(at);
            if record.grant.is_empty() {
                record.grant = caller.grant.clone().into();
            }
            if !caller.session.is_empty()
                && (record.session.is_empty() || caller.session_rank > rank)
            {
                record.session = caller.session.clone().into();
                rank = caller.session_rank;
            }
        }
        let own = || sides.iter().rev().copied().chain([index]);
        let spans = own().chain(self.around(index)).map(|at| &caller(at).field);
        let resources = own().map(|at| &caller(at).resource_field);
        let field = spans.chain(resources).find(|field| !field.is_empty());
        record.field = field.cloned().unwrap_or_default().into();
    }
}

/// The bytes of a span that can be many.
fn bytes_of(span: &Span) -> usize {
    let records = match &span.role {
        Role::Call(record) => std::slice::from_ref(&**record),
        _ => &span.wishes,
    };
    records.iter().filter_map(|record| record.arguments.json()).map(str::len).sum()
}
