//! What is not as it must be as workflow commands of GitHub.

use std::fmt::Write;

use super::report::TestReport;
use super::words;
use crate::report::access::github::{data, property};
use crate::report::access::words::Lines;
use crate::report::assert::write_assertions_github;

/// Writes GitHub's workflow commands
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>): an error at the
/// expectation of each case that fails, and what statements say.
pub fn write_tests_github(out: &mut String, report: &TestReport<'_>) {
    for file in &report.files {
        let lines = Lines::new(file.document);
        for set in &file.sets {
            for (case, failed) in &set.cases {
                let Some(failed) = failed else { continue };
                let at = failed.failure.played.step.expected.pointer.as_str();
                _ = writeln!(
                    out,
                    "::error file={},line={},title=case-fails::{}: {} under {}",
                    property(&file.document.name),
                    lines.of(at),
                    data(&case.name),
                    data(&words::failure(&lines, set, case, failed)),
                    data(&set.name())
                );
            }
            write_assertions_github(out, &set.statements);
            if let Some(left) = words::left_out(set.counts()) {
                let file = property(&file.document.name);
                _ = writeln!(out, "::notice file={file},title=left-out::{left}");
            }
        }
    }
    for mutants in &report.mutants {
        for (number, mutant, case) in mutants.survivors() {
            let (file, line) = mutants.place(number, mutant);
            _ = writeln!(
                out,
                "::warning file={},line={line},title=mutant-survives::{}: no test fails; missing: {}",
                property(&file),
                data(&mutant.to_string()),
                data(&words::missing_line(case, mutants.secrets))
            );
        }
    }
}
