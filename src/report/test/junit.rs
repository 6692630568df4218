//! Test files as a JUnit report: one suite a file and policy, one test case a case or statement.

use std::io::{self, Write};

use super::report::{BrokenTest, Mutants, TestMistake, TestReport, TestedFile, TestedSet};
use super::words;
use crate::mutation::{Fate, Mutant};
use crate::report::access::words::Lines;
use crate::report::assert::junit_cases;
use crate::report::common::escape::escape;
use crate::report::common::junit::{self, Complaint, Suite, Verdict};
use crate::testing::Case;

/// Writes a test case for each case and each statement: a failure where it is not as it must be, an error
/// where that cannot be told, or where a file could not be run; and one for each mutant.
///
/// # Errors
/// The output cannot be written.
pub fn write_tests_junit(out: &mut dyn Write, report: &TestReport<'_>) -> io::Result<()> {
    let sets = report.files.iter().flat_map(|file| file.sets.iter().map(move |set| (file, set)));
    let suites = sets.map(|(file, set)| suite(file, set));
    let suites = suites.chain(report.broken.iter().map(of_broken));
    let suites = suites.chain(report.mutants.iter().map(of_mutants));
    let covered = words::covered(report).map(|words| Suite {
        name: "coverage".to_owned(),
        cases: Vec::new(),
        words: Some(words),
    });
    let suites: Vec<Suite> = suites.chain(covered).collect();
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
    let slips = set.slips.iter().map(|slip| escape(&words::slip(set, slip)).into_owned());
    let words: Vec<String> = slips.chain(words::left_out(set.counts())).collect();
    let words = (!words.is_empty()).then(|| words.join("\n"));
    Suite { name: escape(&name).into_owned(), cases, words }
}

/// What is wrong in a file that could not be run.
fn of_broken(broken: &BrokenTest) -> Suite {
    let case = |mistake: &TestMistake| {
        let words = mistake.help.as_ref().map(|help| format!("help: {}", escape(help)));
        let verdict = Verdict::Error(Complaint {
            message: escape(&mistake.message).into_owned(),
            kind: Some("not-run"),
            words,
        });
        junit::Case { name: escape(&mistake.place()).into_owned(), class: class(), verdict }
    };
    let cases = broken.mistakes.iter().map(case).collect();
    Suite { name: escape(&broken.title).into_owned(), cases, words: None }
}

/// A test case for each mutant: tests that it passes fail.
fn of_mutants(mutants: &Mutants<'_>) -> Suite {
    let case = |(number, mutant, fate): (usize, &Mutant, &Fate<'_>)| {
        let complaint = |kind| Complaint {
            message: escape(&words::passes(fate, mutants.secrets).unwrap_or_default()).into_owned(),
            kind: Some(kind),
            words: None,
        };
        let verdict = match fate {
            Fate::Survives(_) => Verdict::Failure(complaint("mutant-survives")),
            Fate::Unknown(_) => Verdict::Error(complaint("mutant-unknown")),
            Fate::KilledByCase(_) | Fate::KilledByStatement(_) | Fate::Equivalent => {
                Verdict::Passed(None)
            }
        };
        let name = words::mutant(mutants, number, mutant);
        junit::Case { name: escape(&name).into_owned(), class: class(), verdict }
    };
    let name = format!("mutants of {}", mutants.name());
    let words = Some(words::mutants(mutants));
    Suite { name: escape(&name).into_owned(), cases: mutants.told().map(case).collect(), words }
}

fn class() -> Option<String> {
    Some("gatelint.test".to_owned())
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
    junit::Case { name: escape(&case.name).into_owned(), class: class(), verdict }
}
