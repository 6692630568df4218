//! What came of test files, for people.

use std::fmt::Write;

use super::report::{FailedCase, Mutants, TestReport, TestedFile, TestedSet};
use super::words;
use crate::mutation::Mutant;
use crate::replay::Explanation;
use crate::report::access::words::Lines;
use crate::report::assert::{write_answers, write_warnings};
use crate::report::common::detail::{Detail, write_policy};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::words::cut;
use crate::report::common::wrap::fitted;
use crate::report::coverage::write_coverage;
use crate::report::explain::write_steps;
use crate::testing::Case;

/// How many failures are walked step by step; of more only what was expected and found is said.
const WALKED: usize = 20;

/// How many characters of a call are shown.
const LONG: usize = 160;

/// Writes for every file and policy how many expectations are met, then those that are not, each with the
/// steps of its decision.
pub fn write_tests(out: &mut String, report: &TestReport<'_>, style: &Style, detail: Detail) {
    fitted(out, style, |out| match detail {
        Detail::Summary => _ = writeln!(out, "{}", words::tally(report.counts())),
        _ => write_parts(out, report, style, detail),
    });
}

fn write_parts(out: &mut String, report: &TestReport<'_>, style: &Style, detail: Detail) {
    let mut walked = 0;
    for file in &report.files {
        let lines = Lines::new(file.document);
        for set in &file.sets {
            write_headline(out, file, set, style);
            if detail == Detail::Files {
                write_passing(out, &lines, set, style);
            }
            for (case, failed) in &set.cases {
                let Some(failed) = failed else { continue };
                write_case(out, &lines, set, case, failed, style);
                if walked < WALKED {
                    write_walk(out, set, failed, style);
                }
                walked += 1;
            }
            write_answers(out, &lines, &set.statements, style);
            for slip in &set.slips {
                let line = lines.of(slip.step.pointer.as_str());
                let place = style.dim(&format!("({}:{line})", escape(&file.document.name)));
                let (word, words) = (style.paint("33", "warning"), words::slip(set, slip));
                _ = writeln!(out, "{word}: {}  {place}", escape(&words));
            }
            write_warnings(out, &lines, &set.statements, style);
        }
    }
    if let Some(more) = walked.checked_sub(WALKED).filter(|more| *more > 0) {
        _ = writeln!(
            out,
            "{}",
            style.dim(&format!("The steps of {more} more failures are not shown."))
        );
    }
    report.mutants.iter().for_each(|mutants| write_mutants(out, mutants, style));
    if let Some(coverage) = &report.coverage {
        write_coverage(out, coverage, style);
        out.push('\n');
    }
    let counts = report.counts();
    // What would stand below its own line says nothing more.
    if out.lines().nth(1).is_some() || counts.broken > 0 {
        _ = writeln!(out, "{}", style.bold(&words::tally(counts)));
    }
}

fn write_headline(out: &mut String, file: &TestedFile<'_>, set: &TestedSet<'_>, style: &Style) {
    let counts = set.counts();
    let color = if counts.are_met() { "32" } else { "31" };
    let tally = style.paint(color, &words::tally(counts));
    let (file, policy) = (escape(&file.document.name), set.name());
    _ = writeln!(out, "{file} under {}: {tally}", escape(&policy));
}

/// Writes under which policies a file was run, and which cases pass.
fn write_passing(out: &mut String, lines: &Lines<'_>, set: &TestedSet<'_>, style: &Style) {
    for (document, policy) in &set.policies {
        write_policy(out, &format!("  {}", document.name), policy, style);
    }
    for (case, _) in set.cases.iter().filter(|(_, failed)| failed.is_none()) {
        let place = case.steps.first().map(|step| lines.place(step.expected.pointer.as_str()));
        let place = style.dim(&format!("({})", escape(&place.unwrap_or_default())));
        _ = writeln!(out, "  {}: {}  {place}", style.paint("32", "passes"), escape(&case.name));
    }
}

fn write_case(
    out: &mut String,
    lines: &Lines<'_>,
    set: &TestedSet<'_>,
    case: &Case,
    failed: &FailedCase<'_>,
    style: &Style,
) {
    let failure = &failed.failure;
    let step = failure.played.step;
    let place =
        format!("({}:{})", escape(&lines.document.name), lines.of(step.expected.pointer.as_str()));
    let name = escape(&case.name);
    _ = writeln!(out, "  {}: {name}  {}", style.paint("31", "fails"), style.dim(&place));
    let [record, which] = words::call(case, &failure.played, set.secrets);
    let rows = [
        ("call", format!("{}{which}", cut(&record, LONG))),
        ("expected", words::expected(&step.expected)),
        ("found", words::found(&failure.found, &failure.wrong)),
    ];
    for (title, text) in rows {
        _ = writeln!(out, "    {title:<9} {}", escape(&text));
    }
    if let Some(remedy) = &failed.remedy {
        _ = writeln!(out, "    {:<9} {}", "help", escape(remedy));
    }
    if let Some(place) = set.rule_at(&failed.failure.found) {
        _ = writeln!(out, "    {:<9} {}", "rule at", style.dim(&escape(&place)));
    }
}

fn write_walk(out: &mut String, set: &TestedSet<'_>, failed: &FailedCase<'_>, style: &Style) {
    let Some((number, walk)) = &failed.walk else { return };
    let played = &failed.failure.played;
    let Some((_, policy)) = set.policies.get(*number as usize) else { return };
    let explanation = Explanation {
        policy,
        record: &played.step.record,
        number: None,
        file: None,
        time: Some(played.time),
        walk: walk.clone(),
    };
    let mut steps = String::new();
    write_steps(&mut steps, &explanation, set.secrets, style);
    for line in steps.lines() {
        let line = format!("      {line}");
        _ = writeln!(out, "{}", line.trim_end());
    }
}

/// Writes which mutants pass all tests, and which case is missing.
fn write_mutants(out: &mut String, mutants: &Mutants<'_>, style: &Style) {
    let color = if mutants.are_killed() { "32" } else { "33" };
    let tally = style.paint(color, &words::mutants(mutants));
    _ = writeln!(out, "{}: {tally}", escape(&mutants.name()));
    let mut write = |word: &str, (number, mutant): (usize, &Mutant), shown: &[String]| {
        let (file, line) = mutants.place(number, mutant);
        let place = style.dim(&format!("({}:{line})", escape(&file)));
        let what = mutant.to_string();
        _ = writeln!(out, "  {}: {}  {place}", style.paint("33", word), escape(&what));
        for line in shown {
            _ = writeln!(out, "    {}", escape(line));
        }
    };
    for (number, mutant, case) in mutants.survivors() {
        let steps = words::missing(case, mutants.secrets);
        let titles = std::iter::once("missing").chain(std::iter::repeat("then"));
        let line = |(title, [record, rest]): (&str, [String; 2])| {
            format!("{title:<9} {}{rest}", cut(&record, LONG))
        };
        let steps = titles.zip(steps).map(line);
        write("survives", (number, mutant), &steps.collect::<Vec<_>>());
    }
    for (number, mutant, why) in mutants.unknown() {
        write("unknown", (number, mutant), &[why.to_string()]);
    }
}
