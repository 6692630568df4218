//! The linter: a policy judged against a catalogue.
//!
//! A rule is one file in `rules/`; what it finds is facts with places. Words and spans are made
//! where findings are shown.

mod amount;
mod baseline;
mod by_limit;
mod comment;
mod context;
mod contradiction;
mod defect_fix;
mod finding;
mod fingerprint;
mod fix;
mod gate;
mod reachable;
mod rule;
mod rules;
mod settings;
mod solving;
mod unbounded;
mod walk;

pub use baseline::{Baseline, BaselineError};
pub use context::{Context, Known, ServerChoice};
pub use finding::{Class, Facts, Finding, Findings, Related, Severity};
pub use fingerprint::{fingerprint, relative_path};
pub use fix::{Fix, Fixed, Safety, fix};
pub use gate::{HiddenBy, HiddenFinding};
pub use rule::{Rule, RuleCheck};
pub use rules::{RULES, rule_named};
pub use settings::{Ignore, Settings};
pub use walk::{Candidate, Found, WalkError, candidates, find};

use std::collections::HashMap;
use std::path::Path;

use crate::catalogue::Catalogue;
use crate::policy::{self, Dialect, Reading};
use crate::source::Document;

/// What came of judging one document.
#[derive(Debug)]
pub struct Report {
    /// The document, for showing places in it.
    pub document: Document,
    /// The findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// The findings that are not shown.
    pub hidden: Vec<HiddenFinding>,
    /// The server that the policy was judged against, and how it was chosen.
    pub server: ServerChoice,
    /// The dialect, if the document is a policy.
    pub dialect: Option<Dialect>,
    /// Whether the document is the configuration, which is judged for its ignores only.
    pub is_config: bool,
}

impl Report {
    /// Whether the document could not be read to its end or is no policy, so that nothing is
    /// known about what it does.
    pub fn is_unreadable(&self) -> bool {
        self.dialect.is_none() && !self.is_config
    }

    /// How many findings of each rule there are for which the gateway refuses the policy.
    fn refusals(&self) -> HashMap<&'static str, usize> {
        let hidden = self.hidden.iter().map(|hidden| &hidden.finding);
        let all = self.findings.iter().chain(hidden);
        let mut counts = HashMap::new();
        for finding in all.filter(|finding| finding.class == Class::Invalid) {
            *counts.entry(finding.rule.name).or_default() += 1;
        }
        counts
    }
}

/// Judges a document with every rule. `server` names the server that the policy is for; without
/// it the server is found from the names of the tools.
pub fn lint(
    document: Document,
    catalogue: &Catalogue,
    server: Option<&str>,
    dialect: Option<Dialect>,
) -> Report {
    let settings = Settings::default();
    Linter { catalogue, dialect, settings: &settings, root: None }.lint(document, server)
}

/// Judges documents.
#[derive(Clone, Copy, Debug)]
pub struct Linter<'a> {
    /// What is known of tools.
    pub catalogue: &'a Catalogue,
    /// The dialect; without it, it is found from the document.
    pub dialect: Option<Dialect>,
    /// What is asked for.
    pub settings: &'a Settings,
    /// The folder that the paths of ignores are below; without it, the current one.
    pub root: Option<&'a Path>,
}

impl Linter<'_> {
    /// Judges a document. `server` names the server that the policy is for; without it the server
    /// is found from the names of the tools.
    pub fn lint(&self, document: Document, server: Option<&str>) -> Report {
        let reading = policy::read(&document, self.dialect);
        let mut findings = Findings::new(&document);
        let (choice, dialect) = self.judge(&reading, server, &mut findings);
        let path = relative_path(&document.name, self.root);
        let (findings, hidden) =
            gate::pass(&document, &path, findings.into_sorted(), self.settings);
        Report { document, findings, hidden, server: choice, dialect, is_config: false }
    }

    fn judge(
        &self,
        reading: &Reading,
        server: Option<&str>,
        findings: &mut Findings<'_>,
    ) -> (ServerChoice, Option<Dialect>) {
        for defect in &reading.defects {
            findings.add_defect(defect);
        }
        let Some(policy) = &reading.policy else {
            return (ServerChoice::None, None);
        };
        let context = Context::new(policy, self.catalogue, server, self.settings);
        for rule in RULES.iter().filter(|rule| self.settings.runs(rule)) {
            if let RuleCheck::Policy(check) = rule.check {
                check(&context, findings);
            }
        }
        (context.choice(), Some(policy.dialect))
    }
}
