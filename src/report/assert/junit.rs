//! Statements as a JUnit report: one suite a policy, one test case a statement.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::human::{Assertions, CheckedPolicy, describe, reason, shown, verdict};
use crate::assertion::{Checked, Vacuous};
use crate::report::common::escape::escape;

/// Writes a test case for each statement: a failure where calls show that it does not hold, an error
/// where that cannot be told.
///
/// # Errors
/// The output cannot be written.
pub fn write_assertions_junit(out: &mut dyn Write, assertions: &Assertions<'_>) -> io::Result<()> {
    let mut junit = Report::new("gatelint assert");
    for policy in &assertions.policies {
        junit.add_test_suite(suite(assertions, policy));
    }
    junit.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn suite(assertions: &Assertions<'_>, policy: &CheckedPolicy<'_>) -> TestSuite {
    let mut suite = TestSuite::new(&*escape(&policy.document.name));
    for answer in &policy.answers {
        suite.add_test_case(case(assertions, answer));
    }
    suite
}

fn case(assertions: &Assertions<'_>, answer: &Checked<'_>) -> TestCase {
    let kind = match verdict(answer) {
        "proved" => None,
        "unknown" => Some(NonSuccessKind::Error),
        _ => Some(NonSuccessKind::Failure),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(verdict(answer)).set_message(shown(answer).unwrap_or_default());
        status
    });
    let mut case = TestCase::new(describe(answer.statement), status);
    case.set_classname("gatelint.assert");
    let same = |warning: &&Vacuous<'_>| std::ptr::eq(warning.statement, answer.statement);
    let warnings: Vec<String> = assertions.warnings.iter().filter(same).map(reason).collect();
    if !warnings.is_empty() {
        case.set_system_out(warnings.join("\n"));
    }
    case
}
