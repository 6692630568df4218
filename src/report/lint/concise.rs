//! Findings for people and for tools that read lines: one line a finding.

use std::fmt::Write;

use super::linted::Linted;
use crate::lint::Report;
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::source::LineTable;

/// Writes `file:line:column: severity[rule] message` for each finding.
pub fn write_concise(out: &mut String, linted: &Linted<'_>, style: &Style) {
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        write_report(out, report, style);
    }
}

fn write_report(out: &mut String, report: &Report, style: &Style) {
    let text = &report.document.text;
    let lines = LineTable::new(text);
    for finding in &report.findings {
        let at = lines.position(text, finding.span.start);
        let rule = format!("{}[{}]", finding.severity.name(), finding.rule.name);
        _ = writeln!(
            out,
            "{}:{}:{}: {} {}",
            escape(&report.document.name),
            at.line,
            at.column,
            style.severity(finding.severity, &rule),
            escape(&finding.message)
        );
    }
}
