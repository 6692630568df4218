//! What the rules ask the solver may cost.

use crate::solver::Budget;

/// How many steps of the solver a rule may take for one policy: some milliseconds.
const STEPS: u32 = 20_000;

/// What a rule may spend on one policy. It is counted in steps, so that the findings are the same
/// on every machine; a rule that has spent it stays silent.
pub(super) fn budget() -> Budget {
    Budget::of_steps(STEPS)
}
