//! How close each limit came: the most that one of its windows was ever used up.

use std::cmp::Reverse;

use crate::engine::{Charge, GrantId, Timestamp};

/// The most that one window of a limit was used up, or may have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Peak {
    /// So much is certain.
    pub(super) used: i64,
    /// So much it may have been, where it is not known which calls passed.
    pub(super) possible: i64,
    /// The first call that made it so much; none while nothing was used.
    pub(super) reached: Option<Reached>,
}

/// The call that reached a peak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) number: u64,
    pub(super) grant: GrantId,
    pub(super) time: Option<Timestamp>,
}

impl Peak {
    /// Takes what a call made of the limit.
    #[inline]
    pub(super) fn add(&mut self, charge: &Charge, reached: Reached) {
        // As nearly all are, where calls come by their numbers.
        let is_first = self.reached.is_none_or(|first| reached.number < first.number);
        if (charge.most, charge.least) <= (self.possible, self.used) && !is_first {
            return;
        }
        self.merge(&Peak { used: charge.least, possible: charge.most, reached: Some(reached) });
    }

    /// Takes what other calls made of the limit. All of a peak is of one window: the one that may
    /// have been used up most, of those the one that surely was, and of those the first.
    pub(super) fn merge(&mut self, other: &Peak) {
        let number = |peak: &Peak| peak.reached.map_or(u64::MAX, |reached| reached.number);
        let key = |peak: &Peak| (peak.possible, peak.used, Reverse(number(peak)));
        if other.possible > 0 && key(other) > key(self) {
            *self = *other;
        }
    }
}

/// The limit that a grant came closest to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closest {
    pub(super) policy: u32,
    pub(super) limit: u32,
    pub(super) used: i64,
    pub(super) max: i64,
}

impl Closest {
    /// Whether it is closer than another.
    pub(super) fn is_beyond(&self, other: &Closest) -> bool {
        // Shares of what fits, compared without rounding.
        let product = |used: i64, max: i64| i128::from(used) * i128::from(max);
        product(self.used, other.max) > product(other.used, self.max)
    }
}
