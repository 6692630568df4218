//! Whether a drafted policy lets through what it was drafted for.

use super::observe::Observed;
use crate::engine::Outcome;
use crate::replay::Counts;

/// What was observed, and what came of deciding it under the drafted policy.
#[derive(Debug)]
pub struct Proof {
    /// What the recorded calls needed.
    pub observed: Observed,
    /// How they were decided.
    pub counts: Counts,
    /// Whether limits were to let every recorded call through, not only those of most minutes.
    pub exact: bool,
}

impl Proof {
    /// Whether no recorded call is refused that was to be let through.
    pub fn holds(&self) -> bool {
        let denied = self.counts.of(Outcome::Deny);
        let throttled = self.counts.of(Outcome::Throttle);
        denied == 0 && (throttled == 0 || !self.exact)
    }
}
