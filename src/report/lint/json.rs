//! Findings for machines; described by `schemas/lint.schema.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::linted::{Linted, Unreadable};
use crate::lint::{Class, Finding, HiddenBy, Report, Safety, ServerChoice, Severity, fingerprint};
use crate::policy::Dialect;
use crate::report::SCHEMA_VERSION;
use crate::report::common::json;
use crate::report::escape;
use crate::source::{Document, LineTable};

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    findings: Vec<JsonFinding<'a>>,
    policies: Vec<JsonPolicy<'a>>,
    unreadable: &'a [Unreadable],
    summary: JsonSummary<'a>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    class: Class,
    severity: Severity,
    message: Cow<'a, str>,
    help: Option<&'a str>,
    file: &'a str,
    pointer: Option<&'a str>,
    #[serde(flatten)]
    place: JsonPlace,
    related: Vec<JsonRelated<'a>>,
    facts: &'a serde_json::Value,
    fix: Option<JsonFix<'a>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    safety: Safety,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    #[serde(flatten)]
    place: JsonPlace,
    text: &'a str,
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
    message: Cow<'a, str>,
    pointer: Option<&'a str>,
    #[serde(flatten)]
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    file: &'a str,
    dialect: Option<&'static str>,
    server: Option<&'a str>,
    server_named: bool,
    /// Whether it is surely the right one; else findings that rest on it are milder.
    server_certain: bool,
    /// What may have permission files that bear on it and are not known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown_scopes: &'a [&'static str],
}

#[derive(Serialize)]
struct JsonSummary<'a> {
    policies: usize,
    error: usize,
    warning: usize,
    info: usize,
    ignored: usize,
    baselined: usize,
    stale_baseline: usize,
    passed_over: Vec<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    passed_over_though: BTreeMap<&'a str, &'a str>,
}

/// Writes every finding of every document.
///
/// # Errors
/// The output cannot be written.
pub fn write_lint_json(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let summary = JsonSummary {
        policies: linted.policies().count(),
        error: linted.count(Severity::Error),
        warning: linted.count(Severity::Warning),
        info: linted.count(Severity::Info),
        ignored: linted.hidden(|by| *by != HiddenBy::Baseline),
        baselined: linted.hidden(|by| *by == HiddenBy::Baseline),
        stale_baseline: linted.stale,
        passed_over: linted.passed_over.iter().map(|passed| &*passed.file).collect(),
        passed_over_though: linted.doubtful().collect(),
    };
    let output = Output {
        schema_version: SCHEMA_VERSION,
        findings: json_findings(linted).collect(),
        policies: linted.policies().map(json_policy).collect(),
        unreadable: linted.unreadable,
        summary,
    };
    json::write_pretty(out, &output)
}

/// Writes every finding on a line of its own.
///
/// # Errors
/// The output cannot be written.
pub fn write_lint_jsonl(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    json_findings(linted).try_for_each(|finding| json::write_line(out, &finding))
}

fn json_findings<'a>(linted: &Linted<'a>) -> impl Iterator<Item = JsonFinding<'a>> {
    linted.reports.iter().filter(|report| !report.findings.is_empty()).flat_map(|report| {
        let lines = LineTable::new(&report.document.text);
        let of = move |finding| json_finding(finding, &report.document, &lines);
        report.findings.iter().map(of)
    })
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
        message: escape(&finding.message),
        help: finding.help.as_deref(),
        file: &document.name,
        pointer: finding.pointer.as_deref(),
        place: place(&finding.span),
        related: finding
            .related
            .iter()
            .map(|related| JsonRelated {
                message: escape(&related.message),
                pointer: related.pointer.as_deref(),
                place: place(&related.span),
            })
            .collect(),
        facts: &finding.facts,
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            title: &fix.title,
            safety: fix.safety,
            edits: fix
                .edits
                .iter()
                .map(|edit| JsonEdit { place: place(&edit.span), text: &edit.text })
                .collect(),
        }),
        fingerprint: fingerprint(document, finding),
    }
}

fn json_policy(report: &Report) -> JsonPolicy<'_> {
    let (server, server_named, server_certain) = match &report.server {
        ServerChoice::Known { server, named, certain, .. } => {
            (Some(server.as_str()), *named, *certain)
        }
        ServerChoice::Tied(_) | ServerChoice::None(_) => (None, false, false),
    };
    JsonPolicy {
        file: &report.document.name,
        dialect: report.dialect.map(Dialect::code),
        server,
        server_named,
        server_certain,
        unknown_scopes: &report.unknown,
    }
}
