//! What a rule is.

use super::severity::Severity;

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
}

impl Rule {
    /// What it does, in one line.
    pub fn summary(&self) -> &'static str {
        let text = self.doc.trim_start().strip_prefix("## What it does").unwrap_or(self.doc);
        text.trim_start().split("\n\n").next().unwrap_or("").trim()
    }

    /// The first sentence of that.
    pub fn sentence(&self) -> String {
        let summary = self.summary().split_whitespace().collect::<Vec<_>>().join(" ");
        // A full stop within an example ends nothing.
        let is_end = |at: &usize| summary[..*at].matches('`').count().is_multiple_of(2);
        let end = summary.match_indices(". ").map(|(at, _)| at).find(is_end);
        end.map_or(summary.clone(), |at| summary[..=at].to_owned())
    }
}
