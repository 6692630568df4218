//! Findings as GitLab's Code Quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::linted::Linted;
use crate::lint::{Severity, fingerprint, relative_path};
use crate::report::common::json;
use crate::report::escape;
use crate::source::LineTable;

#[derive(Serialize)]
struct Issue<'a> {
    description: Cow<'a, str>,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes every finding, and every path that cannot be read.
///
/// # Errors
/// The output cannot be written.
pub fn write_code_quality(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let mut issues = Vec::new();
    // No two may be equal, also where a file has the same thing twice.
    let mut seen: HashMap<String, usize> = HashMap::new();
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        let lines = LineTable::new(&report.document.text);
        let path = relative_path(&report.document.name, None);
        for finding in &report.findings {
            let key = format!("{path}:{}", fingerprint(&report.document, finding));
            let count = seen.entry(key.clone()).or_default();
            *count += 1;
            issues.push(Issue {
                description: escape(&finding.message),
                check_name: finding.rule.name,
                fingerprint: format!("{key}:{count}"),
                severity: severity(finding.severity),
                location: location(&path, lines.line_of(finding.span.start) + 1),
            });
        }
    }
    for unreadable in linted.unreadable {
        let path = relative_path(&unreadable.file, None);
        issues.push(Issue {
            description: escape(&unreadable.message),
            check_name: "unreadable",
            fingerprint: format!("{path}:unreadable"),
            severity: "blocker",
            location: location(&path, 1),
        });
    }
    json::write_pretty(out, &issues)
}

fn location(path: &str, begin: usize) -> Location {
    Location { path: path.to_owned(), lines: Lines { begin } }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}
