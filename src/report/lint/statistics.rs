//! How often each rule found something, for people and for machines; described by
//! `schemas/lint-statistics.schema.json`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::linted::Linted;
use crate::lint::{Finding, Safety, Severity};
use crate::report::SCHEMA_VERSION;
use crate::report::common::json;
use crate::report::common::style::Style;

#[derive(Serialize)]
struct Output {
    schema_version: u32,
    rules: Vec<Row>,
    findings: usize,
}

/// What a rule found.
#[derive(Serialize)]
struct Row {
    rule: &'static str,
    /// The gravest of its findings.
    severity: Severity,
    count: usize,
    error: usize,
    warning: usize,
    info: usize,
    /// How many `--fix` mends.
    fixable: usize,
    /// How many `--fix --unsafe-fixes` mends besides.
    fixable_unsafely: usize,
}

/// Writes a line for each rule that found something, the most frequent first, and the summary.
pub fn write_statistics(out: &mut String, linted: &Linted<'_>, style: &Style) {
    let rows = rows(linted);
    let width = rows.iter().map(|row| row.rule.len()).max().unwrap_or(0);
    let digits = rows.first().map_or(1, |row| row.count.to_string().len());
    for row in &rows {
        let severity = style.severity(row.severity, &format!("{:7}", row.severity.name()));
        let fixes = [(row.fixable, "--fix"), (row.fixable_unsafely, "--fix --unsafe-fixes")];
        let fixes = fixes.into_iter().filter(|(count, _)| *count > 0);
        let counts = [(row.error, "error"), (row.warning, "warning"), (row.info, "info")];
        let counts = counts.into_iter().filter(|(count, _)| (1..row.count).contains(count));
        let said = counts.map(|(count, severity)| format!("{count} {severity}"));
        let said = said.chain(fixes.map(|(count, option)| format!("{count} with `{option}`")));
        let said: Vec<String> = said.collect();
        let line =
            format!("{:digits$}  {severity}  {:width$}  {}", row.count, row.rule, said.join(", "));
        _ = writeln!(out, "{}", line.trim_end());
    }
    _ = writeln!(out, "{}", linted.summary());
}

/// Writes the same for machines.
///
/// # Errors
/// The output cannot be written.
pub fn write_statistics_json(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let findings = linted.findings().count();
    json::write_pretty(
        out,
        &Output { schema_version: SCHEMA_VERSION, rules: rows(linted), findings },
    )
}

/// The rules that found something: the most frequent first, of those that are as frequent the gravest.
fn rows(linted: &Linted<'_>) -> Vec<Row> {
    let mut by_rule: BTreeMap<&'static str, Vec<&Finding>> = BTreeMap::new();
    for (_, finding) in linted.findings() {
        by_rule.entry(finding.rule.name).or_default().push(finding);
    }
    let mut rows: Vec<Row> = by_rule.into_iter().map(|(rule, found)| row(rule, &found)).collect();
    rows.sort_by_key(|row| (Reverse(row.count), Reverse(row.severity)));
    rows
}

fn row(rule: &'static str, found: &[&Finding]) -> Row {
    let of = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let fixes = |safety| {
        let is_such =
            |finding: &&&Finding| finding.fix.as_ref().is_some_and(|fix| fix.safety == safety);
        found.iter().filter(is_such).count()
    };
    Row {
        rule,
        severity: found.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info),
        count: found.len(),
        error: of(Severity::Error),
        warning: of(Severity::Warning),
        info: of(Severity::Info),
        fixable: fixes(Safety::Safe),
        fixable_unsafely: fixes(Safety::Unsafe),
    }
}
