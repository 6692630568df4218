//! What came of test files as a comment on a pull request.

use std::fmt::Write;

use super::report::{Mutants, TestReport};
use super::words;
use crate::mutation::Mutant;
use crate::report::access::markdown::{code, plain};
use crate::report::access::words::Lines;
use crate::report::assert::write_assertions_markdown;
use crate::report::coverage::write_coverage_markdown;

/// Writes for each file and policy how many expectations are met, and a table of those that are not, as
/// GitHub-flavoured Markdown.
pub fn write_tests_markdown(out: &mut String, report: &TestReport<'_>) {
    for file in &report.files {
        let lines = Lines::new(file.document);
        for set in &file.sets {
            let counts = set.counts();
            let mark = if counts.are_met() { "✅" } else { "❌" };
            let (name, policy) = (code(&file.document.name), code(&set.name()));
            _ = writeln!(out, "### {mark} {name} under {policy}: {}\n", words::tally(counts));
            if counts.passed < counts.cases {
                out.push_str("| case | expected | found | call |\n|---|---|---|---|\n");
            }
            for (case, failed) in &set.cases {
                let Some(failed) = failed else { continue };
                let failure = &failed.failure;
                let expected = &failure.played.step.expected;
                _ = writeln!(
                    out,
                    "| {} (line {}) | {} | {} | {} |",
                    plain(&case.name),
                    lines.of(expected.pointer.as_str()),
                    plain(&words::expected(expected)),
                    plain(&words::found(&failure.found, &failure.wrong)),
                    code(&words::call(case, &failure.played, set.secrets).concat())
                );
            }
            out.push('\n');
            for slip in &set.slips {
                let line = lines.of(slip.step.pointer.as_str());
                _ = writeln!(out, "⚠️ {} (line {line})\n", plain(&words::slip(set, slip)));
            }
            write_assertions_markdown(out, &set.statements);
        }
    }
    for broken in &report.broken {
        _ = writeln!(out, "### ❌ {}\n", plain(&broken.title));
        for mistake in &broken.mistakes {
            _ = writeln!(out, "- {}: {}", code(&mistake.place()), plain(&mistake.words()));
        }
        out.push('\n');
    }
    report.mutants.iter().for_each(|mutants| write_mutants(out, mutants));
    if let Some(coverage) = &report.coverage {
        write_coverage_markdown(out, coverage);
    }
}

fn write_mutants(out: &mut String, mutants: &Mutants<'_>) {
    let mark = if mutants.are_killed() { "✅" } else { "⚠️" };
    let name = code(&mutants.name());
    _ = writeln!(out, "### {mark} {name}: {}\n", plain(&words::mutants(mutants)));
    if !mutants.are_killed() {
        out.push_str("| mutant that passes all tests | missing case |\n|---|---|\n");
    }
    let mut write = |number, mutant: &Mutant, shown: String| {
        let (file, line) = mutants.place(number, mutant);
        let place = plain(&format!("{file}:{line}"));
        _ = writeln!(out, "| {} ({place}) | {shown} |", code(&mutant.to_string()));
    };
    for (number, mutant, case) in mutants.survivors() {
        write(number, mutant, code(&words::missing_line(case, mutants.secrets)));
    }
    for (number, mutant, why) in mutants.unknown() {
        write(number, mutant, format!("unknown: {}", plain(&why.to_string())));
    }
    out.push('\n');
}
