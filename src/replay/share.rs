//! How much of a limit is used up.

use crate::engine::LimitFacts;

/// How much of a limit was used in one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The number of the policy.
    pub policy: usize,
    /// The limit.
    pub limit: LimitFacts,
    /// How much was used.
    pub used: i64,
}

impl Share {
    /// What was used of what fits, in per cent; none where nothing fits.
    pub fn percent(&self) -> Option<f64> {
        percent(self.used, self.limit.max)
    }
}

/// A share in per cent; none of nothing.
pub(super) fn percent(used: i64, max: i64) -> Option<f64> {
    (max > 0).then(|| used as f64 * 100.0 / max as f64)
}
