//! What the linter is asked to do.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::house::HouseRule;
use super::patterns::Patterns;
use super::recorded::Recorded;
use super::rule::Rule;
use super::severity::Severity;
use crate::catalogue::{Category, Recommendation};
use crate::source::Pointer;

/// Which rules run, how much their findings weigh, and which findings are hidden.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules that do not run.
    pub off: HashSet<&'static str>,
    /// The severities of rules that are not to have their own.
    pub severities: HashMap<&'static str, Severity>,
    /// How many calls a minute are recommended for a category, where that is not PolicyLayer's.
    pub limits: HashMap<Category, u32>,
    /// The rules whose findings may not be ignored.
    pub unignorable: HashSet<&'static str>,
    /// Whether every finding is shown, ignored or not.
    pub no_ignores: bool,
    /// Findings to ignore.
    pub ignores: Vec<Ignore>,
    /// The day on which ignores may have expired; none where none expires.
    pub today: Option<Date>,
    /// Whether a comment that ignores something must say why.
    pub require_reasons: bool,
    /// The statements that hold for this house.
    pub house: Vec<HouseRule>,
    /// Calls that were recorded, of which a fix says how many it keeps.
    pub recorded: Arc<Recorded>,
    /// See [`Settings::allowed_hosts`].
    pub(crate) allowed_hosts: Vec<String>,
    /// See [`Settings::path_roots`].
    pub(crate) path_roots: Vec<String>,
    /// See [`Settings::is_secret_argument`].
    pub(crate) secret_arguments: HashSet<String>,
}

/// Findings of a rule that are to be ignored, as the configuration has it.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rule.
    pub rule: &'static str,
    /// The files; by their path below the folder of the configuration. None: every file.
    pub files: Option<Patterns>,
    /// The place; it and what is below it is meant. None: the whole file.
    pub pointer: Option<Pointer>,
    /// Why.
    pub reason: String,
    /// The last day on which they are; none where they are for ever.
    pub expires: Option<Date>,
}

impl Settings {
    /// Every rule, also those that must be selected.
    pub fn every_rule() -> Settings {
        Settings {
            off: HashSet::new(),
            severities: HashMap::new(),
            limits: HashMap::new(),
            unignorable: HashSet::new(),
            no_ignores: false,
            ignores: Vec::new(),
            today: None,
            require_reasons: false,
            house: Vec::new(),
            recorded: Arc::default(),
            allowed_hosts: Vec::new(),
            path_roots: Vec::new(),
            secret_arguments: HashSet::new(),
        }
    }

    /// Whether a rule runs.
    pub fn runs(&self, rule: &Rule) -> bool {
        !self.off.contains(rule.name)
    }

    /// Whether the last day of something is over.
    pub fn is_over(&self, expires: Option<Date>) -> bool {
        expires.zip(self.today).is_some_and(|(expires, today)| expires < today)
    }

    /// The hosts that calls may reach in this house, in lower case, without scheme and port: a URL whose host is
    /// one of them, exactly, gets round nothing.
    pub fn allowed_hosts(&self) -> &[String] {
        &self.allowed_hosts
    }

    /// The folders that calls may reach in this house, without a slash at the end: a path that is one of them or
    /// leads below it, once `.` and `..` are resolved, gets round nothing.
    pub fn path_roots(&self) -> &[String] {
        &self.path_roots
    }

    /// Whether an argument of this name holds a secret, so that its values are not shown.
    pub fn is_secret_argument(&self, name: &str) -> bool {
        self.secret_arguments.contains(name)
    }

    /// How many calls a minute are recommended for a category.
    pub fn recommended_per_minute(&self, category: Category) -> Option<u32> {
        let own = self.limits.get(&category).copied();
        own.or(match category.recommendation() {
            Recommendation::LimitPerMinute(recommended) => Some(recommended),
            _ => None,
        })
    }

    /// The severity of a finding: what the configuration wants of its rule, however certain the
    /// finding is, and else its own.
    pub fn severity(&self, rule: &Rule, found: Severity) -> Severity {
        self.severities.get(rule.name).copied().unwrap_or(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{RULES, rule_named};

    #[test]
    fn a_severity_that_is_configured_holds_however_certain_a_finding_is() {
        let rule = rule_named("unbounded-execute-tool").expect("the rule exists");
        assert_eq!(rule.severity, Severity::Error);
        let with = |severity| Settings {
            severities: HashMap::from([(rule.name, severity)]),
            ..Settings::default()
        };
        for (wanted, found, expected) in [
            (Severity::Warning, Severity::Error, Severity::Warning),
            (Severity::Error, Severity::Info, Severity::Error),
            (Severity::Info, Severity::Warning, Severity::Info),
        ] {
            assert_eq!(with(wanted).severity(rule, found), expected);
        }
        assert_eq!(Settings::default().severity(rule, Severity::Warning), Severity::Warning);
    }

    #[test]
    fn rules_that_must_be_selected_do_not_run_by_themselves() {
        let off: Vec<&str> = RULES.iter().filter(|rule| !rule.on).map(|rule| rule.name).collect();
        assert_eq!(
            off,
            [
                "missing-example",
                "missing-message",
                "narrow-allow",
                "uncovered-tool",
                "uninspected-arguments"
            ]
        );
        assert!(RULES.iter().all(|rule| Settings::default().runs(rule) == rule.on));
        assert!(RULES.iter().all(|rule| Settings::every_rule().runs(rule)));
    }
}
