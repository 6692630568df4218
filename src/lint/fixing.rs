//! Fixes made in rounds until nothing is left to mend.

use super::finding::Finding;
use super::fix::Safety;
use super::linter::Report;
use super::vetting::{applicable, duplicates, is_safe_together};
use crate::source::{Document, Edit, apply};

/// A document with everything mended that can be.
#[derive(Debug)]
pub struct Fixed {
    /// What came of judging it then.
    pub report: Report,
    /// The fixes that were made: rule and what was done.
    pub made: Vec<(&'static str, String)>,
}

/// After so many rounds fixes are taken to undo each other.
const ROUNDS: usize = 16;

/// Mends what a report found, judges the result, and so on while there is something to mend.
/// A fix that would break the document, or bring in something that the gateway refuses, is left out.
pub fn fix(report: Report, up_to: Safety, judge: impl Fn(Document) -> Report) -> Fixed {
    let mut fixed = Fixed { report, made: Vec::new() };
    for _ in 0..ROUNDS {
        let fixes = applicable(&fixed.report.findings, up_to);
        // All together if that goes well, else half of them, and so on down to one alone.
        let next = halves(fixes.len()).flat_map(|size| fixes.chunks(size)).find_map(|chosen| {
            try_fixes(&fixed.report, chosen, up_to, &judge).map(|report| (report, titles(chosen)))
        });
        let Some((report, titles)) = next else { break };
        fixed.report = report;
        fixed.made.extend(titles);
    }
    fixed
}

/// A number, half of it, and so on down to one; nothing for zero.
fn halves(number: usize) -> impl Iterator<Item = usize> {
    let first = (number > 0).then_some(number);
    std::iter::successors(first, |size| (*size > 1).then(|| size.div_ceil(2)))
}

fn titles(findings: &[&Finding]) -> Vec<(&'static str, String)> {
    let title = |finding: &&Finding| Some((finding.rule.name, finding.fix.as_ref()?.title.clone()));
    findings.iter().filter_map(title).collect()
}

/// The report on a document with fixes made, if they do no harm.
fn try_fixes(
    report: &Report,
    findings: &[&Finding],
    up_to: Safety,
    judge: &impl Fn(Document) -> Report,
) -> Option<Report> {
    let edits: Vec<Edit> = findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .flat_map(|fix| fix.edits.clone())
        .collect();
    let text = apply(&report.document.text, &edits);
    if text == report.document.text {
        return None;
    }
    let together = up_to == Safety::Safe && findings.len() > 1;
    if together && !is_safe_together(&report.document, report.dialect?, &edits) {
        return None;
    }
    let next = judge(report.document.mended(text));
    let before = report.refusals();
    let refused_anew = |(rule, count): (&&str, &usize)| *count > *before.get(rule).unwrap_or(&0);
    let harmless = next.dialect == report.dialect
        && duplicates(&next.document) <= duplicates(&report.document)
        && !next.refusals().iter().any(refused_anew);
    harmless.then_some(next)
}
