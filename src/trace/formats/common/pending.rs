//! Calls that wait for what came of them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::answer::Answer;
use super::reader::Calls;
use super::waiting::{MAX_WAITING, Waiting};
use crate::trace::json;
use crate::trace::record::Record;

/// How many of the latest calls are remembered at least.
const REMEMBERED: usize = 65_536;

/// Calls in the order in which they were made, each of which has a key by which more is said of it
/// later: an id, or what stands for one. A call that the log repeats counts once; one without an id
/// is never taken for another.
#[derive(Debug, Default)]
pub(in crate::trace) struct Pending {
    waiting: Waiting,
    /// The numbers of the waiting calls by their keys.
    open: HashMap<String, u64>,
    /// How many of these there may be before those that wait no more are taken out.
    most: usize,
    seen: Seen,
}

/// What tells that a call was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trace) enum Same {
    /// Its key, its tool and its arguments, as far as the latest calls are concerned: some programs
    /// number the calls of every conversation anew, so that other arguments make another call.
    Call,
    /// Its key alone, anywhere in the file.
    Key,
    /// Nothing: the log never repeats a call.
    Nothing,
}

impl Pending {
    /// Takes a call. One that was seen before is passed over; one without a key waits for nothing.
    pub(in crate::trace) fn push(
        &mut self,
        record: Record<'static>,
        key: &str,
        same: Same,
        calls: &Calls,
    ) {
        let may_repeat = same != Same::Nothing && !record.id.is_empty();
        if !may_repeat || !self.seen.has(&record, key, same) {
            self.push_new(record, key, calls);
        }
    }

    /// Takes a call of which is known that it was not seen before.
    pub(in crate::trace) fn push_new(
        &mut self,
        mut record: Record<'static>,
        key: &str,
        calls: &Calls,
    ) {
        // What is said of calls may never end.
        if self.open.len() > self.most {
            let waiting = &self.waiting;
            self.open.retain(|_, number| !waiting.is_past(*number));
            self.most = 2 * self.open.len().max(MAX_WAITING);
        }
        record.line = calls.line;
        let number = self.waiting.push(record);
        if key.is_empty() {
            self.waiting.close(number);
        } else {
            self.open.insert(key.to_owned(), number);
        }
    }

    /// Takes what is said of a call, which may have been said before in other words: the last ones
    /// count, as long as the call waits.
    pub(in crate::trace) fn put(&mut self, record: Record<'static>, key: &str, calls: &Calls) {
        match self.get(key) {
            Some(known) => *known = Record { line: known.line, ..record },
            None => self.push(record, key, Same::Key, calls),
        }
    }

    /// Says that a call was never made, because a person refused it.
    pub(in crate::trace) fn refuse(&mut self, key: &str) {
        if let Some(number) = self.open.remove(key) {
            self.waiting.refuse(number);
        }
    }

    /// Whether a call was taken and not settled.
    pub(in crate::trace) fn is_open(&self, key: &str) -> bool {
        self.open.contains_key(key)
    }

    /// The waiting call with a key, for saying more of it.
    pub(in crate::trace) fn get(&mut self, key: &str) -> Option<&mut Record<'static>> {
        self.waiting.get(*self.open.get(key)?)
    }

    /// Says that a call need wait for nothing more. As long as calls before it wait, more may be
    /// said of it all the same.
    pub(in crate::trace) fn close(&mut self, key: &str) {
        if let Some(number) = self.open.get(key) {
            self.waiting.close(*number);
        }
    }

    /// Says what came of a call, which is the last that is said of it.
    pub(in crate::trace) fn settle(&mut self, key: &str, answer: impl Into<Answer>) {
        if let Some(number) = self.open.remove(key) {
            self.waiting.settle(number, answer.into());
        }
    }

    /// Gives out the calls of which nothing more will be said, in their order.
    pub(in crate::trace) fn give_out(&mut self, calls: &mut Calls) {
        self.waiting.give_out(calls);
    }

    /// Gives out calls only where too many wait.
    pub(in crate::trace) fn give_out_excess(&mut self, calls: &mut Calls) {
        self.waiting.give_out_excess(calls);
    }

    /// Gives out all calls, at the end of the file.
    pub(in crate::trace) fn finish(&mut self, calls: &mut Calls) {
        self.waiting.finish(calls);
    }
}

/// The calls that were seen, by their hashes. Those that keep coming are never forgotten.
#[derive(Debug, Default)]
struct Seen {
    latest: HashSet<u64>,
    before: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    /// Whether a call was seen before; now it was.
    fn has(&mut self, record: &Record<'_>, key: &str, same: Same) -> bool {
        let content = (same == Same::Call).then(|| {
            let arguments = record.arguments.json();
            (&record.tool, arguments.map(|json| json::hash_value(json, &self.hasher)))
        });
        let hash = self.hasher.hash_one((key, &content));
        let known = self.latest.contains(&hash) || self.before.contains(&hash);
        if same == Same::Call && self.latest.len() == REMEMBERED {
            self.before = std::mem::take(&mut self.latest);
        }
        self.latest.insert(hash);
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::{CallResult, RecordArguments};

    fn record(id: &str) -> Record<'static> {
        let mut record = Record::of_tool("t");
        record.id = id.to_owned().into();
        record
    }

    fn ids(calls: &mut Calls) -> Vec<String> {
        std::iter::from_fn(|| calls.pop()).map(|call| call.id.to_string()).collect()
    }

    #[test]
    fn calls_wait_for_their_answers_in_order_and_come_once() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        ["a", "b", "a"].iter().for_each(|id| pending.push(record(id), id, Same::Call, &calls));
        pending.close("b");
        pending.give_out(&mut calls);
        assert_eq!(ids(&mut calls), [""; 0]);
        pending.get("a").unwrap().client = "c".into();
        pending.close("a");
        ["", "", "b"].iter().for_each(|id| pending.push(record(id), id, Same::Call, &calls));
        pending.give_out(&mut calls);
        assert_eq!(ids(&mut calls), ["a", "b", "", ""]);
        assert!(pending.get("a").is_none());
    }

    #[test]
    fn an_id_that_is_used_again_for_another_call_is_another_call() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        for arguments in [r#"{"a": 1}"#, r#"{"a":1}"#, r#"{"a":2}"#] {
            let mut record = record("0");
            record.arguments = RecordArguments::Json(arguments.into());
            pending.push(record, "0", Same::Call, &calls);
        }
        pending.close("0");
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls), ["0", "0"]);
    }

    #[test]
    fn what_is_never_answered_does_not_wait_for_ever_and_is_not_lost() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        for number in 0..2_000 {
            let id = number.to_string();
            pending.push(record(&id), &id, Same::Call, &calls);
            pending.give_out(&mut calls);
        }
        assert_eq!(ids(&mut calls).len(), 2_000 - MAX_WAITING);
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls).len(), MAX_WAITING);
    }

    #[test]
    fn an_id_that_keeps_coming_is_remembered_among_any_number_of_others() {
        let mut seen = Seen::default();
        assert!(!seen.has(&record("again"), "again", Same::Call));
        for number in 0..3 * REMEMBERED {
            let id = number.to_string();
            assert!(!seen.has(&record(&id), &id, Same::Call));
            if number % 1_000 == 0 {
                assert!(seen.has(&record("again"), "again", Same::Call));
            }
        }
        assert!(seen.latest.len() <= REMEMBERED && seen.before.len() <= REMEMBERED);
    }

    #[test]
    fn what_is_said_later_may_make_a_call_larger() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        pending.push(record("a"), "a", Same::Call, &calls);
        pending.get("a").unwrap().arguments = RecordArguments::Json("{\"a\":1}".into());
        pending.close("a");
        pending.give_out(&mut calls);
        pending.push(record("b"), "b", Same::Call, &calls);
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls), ["a", "b"]);
    }
    #[test]
    fn where_keys_tell_calls_apart_one_with_an_id_is_taken_once_and_others_every_time() {
        let (mut uses, mut calls) = (Pending::default(), Calls::default());
        let call = |id: &str, arguments: &str| {
            let arguments = RecordArguments::Json(arguments.to_owned().into());
            Record { arguments, ..record(id) }
        };
        for (id, arguments) in [("1", "{}"), ("2", "{}"), ("1", "[]"), ("", "{}"), ("", "{}")] {
            uses.push(call(id, arguments), &format!("s\n{id}"), Same::Key, &calls);
        }
        uses.settle("s\n1", CallResult::ToolError);
        uses.settle("s\n1", CallResult::Ok);
        uses.push(call("1", "{}"), "s\n1", Same::Key, &calls);
        assert!(uses.is_open("s\n2") && uses.is_open("s\n") && !uses.is_open("s\n1"));
        uses.give_out(&mut calls);
        let first = calls.pop().unwrap();
        assert_eq!((&*first.id, first.result), ("1", CallResult::ToolError));
        uses.finish(&mut calls);
        assert_eq!(ids(&mut calls), ["2", "", ""]);
    }
}
