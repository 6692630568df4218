//! What came of test files in the Test Anything Protocol, version 14 (<https://testanything.org/tap-version-14-specification.html>).

use std::fmt::Write;

use super::report::{TestReport, TestedFile, TestedSet};
use super::words;
use crate::report::assert::{all_shown, describe};
use crate::report::common::escape::escape;

/// Writes a plan and a test point for each case and each statement; what is wrong stands in a block below.
pub fn write_tests_tap(out: &mut String, report: &TestReport<'_>) {
    let counts = report.counts();
    _ = writeln!(out, "TAP version 14\n1..{}", counts.cases + counts.statements);
    let mut number = 0;
    for file in &report.files {
        for set in &file.sets {
            for (name, complaint) in points(file, set) {
                number += 1;
                let is = if complaint.is_some() { "not ok" } else { "ok" };
                _ = writeln!(out, "{is} {number} - {}", description(&name));
                if let Some(complaint) = complaint {
                    let text = serde_json::Value::from(&*escape(&complaint));
                    _ = writeln!(out, "  ---\n  message: {text}\n  ...");
                }
            }
        }
    }
}

/// The names of expectations, each with what is wrong with it.
fn points(file: &TestedFile<'_>, set: &TestedSet<'_>) -> Vec<(String, Option<String>)> {
    let under = format!("{} under {}", file.document.name, set.name());
    let cases = set.cases.iter().map(|(case, failed)| {
        let complaint = failed.as_ref().map(|failed| words::failure(case, failed));
        (format!("{under}: {}", case.name), complaint)
    });
    let answers = set.statements.policies.iter().flat_map(|policy| &policy.answers);
    let statements = answers.map(|answer| {
        let complaint = (!answer.holds()).then(|| all_shown(answer).join("; "));
        (format!("{under}: {}", describe(answer.statement)), complaint)
    });
    cases.chain(statements).collect()
}

/// A description, in which no `#` begins a directive.
fn description(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('#', "\\#")
}
