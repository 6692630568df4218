//! The order of the calls of a trace.

use super::record::Record;
use crate::engine::Timestamp;

/// The order in which the calls of a trace are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By their time, and where that is the same by the order of the files and of their lines. A
    /// call without a time has that of the call before it in its file.
    #[default]
    Time,
    /// As they stand, one file after the other.
    Input,
}

/// Whether calls come in the order of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeOrder {
    latest: Option<Timestamp>,
}

impl TimeOrder {
    /// Whether a call may follow those before it.
    #[inline]
    pub fn accepts(&mut self, time: Option<Timestamp>) -> bool {
        let accepted = time.is_none() || time >= self.latest;
        self.latest = self.latest.max(time);
        accepted
    }

    /// When a call without a time was made at the earliest, where its place in the trace tells.
    #[inline]
    pub(crate) fn note(&self, call: &mut Record<'_>) {
        if call.time.is_none() {
            call.after = self.latest.filter(|_| call.in_order);
        }
    }

    /// The latest time so far.
    pub fn latest(&self) -> Option<Timestamp> {
        self.latest
    }
}
