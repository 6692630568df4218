//! What calls have met of policies, for people.

use std::fmt::Write;

use super::report::{CoverageReport, CoveredPolicy};
use super::words;
use crate::coverage::{Kind, Share};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::words::{count, list};

/// How much is named of each policy that was not seen.
const SHOWN: usize = 50;

/// How many tools are named whose calls no rule looked at.
const NAMED: usize = 5;

/// Writes a row for each policy, then what was not seen, each with its place.
pub(in crate::report) fn write_coverage(
    out: &mut String,
    report: &CoverageReport<'_>,
    style: &Style,
) {
    _ = writeln!(out, "\n{}", style.bold("Coverage"));
    let kinds = Kind::ALL.map(|kind| format!("{}s", kind.name()));
    let kinds = kinds.iter().map(|kind| (kind.as_str(), Align::Right));
    let all = [("all", Align::Right), ("", Align::Right)];
    let heading: Vec<_> = [("policy", Align::Left)].into_iter().chain(kinds).chain(all).collect();
    let mut rows: Vec<Vec<String>> = report.policies.iter().map(row).collect();
    if rows.len() > 1 {
        let of = |kind| {
            let shares = report.policies.iter().map(|one| one.coverage.of(kind));
            shares.fold(Share::default(), Share::plus)
        };
        rows.push(cells("(together)", Kind::ALL.map(of), report.share()));
    }
    write_table(out, style, &heading, &rows);
    for policy in &report.policies {
        write_rest(out, policy, style);
    }
}

fn row(policy: &CoveredPolicy<'_>) -> Vec<String> {
    let coverage = &policy.coverage;
    let of = |kind| coverage.of(kind);
    cells(&escape(&policy.document.name), Kind::ALL.map(of), coverage.share())
}

fn cells(name: &str, kinds: [Share; 4], all: Share) -> Vec<String> {
    let cell = |share: Share| match share.items {
        0 => "-".to_owned(),
        items => format!("{}/{items}", share.covered),
    };
    let kinds = kinds.into_iter().map(cell);
    let all = [cell(all), words::percent(all.percent())];
    [name.to_owned()].into_iter().chain(kinds).chain(all).collect()
}

fn write_rest(out: &mut String, policy: &CoveredPolicy<'_>, style: &Style) {
    let placed = policy.placed();
    let not_covered = placed.iter().filter_map(|one| Some((one, words::never(one.part)?)));
    let lines: Vec<String> = not_covered
        .map(|(one, never)| {
            let place = style.dim(&format!("({})", escape(&one.place())));
            format!("  {} {place} {never}", words::named(one.part.what))
        })
        .collect();
    if !lines.is_empty() {
        let title = format!("Not covered of {}", escape(&policy.document.name));
        _ = writeln!(out, "\n{}", style.bold(&title));
    }
    lines.iter().take(SHOWN).for_each(|line| _ = writeln!(out, "{line}"));
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        _ = writeln!(out, "  and {more} more, which `--format json` names");
    }
    let unchecked = &policy.coverage.unchecked;
    let calls: u64 = unchecked.iter().map(|(_, calls)| calls).sum();
    if calls > 0 {
        let (calls, tools) = (count(calls, "call"), list(unchecked, NAMED));
        let name = &policy.document.name;
        let line = format!("No rule of {name} looked at {calls} that passed: {tools}");
        _ = writeln!(out, "\n{}", escape(&line));
    }
}
