//! Judging many files at once.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rayon::prelude::*;

use super::arguments::LintArguments;
use super::baseline::ReadBaseline;
use super::fixing::Change;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::lint::{
    Found, Linter, Report, Settings, Surroundings, WalkError, fix, secrets_of, without_secrets,
};
use crate::policy::{Appearance, Dialect, agent, agent_dialect, appearance, in_notation};
use crate::report::{PassedOver, Unreadable, without_credentials};
use crate::source::{Document, Edit, Problem, ProblemKind};
use crate::stop::{self, Stop};

/// What is needed to judge a file.
pub(super) struct Judge<'a> {
    pub(super) arguments: &'a LintArguments,
    pub(super) config: &'a Config,
    pub(super) catalogue: &'a Catalogue,
    /// The server that was named.
    pub(super) server: Option<&'a str>,
    pub(super) settings: &'a Settings,
    pub(super) baseline: Option<&'a ReadBaseline>,
    /// The home that was given.
    pub(super) home: Option<&'a str>,
}

/// What came of all files, in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) reports: Vec<Report>,
    pub(super) unreadable: Vec<Unreadable>,
    /// The files that do not look like policies, and so were not judged.
    pub(super) passed_over: Vec<PassedOver>,
    /// How many findings of the baseline no longer occur.
    pub(super) stale: usize,
    /// The files that fixes change.
    pub(super) changes: Vec<Change>,
}

/// What came of looking at one file.
enum Seen {
    PassedOver(PassedOver),
    Judged(Box<One>),
}

/// What came of judging one file.
struct One {
    report: Report,
    stale: usize,
    change: Option<Change>,
}

impl Judge<'_> {
    /// Judges files on every core. What goes wrong with one does not keep the others from being
    /// judged.
    pub(super) fn all(&self, found: Vec<Result<Found, WalkError>>) -> Judged {
        let stop = Stop::of_thread();
        let judged: Vec<Result<Seen, Unreadable>> =
            found.into_par_iter().map(|found| stop.over(|| self.guarded(found))).collect();
        let mut all = Judged::default();
        for one in judged {
            match one {
                Ok(Seen::PassedOver(file)) => all.passed_over.push(file),
                Ok(Seen::Judged(one)) => {
                    all.reports.push(one.report);
                    all.stale += one.stale;
                    all.changes.extend(one.change);
                }
                Err(unreadable) => all.unreadable.push(unreadable),
            }
        }
        all
    }

    fn guarded(&self, found: Result<Found, WalkError>) -> Result<Seen, Unreadable> {
        stop::look();
        let found = found.map_err(unreadable)?;
        let name = found.path.display().to_string();
        guard(&name, || self.one(&found).map_err(unreadable))?
    }

    fn one(&self, found: &Found) -> Result<Seen, WalkError> {
        if let Some(unfollowed) = found.unfollowed {
            let (file, reason) = (found.path.display().to_string(), Some(unfollowed.to_string()));
            return Ok(Seen::PassedOver(PassedOver { file, reason, says_nothing: false }));
        }
        let document = self.in_notation(found.document()?);
        let is_wanted =
            is_expected(self.config, found) || found.named && !self.arguments.skip_non_policies;
        match self.appearance(&document) {
            Appearance::Alike(likeness) if !is_wanted => {
                let reason = Some(likeness.to_string());
                let says_nothing = false;
                let passed = PassedOver { file: document.name, reason, says_nothing };
                return Ok(Seen::PassedOver(passed));
            }
            Appearance::Other if !is_wanted => {
                let says_nothing = agent(&document).is_some();
                let passed = PassedOver { file: document.name, reason: None, says_nothing };
                return Ok(Seen::PassedOver(passed));
            }
            _ => {}
        }
        let up_to = self.arguments.fixing.up_to();
        let before = up_to.map(|_| document.text.clone());
        let mut report = self.judge(document);
        let mut change = None;
        if let (Some(up_to), Some(before)) = (up_to, before) {
            let secrets = secrets_of(&report.document);
            let fixed = fix(report, up_to, |document| self.judge(document));
            report = fixed.report;
            let after = report.document.text.clone();
            // Standard input comes out also where there was nothing to mend, or nothing could be read:
            // what stands behind would be left with nothing. Only what is no text cannot come out as it was.
            let no_text = |problem: &Problem| matches!(problem.kind, ProblemKind::NotUtf8 { .. });
            let is_whole = !report.document.problems.iter().any(no_text);
            let comes_out = self.arguments.fixing.writes_out(&found.path) && is_whole;
            change = (!fixed.made.is_empty() || comes_out).then(|| Change {
                path: found.path.clone(),
                before,
                after,
                made: fixed.made,
                secrets,
            });
        }
        let stale = self.stale(&report);
        shrink(&mut report);
        Ok(Seen::Judged(Box::new(One { report, stale, change })))
    }

    /// What a document looks like to those who ask for a dialect, or for none.
    fn appearance(&self, document: &Document) -> Appearance {
        let Some(named) = self.arguments.dialect.named() else { return appearance(document) };
        let is_of_dialect = match named.agent() {
            Some(_) => agent_dialect(document) == Some(named),
            None => agent(document).is_none(),
        };
        if is_of_dialect { appearance(document) } else { Appearance::Other }
    }

    /// Judges a file as it was before it was to be mended.
    pub(super) fn text(&self, change: &Change) -> Report {
        let name = change.path.display().to_string();
        self.document(Document::read(name, change.before.clone().into_bytes()))
    }

    /// Judges a document, whatever is on the disk.
    pub(super) fn document(&self, document: Document) -> Report {
        let mut report = self.judge(self.in_notation(document));
        shrink(&mut report);
        report
    }

    fn dialect(&self, name: &str) -> Option<Dialect> {
        self.arguments.dialect.beside(self.config).of(name)
    }

    fn in_notation(&self, document: Document) -> Document {
        let dialect = self.dialect(&document.name);
        in_notation(document, dialect)
    }

    fn judge(&self, document: Document) -> Report {
        let server =
            self.server.or_else(|| self.config.server_of(&document.name)).map(str::to_owned);
        let root = self.config.document.as_ref().map(|_| &*self.config.folder);
        let dialect = self.dialect(&document.name).or_else(|| agent_dialect(&document));
        let agent = dialect.and_then(Dialect::agent);
        let around = agent.and_then(|agent| Surroundings::of(&document, agent, self.home));
        let linter = Linter {
            catalogue: self.catalogue,
            dialect,
            settings: self.settings,
            root,
            project: around.as_ref().and_then(Surroundings::project),
        };
        let mut report = linter.lint(document, server.as_deref());
        if agent.is_some() {
            report.unknown = Surroundings::unknown(around.as_ref());
        }
        if let Some(baseline) = self.baseline.filter(|baseline| baseline.hides) {
            baseline.list.hide(&mut report, &baseline.folder, self.settings);
        }
        report
    }

    /// How many findings the baseline has of files that are no longer there.
    pub(super) fn of_deleted_files(&self) -> usize {
        let baseline = self.baseline.filter(|baseline| baseline.hides);
        baseline
            .map_or(0, |baseline| baseline.list.of_deleted_files(&baseline.folder, self.settings))
    }

    fn stale(&self, report: &Report) -> usize {
        let baseline = self.baseline.filter(|baseline| baseline.hides);
        baseline.map_or(0, |baseline| baseline.list.stale(report, &baseline.folder, self.settings))
    }
}

/// Whether the configuration says of a file that it is to be a policy, by any path to it.
pub(super) fn is_expected(config: &Config, found: &Found) -> bool {
    found.unfollowed.is_none() && found.paths().any(|path| config.expects(path))
}

/// Leaves of a report what is needed to show it. Ten thousand files must fit: the tree is needed no
/// more, and where there is nothing to show neither is the text.
fn shrink(report: &mut Report) {
    let Report { document, findings, hidden, .. } = report;
    let secrets = secrets_of(document);
    for finding in findings.iter_mut().chain(hidden.iter_mut().map(|hidden| &mut hidden.finding)) {
        // A fix that writes a secret anew is made, but not shown.
        let shows = |edit: &Edit| without_secrets(&secrets, &edit.text) != edit.text;
        finding.fix.take_if(|fix| fix.edits.iter().any(shows));
    }
    report.document.root = None;
    if report.findings.is_empty() && report.hidden.is_empty() {
        report.document.text = String::new();
    }
}

fn unreadable(error: WalkError) -> Unreadable {
    let file = without_credentials(&error.path.display().to_string()).into_owned();
    let help = WalkError::help(&error.cause);
    Unreadable { file, message: error.cause.to_string(), help }
}

thread_local! {
    /// Whether this thread is at work on a file, so that a panic is told as an error of the file.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics quiet that are told as an error of their file; every other one is still told.
pub(super) fn quieten_panics() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !AT_WORK.get() {
            told(panic);
        }
    }));
}

/// Does some work on a file; a panic is an error of that file and of no other.
fn guard<T>(file: &str, work: impl FnOnce() -> T) -> Result<T, Unreadable> {
    AT_WORK.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    AT_WORK.set(false);
    done.map_err(|panic| {
        if stop::is_stopped(&*panic) {
            resume_unwind(panic);
        }
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Unreadable {
            file: file.to_owned(),
            message: format!(
                "internal error, please report it with this file: {}",
                text.unwrap_or_else(|| "unknown".to_owned())
            ),
            help: "leave the file out until that is mended",
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_its_file_alone() {
        let results: Vec<Result<u32, Unreadable>> = ["good.json", "bad.json", "fine.json"]
            .into_par_iter()
            .map(|file| guard(file, || if file == "bad.json" { panic!("no {file}") } else { 7 }))
            .collect();
        assert_eq!((&results[0], &results[2]), (&Ok(7), &Ok(7)));
        let error = results[1].as_ref().unwrap_err();
        assert_eq!(error.file, "bad.json");
        assert!(error.message.contains("internal error") && error.message.contains("no bad.json"));
    }
}
