//! The summary of a replay for a comment on a pull request: short, with the details folded away.

use std::fmt::Write;

use super::human::heading_of_rules;
use super::recorded::{describe, headline};
use super::report::{ReplayReport, group_name, others};
use crate::replay::{Counts, Totals};
use crate::report::common::escape::escape;
use crate::report::common::markdown::code as span;
use crate::report::common::words::{count, percent};
use crate::report::coverage::write_coverage_markdown;

/// How many rows of each table are shown unless the user says how many.
const SHOWN: usize = 10;

/// Writes what a replay came to as GitHub-flavoured Markdown.
pub fn write_replay_markdown(out: &mut String, report: &ReplayReport<'_>) {
    let totals = report.totals;
    let refused = totals.counts.refused();
    let calls = count(totals.calls(), "call");
    let headline = match refused {
        0 => format!("{calls}, none refused"),
        refused => format!("{refused} of {calls} refused"),
    };
    _ = writeln!(out, "### gatelint replay: {headline}\n");
    _ = writeln!(out, "{}.\n", facts(report));
    if let Some(not_covered) = report.not_covered() {
        _ = writeln!(out, "{}\n", code(&not_covered));
    }
    for shared in report.shared() {
        _ = writeln!(out, "{}\n", code(&shared));
    }
    let shown = report.outcomes();
    let outcomes: Vec<String> = shown.iter().map(|outcome| outcome.to_string()).collect();
    let counts = shown.iter().map(|outcome| totals.counts.of(*outcome).to_string());
    table(out, &outcomes, &vec![":---:"; shown.len()], &[counts.collect()]);
    write_groups(out, report);
    write_rules(out, report);
    write_limits(out, report);
    write_recorded(out, totals);
    let assumed = report.assumed();
    if !assumed.is_empty() {
        let assumed = assumed.iter();
        let assumed: Vec<_> = assumed
            .map(|(assumption, calls)| format!("{} ({})", span(assumption), count(*calls, "call")))
            .collect();
        _ = writeln!(out, "\nAssumed: {}.", assumed.join(", "));
    }
    if !totals.missing.is_empty() {
        let facts = totals.missing.iter();
        let facts: Vec<_> =
            facts.map(|(fact, calls)| format!("{fact} ({})", count(*calls, "call"))).collect();
        _ = writeln!(out, "\nNot decided, because {}.", facts.join("; "));
    }
    if let Some(coverage) = report.coverage {
        write_coverage_markdown(out, coverage);
    }
}

/// Whose calls they are and from when, and what was not decided at all.
fn facts(report: &ReplayReport<'_>) -> String {
    let totals = report.totals;
    let mut facts = vec![count(totals.grants, "grant")];
    match (totals.first, totals.last) {
        (Some(first), Some(last)) => facts.push(format!("{first} to {last}")),
        _ => facts.push("no timestamps".to_owned()),
    }
    if totals.uninspected > 0 {
        facts.push(format!("{} forwarded without a look", count(totals.uninspected, "call")));
    }
    if report.bad_lines > 0 {
        facts.push(format!("{} not valid", count(report.bad_lines, "line")));
    }
    facts.join(", ")
}

fn write_groups(out: &mut String, report: &ReplayReport<'_>) {
    let by = report.totals.by;
    let top = report.groups(Some(SHOWN));
    let shown = report.outcomes();
    let row = |name: String, counts: &Counts| {
        let counts = shown.iter().map(|outcome| counts.of(*outcome).to_string());
        std::iter::once(name).chain(counts).collect()
    };
    let mut rows: Vec<Vec<String>> =
        top.groups.iter().map(|group| row(code(group_name(by, group)), &group.counts)).collect();
    if top.others > 0 {
        rows.push(row(others(&top, by), &top.rest));
    }
    let heading: Vec<String> = std::iter::once(by.name().to_owned())
        .chain(shown.iter().map(|outcome| outcome.to_string()))
        .collect();
    let sides: Vec<&str> = std::iter::once("---").chain(shown.iter().map(|_| "--:")).collect();
    let title = format!("By {} ({})", by.name(), report.totals.groups.len());
    details(out, &title, &heading, &sides, &rows);
}

fn write_rules(out: &mut String, report: &ReplayReport<'_>) {
    let mut rules: Vec<_> = report.totals.rules.iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.calls));
    let rows: Vec<Vec<String>> = rules
        .iter()
        .take(report.top.unwrap_or(SHOWN))
        .map(|rule| {
            let grants = match (rule.grants.first(), rule.grants.len()) {
                (Some((name, _)), 1) => code(name),
                (Some((name, _)), all) => format!("{} and {} more", code(name), all - 1),
                (None, _) => String::new(),
            };
            let first = rule.first.map(|first| first.to_string()).unwrap_or_default();
            let place = code(&report.place_of(rule));
            vec![rule.calls.to_string(), rule.outcome.to_string(), place, grants, first]
        })
        .collect();
    let title = format!("{} ({})", heading_of_rules(report.totals), rules.len());
    let heading = ["calls", "outcome", "rule", "grants", "first"].map(str::to_owned);
    details(out, &title, &heading, &["--:", "---", "---", "---", "---"], &rows);
}

fn write_limits(out: &mut String, report: &ReplayReport<'_>) {
    let rows = peaks(report.totals);
    let shown: Vec<Vec<String>> = rows
        .iter()
        .take(report.top.unwrap_or(SHOWN))
        .map(|(share, used, limit)| {
            let place = code(&report.place(Some(limit.policy), &limit.pointer));
            vec![percent(*share), used.clone(), place, limit.calls.to_string()]
        })
        .collect();
    let title = format!("How close each limit came ({})", rows.len());
    let heading = ["peak", "used", "limit", "calls throttled"].map(str::to_owned);
    details(out, &title, &heading, &["--:", "---", "---", "--:"], &shown);
}

/// Where the gateway's own record disagrees.
fn write_recorded(out: &mut String, totals: &Totals) {
    let Some(compared) = &totals.recorded else { return };
    if compared.calls() == 0 {
        _ = writeln!(out, "\nNo call has a recorded decision to compare with.");
        return;
    }
    let headline = headline(compared, totals.calls());
    _ = writeln!(out, "\nCompared with the gateway's record: {headline}.");
    let rows: Vec<Vec<String>> =
        compared.examples.iter().map(|example| vec![code(&describe(example))]).collect();
    let title = format!("First calls that disagree ({} in all)", compared.disagreeing);
    details(out, &title, &["call".to_owned()], &["---"], &rows);
}

/// The limits that were used, those that came closest first.
fn peaks(totals: &Totals) -> Vec<(f64, String, &crate::replay::LimitTotal)> {
    let peaks = totals.limits.iter().filter_map(|limit| {
        let (facts, peak) = (limit.facts.as_ref()?, limit.peak.as_ref()?);
        let share = peak.percent(facts.max).filter(|share| *share > 0.0)?;
        Some((share, format!("{} of {} a {}", peak.used, facts.max, facts.window), limit))
    });
    let mut peaks: Vec<_> = peaks.collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    peaks
}

/// A table that opens on a click; nothing where it has no rows.
fn details(
    out: &mut String,
    title: &str,
    heading: &[String],
    aligns: &[&str],
    rows: &[Vec<String>],
) {
    if rows.is_empty() {
        return;
    }
    _ = writeln!(out, "\n<details><summary>{title}</summary>\n");
    table(out, heading, aligns, rows);
    _ = writeln!(out, "\n</details>");
}

fn table(out: &mut String, heading: &[String], aligns: &[&str], rows: &[Vec<String>]) {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    _ = writeln!(out, "{}", line(heading));
    _ = writeln!(out, "| {} |", aligns.join(" | "));
    for row in rows {
        _ = writeln!(out, "{}", line(row));
    }
}

/// A name as code. Names are hostile: whatever means something in Markdown is written as a
/// character reference, which never does, and within `code` nobody is mentioned.
fn code(text: &str) -> String {
    let text = escape(text);
    let mut out = String::from("<code>");
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        // Within a word an underscore is only an underscore.
        let plain = match character {
            '_' => before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric(),
            ' ' | '-' | '/' => true,
            character => character.is_ascii_alphanumeric() || !character.is_ascii(),
        };
        match plain {
            true => out.push(character),
            false => _ = write!(out, "&#{};", character as u32),
        }
        before = character;
    }
    out + "</code>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing_in_markdown_whatever_is_in_them() {
        assert_eq!(code("run_job-2/x"), "<code>run_job-2/x</code>");
        let hostile = "a|b`c`<img src=x>*_[x](http://y)@me #1 &lt;\\\u{202e}\n";
        let safe = code(hostile);
        let inner = safe.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
        assert!(!inner.contains(['|', '`', '<', '>', '*', '_', '[', ']', '@', ':', '\\', '\n']));
        assert_eq!(inner.matches('#').count(), inner.matches("&#").count());
        assert_eq!(inner.matches('&').count(), inner.matches("&#").count());
        assert!(inner.contains("a&#124;b&#96;c"));
    }
}
