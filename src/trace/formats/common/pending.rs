//! Calls that wait for what came of them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::reader::Calls;
use super::waiting::{MAX_WAITING, Waiting};
use crate::trace::record::{Record, RecordArguments};

/// How many of the latest calls are remembered at least.
const REMEMBERED: usize = 65_536;

/// Calls in the order in which they were made, each of which has an id by which more is said of it
/// later. A call that the log repeats, as conversations do, counts once. Some programs number the
/// calls of every conversation anew, so that another tool or other arguments make another call.
#[derive(Debug, Default)]
pub(in crate::trace) struct Pending {
    waiting: Waiting,
    /// The numbers of the waiting calls by their ids.
    open: HashMap<String, u64>,
    seen: Seen,
}

impl Pending {
    /// Takes a call. One that was seen before is passed over; one without an id waits for nothing.
    pub(in crate::trace) fn push(&mut self, mut record: Record<'static>, calls: &Calls) {
        let id = record.id.to_string();
        if !id.is_empty() && self.seen.has(&record) {
            return;
        }
        // What is said of calls may never end.
        if self.open.len() > 2 * MAX_WAITING {
            let waiting = &self.waiting;
            self.open.retain(|_, number| !waiting.is_past(*number));
        }
        record.line = calls.line;
        let number = self.waiting.push(record);
        if id.is_empty() {
            self.waiting.close(number);
        } else {
            self.open.insert(id, number);
        }
    }

    /// The waiting call with an id, for saying more of it.
    pub(in crate::trace) fn get(&mut self, id: &str) -> Option<&mut Record<'static>> {
        self.waiting.get(*self.open.get(id)?)
    }

    /// Says that nothing more will be said of a call.
    pub(in crate::trace) fn close(&mut self, id: &str) {
        if let Some(number) = self.open.get(id) {
            self.waiting.close(*number);
        }
    }

    /// Gives out the calls of which nothing more will be said, in their order.
    pub(in crate::trace) fn give_out(&mut self, calls: &mut Calls) {
        self.waiting.give_out(calls);
    }

    /// Gives out all calls, at the end of the file.
    pub(in crate::trace) fn finish(&mut self, calls: &mut Calls) {
        self.waiting.finish(calls);
    }
}

/// The latest calls that were seen, by their hashes. Those that keep coming are never forgotten.
#[derive(Debug, Default)]
struct Seen {
    latest: HashSet<u64>,
    before: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    /// Whether a call was seen before; now it was.
    fn has(&mut self, record: &Record<'_>) -> bool {
        let arguments = match &record.arguments {
            RecordArguments::Json(text) => without_layout(text),
            _ => Cow::default(),
        };
        let hash = self.hasher.hash_one((&record.id, &record.tool, arguments));
        let known = self.latest.contains(&hash) || self.before.contains(&hash);
        if self.latest.len() == REMEMBERED {
            self.before = std::mem::take(&mut self.latest);
        }
        self.latest.insert(hash);
        known
    }
}

/// JSON as it is written without blanks, however it was written.
fn without_layout(json: &str) -> Cow<'_, str> {
    let value: Result<serde_json::Value, _> = serde_json::from_str(json);
    value.map_or(Cow::Borrowed(json), |value| value.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ["a", "b", "a"].iter().for_each(|id| pending.push(record(id), &calls));
        pending.close("b");
        pending.give_out(&mut calls);
        assert_eq!(ids(&mut calls), [""; 0]);
        pending.get("a").unwrap().client = "c".into();
        pending.close("a");
        ["", "", "b"].iter().for_each(|id| pending.push(record(id), &calls));
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
            pending.push(record, &calls);
        }
        pending.close("0");
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls), ["0", "0"]);
    }

    #[test]
    fn what_is_never_answered_does_not_wait_for_ever_and_is_not_lost() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        for number in 0..2_000 {
            pending.push(record(&number.to_string()), &calls);
            pending.give_out(&mut calls);
        }
        assert_eq!(ids(&mut calls).len(), 2_000 - MAX_WAITING);
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls).len(), MAX_WAITING);
    }

    #[test]
    fn an_id_that_keeps_coming_is_remembered_among_any_number_of_others() {
        let mut seen = Seen::default();
        assert!(!seen.has(&record("again")));
        for number in 0..3 * REMEMBERED {
            assert!(!seen.has(&record(&number.to_string())));
            if number % 1_000 == 0 {
                assert!(seen.has(&record("again")));
            }
        }
        assert!(seen.latest.len() <= REMEMBERED && seen.before.len() <= REMEMBERED);
    }

    #[test]
    fn what_is_said_later_may_make_a_call_larger() {
        let (mut pending, mut calls) = (Pending::default(), Calls::default());
        pending.push(record("a"), &calls);
        pending.get("a").unwrap().arguments = RecordArguments::Json("{\"a\":1}".into());
        pending.close("a");
        pending.give_out(&mut calls);
        pending.push(record("b"), &calls);
        pending.finish(&mut calls);
        assert_eq!(ids(&mut calls), ["a", "b"]);
    }
}
