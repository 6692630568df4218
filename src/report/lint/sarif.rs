//! Findings as SARIF 2.1.0
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html>).

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use serde_json::{Value, json};

use super::linted::Linted;
use crate::lint::{Finding, HiddenBy, Report, Rule, Severity, fingerprint, relative_path};
use crate::report::common::json;
use crate::report::common::uri::uri_encoded;
use crate::report::escape;
use crate::source::LineTable;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes one run with every rule, every finding, and every path that cannot be read.
///
/// # Errors
/// The output cannot be written.
pub fn write_sarif(out: &mut dyn Write, linted: &Linted<'_>) -> io::Result<()> {
    let results: Vec<Value> =
        linted.reports.iter().flat_map(|report| results(report, linted.rules)).collect();
    let notifications: Vec<Value> = linted
        .unreadable
        .iter()
        .map(|unreadable| {
            json!({
                "level": "error",
                "message": { "text": escape(&unreadable.message) },
                "locations": [{
                    "physicalLocation": { "artifactLocation": artifact(&unreadable.file) },
                }],
            })
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatelint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": linted.rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": linted.unreadable.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    json::write_pretty(out, &log)
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": rule.summary() },
        "help": { "text": rule.doc, "markdown": rule.doc },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["security"],
            "security-severity": security_severity(rule.severity),
        },
    })
}

/// GitHub's scale from 0 to 10: high, medium, low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Info => "2.0",
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn results(report: &Report, rules: &[&'static Rule]) -> Vec<Value> {
    let place = Place { report, rules, lines: LineTable::new(&report.document.text) };
    let mut seen = HashMap::new();
    let shown = report.findings.iter().map(|finding| (finding, None));
    let hidden = report.hidden.iter().map(|hidden| (&hidden.finding, Some(&hidden.by)));
    shown.chain(hidden).map(|(finding, by)| result(&place, finding, by, &mut seen)).collect()
}

fn result(
    place: &Place<'_>,
    finding: &Finding,
    by: Option<&HiddenBy>,
    seen: &mut HashMap<String, usize>,
) -> Value {
    let fingerprint = fingerprint(&place.report.document, finding);
    let count = seen.entry(fingerprint.clone()).or_default();
    *count += 1;
    let text = match &finding.help {
        Some(help) => format!("{}\n{}", escape(&finding.message), escape(help)),
        None => escape(&finding.message).into_owned(),
    };
    let mut location = place.location(&finding.span);
    if let Some(pointer) = &finding.pointer {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": pointer }]);
    }
    let related = finding.related.iter().enumerate().map(|(id, related)| {
        let mut location = place.location(&related.span);
        location["id"] = id.into();
        location["message"] = json!({ "text": escape(&related.message) });
        location
    });
    let mut result = json!({
        "ruleId": finding.rule.name,
        "ruleIndex": place.rules.iter().position(|rule| rule.name == finding.rule.name),
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "gatelint/v1": format!("{fingerprint}:{count}") },
        "relatedLocations": related.collect::<Vec<_>>(),
        "properties": { "class": finding.class.name() },
    });
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([{
            "description": { "text": fix.title },
            "artifactChanges": [{
                "artifactLocation": artifact(&place.report.document.name),
                "replacements": fix.edits.iter().map(|edit| json!({
                    "deletedRegion": place.region(&edit.span),
                    "insertedContent": { "text": edit.text },
                })).collect::<Vec<_>>(),
            }],
        }]);
    }
    if let Some(by) = by {
        result["suppressions"] = json!([suppression(by)]);
    }
    result
}

fn suppression(by: &HiddenBy) -> Value {
    match by {
        HiddenBy::Comment(reason) => json!({ "kind": "inSource", "justification": reason }),
        HiddenBy::Config(_, reason) => json!({ "kind": "external", "justification": reason }),
        HiddenBy::Baseline => json!({ "kind": "external", "justification": "in the baseline" }),
    }
}

/// A document with its lines.
struct Place<'a> {
    report: &'a Report,
    rules: &'a [&'static Rule],
    lines: LineTable,
}

impl Place<'_> {
    fn location(&self, span: &Range<usize>) -> Value {
        json!({ "physicalLocation": {
            "artifactLocation": artifact(&self.report.document.name),
            "region": self.region(span),
        } })
    }

    fn region(&self, span: &Range<usize>) -> Value {
        let text = &self.report.document.text;
        let start = self.lines.position_utf16(text, span.start);
        let end = self.lines.position_utf16(text, span.end);
        json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    }
}

/// Where a file is: below the root of the sources where it is there, else from the root of the
/// file system.
fn artifact(name: &str) -> Value {
    let path = relative_path(name, None);
    match path.strip_prefix('/') {
        Some(_) => json!({ "uri": format!("file://{}", uri_encoded(&path)) }),
        None => json!({ "uri": uri_encoded(&path), "uriBaseId": "%SRCROOT%" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_relative_uris() {
        assert_eq!(artifact("./a b/ä#.json")["uri"], "a%20b/%C3%A4%23.json");
        assert_eq!(artifact("/elsewhere/x.json")["uri"], "file:///elsewhere/x.json");
    }
}
