//! How the replay compares with the record, what it assumes and lacks, and what was not read.

use crate::engine::Outcome;
use crate::replay::Counts;
use crate::report::common::words::{count, cut};
use crate::report::html::{Cell, Column, Markup, Page, Table, grouped};
use crate::report::replay::recorded::{describe, headline};
use crate::report::replay::report::{ReplayReport, shown_outcomes};

/// How many files and lines are named.
const NAMED: usize = 50;

/// How many characters of a remark are shown.
const LONG: usize = 1_000;

/// Writes where the replay and the record disagree.
pub(super) fn write_recorded(page: &mut Page, report: &ReplayReport<'_>) {
    let Some(compared) = &report.totals.recorded else { return };
    let whose = if compared.of_agent { "what the agent did" } else { "the gateway's record" };
    page.section(&format!("Compared with {whose}"), |out| {
        if compared.calls() == 0 {
            out.leaf("p", &[], "No call has a recorded decision.");
            return;
        }
        out.leaf("p", &[], &headline(compared, report.totals.calls()));
        let mut decided = Counts::default();
        compared.matrix.iter().for_each(|row| decided.merge(row));
        let shown = shown_outcomes(&decided);
        let columns = [Column::Text("recorded")]
            .into_iter()
            .chain(shown.iter().map(|outcome| Column::Number(outcome.name())))
            .collect::<Vec<_>>();
        let rows = Outcome::ALL.iter().zip(&compared.matrix).filter(|(_, row)| row.calls() > 0);
        let row = |(recorded, row): (&Outcome, &Counts)| {
            let counts = shown.iter().map(|outcome| Cell::number(row.of(*outcome)));
            [Cell::outcome(*recorded)].into_iter().chain(counts).collect()
        };
        let caption = "Calls by what was recorded (rows) and what the replay says (columns)";
        Table { caption, columns: &columns, rows: rows.map(row).collect(), more: 0 }.write(out);
        write_list(out, compared.examples.iter().map(describe));
        let more = compared.disagreeing - compared.examples.len() as u64;
        if more > 0 {
            out.leaf("p", &[("class", &"note")], &format!("{} more disagree.", grouped(more)));
        }
    });
}

/// Writes what is to be known of the figures.
pub(super) fn write_remarks(page: &mut Page, report: &ReplayReport<'_>) {
    let totals = report.totals;
    let mut said: Vec<String> = Vec::new();
    said.extend(report.not_covered());
    said.extend(report.shared());
    if totals.uninspected > 0 {
        let calls = count(totals.uninspected, "call");
        said.push(format!("{calls} passed because the gateway forwards what it cannot decode"));
    }
    for (assumption, calls) in report.assumed() {
        said.push(format!("assumed: {assumption}, for {}", count(calls, "call")));
    }
    for (fact, calls) in &totals.missing {
        said.push(format!("missing: {fact}, of {}", count(*calls, "call")));
    }
    if report.refused > 0 {
        said.push(format!("{} refused by a person, and never made", count(report.refused, "call")));
    }
    let passed = report.passed_over.iter().take(NAMED);
    said.extend(passed.map(|passed| format!("passed over {}: {}", passed.file, passed.reason)));
    if report.bad_lines > 0 {
        said.push(format!("{} of the trace not valid", count(report.bad_lines, "line")));
    }
    let bad = report.bad_examples.iter().take(NAMED);
    said.extend(bad.map(|bad| format!("{}:{}: {}", bad.file, bad.line, bad.reason)));
    if !said.is_empty() {
        page.section("To be known", |out| write_list(out, said.into_iter()));
    }
}

fn write_list(out: &mut Markup, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        out.element("ul", &[], |out| {
            items.iter().for_each(|item| out.leaf("li", &[], &cut(item, LONG)))
        });
    }
}
