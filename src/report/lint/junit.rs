//! Findings as a JUnit report: one suite a document, one test case a finding.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::linted::Linted;
use crate::lint::{Finding, Report, Severity};
use crate::report::common::escape::escape;
use crate::source::LineTable;

/// Writes errors and warnings as failures, information as passed cases with the words as output,
/// and paths that cannot be read as errors.
///
/// # Errors
/// The output cannot be written.
pub fn write_junit(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let mut junit = Junit::new("gatelint lint");
    for report in linted.reports {
        junit.add_test_suite(suite(report));
    }
    for unreadable in linted.unreadable {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("unreadable").set_message(&*escape(&unreadable.message));
        let mut suite = TestSuite::new(&*escape(&unreadable.file));
        suite.add_test_case(TestCase::new("readable", status));
        junit.add_test_suite(suite);
    }
    junit.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(&*escape(&report.document.name));
    if report.findings.is_empty() {
        suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
    }
    let lines = LineTable::new(&report.document.text);
    for finding in &report.findings {
        suite.add_test_case(case(report, &lines, finding));
    }
    suite
}

fn case(report: &Report, lines: &LineTable, finding: &Finding) -> TestCase {
    let at = lines.position(&report.document.text, finding.span.start);
    let place = format!("{}:{}:{}", escape(&report.document.name), at.line, at.column);
    let message = escape(&finding.message);
    let words = match &finding.help {
        Some(help) => format!("{place}: {message}\nhelp: {}", escape(help)),
        None => format!("{place}: {message}"),
    };
    let status = match finding.severity {
        Severity::Info => TestCaseStatus::success(),
        severity => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(severity.name()).set_message(&*message).set_description(&words);
            status
        }
    };
    let name = format!("{} at {}:{}", finding.rule.name, at.line, at.column);
    let mut case = TestCase::new(name, status);
    case.set_classname(finding.rule.name);
    if finding.severity == Severity::Info {
        case.set_system_out(&words);
    }
    case
}
