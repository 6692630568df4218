//! Calls that wait for their answers.

use std::collections::VecDeque;

use super::answer::Answer;
use super::reader::Calls;
use crate::trace::record::{Record, RecordArguments};

/// How many calls may wait. A client that has more open than this does not wait for answers; the
/// oldest call is then given out as it is.
pub(super) const MAX_WAITING: usize = 1_024;

/// How many bytes of arguments may wait, for the same reason.
const MAX_WAITING_BYTES: usize = 8 << 20;

/// Calls in the order in which they were made, given out once what came of them is known.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    calls: VecDeque<WaitingCall>,
    bytes: usize,
    /// The number of the first call that waits.
    first: u64,
}

#[derive(Debug)]
struct WaitingCall {
    record: Record<'static>,
    bytes: usize,
    settled: bool,
    refused: bool,
}

impl Waiting {
    /// Takes a call, and gives the number by which it is settled.
    pub(super) fn push(&mut self, record: Record<'static>) -> u64 {
        // More may be said of it later, so that its size is kept as it was counted.
        let bytes = size(&record);
        self.bytes += bytes;
        self.calls.push_back(WaitingCall { record, bytes, settled: false, refused: false });
        self.first + self.calls.len() as u64 - 1
    }

    /// A waiting call, for saying more of it.
    pub(super) fn get(&mut self, number: u64) -> Option<&mut Record<'static>> {
        self.at(number).map(|call| &mut call.record)
    }

    /// What came of a call. One that was given out already stays as it was.
    pub(super) fn settle(&mut self, number: u64, answer: Answer) {
        if let Some(call) = self.at(number) {
            answer.settle(&mut call.record);
            call.settled = true;
        }
    }

    /// Says that a call waits for nothing more.
    pub(super) fn close(&mut self, number: u64) {
        if let Some(call) = self.at(number) {
            call.settled = true;
        }
    }

    /// Says that a call was never made. One that was given out already stays as it was.
    pub(super) fn refuse(&mut self, number: u64) {
        if let Some(call) = self.at(number) {
            (call.settled, call.refused) = (true, true);
        }
    }

    fn at(&mut self, number: u64) -> Option<&mut WaitingCall> {
        let index = number.checked_sub(self.first)?;
        self.calls.get_mut(usize::try_from(index).ok()?)
    }

    /// Whether a call was given out.
    pub(super) fn is_past(&self, number: u64) -> bool {
        number < self.first
    }

    /// Gives out the calls that are settled, and those for which too many wait.
    pub(super) fn give_out(&mut self, calls: &mut Calls) {
        while self.calls.front().is_some_and(|front| front.settled) || self.are_too_many() {
            self.give_out_first(calls);
        }
    }

    /// Gives out the calls for which too many wait.
    pub(super) fn give_out_excess(&mut self, calls: &mut Calls) {
        while self.are_too_many() {
            self.give_out_first(calls);
        }
    }

    fn are_too_many(&self) -> bool {
        self.calls.len() > MAX_WAITING || self.bytes > MAX_WAITING_BYTES
    }

    /// Gives out all calls, answered or not.
    pub(super) fn finish(&mut self, calls: &mut Calls) {
        while !self.calls.is_empty() {
            self.give_out_first(calls);
        }
    }

    fn give_out_first(&mut self, calls: &mut Calls) {
        let Some(first) = self.calls.pop_front() else { return };
        self.bytes -= first.bytes;
        self.first += 1;
        match first.refused {
            true => calls.refused += 1,
            false => calls.push(first.record),
        }
    }
}

/// The bytes of a call that can be many.
fn size(record: &Record<'_>) -> usize {
    let arguments = match &record.arguments {
        RecordArguments::Json(text) => text.len(),
        _ => 0,
    };
    record.tool.len() + record.id.len() + record.field.len() + arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::CallResult;

    fn given_out(calls: &mut Calls) -> Vec<(String, CallResult)> {
        std::iter::from_fn(|| calls.pop()).map(|call| (call.tool.into(), call.result)).collect()
    }

    #[test]
    fn a_call_waits_for_its_answer_and_keeps_its_place() {
        let (mut waiting, mut calls) = (Waiting::default(), Calls::default());
        let first = waiting.push(Record::of_tool("a"));
        let second = waiting.push(Record::of_tool("b"));
        waiting.settle(second, CallResult::ToolError.into());
        waiting.give_out(&mut calls);
        assert_eq!(given_out(&mut calls), [], "the first call is still open");
        waiting.settle(first, CallResult::Ok.into());
        waiting.give_out(&mut calls);
        let expected = [("a".to_owned(), CallResult::Ok), ("b".to_owned(), CallResult::ToolError)];
        assert_eq!(given_out(&mut calls), expected);
        assert!(waiting.is_past(second));
    }

    #[test]
    fn calls_without_answers_do_not_pile_up() {
        let (mut waiting, mut calls) = (Waiting::default(), Calls::default());
        for _ in 0..=MAX_WAITING {
            waiting.push(Record::of_tool("t"));
            waiting.give_out(&mut calls);
        }
        assert_eq!(given_out(&mut calls).len(), 1);
        let long = format!("\"{}\"", "x".repeat(MAX_WAITING_BYTES));
        let arguments = RecordArguments::Json(long.into());
        waiting.push(Record { arguments, ..Record::of_tool("long") });
        waiting.give_out(&mut calls);
        assert_eq!(given_out(&mut calls).len(), MAX_WAITING + 1);
        assert_eq!(waiting.bytes, 0);
    }
}
