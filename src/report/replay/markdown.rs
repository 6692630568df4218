//! The summary of a replay for a comment on a pull request: short, with the details folded away.

use super::human::heading_of_rules;
use super::recorded::{describe, headline};
use super::report::{ReplayReport, group_name, others};
use crate::engine::Outcome;
use crate::replay::{Counts, RuleTotal, Totals};
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, code};
use crate::report::common::words::{count, percent};
use crate::report::coverage::write_coverage_markdown;

/// How many rows of each table are shown unless the user says how many.
const SHOWN: usize = 10;

/// Writes what a replay came to: what was not decided and what was refused first.
pub fn write_replay_markdown(comment: &mut Comment, report: &ReplayReport<'_>) {
    let totals = report.totals;
    let refused = totals.counts.refused();
    let calls = count(totals.calls(), "call");
    let headline = match refused {
        0 => format!("{calls}, none refused"),
        refused => format!("{refused} of {calls} refused"),
    };
    let heading = format!("### gatelint replay: {headline}");
    comment.heading(Rank::default(), Things("run", "runs"), heading);
    comment.text(format!("{}.", facts(report)));
    report.not_covered().iter().chain(&report.shared()).for_each(|it| comment.text(code(it)));
    let shown = report.outcomes();
    let columns: Vec<_> = shown.iter().map(|outcome| Column::Number(outcome.name())).collect();
    let mut table = Rows::table(Things("outcome", "outcomes"), &columns);
    let counts = shown.iter().map(|outcome| totals.counts.of(*outcome).to_string());
    table.row(Rank::default(), 1, &counts.collect::<Vec<_>>());
    comment.rows(table);
    if !totals.missing.is_empty() {
        let facts = totals.missing.iter();
        let facts: Vec<_> =
            facts.map(|(fact, calls)| format!("{fact} ({})", count(*calls, "call"))).collect();
        comment.text(format!("Not decided, because {}.", facts.join("; ")));
    }
    let assumed = report.assumed();
    if !assumed.is_empty() {
        let assumed = assumed.iter();
        let assumed: Vec<_> = assumed
            .map(|(assumption, calls)| format!("{} ({})", code(assumption), count(*calls, "call")))
            .collect();
        comment.text(format!("Assumed: {}.", assumed.join(", ")));
    }
    write_rules(comment, report);
    write_recorded(comment, totals);
    write_groups(comment, report);
    write_limits(comment, report);
    if let Some(coverage) = report.coverage {
        write_coverage_markdown(comment, coverage);
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

/// What refused calls, most of them first.
fn write_rules(comment: &mut Comment, report: &ReplayReport<'_>) {
    let mut rules: Vec<_> = report.totals.rules.iter().collect();
    rules.sort_by_key(|rule| (rule.outcome == Outcome::Allow, std::cmp::Reverse(rule.calls)));
    let columns = [
        Column::Number("calls"),
        Column::Text("outcome"),
        Column::Text("rule"),
        Column::Text("grants"),
        Column::Text("first"),
    ];
    let table = Rows::table(Things("rule", "rules"), &columns);
    let mut table = table.at_most(report.top.unwrap_or(SHOWN));
    for rule in rules {
        let grants = match (rule.grants.first(), rule.grants.len()) {
            (Some((name, _)), 1) => code(name),
            (Some((name, _)), all) => format!("{} and {} more", code(name), all - 1),
            (None, _) => String::new(),
        };
        let first = rule.first.map(|first| first.to_string()).unwrap_or_default();
        let (calls, outcome) = (rule.calls.to_string(), rule.outcome.to_string());
        table.row((1, 0), 1, &[calls, outcome, named(report, rule), grants, first]);
    }
    if !report.totals.rules.is_empty() {
        comment.text(format!("{}:", heading_of_rules(report.totals)));
    }
    comment.rows(table);
}

/// A rule with the place where it stands.
fn named(report: &ReplayReport<'_>, rule: &RuleTotal) -> String {
    match report.place_of(rule) {
        none if none.is_empty() => code(&rule.rule),
        place => format!("{} ({})", code(&rule.rule), code(&place)),
    }
}

fn write_groups(comment: &mut Comment, report: &ReplayReport<'_>) {
    let by = report.totals.by;
    let top = report.groups(Some(SHOWN));
    let shown = report.outcomes();
    let numbers = shown.iter().map(|outcome| Column::Number(outcome.name()));
    let columns: Vec<_> = std::iter::once(Column::Text(by.name())).chain(numbers).collect();
    let title = format!("By {}", by.name());
    let mut table = Rows::table(Things("group", "groups"), &columns).folded(title);
    let mut row = |name: String, number, counts: &Counts| {
        let counts = shown.iter().map(|outcome| counts.of(*outcome).to_string());
        table.row((2, 0), number, &std::iter::once(name).chain(counts).collect::<Vec<_>>());
    };
    top.groups.iter().for_each(|group| row(code(group_name(by, group)), 1, &group.counts));
    if top.others > 0 {
        row(others(&top, by), top.others, &top.rest);
    }
    comment.rows(table);
}

fn write_limits(comment: &mut Comment, report: &ReplayReport<'_>) {
    let columns = [
        Column::Number("peak"),
        Column::Text("used"),
        Column::Text("limit"),
        Column::Number("calls throttled"),
    ];
    let table =
        Rows::table(Things("limit", "limits"), &columns).folded("How close each limit came");
    let mut table = table.at_most(report.top.unwrap_or(SHOWN));
    for (share, used, limit) in peaks(report.totals) {
        let place = code(&report.place(Some(limit.policy), &limit.pointer));
        table.row((2, 1), 1, &[percent(share), used, place, limit.calls.to_string()]);
    }
    comment.rows(table);
}

/// Where the gateway's own record disagrees.
fn write_recorded(comment: &mut Comment, totals: &Totals) {
    let Some(compared) = &totals.recorded else { return };
    if compared.calls() == 0 {
        comment.text("No call has a recorded decision to compare with.".to_owned());
        return;
    }
    let headline = headline(compared, totals.calls());
    comment.text(format!("Compared with the gateway's record: {headline}."));
    let title = format!("First calls that disagree, {} in all", compared.disagreeing);
    let things = Things("example", "examples");
    let mut table = Rows::table(things, &[Column::Text("call")]).folded(title);
    compared.examples.iter().for_each(|one| table.row((1, 1), 1, &[code(&describe(one))]));
    comment.rows(table);
}

/// The limits that were used, those that came closest first.
fn peaks(totals: &Totals) -> Vec<(f64, String, &crate::replay::LimitTotal)> {
    let peaks = totals.limits.iter().filter_map(|limit| {
        let (facts, peak) = (limit.facts.as_ref()?, limit.peak.as_ref()?);
        let share = peak.percent(facts.max).filter(|share| *share > 0.0)?;
        Some((share, format!("{} of {} {}", peak.used, facts.max, facts.window.each()), limit))
    });
    let mut peaks: Vec<_> = peaks.collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    peaks
}
