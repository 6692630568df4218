//! Statements that do not hold, or say nothing, as annotations of files.

use super::human::{Assertions, describe, reason};
use super::told::Told;
use crate::assertion::{Checked, Violation};
use crate::report::access::words::Lines;

/// The rules of the annotations, with their SARIF levels and what they mean.
pub(super) const RULES: [(&str, &str, &str); 3] = [
    ("statement-fails", "error", "The policy decides calls otherwise than a statement says."),
    (
        "statement-unknown",
        "warning",
        "It cannot be told whether a statement holds under the policy.",
    ),
    (
        "statement-vacuous",
        "warning",
        "A statement says nothing, or less than it seems to: nobody knows its tool, or no call meets its conditions.",
    ),
];

/// One annotation of a policy, or of the file of statements.
pub(super) struct Annotation {
    /// The index of its rule among [`RULES`].
    pub(super) rule: usize,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) message: String,
}

/// Everything that is not as it should be.
pub(super) fn annotations(assertions: &Assertions<'_>) -> Vec<Annotation> {
    let mut found = Vec::new();
    let lines = Lines::new(assertions.document);
    for policy in &assertions.policies {
        let told = Told::new(&lines, policy);
        let annotate = |answer: &Checked<'_>, violation: &Violation| {
            let name = answer.statement.name.as_ref();
            let name = name.map(|_| format!("{}: ", describe(answer.statement)));
            let (file, line) = told.place(violation);
            let message = told.failure(answer, violation);
            let rule = usize::from(!violation.evidence.is_certain());
            Annotation { rule, file, line, message: name.unwrap_or_default() + &message }
        };
        for answer in &policy.answers {
            found.extend(answer.violations.iter().map(|violation| annotate(answer, violation)));
        }
    }
    found.extend(assertions.warnings.iter().map(|warning| Annotation {
        rule: 2,
        file: assertions.document.name.clone(),
        line: lines.of(warning.statement.pointer.as_str()),
        message: format!("{}: {}", describe(warning.statement), reason(warning)),
    }));
    found
}
