//! What calls have met of policies as sections of a page: shares, what was not met, and the policies' own lines.

use std::collections::BTreeMap;

use super::report::{CoverageReport, CoveredPolicy, Placed};
use super::words;
use crate::coverage::{Kind, Share};
use crate::report::html::{Cell, Column, Listing, Markup, Page, Remark, Room, Table, grouped};

/// How many parts are named that were not met, and how many policies.
const PARTS: usize = 400;

/// Writes a row for each policy, what was not met, and where in the texts that is.
pub(in crate::report) fn write_coverage_html(page: &mut Page, report: &CoverageReport<'_>) {
    page.section("Coverage", |out| {
        write_shares(out, report);
        report.policies.iter().for_each(|policy| write_unchecked(out, policy));
        write_not_met(out, report);
    });
    let texts =
        || report.policies.iter().enumerate().filter(|(_, policy)| has_text(report, policy));
    if texts().count() > 0 {
        page.section("Coverage, line by line", |out| {
            let mut room = Room::new();
            texts().for_each(|(number, _)| write_text(out, report, number, &mut room));
            room.write_rest(out);
        });
    }
}

/// Whether the parts of a policy stand in the text that it was read from, and not in several files.
fn has_text(report: &CoverageReport<'_>, policy: &CoveredPolicy<'_>) -> bool {
    report.placed(policy).iter().any(|placed| is_here(report, policy, placed))
}

fn is_here(
    report: &CoverageReport<'_>,
    policy: &CoveredPolicy<'_>,
    placed: &Placed<'_, '_>,
) -> bool {
    placed.line > 0 && placed.file == report.name_of(policy) && !policy.document.text.is_empty()
}

fn write_shares(out: &mut Markup, report: &CoverageReport<'_>) {
    let kinds = Kind::ALL.map(|kind| format!("{}s", kind.name()));
    let columns = [Column::Text("policy"), Column::Number("calls")]
        .into_iter()
        .chain(kinds.iter().map(|kind| Column::Number(kind)))
        .chain([Column::Number("all"), Column::Number("share")])
        .collect::<Vec<_>>();
    let cell = |share: Share| {
        let text = format!("{}/{}", share.covered, share.items);
        let text = if share.items == 0 { "-".to_owned() } else { text };
        Cell::text(&text).by(share.percent())
    };
    let row = |policy: &CoveredPolicy<'_>| {
        let coverage = &policy.coverage;
        let mut row = vec![Cell::code(&policy.document.name), Cell::number(coverage.calls)];
        row.extend(Kind::ALL.map(|kind| cell(coverage.of(kind))));
        let all = coverage.share();
        row.extend([cell(all), Cell::text(&words::percent(all.percent())).by(all.percent())]);
        row
    };
    let (shown, more) = report.policies.split_at(report.policies.len().min(PARTS));
    let caption = "How much of each policy calls have met";
    let rows = shown.iter().map(row).collect();
    Table { caption, columns: &columns, rows, more: more.len() }.write(out);
    if report.policies.len() > 1 {
        let all = words::percent(report.share().percent());
        out.leaf("p", &[], &format!("All together: {all}."));
    }
}

fn write_unchecked(out: &mut Markup, policy: &CoveredPolicy<'_>) {
    if let Some(unchecked) = words::unchecked(policy) {
        out.leaf("p", &[], &format!("{unchecked}."));
    }
}

fn write_not_met(out: &mut Markup, report: &CoverageReport<'_>) {
    let mut rows = Vec::new();
    for (number, policy) in report.policies.iter().enumerate() {
        for placed in report.placed(policy) {
            let Some(never) = words::never(placed.part) else { continue };
            let place = Cell::of(|out| match is_here(report, policy, &placed) {
                true => {
                    let to = format!("#{}{}", prefix(number), placed.line);
                    out.leaf("a", &[("href", &to)], &placed.place());
                }
                false => out.text(&placed.place()),
            });
            rows.push(vec![
                Cell::text(&words::named(placed.part.what, report.secrets)),
                Cell::text(placed.part.what.kind().name()),
                Cell::text(&never),
                Cell::number(placed.part.reached),
                place,
            ]);
        }
    }
    if rows.is_empty() {
        out.leaf("p", &[], "Everything was met.");
        return;
    }
    let columns = [
        Column::Text("part"),
        Column::Choice("kind"),
        Column::Text("what was not met"),
        Column::Number("calls that came to it"),
        Column::Text("place"),
    ];
    let more = rows.split_off(rows.len().min(PARTS)).len();
    Table { caption: "What was not met", columns: &columns, rows, more }.write(out);
}

fn prefix(number: usize) -> String {
    format!("p{}-l", number + 1)
}

fn write_text(out: &mut Markup, report: &CoverageReport<'_>, number: usize, room: &mut Room) {
    let policy = &report.policies[number];
    let placed = report.placed(policy);
    let mut lines: BTreeMap<usize, Vec<&Placed<'_, '_>>> = BTreeMap::new();
    for one in placed.iter().filter(|one| is_here(report, policy, one)) {
        lines.entry(one.line).or_default().push(one);
    }
    let mut listing = Listing::new(policy.document);
    for (line, parts) in &lines {
        let share = parts.iter().map(|one| one.part.share()).fold(Share::default(), Share::plus);
        let times = parts.iter().map(|one| one.part.reached).min().unwrap_or(0);
        let (class, signs) = match share.covered {
            0 => ("missed", "never".to_owned()),
            some if some == share.items => ("covered", format!("{}×", grouped(times))),
            _ => ("partly", format!("{}× in part", grouped(times))),
        };
        listing.beside(*line, class, signs);
        for one in parts {
            let Some(never) = words::never(one.part) else { continue };
            let said = format!("{} {never}", words::named(one.part.what, report.secrets));
            let says = Markup::of(|out| out.text(&said));
            listing.note(Remark { line: *line, class, says });
        }
    }
    listing.write(out, "calls", &prefix(number), room);
}
