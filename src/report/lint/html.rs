//! Findings as a page: all of them in a table, and in the margin of the policies' own text.

use std::cmp::Reverse;

use super::human::against;
use super::linted::Linted;
use crate::lint::{Finding, Report, Safety, Severity};
use crate::report::common::words::cut;
use crate::report::html::{
    Cell, Column, Listing, Markup, Page, Remark, Room, Table, mark, prose, tiles,
};
use crate::source::LineTable;

/// How many findings, files and paths are shown of each.
const SHOWN: usize = 500;

/// How many characters of a message or of its help are shown.
const LONG: usize = 1_200;

/// How many other places of a finding are named.
const RELATED: usize = 8;

/// What was found, as a document.
pub fn write_lint_html(linted: &Linted<'_>) -> String {
    let mut page = Page::new("gatelint lint", &linted.summary());
    page.lead(|out| write_lead(out, linted));
    write_findings(&mut page, linted);
    write_texts(&mut page, linted);
    write_policies(&mut page, linted);
    write_rest(&mut page, linted);
    page.finish()
}

fn write_lead(out: &mut Markup, linted: &Linted<'_>) {
    let found = Severity::ALL.map(|severity| {
        let name = severity.name();
        let number = linted.count(severity).to_string();
        (name, name, number, if severity == Severity::Info { "" } else { "findings" }.to_owned())
    });
    tiles(out, &found.into_iter().rev().collect::<Vec<_>>());
}

/// Writes every finding, the gravest first.
fn write_findings(page: &mut Page, linted: &Linted<'_>) {
    let mut rows: Vec<(Severity, Vec<Cell>)> = Vec::new();
    for (number, report) in linted.reports.iter().enumerate() {
        let (text, name) = (&report.document.text, &report.document.name);
        let lines = LineTable::new(text);
        for finding in &report.findings {
            let at = lines.position(text, finding.span.start);
            let place = Cell::of(|out| {
                let to = format!("#{}{}", prefix(number), at.line);
                out.leaf("a", &[("href", &to)], &format!("{name}:{}:{}", at.line, at.column));
            });
            let place = place.by(format!("{name}:{:08}:{:08}", at.line, at.column));
            let what = Cell::of(|out| write_what(out, finding));
            let grave = Cell::marked(finding.severity.name(), finding.severity.name());
            rows.push((finding.severity, vec![place, grave, Cell::code(finding.rule.name), what]));
        }
    }
    rows.sort_by_key(|(severity, _)| Reverse(*severity));
    page.section("Findings", |out| {
        if rows.is_empty() {
            out.leaf("p", &[], "Nothing was found.");
            return;
        }
        let more = rows.split_off(rows.len().min(SHOWN)).len();
        let columns = [
            Column::Text("place"),
            Column::Choice("severity"),
            Column::Choice("rule"),
            Column::Text("what"),
        ];
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        Table { caption: "The gravest first", columns: &columns, rows, more }.write(out);
    });
}

/// Writes what is wrong and what to do about it.
fn write_what(out: &mut Markup, finding: &Finding) {
    out.element("div", &[], |out| prose(out, &cut(&finding.message, LONG)));
    let fix = finding.fix.as_ref().map(|fix| format!("`{}`: {}", options(fix.safety), fix.title));
    for help in finding.help.iter().chain(&fix) {
        out.element("div", &[("class", &"note")], |out| prose(out, &cut(help, LONG)));
    }
}

/// The options that make fixes.
fn options(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "--fix",
        Safety::Unsafe => "--fix --unsafe-fixes",
    }
}

fn prefix(number: usize) -> String {
    format!("f{}-l", number + 1)
}

/// Writes the text of every document in which something was found.
fn write_texts(page: &mut Page, linted: &Linted<'_>) {
    let found = linted.reports.iter().enumerate().filter(|(_, report)| !report.findings.is_empty());
    let found: Vec<(usize, &Report)> = found.collect();
    if found.is_empty() {
        return;
    }
    page.section("Findings in the text", |out| {
        let mut room = Room::new();
        for (number, report) in &found {
            listing(report).write(out, "findings", &prefix(*number), &mut room);
        }
        room.write_rest(out);
    });
}

fn listing(report: &Report) -> Listing<'_> {
    let mut listing = Listing::new(&report.document);
    let lines = LineTable::new(&report.document.text);
    let line_of = |finding: &Finding| lines.line_of(finding.span.start) + 1;
    let mut by_gravity: Vec<&Finding> = report.findings.iter().collect();
    by_gravity.sort_by_key(|finding| finding.severity);
    for finding in by_gravity {
        // The gravest of a line comes last, and stays.
        let severity = finding.severity.name();
        listing.beside(line_of(finding), severity, severity.to_owned());
    }
    for finding in &report.findings {
        let line = line_of(finding);
        listing.mark(finding.span.clone());
        let says = Markup::of(|out| {
            out.element("div", &[], |out| {
                mark(out, finding.severity.name(), finding.severity.name());
                out.text(" ");
                out.leaf("code", &[], finding.rule.name);
            });
            write_what(out, finding);
            for related in finding.related.iter().take(RELATED) {
                let line = lines.line_of(related.span.start) + 1;
                let said = format!("line {line}: {}", cut(&related.message, LONG));
                out.element("div", &[("class", &"note")], |out| prose(out, &said));
            }
        });
        listing.note(Remark { line, class: finding.severity.name(), says });
    }
    listing
}

/// Writes what each policy was judged against.
fn write_policies(page: &mut Page, linted: &Linted<'_>) {
    let mut rows: Vec<Vec<Cell>> = linted
        .policies()
        .map(|report| {
            let number = report.findings.len() as u64;
            vec![
                Cell::code(&report.document.name),
                Cell::text(&against(report)),
                Cell::number(number),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let more = rows.split_off(rows.len().min(SHOWN)).len();
    page.section("Policies", |out| {
        let columns =
            [Column::Text("policy"), Column::Text("judged as"), Column::Number("findings")];
        let caption = "What each policy was judged against";
        Table { caption, columns: &columns, rows, more }.write(out);
    });
}

/// Writes what could not be read, and what was not judged although it may have been wanted.
fn write_rest(page: &mut Page, linted: &Linted<'_>) {
    let unreadable = linted.unreadable.iter().map(|one| (one.file.as_str(), one.message.as_str()));
    let doubtful = linted.doubtful();
    let mut rows: Vec<Vec<Cell>> = unreadable
        .map(|(file, why)| (file, "cannot be read", why))
        .chain(doubtful.map(|(file, why)| (file, "passed over", why)))
        .map(|(file, what, why)| vec![Cell::code(file), Cell::text(what), Cell::text(why)])
        .collect();
    if rows.is_empty() {
        return;
    }
    let more = rows.split_off(rows.len().min(SHOWN)).len();
    page.section("Not judged", |out| {
        let columns = [Column::Text("path"), Column::Choice("what"), Column::Text("why")];
        Table { caption: "Paths that were not judged", columns: &columns, rows, more }.write(out);
    });
}
