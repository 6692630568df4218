//! What is not as it must be as workflow commands of GitHub.

use std::fmt::Write;

use super::report::TestReport;
use super::words;
use crate::report::access::github::{data, property};
use crate::report::access::words::Lines;
use crate::report::assert::write_assertions_github;

/// Writes GitHub's workflow commands
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>): an error at the
/// expectation of each case that fails, what statements say, and what is wrong in files that could not be run.
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
            for slip in &set.slips {
                let file = property(&file.document.name);
                let line = lines.of(slip.step.pointer.as_str());
                let words = data(&words::slip(set, slip));
                _ = writeln!(out, "::warning file={file},line={line},title=case-vacuous::{words}");
            }
            write_assertions_github(out, &set.statements);
            if let Some(left) = words::left_out(set.counts()) {
                let file = property(&file.document.name);
                _ = writeln!(out, "::notice file={file},title=left-out::{left}");
            }
        }
    }
    for mistake in report.broken.iter().flat_map(|broken| &broken.mistakes) {
        let file = property(&mistake.file);
        let line = mistake.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let words = data(&mistake.words());
        _ = writeln!(out, "::error file={file}{line},title=not-run::{words}");
    }
    for mutants in &report.mutants {
        for (number, mutant, fate) in mutants.told() {
            let Some(words) = words::passes(fate, mutants.secrets) else { continue };
            let (file, line) = mutants.place(number, mutant);
            let title = if fate.is_unknown() { "mutant-unknown" } else { "mutant-survives" };
            _ = writeln!(
                out,
                "::warning file={},line={line},title={title}::{}: {}",
                property(&file),
                data(&mutant.to_string()),
                data(&words)
            );
        }
    }
    if let Some(covered) = words::covered(report) {
        _ = writeln!(out, "::notice title=coverage::{}", data(&covered));
    }
}
