//! What the parts of a replay's JSON share.

use serde::Serialize;

use crate::engine::Timestamp;
use crate::replay::Counts;

/// Calls by outcome.
#[derive(Serialize)]
pub(in crate::report) struct Outcomes {
    allow: u64,
    ask: u64,
    deny: u64,
    throttle: u64,
    indeterminate: u64,
}

impl From<&Counts> for Outcomes {
    fn from(counts: &Counts) -> Outcomes {
        let [allow, ask, deny, throttle, indeterminate] = counts.0;
        Outcomes { allow, ask, deny, throttle, indeterminate }
    }
}

/// A time as text.
pub(in crate::report) fn text(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}
