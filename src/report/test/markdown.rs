//! What came of test files as a comment on a pull request.

use super::report::{Mutants, TestReport, TestedFile, TestedSet};
use super::words;
use crate::mutation::Mutant;
use crate::report::access::words::Lines;
use crate::report::assert::write_assertions_markdown;
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, code, plain, prose};
use crate::report::coverage::write_coverage_markdown;

/// What fails.
const FAILS: Rank = (1, 0);

/// Writes what could not be run, then for each file and policy how many expectations are met and a table of those that
/// are not, those first that fail.
pub fn write_tests_markdown(comment: &mut Comment, report: &TestReport<'_>) {
    for broken in &report.broken {
        let heading = format!("### ❌ {}", plain(&broken.title));
        comment.heading((0, 0), Things("file", "files"), heading);
        let mut mistakes = Rows::list(Things("mistake", "mistakes"));
        for mistake in &broken.mistakes {
            let (place, words) = (code(&mistake.place()), prose(&mistake.words()));
            mistakes.item((0, 1), format!("{place}: {words}"));
        }
        comment.rows(mistakes);
    }
    let all = report.files.iter().flat_map(|file| file.sets.iter().map(move |set| (file, set)));
    let (met, failing): (Vec<_>, Vec<_>) = all.partition(|(_, set)| set.counts().are_met());
    failing.iter().chain(&met).for_each(|(file, set)| write_set(comment, file, set));
    report.mutants.iter().for_each(|mutants| write_mutants(comment, mutants));
    if let Some(coverage) = &report.coverage {
        write_coverage_markdown(comment, coverage);
    }
}

fn write_set(comment: &mut Comment, file: &TestedFile<'_>, set: &TestedSet<'_>) {
    let lines = Lines::new(file.document);
    let counts = set.counts();
    let (mark, rank) = if counts.are_met() { ("✅", (4, 0)) } else { ("❌", FAILS) };
    let (name, policy) = (code(&file.document.name), code(&set.name()));
    let heading = format!("### {mark} {name} under {policy}: {}", words::tally(counts));
    comment.heading(rank, Things("file", "files"), heading);
    let columns = ["case", "expected", "found", "call"].map(Column::Text);
    let mut table = Rows::table(Things("failing case", "failing cases"), &columns);
    for (case, failed) in &set.cases {
        let Some(failed) = failed else { continue };
        let failure = &failed.failure;
        let expected = &failure.played.step.expected;
        let line = lines.of(expected.pointer.as_str());
        let cells = [
            format!("{} (line {line})", plain(&case.name)),
            plain(&words::expected(expected)),
            plain(&words::found(&failure.found, &failure.wrong)),
            code(&words::call(case, &failure.played, set.secrets).concat()),
        ];
        table.row(FAILS, 1, &cells);
    }
    comment.rows(table);
    let mut slips = Rows::list(Things("warning", "warnings"));
    for slip in &set.slips {
        let line = lines.of(slip.step.pointer.as_str());
        slips.item((2, 0), format!("⚠️ {} (line {line})", prose(&words::slip(set, slip))));
    }
    comment.rows(slips);
    write_assertions_markdown(comment, &set.statements);
}

fn write_mutants(comment: &mut Comment, mutants: &Mutants<'_>) {
    let mark = if mutants.are_killed() { "✅" } else { "⚠️" };
    let name = code(&mutants.name());
    let heading = format!("### {mark} {name}: {}", plain(&words::mutants(mutants)));
    comment.heading((4, 0), Things("policy with mutants", "policies with mutants"), heading);
    let columns = ["mutant that passes all tests", "missing case"].map(Column::Text);
    let mut table = Rows::table(Things("mutant", "mutants"), &columns);
    let mut write = |number, mutant: &Mutant, shown: String| {
        let (file, line) = mutants.place(number, mutant);
        let place = plain(&format!("{file}:{line}"));
        table.row((3, 0), 1, &[format!("{} ({place})", code(&mutant.to_string())), shown]);
    };
    for (number, mutant, case) in mutants.survivors() {
        write(number, mutant, code(&words::missing_line(case, mutants.secrets)));
    }
    for (number, mutant, why) in mutants.unknown() {
        write(number, mutant, format!("unknown: {}", plain(&why.to_string())));
    }
    comment.rows(table);
}
