//! Who sees what a gate asks, and what is answered.

use super::decision::Missing;
use super::limit::{Charge, Reservation};

/// What a check says of a call.
pub(super) enum Verdict {
    Passes,
    /// It denies; whether because of a counter.
    Denies {
        by_counter: bool,
    },
    /// It has a person asked.
    Asks,
    Unknown(Missing),
}

/// Sees what a gate asks and what is answered, in that order.
pub(super) trait Observer {
    /// Of a condition.
    fn condition(&mut self, _holds: Result<bool, Missing>) {}
    /// Of the check whose conditions were just seen.
    fn check(&mut self, _verdict: &Verdict) {}
    /// Of a limit.
    fn limit(&mut self, _reservation: &Reservation) {}
    /// Of all limits at once: none stands in the way.
    fn all_limits(&mut self) {}
    /// How far a limit is used up with the call.
    fn charged(&mut self, _charge: Charge) {}
}

/// Sees nothing, at no cost.
impl Observer for () {}
