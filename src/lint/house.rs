//! Rules of the house: statements that the configuration makes.

use std::sync::{Mutex, PoisonError};

use super::patterns::Patterns;
use super::rule::Rule;
use super::severity::Severity;
use crate::assertion::Statement;

/// A statement that must hold for every call under a policy, as a rule of the linter.
#[derive(Clone, Debug)]
pub struct HouseRule {
    /// The rule, named as the statement is.
    pub rule: &'static Rule,
    /// What must hold.
    pub statement: Statement,
    /// The files; by their path below the folder of the configuration. None: every file.
    pub files: Option<Patterns>,
}

impl HouseRule {
    /// A rule of a name that says of policies what a statement says.
    pub fn new(
        name: String,
        severity: Severity,
        statement: Statement,
        files: Option<Patterns>,
    ) -> HouseRule {
        let doc = format!(
            "## What it does\nHolds policies against a statement of the house: {statement}.\n\n\
             It stands under `statements` of the configuration, and is proved for every call under a policy or \
             answered with a call that breaks it.\n"
        );
        HouseRule { rule: lasting(name, severity, doc), statement, files }
    }

    /// Whether it is about a file.
    pub fn is_about(&self, path: &str) -> bool {
        self.files.as_ref().is_none_or(|files| files.is_match(path))
    }
}

/// A rule that lasts as long as the program, as every rule does; a configuration that is read again and
/// says the same has the same one.
fn lasting(name: String, severity: Severity, doc: String) -> &'static Rule {
    static RULES: Mutex<Vec<&'static Rule>> = Mutex::new(Vec::new());
    let mut rules = RULES.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |rule: &&&'static Rule| {
        (rule.name, rule.severity, rule.doc) == (name.as_str(), severity, doc.as_str())
    };
    if let Some(rule) = rules.iter().find(is_it) {
        return rule;
    }
    let rule = Rule { name: name.leak(), severity, on: true, doc: doc.leak() };
    let rule: &'static Rule = Box::leak(Box::new(rule));
    rules.push(rule);
    rule
}
