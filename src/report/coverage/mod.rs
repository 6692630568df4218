//! The words of coverage, which `test` and `replay` share.

mod html;
mod human;
mod json;
mod lcov;
mod markdown;
mod report;
mod rows;
mod words;

pub(in crate::report) use html::write_coverage_html;
pub(in crate::report) use human::write_coverage;
pub(in crate::report) use json::JsonCoverage;
pub use lcov::write_lcov;
pub(in crate::report) use markdown::write_coverage_markdown;
pub use report::{CoverageReport, CoveredPolicy};
pub use words::percent as percent_covered;
