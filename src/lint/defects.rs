//! What reading a policy found, as findings.

use super::defect_fix::fix_of;
use super::finding::{Finding, Findings, Related};
use super::rules::rule_named;
use super::severity::{Class, Severity};
use crate::policy::{Defect, DefectKind, Location};
use crate::source::Document;

/// What reading a document found.
pub fn findings_of<'d>(document: &'d Document, defects: &[Defect]) -> Findings<'d> {
    let mut findings = Findings::new(document);
    defects.iter().for_each(|defect| findings.push(finding_of(document, defect)));
    findings
}

pub(super) fn finding_of(document: &Document, defect: &Defect) -> Finding {
    let rule = rule_named(defect.kind.rule()).expect("a test shows that each defect has a rule");
    let span = |location: &Location| match location {
        Location::Bytes(range) => range.clone(),
        Location::Place(place) => document.span_of(place),
    };
    let pointer = |location: &Location| match location {
        Location::Bytes(_) => None,
        Location::Place(place) => Some(place.pointer.to_string()),
    };
    let related = defect.related.iter().map(|(location, words)| Related {
        pointer: pointer(location),
        span: span(location),
        message: (*words).to_owned(),
    });
    Finding {
        rule,
        severity: match defect.kind {
            DefectKind::UnsureField { .. } | DefectKind::NewerField { .. } => Severity::Warning,
            _ => rule.severity,
        },
        class: if defect.refused { Class::Invalid } else { Class::Risk },
        message: defect.kind.to_string(),
        help: defect.kind.help(),
        pointer: pointer(&defect.location),
        span: span(&defect.location),
        related: related.collect(),
        facts: serde_json::to_value(&defect.kind).unwrap_or_default(),
        fix: fix_of(document, defect),
    }
}
