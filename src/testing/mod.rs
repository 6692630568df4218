//! Policies under test: files that say what must come of single calls, and what must hold for all.
//!
//! A [`Suite`] is such a file. Its cases are decided by a gateway of their own each, so that none depends on
//! another; its statements are proved ([`crate::assertion`]).

mod advice;
mod calls;
mod decided;
mod expected;
mod found;
mod json;
mod mistakes;
mod name;
mod read;
mod remedy;
mod run;
mod slips;
mod start;
mod subjects;
mod suite;
mod times;

pub use decided::decided;
pub use expected::{Expected, Wrong};
pub use found::Found;
pub use name::{is_test_file, policy_beside};
pub use read::read;
pub use remedy::remedy;
pub use run::{Failure, Played, first_failure, play, walk_of};
pub use slips::{Slip, Spoken, slip_of};
pub use start::DEFAULT_START;
pub use subjects::Members;
pub use suite::{Case, Step, Suite, Tested};
pub use times::span_text;
