//! What came of test files as a page, with what the cases cover of the policies.

use super::report::{Mutants, TestReport};
use super::words;
use crate::report::access::words::Lines;
use crate::report::assert::{all_shown, describe, reason, verdict};
use crate::report::common::words::cut;
use crate::report::coverage::write_coverage_html;
use crate::report::html::{Cell, Column, Markup, Page, Table, prose, tiles};

/// How many rows each table has.
const SHOWN: usize = 500;

/// How many characters of a call or an answer are shown.
const LONG: usize = 1_200;

/// How many tools are told of that show that a statement fails.
const TOOLS: usize = 5;

/// What came of test files, as a document.
pub fn write_tests_html(report: &TestReport<'_>) -> String {
    let mut page = Page::new("gatelint test", &words::tally(report.counts()));
    page.lead(|out| write_lead(out, report));
    write_cases(&mut page, report);
    write_slips(&mut page, report);
    write_statements(&mut page, report);
    write_mutants(&mut page, report);
    if let Some(coverage) = &report.coverage {
        write_coverage_html(&mut page, coverage);
    }
    page.finish()
}

fn write_lead(out: &mut Markup, report: &TestReport<'_>) {
    let counts = report.counts();
    let mut shown = Vec::new();
    let mut add = |what, [all, met]: [usize; 2], bad, good| {
        if all > 0 {
            let class = if all == met { "covered" } else { "error" };
            let rest =
                if all == met { format!("all {good}") } else { format!("{} {bad}", all - met) };
            shown.push((class, what, format!("{met}/{all}"), rest));
        }
    };
    add("cases", [counts.cases, counts.passed], "fail", "pass");
    add("statements", [counts.statements, counts.holding], "do not hold", "hold");
    if let Some(coverage) = &report.coverage {
        let share = coverage.share();
        let class = if share.covered == share.items { "covered" } else { "warning" };
        let percent = crate::report::coverage::percent_covered(share.percent());
        let rest = format!("{} of {} items", share.covered, share.items);
        shown.push((class, "coverage", percent, rest));
    }
    tiles(out, &shown);
}

/// Writes every case with what came of it, those that fail first.
fn write_cases(page: &mut Page, report: &TestReport<'_>) {
    let (mut failed, mut passed): (Vec<Vec<Cell>>, Vec<Vec<Cell>>) = (Vec::new(), Vec::new());
    for file in &report.files {
        let lines = Lines::new(file.document);
        for set in &file.sets {
            let policy = set.name();
            for (case, failure) in &set.cases {
                let (class, word) =
                    if failure.is_some() { ("error", "fails") } else { ("covered", "passes") };
                let mut row = vec![Cell::text(&case.name), Cell::marked(class, word)];
                let mut place = file.document.name.clone();
                let told = failure.as_ref().map(|failed| {
                    let failure = &failed.failure;
                    let expected = &failure.played.step.expected;
                    place += &format!(":{}", lines.of(expected.pointer.as_str()));
                    [
                        Cell::text(&cut(&words::expected(expected), LONG)),
                        Cell::text(&cut(&words::found(&failure.found, &failure.wrong), LONG)),
                        Cell::code(&cut(
                            &words::call(case, &failure.played, set.secrets).concat(),
                            LONG,
                        )),
                    ]
                });
                row.extend(told.unwrap_or_default());
                row.extend([Cell::text(&place), Cell::code(&policy)]);
                let rows = if failure.is_some() { &mut failed } else { &mut passed };
                rows.push(row);
            }
        }
    }
    let mut rows = failed;
    rows.append(&mut passed);
    let columns = [
        Column::Text("case"),
        Column::Choice("result"),
        Column::Text("expected"),
        Column::Text("found"),
        Column::Text("call"),
        Column::Text("place"),
        Column::Choice("policy"),
    ];
    write_table(page, "Cases", "Every case, those that fail first", &columns, rows);
}

/// Writes which names in cases are slips of others.
fn write_slips(page: &mut Page, report: &TestReport<'_>) {
    let mut rows = Vec::new();
    for file in &report.files {
        let lines = Lines::new(file.document);
        for (set, slip) in
            file.sets.iter().flat_map(|set| set.slips.iter().map(move |it| (set, it)))
        {
            let words = words::slip(set, slip);
            let line = lines.of(slip.step.pointer.as_str());
            rows.push(vec![
                Cell::of(|out| prose(out, &cut(&words, LONG))),
                Cell::text(&format!("{}:{line}", file.document.name)),
            ]);
        }
    }
    let columns = [Column::Text("warning"), Column::Text("place")];
    let caption = "Names in cases that may be slips of others";
    write_table(page, "Warnings", caption, &columns, rows);
}

/// Writes every statement with its answer, and those that say nothing.
fn write_statements(page: &mut Page, report: &TestReport<'_>) {
    let mut rows: Vec<(bool, Vec<Cell>)> = Vec::new();
    for set in report.files.iter().flat_map(|file| &file.sets) {
        let lines = Lines::new(set.statements.document);
        let place = |pointer| Cell::text(&format!("{}:{}", lines.document.name, lines.of(pointer)));
        for policy in &set.statements.policies {
            for answer in &policy.answers {
                let class = match verdict(answer) {
                    "proved" => "covered",
                    "unknown" => "warning",
                    _ => "error",
                };
                let shown = Cell::of(|out| {
                    for line in all_shown(answer).iter().take(TOOLS + 2) {
                        out.element("div", &[], |out| out.leaf("code", &[], &cut(line, LONG)));
                    }
                });
                rows.push((
                    answer.holds(),
                    vec![
                        Cell::text(&describe(answer.statement)),
                        Cell::marked(class, verdict(answer)),
                        shown,
                        place(answer.statement.pointer.as_str()),
                        Cell::code(&policy.document.name),
                    ],
                ));
            }
        }
        rows.extend(set.statements.warnings.iter().map(|warning| {
            let statement = warning.statement;
            let cells = vec![
                Cell::text(&describe(statement)),
                Cell::marked("warning", "says nothing"),
                Cell::text(&reason(warning)),
                place(statement.pointer.as_str()),
                Cell::default(),
            ];
            (false, cells)
        }));
    }
    rows.sort_by_key(|(holds, _)| *holds);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let columns = [
        Column::Text("statement"),
        Column::Choice("answer"),
        Column::Text("what shows it"),
        Column::Text("place"),
        Column::Choice("policy"),
    ];
    let caption = "Every statement, those that do not hold first";
    write_table(page, "Statements", caption, &columns, rows);
}

/// Writes which mutants pass all tests, and which case is missing.
fn write_mutants(page: &mut Page, report: &TestReport<'_>) {
    if report.mutants.is_empty() {
        return;
    }
    let mut rows = Vec::new();
    for mutants in &report.mutants {
        let survivors = mutants.survivors().map(|(number, mutant, case)| {
            (
                number,
                mutant,
                Cell::marked("warning", "survives"),
                words::missing_line(case, mutants.secrets),
            )
        });
        let unknown = mutants.unknown().map(|(number, mutant, why)| {
            (number, mutant, Cell::marked("indeterminate", "unknown"), why.to_string())
        });
        for (number, mutant, word, shown) in survivors.chain(unknown) {
            let (file, line) = mutants.place(number, mutant);
            let shown = Cell::code(&cut(&shown, LONG));
            let place = Cell::text(&format!("{file}:{line}"));
            rows.push(vec![Cell::text(&mutant.to_string()), word, shown, place]);
        }
    }
    page.section("Mutants", |out| {
        let tally =
            |mutants: &Mutants<'_>| format!("{}: {}", mutants.name(), words::mutants(mutants));
        let tallies = report.mutants.iter().map(tally);
        tallies.for_each(|tally| out.leaf("p", &[], &cut(&tally, LONG)));
        let more = rows.split_off(rows.len().min(SHOWN)).len();
        let columns = [
            Column::Text("mutant"),
            Column::Choice("fate"),
            Column::Text("missing case"),
            Column::Text("place"),
        ];
        if !rows.is_empty() {
            let caption = "Edits of the policies that pass all tests";
            Table { caption, columns: &columns, rows, more }.write(out);
        }
    });
}

/// Writes a section with a table; nothing where it has no row.
fn write_table(
    page: &mut Page,
    title: &str,
    caption: &str,
    columns: &[Column<'_>],
    mut rows: Vec<Vec<Cell>>,
) {
    if rows.is_empty() {
        return;
    }
    let more = rows.split_off(rows.len().min(SHOWN)).len();
    page.section(title, |out| Table { caption, columns, rows, more }.write(out));
}
