//! The summary of a replay for people.

use std::cmp::{Ordering, Reverse};
use std::fmt::Write;

use super::recorded::write_recorded;
use super::report::{ReplayReport, group_name, others};
use super::timeline::write_timeline;
use super::what_if::write_what_if;
use crate::engine::{LimitFacts, Missing, Outcome};
use crate::policy::Scope;
use crate::replay::{By, Counts, LimitTotal, Peak, RuleTotal, Share, Totals};
use crate::report::common::detail::{Detail, write_file, write_policy};
use crate::report::common::escape::escape;
use crate::report::common::style::{Style, color};
use crate::report::common::table::{Align, write_noted_table, write_table};
use crate::report::common::words::{
    SPEAKS_OF_APPROVAL, count, duration, list, percent, period, time,
};
use crate::report::common::wrap::fitted;
use crate::report::coverage::write_coverage;

/// How many groups, rules and limits are shown unless the user says how many.
const SHOWN: usize = 20;

/// How many grants or tools of a rule are named.
const NAMED: usize = 3;

/// Writes what a replay came to.
pub fn write_replay(out: &mut String, report: &ReplayReport<'_>, style: &Style, detail: Detail) {
    fitted(out, style, |out| match detail {
        Detail::Summary => {
            let number = |outcome: &Outcome| report.totals.counts.of(*outcome);
            let outcomes = report.outcomes().into_iter().filter(|outcome| number(outcome) > 0);
            let outcomes = outcomes.map(|outcome| format!("{} {outcome}", number(&outcome)));
            let outcomes = outcomes.collect::<Vec<_>>().join(", ");
            _ = writeln!(out, "{}: {outcomes}", counted(report.totals));
        }
        Detail::Findings => write_parts(out, report, style),
        Detail::Files => {
            write_parts(out, report, style);
            write_looked_at(out, report, style);
        }
    });
}

/// Writes what was read, and what was passed over.
fn write_looked_at(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    out.push('\n');
    for (document, policy) in report.policies {
        write_policy(out, &document.name, policy, style);
    }
    for (file, format) in report.files {
        write_file(out, file, format.name(), style);
    }
    for passed in report.passed_over {
        write_file(out, &passed.file, &format!("passed over, {}", escape(&passed.reason)), style);
    }
}

fn write_parts(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let totals = report.totals;
    write_headline(out, report, style);
    if let Some(not_covered) = report.not_covered() {
        _ = writeln!(out, "\n{}", escape(&not_covered));
    }
    for shared in report.shared() {
        _ = writeln!(out, "\n{}", escape(&shared));
    }
    if totals.uninspected > 0 {
        let calls = count(totals.uninspected, "call");
        _ = writeln!(
            out,
            "\n{calls} passed because the gateway forwards what it cannot decode (arguments that are not an object, numbers beyond 64 bits)."
        );
    }
    write_timeline(out, &totals.timeline, style);
    write_groups(out, report, style);
    write_rules(out, report, style);
    write_peaks(out, report, style);
    write_limits(out, report, style);
    write_what_if(out, report, style);
    if let Some(coverage) = report.coverage {
        write_coverage(out, coverage, style);
    }
    if let Some(compared) = &totals.recorded {
        write_recorded(out, compared, totals.calls(), style);
    }
    let assumed = report.assumed();
    if !assumed.is_empty() {
        _ = writeln!(out, "\n{}", style.bold("What is assumed"));
        for (assumption, calls) in &assumed {
            _ = writeln!(out, "  {}: {}", escape(assumption), count(*calls, "call"));
        }
    }
    if !totals.missing.is_empty() {
        _ = writeln!(out, "\n{}", style.bold("What is missing"));
        for (fact, calls) in &totals.missing {
            _ = writeln!(out, "  {fact}: {}", count(*calls, "call"));
            if *fact == Missing::Mode {
                _ = writeln!(
                    out,
                    "    help: `--assume mode=default` takes them for calls in that mode"
                );
            }
        }
    }
}

/// How many calls there are, of how many grants.
fn counted(totals: &Totals) -> String {
    format!("{} of {}", count(totals.calls(), "call"), count(totals.grants, "grant"))
}

/// The same, and from when to when.
fn headline(totals: &Totals) -> String {
    let span = match (totals.first, totals.last) {
        (Some(first), Some(last)) if totals.untimed > 0 => {
            format!(", {}, {} without a timestamp", period(first, last), totals.untimed)
        }
        (Some(first), Some(last)) => format!(", {}", period(first, last)),
        _ => ", no timestamps".to_owned(),
    };
    format!("{}{span}", counted(totals))
}

fn write_headline(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let totals = report.totals;
    let calls = totals.calls();
    _ = writeln!(out, "{}\n", style.bold(&headline(totals)));
    for outcome in report.outcomes() {
        let number = totals.counts.of(outcome);
        let share = if calls == 0 { 0.0 } else { number as f64 * 100.0 / calls as f64 };
        let line = format!("  {:13}  {number:>9}  {share:5.1} %", outcome.name());
        let line = if number == 0 { style.dim(&line) } else { style.paint(color(outcome), &line) };
        _ = writeln!(out, "{line}");
    }
}

fn write_groups(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let by = report.totals.by;
    let top = report.groups(Some(SHOWN));
    if report.totals.groups.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold(&format!("By {}", by.name())));
    let shown = report.outcomes();
    let mut heading: Vec<(&str, Align)> = std::iter::once((by.name(), Align::Left))
        .chain(shown.iter().map(|outcome| (outcome.name(), Align::Right)))
        .collect();
    if by == By::Grant {
        heading.extend([("peak", Align::Right), ("of limit", Align::Left)]);
    }
    let row = |name: &str, counts: &Counts, closest: Option<&Share>| {
        let counts = shown.iter().map(|outcome| counts.of(*outcome).to_string());
        let mut cells: Vec<String> =
            std::iter::once(escape(name).into_owned()).chain(counts).collect();
        if by == By::Grant {
            let share = closest.and_then(Share::percent).map(percent);
            cells.push(share.unwrap_or_default());
            let rule = closest.map(|share| escape(&share.limit.rule).into_owned());
            cells.push(rule.unwrap_or_default());
        }
        cells
    };
    let mut rows: Vec<Vec<String>> = top
        .groups
        .iter()
        .map(|group| row(group_name(by, group), &group.counts, group.closest.as_ref()))
        .collect();
    if top.others > 0 {
        rows.push(row(&format!("({})", others(&top, by)), &top.rest, None));
    }
    write_table(out, style, &heading, &rows);
}

fn write_rules(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let mut rules: Vec<&RuleTotal> = report.totals.rules.iter().collect();
    if rules.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold(heading_of_rules(report.totals)));
    rules.sort_by_key(|rule| Reverse(rule.calls));
    let more = rules.split_off(rules.len().min(report.top.unwrap_or(SHOWN)));
    let heading = [
        ("calls", Align::Right),
        ("outcome", Align::Left),
        ("rule", Align::Left),
        ("place", Align::Left),
    ];
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            vec![
                rule.calls.to_string(),
                rule.outcome.to_string(),
                escape(&rule.rule).into_owned(),
                escape(&report.place_of(rule)).into_owned(),
            ]
        })
        .collect();
    let notes = rules.iter().map(|rule| escape(&describe_rule(rule)).into_owned());
    write_noted_table(out, style, &heading, &rows, &notes.collect::<Vec<_>>());
    if !more.is_empty() {
        let calls: u64 = more.iter().map(|rule| rule.calls).sum();
        let (rules, calls) = (count(more.len() as u64, "more rule"), count(calls, "call"));
        _ = writeln!(out, "  and {rules} decided {calls} together");
    }
}

pub(super) fn heading_of_rules(totals: &Totals) -> &'static str {
    if totals.rules.iter().any(|rule| rule.outcome == Outcome::Allow) {
        return "Rules that decided";
    }
    match totals.counts.of(Outcome::Ask) {
        0 => "Rules that refused calls",
        _ => "Rules that refused calls or asked",
    }
}

/// For whom a rule refused calls, and when; also of which tools, where the rule does not tell.
fn describe_rule(rule: &RuleTotal) -> String {
    let mut parts = Vec::new();
    if rule.speaks_of_approval {
        parts.push(SPEAKS_OF_APPROVAL.to_owned());
    }
    match (rule.first, rule.last) {
        (Some(first), Some(last)) if first == last => parts.push(format!("at {}", time(first))),
        (Some(first), Some(last)) => parts.push(period(first, last)),
        _ => {}
    }
    if !rule.pointer.starts_with("/tools/") {
        parts.push(format!("of {}", list(&rule.tools, NAMED)));
    }
    if rule.grants.iter().any(|(name, _)| !name.is_empty()) {
        parts.push(format!("for {}", list(&rule.grants, NAMED)));
    }
    parts.join(", ")
}

fn write_peaks(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let mut used: Vec<(&LimitTotal, &LimitFacts, &Peak)> = report
        .totals
        .limits
        .iter()
        .filter_map(|limit| Some((limit, limit.facts.as_ref()?, limit.peak.as_ref()?)))
        .collect();
    let all = used.len();
    used.retain(|(_, _, peak)| peak.possible > 0);
    if used.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold("How close each limit came"));
    let share = |(_, facts, peak): &(&LimitTotal, &LimitFacts, &Peak)| peak.percent(facts.max);
    used.sort_by(|a, b| share(b).partial_cmp(&share(a)).unwrap_or(Ordering::Equal));
    let unused = all - used.len();
    let more = used.split_off(used.len().min(report.top.unwrap_or(SHOWN))).len();
    let heading = [
        ("peak", Align::Right),
        ("used", Align::Left),
        ("limit", Align::Left),
        ("reached by", Align::Left),
        ("window from", Align::Left),
    ];
    let rows: Vec<Vec<String>> = used
        .iter()
        .map(|(limit, facts, peak)| {
            let cell = |text: &str| escape(text).into_owned();
            vec![
                peak.percent(facts.max).map(percent).unwrap_or_default(),
                format!("{} of {} {}", used_of(peak), facts.max, facts.window.each()),
                cell(&limit_name(report, limit)),
                cell(reached_by(facts, peak)),
                peak.window(facts).map(|window| time(window).to_string()).unwrap_or_default(),
            ]
        })
        .collect();
    write_table(out, style, &heading, &rows);
    let note = |number: usize, what: &str| {
        (number > 0).then(|| format!("{} {what}", count(number as u64, "limit")))
    };
    let notes: Vec<String> =
        [note(more, "less close"), note(unused, "never used")].into_iter().flatten().collect();
    if !notes.is_empty() {
        _ = writeln!(out, "  and {}", notes.join(", "));
    }
}

/// The rule string of a limit; with several policies also in which it is.
pub(super) fn limit_name(report: &ReplayReport<'_>, limit: &LimitTotal) -> String {
    report.place(Some(limit.policy), &limit.rule)
}

/// How much was used; a span where it is not known which calls passed.
pub(super) fn used_of(peak: &Peak) -> String {
    match peak.used == peak.possible {
        true => peak.used.to_string(),
        false => format!("{} to {}", peak.used, peak.possible),
    }
}

pub(super) fn reached_by<'a>(facts: &LimitFacts, peak: &'a Peak) -> &'a str {
    match (peak.grant(), facts.scope) {
        (Some(_), Scope::Gateway) => "all together",
        (Some(""), Scope::Grant) => "(unknown)",
        (Some(grant), Scope::Grant) => grant,
        (None, _) => "",
    }
}

fn write_limits(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let hit: Vec<&LimitTotal> =
        report.totals.limits.iter().filter(|limit| limit.calls > 0).collect();
    if hit.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{}", style.bold("Limits that were hit"));
    for limit in hit {
        _ = writeln!(out, "  {}: {}", escape(&limit_name(report, limit)), describe_limit(limit));
    }
}

fn describe_limit(limit: &LimitTotal) -> String {
    let Some(first) = &limit.first else {
        return format!("{} throttled, at times that are not known", count(limit.calls, "call"));
    };
    let grant = match &*first.grant {
        "" => "the only grant".to_owned(),
        name => format!("grant {}", escape(name)),
    };
    format!(
        "first at {} for {grant}, free again at {}; {} throttled, held {} for {} in all",
        time(first.from),
        time(first.until),
        count(limit.calls, "call"),
        count(limit.holds, "time"),
        duration(limit.held_seconds)
    )
}
