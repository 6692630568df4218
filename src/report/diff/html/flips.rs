//! Recorded calls that two policies decide differently: from where to where, and by which edit.

use crate::diff::{Compared, FlipGroup, Flips};
use crate::engine::Outcome;
use crate::report::common::words::count;
use crate::report::diff::human::{describe, side};
use crate::report::html::{Cell, Column, Flow, Link, Markup, Page, Table, flow, grouped};

/// How many edits the chart shows, and how many edits and calls the tables.
const DRAWN: usize = 12;
const EDITS: usize = 300;
const CALLS: usize = 500;

/// Writes the calls that change.
pub(super) fn write_flips(page: &mut Page, title: &str, compared: &Compared<'_>, flips: &Flips) {
    page.section(title, |out| {
        if flips.groups.is_empty() {
            let calls = count(flips.calls, "call");
            out.leaf("p", &[], &format!("No decision changes: {calls} compared."));
            return;
        }
        write_chart(out, compared, flips);
        write_edits(out, compared, flips);
        write_calls(out, flips);
    });
}

/// What caused a group, in words.
fn cause(compared: &Compared<'_>, group: &FlipGroup) -> String {
    match group.edit {
        Some(edit) => describe(compared, &compared.edits()[edit]),
        None => "no single edit explains it".to_owned(),
    }
}

/// The steps of a group: from which outcome to which, and how many calls.
fn steps(group: &FlipGroup) -> impl Iterator<Item = (Outcome, Outcome, u64)> {
    let pairs = Outcome::ALL.into_iter().flat_map(|old| Outcome::ALL.map(|new| (old, new)));
    let counted = pairs.map(|(old, new)| (old, new, group.matrix[old as usize][new as usize]));
    counted.filter(|(.., calls)| *calls > 0)
}

fn write_chart(out: &mut Markup, compared: &Compared<'_>, flips: &Flips) {
    let groups = &flips.groups[..flips.groups.len().min(DRAWN)];
    let occurs = |pick: fn(&(Outcome, Outcome, u64)) -> Outcome| {
        let used =
            |outcome: &Outcome| groups.iter().flat_map(steps).any(|step| pick(&step) == *outcome);
        Outcome::ALL.into_iter().filter(used).collect::<Vec<_>>()
    };
    let (olds, news) = (occurs(|step| step.0), occurs(|step| step.1));
    let at = |outcomes: &[Outcome], outcome: Outcome| {
        outcomes.iter().position(|one| *one == outcome).unwrap_or_default()
    };
    let nodes = |outcomes: &[Outcome], when: &str| {
        let node = |outcome: &Outcome| (format!("{outcome} {when}"), outcome.name());
        outcomes.iter().map(node).collect::<Vec<_>>()
    };
    let edits = groups.iter().map(|group| (cause(compared, group), "edit")).collect();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (edit, group) in groups.iter().enumerate() {
        for (old, new, calls) in steps(group) {
            before.push(Link { from: at(&olds, old), to: edit, calls, class: old.name() });
            after.push(Link { from: edit, to: at(&news, new), calls, class: new.name() });
        }
    }
    let drawn: u64 = groups.iter().map(|group| group.calls).sum();
    let description = format!(
        "{} that change, from their old outcome on the left through the edit that changed them to their new outcome on the right.",
        count(drawn, "call")
    );
    let layers = vec![nodes(&olds, "before"), edits, nodes(&news, "after")];
    let links = vec![before, after];
    flow(
        out,
        &Flow { title: "Calls that change, by edit", description: &description, layers, links },
    );
}

fn write_edits(out: &mut Markup, compared: &Compared<'_>, flips: &Flips) {
    let columns = [
        Column::Text("edit"),
        Column::Choice("change"),
        Column::Choice("from → to"),
        Column::Number("calls"),
        Column::Number("only a cascade"),
        Column::Number("grants"),
        Column::Number("tools"),
        Column::Text("first"),
        Column::Text("last"),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for group in &flips.groups {
        for (old, new, calls) in steps(group) {
            let name = group.change.name();
            rows.push(vec![
                Cell::code(&cause(compared, group)),
                Cell::marked(name, name),
                Cell::text(&format!("{old} → {new}")),
                Cell::number(calls),
                Cell::number(group.consequences),
                Cell::number(group.grants.len() as u64),
                Cell::number(group.tools.len() as u64),
                Cell::time(group.first),
                Cell::time(group.last),
            ]);
        }
    }
    let more = rows.split_off(rows.len().min(EDITS)).len();
    let caption = format!("Which edit changes what, of {} compared", count(flips.calls, "call"));
    Table { caption: &caption, columns: &columns, rows, more }.write(out);
    let cascade: u64 = flips.groups.iter().map(|group| group.consequences).sum();
    if cascade > 0 {
        let said = format!(
            "{} as a cascade: only because calls before them were decided otherwise.",
            grouped(cascade)
        );
        out.leaf("p", &[("class", &"note")], &said);
    }
}

fn write_calls(out: &mut Markup, flips: &Flips) {
    let columns = [
        Column::Number("call"),
        Column::Text("time"),
        Column::Text("grant"),
        Column::Text("tool"),
        Column::Choice("change"),
        Column::Text("before"),
        Column::Text("after"),
    ];
    let kept = flips.groups.iter().flat_map(|group| &group.flips).take(CALLS);
    let row = |flip: &crate::diff::Flip| {
        vec![
            Cell::number(flip.number),
            Cell::time(flip.time),
            Cell::text(&flip.grant),
            Cell::code(&flip.tool),
            Cell::text(flip.change.name()),
            Cell::text(&side(&flip.old)),
            Cell::text(&side(&flip.new)),
        ]
    };
    let rows: Vec<Vec<Cell>> = kept.map(row).collect();
    let all: u64 = flips.groups.iter().map(|group| group.calls).sum();
    let more = all as usize - rows.len();
    let caption = "Calls that change, the first of each edit";
    Table { caption, columns: &columns, rows, more }.write(out);
}
