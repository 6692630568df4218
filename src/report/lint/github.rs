//! Findings as annotations of GitHub Actions
//! (<https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>).

use std::fmt::Write;

use super::linted::Linted;
use crate::lint::{Finding, Report, Severity, relative_path};
use crate::report::common::escape::escape;
use crate::source::LineTable;

/// Writes a workflow command for each finding and for each path that cannot be read.
pub fn write_github(out: &mut String, linted: &Linted<'_>) {
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        let lines = LineTable::new(&report.document.text);
        for finding in &report.findings {
            write_finding(out, report, &lines, finding);
        }
    }
    for unreadable in linted.unreadable {
        _ = writeln!(
            out,
            "::error file={},title=gatelint::{}",
            property(&relative_path(&unreadable.file, None)),
            data(&format!("cannot read this file: {}", unreadable.message))
        );
    }
}

fn write_finding(out: &mut String, report: &Report, lines: &LineTable, finding: &Finding) {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let text = &report.document.text;
    let start = lines.position(text, finding.span.start);
    let end = lines.position(text, finding.span.end);
    let file = property(&relative_path(&report.document.name, None));
    _ = write!(out, "::{command} file={file},line={},endLine={}", start.line, end.line);
    // Columns are for a place within one line only.
    if start.line == end.line {
        _ = write!(out, ",col={},endColumn={}", start.column, end.column);
    }
    let message = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let title = property(&format!("gatelint {}", finding.rule.name));
    _ = writeln!(out, ",title={title}::{}", data(&message));
}

/// Text behind the `::` of a command.
fn data(text: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| escape(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_a_command() {
        assert_eq!(data("100%\n::error::x\r"), "100%25%0A::error::x\\u{d}");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
