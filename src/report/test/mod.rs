//! The words of `test`.

mod github;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod report;
mod tap;
mod words;
mod written;

pub use github::write_tests_github;
pub use html::write_tests_html;
pub use human::write_tests;
pub use json::write_tests_json;
pub use junit::write_tests_junit;
pub use markdown::write_tests_markdown;
pub use report::{BrokenTest, FailedCase, Mutants, TestMistake, TestReport, TestedFile, TestedSet};
pub use tap::write_tests_tap;
pub use written::{Heading, write_test_file};
