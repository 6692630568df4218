//! What came of test files in the Test Anything Protocol, version 14 (<https://testanything.org/tap-version-14-specification.html>).

use std::fmt::Write;

use super::report::{TestMistake, TestReport, TestedFile, TestedSet};
use super::words;
use crate::assertion::Checked;
use crate::report::access::words::Lines;
use crate::report::assert::{Told, describe};
use crate::report::common::escape::escape;

/// Writes a plan and a test point for each case, each statement, each file that could not be run and each mutant; what
/// is wrong stands in a block below.
pub fn write_tests_tap(out: &mut String, report: &TestReport<'_>) {
    let counts = report.counts();
    let mutants: usize = report.mutants.iter().map(|mutants| mutants.told().count()).sum();
    let planned = counts.cases + counts.statements + counts.broken + mutants;
    _ = writeln!(out, "TAP version 14\n1..{planned}");
    let mut number = 0;
    for file in &report.files {
        for set in &file.sets {
            for (name, complaint) in points(file, set) {
                write_point(out, &mut number, &name, complaint.as_deref());
            }
            for slip in &set.slips {
                let words = format!("{}: warning: {}", under(file, set), words::slip(set, slip));
                _ = writeln!(out, "# {}", escape(&words));
            }
            if let Some(left) = words::left_out(set.counts()) {
                _ = writeln!(out, "# {}: {left}", escape(&under(file, set)));
            }
        }
    }
    for broken in &report.broken {
        let words = |mistake: &TestMistake| format!("{}: {}", mistake.place(), mistake.words());
        let words: Vec<String> = broken.mistakes.iter().map(words).collect();
        write_point(out, &mut number, &broken.title, Some(&words.join("; ")));
    }
    for mutants in &report.mutants {
        for (of, mutant, fate) in mutants.told() {
            let name = format!("mutant {}", words::mutant(mutants, of, mutant));
            write_point(out, &mut number, &name, words::passes(fate, mutants.secrets).as_deref());
        }
    }
    if let Some(covered) = words::covered(report) {
        _ = writeln!(out, "# coverage: {covered}");
    }
}

/// Writes a test point with what is wrong, if anything is.
fn write_point(out: &mut String, number: &mut usize, name: &str, complaint: Option<&str>) {
    *number += 1;
    let is = if complaint.is_some() { "not ok" } else { "ok" };
    _ = writeln!(out, "{is} {number} - {}", description(name));
    if let Some(complaint) = complaint {
        let text = serde_json::Value::from(&*escape(complaint));
        _ = writeln!(out, "  ---\n  message: {text}\n  ...");
    }
}

/// The names of expectations, each with what is wrong with it.
fn points(file: &TestedFile<'_>, set: &TestedSet<'_>) -> Vec<(String, Option<String>)> {
    let under = under(file, set);
    let lines = Lines::new(file.document);
    let cases = set.cases.iter().map(|(case, failed)| {
        let complaint = failed.as_ref().map(|failed| words::failure(&lines, set, case, failed));
        (format!("{under}: {}", case.name), complaint)
    });
    let statements = set.statements.policies.iter().flat_map(|policy| {
        let told = Told::new(&lines, policy);
        let point = |answer: &Checked<'_>| {
            let complaint = (!answer.holds()).then(|| told.failures(answer).join("; "));
            (format!("{under}: {}", describe(answer.statement)), complaint)
        };
        policy.answers.iter().map(point).collect::<Vec<_>>()
    });
    cases.chain(statements).collect()
}

/// What is tested under what.
fn under(file: &TestedFile<'_>, set: &TestedSet<'_>) -> String {
    format!("{} under {}", file.document.name, set.name())
}

/// A description, in which no `#` begins a directive.
fn description(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('#', "\\#")
}
