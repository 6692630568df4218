//! Findings as diagnostics.

use super::open::Open;
use super::position::range;
use super::protocol::{Diagnostic, Location, Related};
use crate::lint::{Finding, Severity};
use crate::report::escape;

/// The diagnostics of a document.
pub(super) fn diagnostics(open: &Open, uri: &str) -> Vec<Diagnostic> {
    let findings = open.report.iter().flat_map(|report| &report.findings);
    findings.map(|finding| diagnostic(open, uri, finding)).collect()
}

/// A finding as a diagnostic.
pub(super) fn diagnostic(open: &Open, uri: &str, finding: &Finding) -> Diagnostic {
    let message = match &finding.help {
        Some(help) => format!("{}\nhelp: {}", escape(&finding.message), escape(help)),
        None => escape(&finding.message).into_owned(),
    };
    let related = finding.related.iter().map(|related| Related {
        location: Location { uri: uri.to_owned(), range: range(open, &related.span) },
        message: escape(&related.message).into_owned(),
    });
    Diagnostic {
        range: range(open, &finding.span),
        severity: match finding.severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Info => 3,
        },
        code: finding.rule.name,
        source: "gatelint",
        message,
        related_information: related.collect(),
    }
}
