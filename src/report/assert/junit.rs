//! Statements as a JUnit report: one suite a policy, one test case a statement.

use std::io::{self, Write};

use super::human::{Assertions, CheckedPolicy, describe, guessed, reason, verdict};
use super::told::Told;
use crate::assertion::{Checked, Vacuous};
use crate::report::access::words::Lines;
use crate::report::common::escape::escape;
use crate::report::common::junit::{self, Case, Complaint, Suite, Verdict};

/// Writes a test case for each statement: a failure where calls show that it does not hold, an error
/// where that cannot be told.
///
/// # Errors
/// The output cannot be written.
pub fn write_assertions_junit(out: &mut dyn Write, assertions: &Assertions<'_>) -> io::Result<()> {
    let lines = Lines::new(assertions.document);
    let suite = |policy: &CheckedPolicy<'_>| Suite {
        name: escape(&policy.document.name).into_owned(),
        cases: cases(assertions, &lines, policy),
        words: None,
    };
    let suites: Vec<Suite> = assertions.policies.iter().map(suite).collect();
    junit::write(out, "gatelint assert", &suites)
}

/// The test cases of all statements.
pub(in crate::report) fn junit_cases(assertions: &Assertions<'_>) -> Vec<Case> {
    let lines = Lines::new(assertions.document);
    assertions.policies.iter().flat_map(|policy| cases(assertions, &lines, policy)).collect()
}

fn cases(assertions: &Assertions<'_>, lines: &Lines<'_>, policy: &CheckedPolicy<'_>) -> Vec<Case> {
    let told = Told::new(lines, policy);
    policy.answers.iter().map(|answer| case(assertions, &told, answer)).collect()
}

fn case(assertions: &Assertions<'_>, told: &Told<'_>, answer: &Checked<'_>) -> Case {
    let same = |warning: &&Vacuous<'_>| std::ptr::eq(warning.statement, answer.statement);
    let warnings = assertions.warnings.iter().filter(same).map(reason);
    let mut shown = told.failures(answer).into_iter();
    let message = shown.next().unwrap_or_default();
    let words: Vec<String> = shown.chain(warnings).chain(guessed(answer)).collect();
    let words = (!words.is_empty()).then(|| words.join("\n"));
    let kind = verdict(answer);
    let complaint = |words| Complaint { message, kind: Some(kind), words };
    let verdict = match kind {
        "proved" => Verdict::Passed(words),
        "unknown" => Verdict::Error(complaint(words)),
        _ => Verdict::Failure(complaint(words)),
    };
    let class = Some("gatelint.assert".to_owned());
    Case { name: describe(answer.statement), class, verdict }
}
