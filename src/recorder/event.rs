//! What happens in a session, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::engine::Timestamp;
use crate::trace::Side;

/// How many events may wait to be heard: each is as much as is read at once.
const WAITING: usize = 1 << 10;

/// What is passed on, for whoever listens.
pub(super) enum Event {
    /// Bytes that one side sent. Where they are torn, some before them were lost.
    Bytes { side: Side, time: Timestamp, bytes: Vec<u8>, are_torn: bool },
    /// The session is over.
    End,
}

/// A queue in which nothing waits for room.
pub(super) fn queue() -> (SyncSender<Event>, Receiver<Event>) {
    sync_channel(WAITING)
}

/// What one side sends, on its way to who listens. Where that is too slow, it is lost.
pub(super) struct Feed {
    events: SyncSender<Event>,
    side: Side,
    are_torn: bool,
    lost: Arc<AtomicBool>,
}

impl Feed {
    /// `lost` says whether anything was.
    pub(super) fn new(events: SyncSender<Event>, side: Side, lost: Arc<AtomicBool>) -> Feed {
        Feed { events, side, are_torn: false, lost }
    }

    /// Passes bytes on.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let (side, time, are_torn) = (self.side, now(), self.are_torn);
        let event = Event::Bytes { side, time, bytes: bytes.to_vec(), are_torn };
        self.are_torn = self.events.try_send(event).is_err();
        if self.are_torn {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
}

/// The time of the machine, which is that of a session while it happens.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanoseconds: since.subsec_nanos(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_too_slowly_loses_bytes_and_is_told_where() {
        let (events, heard) = queue();
        let lost = Arc::new(AtomicBool::new(false));
        let mut feed = Feed::new(events, Side::Client, Arc::clone(&lost));
        (0..WAITING + 3).for_each(|_| feed.pass(b"a"));
        assert!(lost.load(Ordering::Relaxed));
        let torn = |event| matches!(event, Ok(Event::Bytes { are_torn: true, .. }));
        assert!((0..WAITING).all(|_| !torn(heard.recv())));
        feed.pass(b"b");
        feed.pass(b"c");
        assert!(torn(heard.recv()) && !torn(heard.recv()));
    }
}
