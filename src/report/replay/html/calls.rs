//! What became of calls: over time, by rule, by hour of the day, by group.

use std::cmp::Reverse;

use crate::engine::Outcome;
use crate::replay::{By, Counts, Group, Hours, RuleTotal, Share};
use crate::report::common::words::{SPEAKS_OF_APPROVAL, cut, list, percent};
use crate::report::html::{Cell, Column, Page, Table, columns, grouped, heat_map, sparkline};
use crate::report::replay::human::heading_of_rules;
use crate::report::replay::report::{ReplayReport, group_name};
use crate::report::replay::timeline::{label, span};

/// How many rules and groups are shown.
const SHOWN: usize = 300;

/// How many columns the chart of all calls has, and how many the small ones.
const COLUMNS: usize = 120;
const SMALL: usize = 60;

/// How many tools the map of hours shows.
const TOOLS: usize = 30;

/// How many grants or tools of a rule are named.
const NAMED: usize = 3;

/// How many characters of a rule are read out with its drawing.
const LONG: usize = 120;

/// Writes all calls over time; nothing where all of them fall together.
pub(super) fn write_time(page: &mut Page, report: &ReplayReport<'_>) {
    let timeline = report.totals.timeline.within(COLUMNS);
    let width = timeline.width();
    let buckets: Vec<(i64, &Counts)> = timeline.buckets().collect();
    let (Some((first, _)), Some((last, _)), 2..) = (buckets.first(), buckets.last(), buckets.len())
    else {
        return;
    };
    let one_day = first.div_euclid(86_400) == last.div_euclid(86_400);
    let named = buckets.iter().map(|(start, counts)| (label(*start, width, one_day), **counts));
    let named: Vec<(String, Counts)> = named.collect();
    let mut outcomes = report.outcomes();
    outcomes.retain(|outcome| report.totals.counts.of(*outcome) > 0);
    page.section("Over time", |out| {
        let title = format!("Calls by outcome, {} a column", span(width));
        out.leaf("p", &[("class", &"note")], &format!("{title}, in UTC."));
        columns(out, &title, &outcomes, &named);
        let names = [Column::Text("from")].into_iter().chain(of_outcomes(&outcomes));
        let row = |(name, counts): &(String, Counts)| {
            [Cell::text(name)].into_iter().chain(cells(&outcomes, counts)).collect()
        };
        let filled = named.iter().filter(|(_, counts)| counts.calls() > 0);
        let rows = filled.map(row).collect();
        Table { caption: &title, columns: &names.collect::<Vec<_>>(), rows, more: 0 }
            .write_folded(out);
    });
}

/// Writes what each rule refused, of an agent also what it allowed, and when.
pub(super) fn write_rules(page: &mut Page, report: &ReplayReport<'_>) {
    let mut rules: Vec<&RuleTotal> = report.totals.rules.iter().collect();
    if rules.is_empty() {
        return;
    }
    rules.sort_by_key(|rule| Reverse(rule.calls));
    let more = rules.split_off(rules.len().min(report.top.unwrap_or(SHOWN))).len();
    let all = report.totals.timeline.within(SMALL);
    let has_time = all.buckets().count() > 1;
    let row = |rule: &&RuleTotal| {
        let place = report.place_of(rule);
        let drawing = Cell::of(|out| {
            if has_time && rule.first.is_some() {
                let title = format!("{} over time", cut(&rule.rule, LONG));
                sparkline(out, rule.outcome, &rule.timeline.along(&all), &title);
            }
        });
        let name = Cell::of(|out| {
            out.leaf("code", &[], &cut(&rule.rule, 300));
            if rule.speaks_of_approval {
                out.leaf("div", &[("class", &"note")], SPEAKS_OF_APPROVAL);
            }
        });
        vec![
            name,
            Cell::outcome(rule.outcome),
            Cell::number(rule.calls),
            drawing,
            Cell::text(&list(&rule.tools, NAMED)),
            Cell::text(&list(&rule.grants, NAMED)),
            Cell::time(rule.first),
            Cell::time(rule.last),
            Cell::code(&place),
        ]
    };
    let title = heading_of_rules(report.totals);
    page.section(title, |out| {
        let columns = [
            Column::Text("rule"),
            Column::Choice("outcome"),
            Column::Number("calls"),
            Column::Drawing("over time"),
            Column::Text("tools"),
            Column::Text("grants"),
            Column::Text("first"),
            Column::Text("last"),
            Column::Text("place"),
        ];
        let rows = rules.iter().map(row).collect();
        Table {
            caption: "Each rule with the calls that it decided",
            columns: &columns,
            rows,
            more,
        }
        .write(out);
    });
}

/// Writes which tool is called at which hour of the day.
pub(super) fn write_hours(page: &mut Page, report: &ReplayReport<'_>) {
    let hours = &report.totals.hours;
    if hours.is_empty() {
        return;
    }
    let shown: Vec<(&str, &Hours)> =
        hours.iter().take(TOOLS).map(|(tool, hours)| (tool.as_str(), hours)).collect();
    page.section("Tools by hour of the day", |out| {
        let title = "Calls of each tool by hour of the day, in UTC";
        if let Some(more) = hours.len().checked_sub(TOOLS).filter(|more| *more > 0) {
            let said = format!(
                "The {TOOLS} tools with the most calls; {} more are called less.",
                grouped(more as u64)
            );
            out.leaf("p", &[("class", &"note")], &said);
        }
        heat_map(out, title, &shown);
        let hour = (0..24).map(|hour| format!("{hour:02}")).collect::<Vec<_>>();
        let columns =
            [Column::Text("tool")].into_iter().chain(hour.iter().map(|hour| Column::Number(hour)));
        let row = |(tool, hours): &(&str, &Hours)| {
            [Cell::code(tool)]
                .into_iter()
                .chain(hours.iter().map(|calls| Cell::number(*calls)))
                .collect()
        };
        let rows = shown.iter().map(row).collect();
        Table { caption: title, columns: &columns.collect::<Vec<_>>(), rows, more: 0 }
            .write_folded(out);
    });
}

/// Writes the calls by what they are grouped by.
pub(super) fn write_groups(page: &mut Page, report: &ReplayReport<'_>) {
    let by = report.totals.by;
    let top = report.groups(Some(SHOWN));
    if report.totals.groups.is_empty() {
        return;
    }
    let outcomes = report.outcomes();
    let mut columns = vec![Column::Text(by.name()), Column::Number("calls")];
    columns.extend(of_outcomes(&outcomes));
    if by == By::Grant {
        columns.extend([Column::Number("peak"), Column::Text("of limit")]);
    }
    let row = |group: &&Group| {
        let mut row = vec![Cell::code(group_name(by, group)), Cell::number(group.counts.calls())];
        row.extend(cells(&outcomes, &group.counts));
        if by == By::Grant {
            let closest = group.closest.as_ref();
            let share = closest.and_then(Share::percent);
            let order = share.map(|share| share.to_string()).unwrap_or_default();
            row.push(Cell::text(&share.map(percent).unwrap_or_default()).by(order));
            row.push(Cell::code(closest.map_or("", |closest| &closest.limit.rule)));
        }
        row
    };
    page.section(&format!("By {}", by.name()), |out| {
        let caption = format!("Calls by {} and outcome", by.name());
        let rows = top.groups.iter().map(row).collect();
        Table { caption: &caption, columns: &columns, rows, more: top.others }.write(out);
    });
}

fn of_outcomes(outcomes: &[Outcome]) -> impl Iterator<Item = Column<'static>> {
    outcomes.iter().map(|outcome| Column::Number(outcome.name()))
}

fn cells(outcomes: &[Outcome], counts: &Counts) -> impl Iterator<Item = Cell> {
    outcomes.iter().map(|outcome| Cell::number(counts.of(*outcome)))
}
