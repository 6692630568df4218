//! What is in a trace, for people.

use std::fmt::Write;

use super::report::StatsReport;
use crate::engine::{Missing, Outcome};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::words::{count, period};
use crate::report::common::wrap::fitted;
use crate::trace::{Format, Stats, Tally};

/// How many names of each kind are shown.
const SHOWN: usize = 10;

/// Writes what is in a trace.
pub fn write_stats(out: &mut String, report: &StatsReport<'_>, style: &Style) {
    fitted(out, style, |out| write_parts(out, report, style));
}

fn write_parts(out: &mut String, report: &StatsReport<'_>, style: &Style) {
    let StatsReport { stats, files, bad_lines, .. } = *report;
    let span = match (stats.first, stats.last) {
        (Some(first), Some(last)) => format!(", {}", period(first, last)),
        _ => ", no timestamps".to_owned(),
    };
    let number = count(files.len() as u64, "file");
    let headline = format!("{} in {number}{span}", count(stats.calls, "call"));
    _ = writeln!(out, "{}\n", style.bold(&headline));
    for (name, number) in [
        ("grant", stats.grants.len()),
        ("session", stats.sessions.len()),
        ("server", stats.servers.len()),
        ("client", stats.clients.len()),
        ("tool", stats.tools.len()),
    ] {
        _ = writeln!(out, "  {}", count(number as u64, name));
    }
    write_files(out, files, style);
    for (heading, column, tally) in [
        ("By tool", "tool", &stats.tools),
        ("By server", "server", &stats.servers),
        ("By client", "client", &stats.clients),
        ("By grant", "grant", &stats.grants),
    ] {
        if !tally.is_empty() {
            write_names(out, heading, "calls", column, &shown(tally), style);
        }
    }
    let facts: [(&str, Vec<(String, u64)>); 4] = [
        ("Arguments", arguments(stats)),
        (
            "Results",
            named(["ok", "the tool failed", "server error", "no answer known"], stats.results),
        ),
        ("Recorded decisions", decisions(stats)),
        (
            "What is missing",
            named(["calls without a time", "lines that are not valid"], [stats.untimed, bad_lines]),
        ),
    ];
    for (heading, rows) in facts {
        let rows: Vec<_> = rows.into_iter().filter(|(_, number)| *number > 0).collect();
        if !rows.is_empty() {
            write_names(out, heading, "number", "what", &rows, style);
        }
    }
}

/// Every file with its format; of many files only how many are in which format.
fn write_files(out: &mut String, files: &[(String, Format)], style: &Style) {
    if files.len() > SHOWN {
        return write_names(out, "Files by format", "files", "format", &formats(files), style);
    }
    _ = writeln!(out, "\n{}", style.bold("Files"));
    let row = |(name, format): &(String, Format)| {
        vec![format.name().to_owned(), escape(name).into_owned()]
    };
    let rows: Vec<Vec<String>> = files.iter().map(row).collect();
    write_table(out, style, &[("format", Align::Left), ("file", Align::Left)], &rows);
}

fn formats(files: &[(String, Format)]) -> Vec<(String, u64)> {
    let of = |format: Format| files.iter().filter(|(_, found)| *found == format).count() as u64;
    let formats = Format::ALL.map(|format| (format.name().to_owned(), of(format)));
    formats.into_iter().filter(|(_, files)| *files > 0).collect()
}

/// The most frequent names, and how many calls the others have.
fn shown(tally: &Tally) -> Vec<(String, u64)> {
    let sorted = tally.sorted();
    let (first, rest) = sorted.split_at(sorted.len().min(SHOWN));
    let name = |name: &str| match name {
        "" => "(not recorded)".to_owned(),
        name => escape(name).into_owned(),
    };
    let mut rows: Vec<_> = first.iter().map(|(text, calls)| (name(text), *calls)).collect();
    if !rest.is_empty() {
        let calls = rest.iter().map(|(_, calls)| calls).sum();
        rows.push((format!("({} more)", rest.len()), calls));
    }
    rows
}

fn arguments(stats: &Stats) -> Vec<(String, u64)> {
    let arguments = &stats.arguments;
    let names = [
        "known",
        "none",
        "not an object, or with a number beyond a 64-bit float",
        "only their names are known",
    ];
    let numbers = [arguments.known, arguments.absent, arguments.unreadable, arguments.names];
    let mut rows = named(names, numbers);
    rows.extend(
        Missing::ALL
            .into_iter()
            .filter_map(|missing| Some((missing.to_string(), *arguments.unknown.get(&missing)?))),
    );
    rows
}

fn decisions(stats: &Stats) -> Vec<(String, u64)> {
    let of = |outcome: Outcome| stats.decisions.get(&outcome).copied().unwrap_or(0);
    Outcome::ALL.into_iter().map(|outcome| (outcome.name().to_owned(), of(outcome))).collect()
}

fn named<const N: usize>(names: [&str; N], numbers: [u64; N]) -> Vec<(String, u64)> {
    names.into_iter().map(str::to_owned).zip(numbers).collect()
}

fn write_names(
    out: &mut String,
    heading: &str,
    number: &str,
    name: &str,
    rows: &[(String, u64)],
    style: &Style,
) {
    _ = writeln!(out, "\n{}", style.bold(heading));
    let rows: Vec<Vec<String>> =
        rows.iter().map(|(name, number)| vec![number.to_string(), name.clone()]).collect();
    write_table(out, style, &[(number, Align::Right), (name, Align::Left)], &rows);
}
