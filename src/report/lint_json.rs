//! Findings for machines; described by `schemas/lint.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::{SCHEMA_VERSION, json};
use crate::lint::{Class, Finding, Report, ServerChoice, Severity};
use crate::policy::Dialect;
use crate::source::{Document, LineTable};

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    findings: Vec<JsonFinding<'a>>,
    policies: Vec<JsonPolicy<'a>>,
    unreadable: &'a [Unreadable],
    summary: JsonSummary,
}

/// A path that could not be read at all.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The path as it was given.
    pub file: String,
    /// What the system says.
    pub message: String,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    class: Class,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    file: &'a str,
    pointer: Option<&'a str>,
    #[serde(flatten)]
    place: JsonPlace,
    related: Vec<JsonRelated<'a>>,
    facts: &'a serde_json::Value,
}

#[derive(Serialize)]
struct JsonPlace {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    file: &'a str,
    dialect: Option<&'static str>,
    server: Option<&'a str>,
    server_named: bool,
}

#[derive(Serialize)]
struct JsonSummary {
    policies: usize,
    error: usize,
    warning: usize,
    info: usize,
}

/// Writes every finding of every document.
///
/// # Errors
/// The output cannot be written.
pub fn write_lint_json(
    out: &mut dyn Write,
    reports: &[Report],
    unreadable: &[Unreadable],
) -> io::Result<()> {
    let findings: Vec<JsonFinding<'_>> = reports
        .iter()
        .flat_map(|report| {
            let lines = LineTable::new(&report.document.text);
            let of = move |finding| json_finding(finding, &report.document, &lines);
            report.findings.iter().map(of)
        })
        .collect();
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let summary = JsonSummary {
        policies: reports.len(),
        error: count(Severity::Error),
        warning: count(Severity::Warning),
        info: count(Severity::Info),
    };
    let policies = reports.iter().map(json_policy).collect();
    let output = Output { schema_version: SCHEMA_VERSION, findings, policies, unreadable, summary };
    json::write_pretty(out, &output)
}

fn json_finding<'a>(
    finding: &'a Finding,
    document: &'a Document,
    lines: &LineTable,
) -> JsonFinding<'a> {
    let place = |span: &std::ops::Range<usize>| {
        let start = lines.position(&document.text, span.start);
        let end = lines.position(&document.text, span.end);
        JsonPlace {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    };
    JsonFinding {
        rule: finding.rule.name,
        class: finding.class,
        severity: finding.severity,
        message: &finding.message,
        help: finding.help.as_deref(),
        file: &document.name,
        pointer: finding.pointer.as_deref(),
        place: place(&finding.span),
        related: finding
            .related
            .iter()
            .map(|(span, words)| JsonRelated { message: words, place: place(span) })
            .collect(),
        facts: &finding.facts,
    }
}

fn json_policy(report: &Report) -> JsonPolicy<'_> {
    let (server, server_named) = match &report.server {
        ServerChoice::Named(server) => (Some(server.as_str()), true),
        ServerChoice::Found { server, .. } => (Some(server.as_str()), false),
        ServerChoice::None => (None, false),
    };
    JsonPolicy {
        file: &report.document.name,
        dialect: report.dialect.map(Dialect::code),
        server,
        server_named,
    }
}
