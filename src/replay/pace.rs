//! Times for calls that have none.

use std::time::Duration;

use crate::engine::Timestamp;

/// Gives times to the calls of a trace that has none, so long after each other, from 1970 on.
/// Behind a call with a time of its own an unknown time stays unknown: a made-up one could fall
/// behind the next real one.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    step: Duration,
    /// The next time; none once a call had its own.
    next: Option<Timestamp>,
}

impl Pace {
    /// One call every `step`.
    pub fn new(step: Duration) -> Pace {
        Pace { step, next: Some(Timestamp::at_second(0)) }
    }

    /// The time of a call: its own, or the next one; none from the year 9999 on, where windows
    /// could not be named any more.
    pub fn time(&mut self, own: Option<Timestamp>) -> Option<Timestamp> {
        const LATEST: Timestamp = Timestamp { seconds: 253_370_764_800, nanoseconds: 0 };
        if own.is_some() {
            self.next = None;
            return own;
        }
        let time = self.next.filter(|next| *next < LATEST)?;
        self.next = Some(time.after(self.step));
        Some(time)
    }
}
