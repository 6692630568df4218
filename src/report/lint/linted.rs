//! What came of a run of the linter: the same for every writer.

use std::path::PathBuf;

use serde::Serialize;

use crate::lint::{Finding, HiddenBy, Report, Rule, Safety, Severity};
use crate::report::common::words::count;

/// What came of a run of the linter.
#[derive(Clone, Copy, Debug)]
pub struct Linted<'a> {
    /// The paths that were asked for.
    pub asked: &'a [PathBuf],
    /// The documents, in the order in which they were asked for.
    pub reports: &'a [Report],
    /// Every rule that there is, those of the house last.
    pub rules: &'a [&'static Rule],
    /// The paths that could not be read at all.
    pub unreadable: &'a [Unreadable],
    /// The files that do not look like policies, and so were not judged.
    pub passed_over: &'a [PassedOver],
    /// How many findings of the baseline no longer occur.
    pub stale: usize,
}

/// A file or a folder that was met and not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The path.
    pub file: String,
    /// Why it may have been wanted all the same, in words; none for what is plainly no policy.
    pub reason: Option<String>,
    /// Whether it is a permission file of an agent that says nothing of permissions, which nobody misses.
    pub says_nothing: bool,
}

/// A path that could not be read at all.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The path as it was given.
    pub file: String,
    /// What the system says.
    pub message: String,
    /// What to do about it.
    #[serde(skip)]
    pub help: &'static str,
}

impl<'a> Linted<'a> {
    /// The documents that were judged as policies.
    pub fn policies(&self) -> impl Iterator<Item = &'a Report> + use<'a> {
        self.reports.iter().filter(|report| !report.is_config)
    }

    /// Every finding with its document.
    pub fn findings(&self) -> impl Iterator<Item = (&'a Report, &'a Finding)> + use<'a> {
        self.reports
            .iter()
            .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
    }

    /// Whether something could not be read or is no policy, so that nothing is known about what it does.
    pub fn is_incomplete(&self) -> bool {
        !self.unreadable.is_empty() || self.reports.iter().any(Report::is_unreadable)
    }

    /// How many findings of a severity are shown.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|(_, finding)| finding.severity == severity).count()
    }

    /// How many of the shown findings have a fix of this safety.
    pub fn fixable(&self, safety: Safety) -> usize {
        let fixes = self.findings().filter_map(|(_, finding)| finding.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    }

    /// How many findings are hidden by some cause.
    pub fn hidden(&self, cause: impl Fn(&HiddenBy) -> bool) -> usize {
        let hidden = self.reports.iter().flat_map(|report| &report.hidden);
        hidden.filter(|hidden| cause(&hidden.by)).count()
    }

    /// What was not judged and may have been wanted, with the reason.
    pub fn doubtful(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let reason = |passed: &'a PassedOver| Some((&*passed.file, passed.reason.as_deref()?));
        self.passed_over.iter().filter_map(reason)
    }

    /// How many files were not judged that might have been policies.
    pub fn missed(&self) -> usize {
        self.passed_over.iter().filter(|passed| !passed.says_nothing).count()
    }

    /// How many files were not judged, and why not.
    pub fn passed_over_in_words(&self) -> String {
        let missed = self.missed();
        let be = if missed == 1 { "is no policy" } else { "are no policies" };
        format!("{} that {be}", count(missed as u64, "file"))
    }

    /// How much was found, hidden and passed over, in one line.
    pub fn summary(&self) -> String {
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        let infos = self.count(Severity::Info);
        let mut line = format!(
            "{}, {}, {infos} info",
            count(errors as u64, "error"),
            count(warnings as u64, "warning")
        );
        let ignored = self.hidden(|by| *by != HiddenBy::Baseline);
        let baselined = self.hidden(|by| *by == HiddenBy::Baseline);
        let hidden: Vec<String> = [(ignored, "ignored"), (baselined, "in the baseline")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !hidden.is_empty() {
            line += &format!("; hidden: {}", hidden.join(", "));
        }
        if self.missed() > 0 {
            line += &format!("; passed over: {}", self.passed_over_in_words());
        }
        if !self.unreadable.is_empty() {
            line += &format!("; could not be read: {}", self.unreadable.len());
        }
        if self.stale > 0 {
            let occur = if self.stale == 1 { "occurs" } else { "occur" };
            line += &format!(
                "; {} of the baseline no longer {occur}: write it again with --write-baseline",
                count(self.stale as u64, "finding")
            );
        }
        line
    }
}
