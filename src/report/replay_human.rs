//! The summary of a replay for people.

use std::fmt::Write;

use super::escape::escape;
use super::style::Style;
use super::table::{Align, write_table};
use crate::engine::Outcome;
use crate::replay::{Grants, LimitUse, Summary};

/// Writes what a replay came to.
pub fn write_replay(out: &mut String, summary: &Summary, grants: &Grants, style: &Style) {
    let calls = summary.calls();
    let span = match (summary.first, summary.last) {
        (Some(first), Some(last)) if summary.untimed > 0 => {
            format!(", {first} to {last}, {} without a timestamp", summary.untimed)
        }
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => ", no timestamps".to_owned(),
    };
    let headline =
        format!("{} of {}{span}", count(calls, "call"), count(grants.len() as u64, "grant"));
    _ = writeln!(out, "{}\n", style.bold(&headline));
    for outcome in Outcome::ALL {
        let number = summary.count(outcome);
        let share = if calls == 0 { 0.0 } else { number as f64 * 100.0 / calls as f64 };
        let line = format!("  {:13}  {number:>9}  {share:5.1} %", outcome.name());
        let line = if number == 0 { style.dim(&line) } else { style.paint(color(outcome), &line) };
        _ = writeln!(out, "{line}");
    }
    if summary.uninspected > 0 {
        let calls = count(summary.uninspected, "call");
        _ = writeln!(
            out,
            "\n{calls} passed because the gateway forwards what it cannot decode (arguments that are not an object, numbers beyond 64 bits)."
        );
    }
    write_tools(out, summary, style);
    write_rules(out, summary, style);
    write_limits(out, summary, grants, style);
    if !summary.missing.is_empty() {
        _ = writeln!(out, "\n{}", style.bold("What is missing"));
        for (fact, calls) in &summary.missing {
            _ = writeln!(out, "  {fact}: {}", count(*calls, "call"));
        }
    }
}

fn write_tools(out: &mut String, summary: &Summary, style: &Style) {
    if summary.tools.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold("By tool"));
    let heading: Vec<(&str, Align)> = std::iter::once(("tool", Align::Left))
        .chain(Outcome::ALL.map(|outcome| (outcome.name(), Align::Right)))
        .collect();
    let rows: Vec<Vec<String>> = summary
        .tools
        .iter()
        .map(|(tool, used)| {
            let counts = used.counts.iter().map(u64::to_string);
            std::iter::once(escape(tool).into_owned()).chain(counts).collect()
        })
        .collect();
    write_table(out, style, &heading, &rows);
}

fn write_rules(out: &mut String, summary: &Summary, style: &Style) {
    if summary.rules.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold("Rules that refused calls"));
    let heading = [
        ("calls", Align::Right),
        ("outcome", Align::Left),
        ("rule", Align::Left),
        ("place", Align::Left),
    ];
    let mut rules: Vec<_> = summary.rules.iter().collect();
    rules.sort_by_key(|(_, calls)| std::cmp::Reverse(**calls));
    let rows: Vec<Vec<String>> = rules
        .into_iter()
        .map(|((pointer, rule, outcome), calls)| {
            vec![
                calls.to_string(),
                outcome.to_string(),
                escape(rule).into_owned(),
                escape(pointer).into_owned(),
            ]
        })
        .collect();
    write_table(out, style, &heading, &rows);
}

fn write_limits(out: &mut String, summary: &Summary, grants: &Grants, style: &Style) {
    if summary.limits.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold("Limits that were hit"));
    for used in summary.limits.values() {
        _ = writeln!(out, "  {}: {}", escape(&used.rule), describe(used, grants));
    }
}

fn describe(used: &LimitUse, grants: &Grants) -> String {
    let Some(first) = used.first else {
        return format!("{} throttled, at times that are not known", count(used.calls, "call"));
    };
    let grant = match grants.name(first.grant) {
        "" => "the only grant".to_owned(),
        name => format!("grant {}", escape(name)),
    };
    format!(
        "first at {} for {grant}, free again at {}; {} throttled, held {} for {} in all",
        first.from,
        first.until,
        count(used.calls, "call"),
        count(used.holds, "time"),
        duration(used.held_seconds)
    )
}

/// A number of seconds as people say it.
fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

pub(super) fn color(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => "32",
        Outcome::Deny => "31",
        Outcome::Throttle => "33",
        Outcome::Indeterminate => "36",
    }
}

pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
