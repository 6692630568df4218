//! Findings as Markdown, for comments and job summaries.

use super::linted::Linted;
use crate::lint::{Finding, Severity};
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, prose};
use crate::source::LineTable;

/// Writes a table of findings below a summary, errors first.
pub fn write_markdown(comment: &mut Comment, linted: &Linted<'_>) {
    comment.heading(Rank::default(), Things("run", "runs"), "## gatelint lint".to_owned());
    comment.text(linted.summary());
    if !linted.unreadable.is_empty() {
        comment.text("Not readable:".to_owned());
    }
    let mut unreadable =
        Rows::list(Things("path that cannot be read", "paths that cannot be read"));
    for one in linted.unreadable {
        unreadable.item((0, 0), format!("{}: {}", prose(&one.file), prose(&one.message)));
    }
    comment.rows(unreadable);
    let mut rows: Vec<(Rank, [String; 4])> = Vec::new();
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        let text = &report.document.text;
        let lines = LineTable::new(text);
        for finding in &report.findings {
            let at = lines.position(text, finding.span.start);
            let place = format!("{}:{}:{}", report.document.name, at.line, at.column);
            rows.push((rank(finding.severity), cells(finding, &place)));
        }
    }
    rows.sort_by_key(|(rank, _)| *rank);
    let columns = ["severity", "rule", "place", "what"].map(Column::Text);
    let mut table = Rows::table(Things("finding", "findings"), &columns);
    rows.iter().for_each(|(rank, cells)| table.row(*rank, 1, cells));
    comment.rows(table);
}

fn rank(severity: Severity) -> Rank {
    match severity {
        Severity::Error => (1, 0),
        Severity::Warning => (1, 1),
        Severity::Info => (1, 2),
    }
}

fn cells(finding: &Finding, place: &str) -> [String; 4] {
    let help = finding.help.as_ref().map(|help| format!("<br>{}", prose(help)));
    let what = prose(&finding.message) + &help.unwrap_or_default();
    [finding.severity.name().to_owned(), finding.rule.name.to_owned(), prose(place), what]
}
