//! Findings as a JUnit report: one suite a document, one test case a finding.

use std::io::{self, Write};

use super::linted::Linted;
use crate::lint::{Finding, Report, Severity};
use crate::report::common::escape::escape;
use crate::report::common::junit::{self, Case, Complaint, Suite, Verdict};
use crate::source::LineTable;

/// Writes errors and warnings as failures, information as passed cases with the words as output,
/// and paths that cannot be read as errors.
///
/// # Errors
/// The output cannot be written.
pub fn write_junit(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let mut suites: Vec<Suite> = linted.reports.iter().map(suite).collect();
    for unreadable in linted.unreadable {
        let complaint = Complaint {
            message: escape(&unreadable.message).into_owned(),
            kind: Some("unreadable"),
            words: None,
        };
        let verdict = Verdict::Error(complaint);
        let case = Case { name: "readable".to_owned(), class: None, verdict };
        suites.push(Suite {
            name: escape(&unreadable.file).into_owned(),
            cases: vec![case],
            words: None,
        });
    }
    junit::write(out, "gatelint lint", &suites)
}

fn suite(report: &Report) -> Suite {
    let lines = LineTable::new(&report.document.text);
    let mut cases: Vec<Case> =
        report.findings.iter().map(|finding| case(report, &lines, finding)).collect();
    if cases.is_empty() {
        let verdict = Verdict::Passed(None);
        cases.push(Case { name: "no findings".to_owned(), class: None, verdict });
    }
    Suite { name: escape(&report.document.name).into_owned(), cases, words: None }
}

fn case(report: &Report, lines: &LineTable, finding: &Finding) -> Case {
    let at = lines.position(&report.document.text, finding.span.start);
    let place = format!("{}:{}:{}", escape(&report.document.name), at.line, at.column);
    let message = escape(&finding.message);
    let words = match &finding.help {
        Some(help) => format!("{place}: {message}\nhelp: {}", escape(help)),
        None => format!("{place}: {message}"),
    };
    let verdict = match finding.severity {
        Severity::Info => Verdict::Passed(Some(words)),
        severity => Verdict::Failure(Complaint {
            message: message.into_owned(),
            kind: Some(severity.name()),
            words: Some(words),
        }),
    };
    let name = format!("{} at {}:{}", finding.rule.name, at.line, at.column);
    Case { name, class: Some(finding.rule.name.to_owned()), verdict }
}
