//! The linter: a policy judged against a catalogue.
//!
//! A rule is one file in `rules/`; what it finds is facts with places. Words and spans are made
//! where findings are shown.

mod by_limit;
mod context;
mod contradiction;
mod finding;
mod reachable;
mod rule;
mod rules;
mod unbounded;
mod walk;

pub use context::{Context, Known, ServerChoice};
pub use finding::{Class, Facts, Finding, Findings, Severity};
pub use rule::{Rule, RuleCheck};
pub use rules::{RULES, rule_named};
pub use walk::{Candidate, WalkError, candidates};

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
    /// The server that the policy was judged against, and how it was chosen.
    pub server: ServerChoice,
    /// The dialect, if the document is a policy.
    pub dialect: Option<Dialect>,
}

impl Report {
    /// Whether the document could not be read to its end or is no policy, so that nothing is
    /// known about what it does.
    pub fn is_unreadable(&self) -> bool {
        self.dialect.is_none()
    }
}

/// Judges a document. `server` names the server that the policy is for; without it the server is
/// found from the names of the tools.
pub fn lint(
    document: Document,
    catalogue: &Catalogue,
    server: Option<&str>,
    dialect: Option<Dialect>,
) -> Report {
    let reading = policy::read(&document, dialect);
    let mut findings = Findings::new(&document);
    let (choice, found_dialect) = judge(&reading, catalogue, server, &mut findings);
    let findings = findings.into_sorted();
    Report { document, findings, server: choice, dialect: found_dialect }
}

fn judge(
    reading: &Reading,
    catalogue: &Catalogue,
    server: Option<&str>,
    findings: &mut Findings<'_>,
) -> (ServerChoice, Option<Dialect>) {
    for defect in &reading.defects {
        findings.add_defect(defect);
    }
    let Some(policy) = &reading.policy else {
        return (ServerChoice::None, None);
    };
    let context = Context::new(policy, catalogue, server);
    for rule in RULES {
        if let RuleCheck::Policy(check) = rule.check {
            check(&context, findings);
        }
    }
    (context.choice(), Some(policy.dialect))
}
