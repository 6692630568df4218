//! Test files as a JUnit report: one suite a file and policy, one test case a case or statement.

use std::io::{self, Write};

use super::report::{TestReport, TestedFile, TestedSet};
use super::words;
use crate::report::access::words::Lines;
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
    let lines = Lines::new(file.document);
    let cases = set.cases.iter().map(|(case, failed)| {
        let failure = failed.as_ref().map(|failed| words::failure(&lines, set, case, failed));
        junit_case(case, failure)
    });
    let cases = cases.chain(junit_cases(&set.statements)).collect();
    Suite { name: escape(&name).into_owned(), cases, words: words::left_out(set.counts()) }
}

fn junit_case(case: &Case, failure: Option<String>) -> junit::Case {
    let verdict = match failure {
        None => Verdict::Passed(None),
        Some(failure) => Verdict::Failure(Complaint {
            message: escape(&failure).into_owned(),
            kind: Some("case"),
            words: None,
        }),
    };
    let class = Some("gatelint.test".to_owned());
    junit::Case { name: escape(&case.name).into_owned(), class, verdict }
}
