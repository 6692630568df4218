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

/// Declares a rule; its doc comment becomes [`Rule::doc`], so that the words stand beside the
/// code that they describe.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:literal, $severity:ident, $check:expr) => {
        $(#[doc = $doc])*
        pub static RULE: crate::lint::Rule = crate::lint::Rule {
            name: $name,
            severity: crate::lint::Severity::$severity,
            doc: concat!($($doc, "\n"),*),
            check: $check,
        };
    };
}

pub(super) use rule;
