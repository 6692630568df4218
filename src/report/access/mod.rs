//! What a policy lets pass that another one refused, for every command that compares access.

use crate::diff::{AccessChanges, Compared, Flips};

mod annotations;
pub(super) mod calls;
pub(super) mod commands;
pub(super) mod github;
mod human;
pub(super) mod json;
pub(in crate::report) mod limits;
pub(super) mod markdown;
pub(super) mod sarif;
pub(super) mod words;

/// Two versions of a policy, what they let pass, and what they say of recorded calls.
pub type Comparison<'a> = (&'a Compared<'a>, &'a AccessChanges<'a>, Option<&'a Flips>);

pub use github::write_access_github;
pub use human::write_access;
pub use markdown::write_access_markdown;
pub use sarif::access_sarif;
pub use words::title as policy_title;
