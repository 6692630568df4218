//! Who sees what a gate asks, and what is answered.

use super::decision::Missing;
use super::limit::{Charge, Limit, Reservation};
use crate::policy::Ruling;

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
    /// Of a condition, by its number.
    fn condition(&mut self, _number: u32, _holds: Result<bool, Missing>) {}
    /// Of the check whose conditions were just seen, by its number.
    fn check(&mut self, _number: u32, _verdict: &Verdict) {}
    /// Of a limit.
    fn limit(&mut self, _limit: &Limit, _reservation: &Reservation) {}
    /// Of all limits at once: none stands in the way.
    fn all_limits(&mut self, _limits: &[Limit]) {}
    /// How far a limit is used up with the call.
    fn charged(&mut self, _charge: Charge) {}
    /// Where the written rules of an agent are noted that rule on a part of the call for sure, by their numbers;
    /// none where nobody wants to know.
    fn ruled(&mut self) -> Option<&mut Vec<(u32, Ruling)>> {
        None
    }
}

/// Sees nothing, at no cost.
impl Observer for () {}

/// Both see the same; of rules the first.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn condition(&mut self, number: u32, holds: Result<bool, Missing>) {
        self.0.condition(number, holds);
        self.1.condition(number, holds);
    }

    fn check(&mut self, number: u32, verdict: &Verdict) {
        self.0.check(number, verdict);
        self.1.check(number, verdict);
    }

    fn limit(&mut self, limit: &Limit, reservation: &Reservation) {
        self.0.limit(limit, reservation);
        self.1.limit(limit, reservation);
    }

    fn all_limits(&mut self, limits: &[Limit]) {
        self.0.all_limits(limits);
        self.1.all_limits(limits);
    }

    fn charged(&mut self, charge: Charge) {
        self.0.charged(charge);
        self.1.charged(charge);
    }

    fn ruled(&mut self) -> Option<&mut Vec<(u32, Ruling)>> {
        self.0.ruled()
    }
}
