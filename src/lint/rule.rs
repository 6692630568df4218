//! What a rule is.

use super::context::Context;
use super::finding::{Findings, Severity};

/// A rule of the linter.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which says what is bad: it reads well after "allow".
    pub name: &'static str,
    /// The most that a finding of it can weigh.
    pub severity: Severity,
    /// Whether it runs unless it is selected away; otherwise it must be selected.
    pub on: bool,
    /// What it does, why that is bad, an example, and what to use instead, in Markdown.
    pub doc: &'static str,
    /// How it is checked.
    pub check: RuleCheck,
}

/// How a rule is checked.
#[derive(Clone, Copy, Debug)]
pub enum RuleCheck {
    /// While the document is read; see [`crate::policy::DefectKind::rule`].
    Reading,
    /// When it is known which findings are ignored.
    Ignores,
    /// On the policy.
    Policy(fn(&Context<'_>, &mut Findings<'_>)),
}

impl Rule {
    /// What it does, in one line.
    pub fn summary(&self) -> &'static str {
        let text = self.doc.trim_start().strip_prefix("## What it does").unwrap_or(self.doc);
        text.trim_start().split("\n\n").next().unwrap_or("").trim()
    }
}

/// Declares a rule, with `off` before its check if it runs only when it is selected; its doc
/// comment becomes [`Rule::doc`], so that the words stand beside the
/// code that they describe.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:literal, $severity:ident, off $check:expr) => {
        rule!(@rule [$($doc)*] $name, $severity, false, $check);
    };
    ($(#[doc = $doc:literal])* $name:literal, $severity:ident, $check:expr) => {
        rule!(@rule [$($doc)*] $name, $severity, true, $check);
    };
    (@rule [$($doc:literal)*] $name:literal, $severity:ident, $on:literal, $check:expr) => {
        $(#[doc = $doc])*
        pub static RULE: crate::lint::Rule = crate::lint::Rule {
            name: $name,
            severity: crate::lint::Severity::$severity,
            on: $on,
            doc: concat!($($doc, "\n"),*),
            check: $check,
        };
    };
}

pub(super) use rule;
