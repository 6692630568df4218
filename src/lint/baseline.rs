//! Baselines: findings that were there when the linter came, and are to be shown no more.
//!
//! An entry is a rule, a file, a place in the tree and a hash of what stands there, never a line;
//! so that it goes on hiding exactly what it was written for.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fingerprint::{fingerprint, path_from};
use super::{Finding, HiddenBy, HiddenFinding, Report, Settings, rule_among};

/// The name of what came from standard input, which is no file.
const STDIN: &str = "<stdin>";

/// The version of the file.
const VERSION: u32 = 1;

/// Findings to hide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Entry, usize>,
}

/// What tells one finding of a baseline from the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    rule: String,
    pointer: Option<String>,
    content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// Why a baseline cannot be used.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is of another version.
    #[error("the baseline is of version {found}, this gatelint reads version {VERSION}")]
    Version {
        /// The version.
        found: u64,
    },
    /// It is none.
    #[error("this is no baseline: {0}")]
    Invalid(#[from] serde_json::Error),
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// The text is no baseline, or one of another version.
    pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
        let json: serde_json::Value = serde_json::from_str(text)?;
        if let Some(found) = json["version"].as_u64().filter(|found| *found != u64::from(VERSION)) {
            return Err(BaselineError::Version { found });
        }
        // From the text again, so that the error has a line.
        let file: File = serde_json::from_str(text)?;
        let mut baseline = Baseline::default();
        file.findings.into_iter().for_each(|entry| baseline.add(entry));
        Ok(baseline)
    }

    /// The baseline of all that reports show, for a file in a folder. What `before` has of rules
    /// that did not run, and of files that were not judged and still exist, is kept.
    pub fn of(
        reports: &[Report],
        folder: &Path,
        before: &Baseline,
        settings: &Settings,
    ) -> Baseline {
        let mut baseline = Baseline::default();
        let mut judged = HashSet::new();
        for report in reports {
            let hidden = report.hidden.iter().filter(|hidden| hidden.by == HiddenBy::Baseline);
            let all = report.findings.iter().chain(hidden.map(|hidden| &hidden.finding));
            all.for_each(|finding| baseline.add(entry(report, finding, folder)));
            judged.insert(path_from(&report.document.name, folder));
        }
        for (entry, count) in &before.entries {
            let kept = match judged.contains(&entry.file) {
                true => entry.is_passed_over(settings),
                false => folder.join(&entry.file).exists(),
            };
            if kept {
                baseline.entries.insert(entry.clone(), *count);
            }
        }
        baseline
    }

    /// Hides what the baseline has of a document, but for what may not be ignored.
    pub fn hide(&self, report: &mut Report, folder: &Path, settings: &Settings) {
        let mut used: BTreeMap<Entry, usize> = BTreeMap::new();
        for finding in std::mem::take(&mut report.findings) {
            let entry = entry(report, &finding, folder);
            let known = self.entries.get(&entry).copied().unwrap_or(0);
            let used = used.entry(entry).or_default();
            if *used < known && !settings.unignorable.contains(finding.rule.name) {
                *used += 1;
                report.hidden.push(HiddenFinding { finding, by: HiddenBy::Baseline });
            } else {
                report.findings.push(finding);
            }
        }
    }

    /// How many findings that the baseline has of a document no longer occur. Whether those of a
    /// rule that did not run still do is not known.
    pub fn stale(&self, report: &Report, folder: &Path, settings: &Settings) -> usize {
        let file = path_from(&report.document.name, folder);
        // Entries are in the order of their files.
        let start = Entry {
            file: file.clone(),
            rule: String::new(),
            pointer: None,
            content: String::new(),
        };
        let of_file = self.entries.range(start..).take_while(|(entry, _)| entry.file == file);
        let ran = of_file.filter(|(entry, _)| !entry.is_passed_over(settings));
        let known: usize = ran.map(|(_, count)| count).sum();
        let hidden = report.hidden.iter().filter(|hidden| hidden.by == HiddenBy::Baseline);
        known - hidden.count()
    }

    /// How many findings it has of files that are no longer there, and so were not judged.
    pub fn of_deleted_files(&self, folder: &Path, settings: &Settings) -> usize {
        let mut there: HashMap<&str, bool> = HashMap::new();
        let deleted = self.entries.iter().filter(|(entry, _)| {
            let file = entry.file.as_str();
            !*there.entry(file).or_insert_with(|| folder.join(file).exists())
                && !file.ends_with(STDIN)
                && !entry.is_passed_over(settings)
        });
        deleted.map(|(_, count)| count).sum()
    }

    /// How many of its findings another baseline does not have.
    pub fn without(&self, other: &Baseline) -> usize {
        let left = self.entries.iter().map(|(entry, count)| {
            count.saturating_sub(other.entries.get(entry).copied().unwrap_or(0))
        });
        left.sum()
    }

    /// How many findings it has.
    pub fn len(&self) -> usize {
        self.entries.values().sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let findings = self
            .entries
            .iter()
            .flat_map(|(entry, count)| std::iter::repeat_n(entry.clone(), *count))
            .collect();
        let file = File { version: VERSION, findings };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }

    fn add(&mut self, entry: Entry) {
        *self.entries.entry(entry).or_default() += 1;
    }
}

impl Entry {
    /// Whether it is of a rule that there is and that did not run, or that no baseline hides.
    fn is_passed_over(&self, settings: &Settings) -> bool {
        rule_among(&self.rule, &settings.house)
            .is_some_and(|rule| !settings.runs(rule) || settings.unignorable.contains(rule.name))
    }
}

fn entry(report: &Report, finding: &Finding, folder: &Path) -> Entry {
    Entry {
        file: path_from(&report.document.name, folder),
        rule: finding.rule.name.to_owned(),
        pointer: finding.pointer.clone(),
        content: fingerprint(&report.document, finding),
    }
}
