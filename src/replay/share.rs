//! How much of a limit is used up.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::engine::LimitFacts;

/// How much of a limit was used in one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The number of the policy.
    pub policy: usize,
    /// The limit.
    pub limit: LimitFacts,
    /// Its number in the policy.
    pub(super) number: u32,
    /// How much was used.
    pub used: i64,
}

impl Share {
    /// The same by its numbers.
    pub(super) fn closest(&self) -> Closest {
        let Share { policy, limit, number, used } = self;
        Closest { policy: *policy as u32, limit: *number, used: *used, max: limit.max }
    }

    /// What was used of what fits, in per cent; none where nothing fits.
    pub fn percent(&self) -> Option<f64> {
        percent(self.used, self.limit.max)
    }
}

/// A share in per cent; none of nothing.
pub(super) fn percent(used: i64, max: i64) -> Option<f64> {
    (max > 0).then(|| used as f64 * 100.0 / max as f64)
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
    /// Whether it is closer than another; of two that are as close, the one that stands first is.
    pub(super) fn is_beyond(&self, other: &Closest) -> bool {
        // Shares of what fits, compared without rounding.
        let product = |used: i64, max: i64| i128::from(used) * i128::from(max);
        let place = |one: &Closest| (one.policy, one.limit);
        match product(self.used, other.max).cmp(&product(other.used, self.max)) {
            Ordering::Less => false,
            Ordering::Equal => place(self) < place(other),
            Ordering::Greater => true,
        }
    }
}
