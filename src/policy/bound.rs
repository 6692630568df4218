//! How many calls a set of limits lets through within one window.

use super::{Amount, Limit, Window};

/// A bound on the number of calls, and the limit that sets it.
#[derive(Clone, Copy, Debug)]
pub struct CallBound<'l> {
    /// At most so many calls pass.
    pub calls: i64,
    /// The limit that is hit first.
    pub limit: &'l Limit,
}

impl Limit {
    /// How many calls fit into one window of this limit; none if it does not count calls.
    pub fn calls(&self) -> Option<i64> {
        match (self.max, &self.amount) {
            (Some(max), Amount::Fixed(amount)) if *amount > 0 => Some((max / amount).max(0)),
            _ => None,
        }
    }
}

/// The largest number of calls that can pass within one window of the calendar, if a limit bounds
/// it. Shorter windows are nested in longer ones, so that a limit per minute bounds the hour, and
/// a limit per hour may be used up within one minute.
pub fn calls_within<'l>(
    limits: impl Iterator<Item = &'l Limit> + Clone,
    window: Window,
) -> Option<CallBound<'l>> {
    let bounds = limits.filter_map(|limit| {
        let per_window = limit.calls()?;
        let windows = (window.seconds() / limit.window.seconds()).max(1);
        Some(CallBound { calls: per_window.saturating_mul(windows), limit })
    });
    bounds.min_by_key(|bound| bound.calls)
}
