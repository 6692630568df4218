//! Statements that do not hold as workflow commands of GitHub.

use std::fmt::Write;

use super::annotations::{RULES, annotations};
use super::human::Assertions;
use crate::report::access::github::{data, property};

/// Writes GitHub's workflow commands
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
pub fn write_assertions_github(out: &mut String, assertions: &Assertions<'_>) {
    for annotation in annotations(assertions) {
        let (title, level, _) = RULES[annotation.rule];
        _ = writeln!(
            out,
            "::{level} file={},line={},title={title}::{}",
            property(&annotation.file),
            annotation.line,
            data(&annotation.message)
        );
    }
}
