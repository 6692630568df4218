//! How close each limit came: the most that one of its windows was ever used up.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::share::percent;
use crate::engine::{Charge, LimitFacts, Timestamp};

/// The most that one window of a limit was used up, or may have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peak {
    /// So much is certain.
    pub used: i64,
    /// So much it may have been, where it is not known which calls passed.
    pub possible: i64,
    /// The first call that made it so much; none while nothing was used.
    pub reached: Option<Reached>,
}

/// The call that reached a peak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Who called.
    pub grant: Box<str>,
    /// When, if that is known.
    pub time: Option<Timestamp>,
    /// Its number among the calls of its trace, where no time says when it was.
    pub(super) number: u64,
}

/// What says which of two calls was the first. Times do, and names at one time, whatever the trace was
/// parted into; only calls without a time go by their number.
type Order<'a> = (bool, Option<Timestamp>, u64, &'a str);

fn order<'a>(grant: &'a str, time: Option<Timestamp>, number: u64) -> Order<'a> {
    (time.is_none(), time, number, grant)
}

impl Reached {
    fn order(&self) -> Order<'_> {
        order(&self.grant, self.time, self.number)
    }
}

impl Peak {
    /// Takes what a call made of the limit, which fits so much.
    pub(super) fn add(
        &mut self,
        charge: &Charge,
        max: i64,
        (grant, time, number): (&str, Option<Timestamp>, u64),
    ) {
        let number = if time.is_none() { number } else { 0 };
        // What may be unknown of a counter, a call that passed never left it above.
        let (used, possible) = (charge.least, charge.most.min(max.max(charge.least)));
        if self.is_below(used, possible, order(grant, time, number)) {
            let reached = Some(Reached { grant: grant.into(), time, number });
            *self = Peak { used, possible, reached };
        }
    }

    /// Takes what other calls made of the limit.
    pub(super) fn merge(&mut self, other: &Peak) {
        if let Some(reached) = &other.reached
            && self.is_below(other.used, other.possible, reached.order())
        {
            self.clone_from(other);
        }
    }

    /// All of a peak is of one window: the one that may have been used up most, of those the one that
    /// surely was, and of those the first.
    fn is_below(&self, used: i64, possible: i64, order: Order<'_>) -> bool {
        let is_first = || self.reached.as_ref().is_none_or(|reached| order < reached.order());
        match (possible, used).cmp(&(self.possible, self.used)) {
            _ if possible <= 0 => false,
            Ordering::Less => false,
            Ordering::Equal => is_first(),
            Ordering::Greater => true,
        }
    }

    /// When the window of a limit began that was used up so much, if that is known.
    pub fn window(&self, facts: &LimitFacts) -> Option<Timestamp> {
        let time = self.reached.as_ref()?.time?;
        Some(Timestamp::at_second(facts.window.start(time.seconds)))
    }

    /// The grant that first reached it; none while nothing was used.
    pub fn grant(&self) -> Option<&str> {
        self.reached.as_ref().map(|reached| &*reached.grant)
    }

    /// What was used of what fits, in per cent; none where nothing fits.
    pub fn percent(&self, max: i64) -> Option<f64> {
        percent(self.used, max)
    }
}
