//! What happens in a session, and when.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::engine::Timestamp;
use crate::trace::Side;

/// What is passed on, for whoever listens.
pub(super) enum Event {
    /// Bytes that one side sent.
    Bytes(Side, Timestamp, Vec<u8>),
    /// The session is over.
    End,
}

/// The time of the machine, which is that of a session while it happens.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanoseconds: since.subsec_nanos(),
    }
}
