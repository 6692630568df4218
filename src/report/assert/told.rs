//! What a statement expects and what was found, with the places of both.

use super::human::{CheckedPolicy, listed, shown};
use crate::assertion::{Checked, Violation};
use crate::diff::ToolName;
use crate::report::access::words::Lines;
use crate::report::common::escape::escape;

/// Answers of a policy with the files in which places are looked up.
pub(in crate::report) struct Told<'a> {
    statements: &'a Lines<'a>,
    policy: Lines<'a>,
}

impl<'a> Told<'a> {
    pub(in crate::report) fn new(
        statements: &'a Lines<'a>,
        policy: &'a CheckedPolicy<'_>,
    ) -> Told<'a> {
        Told { statements, policy: Lines::new(policy.document) }
    }

    /// The file and line of what decides the calls that show something, or else of their tool.
    pub(super) fn place(&self, violation: &Violation) -> (String, usize) {
        let of_file = |place: &str| {
            let (file, line) = place.rsplit_once(':')?;
            Some((file.to_owned(), line.parse().ok()?))
        };
        let decided = violation.decided.as_ref();
        let of_pointer = || {
            let pointer = decided.map(|decided| decided.pointer.as_str());
            match pointer.filter(|pointer| !pointer.is_empty()) {
                Some(pointer) => self.policy.of(pointer),
                None => self.policy.of_tool(&ToolName::Named(violation.tool.clone())),
            }
        };
        let of_files = decided.and_then(|decided| of_file(decided.place.as_deref()?));
        of_files.unwrap_or_else(|| (self.policy.document.name.clone(), of_pointer()))
    }

    /// What must hold, where that is written, and what one tool shows, in one line.
    pub(super) fn failure(&self, answer: &Checked<'_>, violation: &Violation) -> String {
        format!("{}; {}", self.expected(answer), self.found(violation))
    }

    /// The same for what all tools show, one line each; none where the statement holds.
    pub(in crate::report) fn failures(&self, answer: &Checked<'_>) -> Vec<String> {
        let mut lines = listed(answer, |violation| self.found(violation));
        if let Some(first) = lines.first_mut() {
            *first = format!("{}; {first}", self.expected(answer));
        }
        lines
    }

    fn expected(&self, answer: &Checked<'_>) -> String {
        let (says, file) = (answer.statement.says().to_string(), &self.statements.document.name);
        let line = self.statements.of(answer.statement.pointer.as_str());
        format!("expected: {} ({}:{line})", escape(&says), escape(file))
    }

    fn found(&self, violation: &Violation) -> String {
        let (file, line) = self.place(violation);
        let place = format!("({}:{line})", escape(&file));
        let shown = shown(violation);
        match &violation.decided {
            None => format!("it cannot be told {place}: {shown}"),
            Some(decided) if decided.rule.is_empty() => {
                format!("found {} {place}: {shown}", decided.outcome)
            }
            Some(decided) => {
                let rule = escape(&decided.rule);
                format!("found {}, by {rule} {place}: {shown}", decided.outcome)
            }
        }
    }
}
