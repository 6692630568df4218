//! Findings as diagnostics.

use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Uri,
};

use super::open::Open;
use super::position::range;
use crate::lint::{Finding, Severity};

/// The diagnostics of a document.
pub(super) fn diagnostics(open: &Open, uri: &Uri) -> Vec<Diagnostic> {
    let findings = open.report.iter().flat_map(|report| &report.findings);
    findings.map(|finding| diagnostic(open, uri, finding)).collect()
}

/// A finding as a diagnostic.
pub(super) fn diagnostic(open: &Open, uri: &Uri, finding: &Finding) -> Diagnostic {
    let message = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    let related = finding.related.iter().map(|related| DiagnosticRelatedInformation {
        location: Location::new(uri.clone(), range(open, &related.span)),
        message: related.message.clone(),
    });
    Diagnostic {
        range: range(open, &finding.span),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(finding.rule.name.to_owned())),
        source: Some("gatelint".to_owned()),
        message,
        related_information: Some(related.collect()),
        ..Diagnostic::default()
    }
}
