//! Mutants of a policy: the same with one edit that somebody could have made by mistake. Tests that pass under a
//! mutant do not say what the policy is for.
//!
//! A mutant is killed by a case or a statement that fails under it. Of one that survives the solver says whether
//! it decides every call as the policy does, or shows calls that tell the two apart: the case that is missing.

mod edits;
mod judge;
mod missing_case;
mod mutant;

pub use edits::mutants;
pub use judge::{Fate, Judge};
pub use missing_case::missing_cases;
pub use mutant::{Edit, Mutant, Site};
