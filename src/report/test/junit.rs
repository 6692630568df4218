//! Test files as a JUnit report: one suite a file and policy, one test case a case or statement.

use std::io::{self, Write};

use super::report::{FailedCase, TestReport, TestedFile, TestedSet};
use super::words;
use crate::report::assert::junit_cases;
use crate::report::common::escape::escape;
use crate::report::common::junit::{self, Complaint, Suite, Verdict};
use crate::testing::Case;

/// Writes a test case for each case and each statement: a failure where it is not as it must be, an error
/// where that cannot be told.
///
/// # Errors
/// The output cannot be written.
pub fn write_tests_junit(out: &mut dyn Write, report: &TestReport<'_>) -> io::Result<()> {
    let sets = report.files.iter().flat_map(|file| file.sets.iter().map(move |set| (file, set)));
    let suites: Vec<Suite> = sets.map(|(file, set)| suite(file, set)).collect();
    junit::write(out, "gatelint test", &suites)
}

fn suite(file: &TestedFile<'_>, set: &TestedSet<'_>) -> Suite {
    let name = format!("{} under {}", file.document.name, set.name());
    let cases = set.cases.iter().map(|(case, failed)| junit_case(case, failed.as_ref()));
    let cases = cases.chain(junit_cases(&set.statements)).collect();
    Suite { name: escape(&name).into_owned(), cases }
}

fn junit_case(case: &Case, failed: Option<&FailedCase<'_>>) -> junit::Case {
    let verdict = match failed {
        None => Verdict::Passed(None),
        Some(failed) => Verdict::Failure(Complaint {
            message: escape(&words::failure(case, failed)).into_owned(),
            kind: Some("case"),
            words: None,
        }),
    };
    let class = Some("gatelint.test".to_owned());
    junit::Case { name: escape(&case.name).into_owned(), class, verdict }
}
