//! The words of `assert`.

mod annotations;
mod github;
mod human;
mod json;
mod junit;
mod markdown;
mod masked;
mod sarif;
mod told;

pub use github::write_assertions_github;
pub use human::{Assertions, CheckedPolicy, write_assertions};
pub(in crate::report) use human::{
    all_shown, describe, reason, verdict, write_answers, write_warnings,
};
pub use json::write_assertions_json;
pub(in crate::report) use json::{Statements, statements};
pub(in crate::report) use junit::junit_cases;
pub use junit::write_assertions_junit;
pub use markdown::write_assertions_markdown;
pub use sarif::assertions_sarif;
pub(in crate::report) use told::Told;
