//! The one gate that every finding passes: rules that are off, severities, ignores.

use super::comment::{IgnoreComments, report_comments};
use super::{Finding, Findings, Ignore, Settings};
use crate::source::{Document, Pointer};

/// A finding that is not shown, and why.
#[derive(Clone, Debug)]
pub struct HiddenFinding {
    /// The finding.
    pub finding: Finding,
    /// What hides it.
    pub by: HiddenBy,
}

/// What hides a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HiddenBy {
    /// A comment in the document, with its reason.
    Comment(String),
    /// An entry of the configuration, by its index, with its reason.
    Config(usize, String),
    /// The baseline.
    Baseline,
}

/// Sorts findings into those that are shown and those that are hidden. `path` is the document's
/// below the folder of the configuration.
pub(super) fn pass(
    document: &Document,
    path: &str,
    findings: Vec<Finding>,
    settings: &Settings,
) -> (Vec<Finding>, Vec<HiddenFinding>) {
    let mut comments = IgnoreComments::of(document, settings);
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for mut finding in findings.into_iter().filter(|finding| settings.runs(finding.rule)) {
        finding.severity = settings.severity(finding.rule, finding.severity);
        match hider(path, &finding, settings, &mut comments) {
            Some(by) => hidden.push(HiddenFinding { finding, by }),
            None => shown.push(finding),
        }
    }
    // What is wrong with the comments themselves is found last, because only then it is known.
    let mut own = Findings::new(document);
    if !settings.no_ignores {
        report_comments(comments, settings, &mut own);
    }
    let own = own.into_sorted().into_iter().filter(|finding| settings.runs(finding.rule));
    shown.extend(own.map(|mut finding| {
        finding.severity = settings.severity(finding.rule, finding.severity);
        finding
    }));
    super::finding::sort(&mut shown);
    (shown, hidden)
}

fn hider(
    path: &str,
    finding: &Finding,
    settings: &Settings,
    comments: &mut IgnoreComments,
) -> Option<HiddenBy> {
    if settings.no_ignores || settings.unignorable.contains(finding.rule.name) {
        return None;
    }
    if let Some(reason) = comments.ignore(finding) {
        return Some(HiddenBy::Comment(reason));
    }
    let mut entries = settings.ignores.iter().enumerate();
    let (index, entry) = entries
        .find(|(_, entry)| entry.covers(path, finding) && !settings.is_over(entry.expires))?;
    Some(HiddenBy::Config(index, entry.reason.clone()))
}

impl Ignore {
    /// Whether the entry is about a file.
    pub fn is_about(&self, path: &str) -> bool {
        self.files.as_ref().is_none_or(|files| files.is_match(path))
    }

    fn covers(&self, path: &str, finding: &Finding) -> bool {
        let below = |pointer: &Pointer| {
            finding.pointer.as_deref().is_some_and(|found| pointer.holds(&Pointer::parse(found)))
        };
        self.rule == finding.rule.name
            && self.is_about(path)
            && self.pointer.as_ref().is_none_or(below)
    }
}
