//! How close limits came, what they throttled, and what others would have.

use std::cmp::Ordering;

use crate::engine::LimitFacts;
use crate::replay::{Curve, LimitTotal, Peak};
use crate::report::common::words::{count, duration, percent};
use crate::report::html::{Cell, Column, Markup, Page, Table, curve, meter};
use crate::report::replay::human::{limit_name, reached_by, used_of};
use crate::report::replay::report::ReplayReport;

/// How many limits are shown.
const SHOWN: usize = 300;

/// Of how many limits the curve is drawn; of the others there is the table.
const DRAWN: usize = 40;

/// How many values of a limit are shown.
const STEPS: usize = 60;

/// Writes each limit's use against its maximum, with the calls that it throttled.
pub(super) fn write_limits(page: &mut Page, report: &ReplayReport<'_>) {
    let mut limits: Vec<&LimitTotal> = report.totals.limits.iter().collect();
    if limits.is_empty() {
        return;
    }
    let share = |limit: &LimitTotal| {
        let (facts, peak) = (limit.facts.as_ref()?, limit.peak.as_ref()?);
        peak.percent(facts.max)
    };
    limits.sort_by(|a, b| {
        let by_share = share(b).partial_cmp(&share(a)).unwrap_or(Ordering::Equal);
        b.calls.cmp(&a.calls).then(by_share)
    });
    let more = limits.split_off(limits.len().min(report.top.unwrap_or(SHOWN))).len();
    let row = |limit: &&LimitTotal| {
        let both = limit.facts.as_ref().zip(limit.peak.as_ref());
        let first = limit.first.as_ref().map(|hold| hold.from);
        let window = both.and_then(|(facts, peak)| peak.window(facts));
        let share = share(limit);
        let order = share.map(|share| share.to_string()).unwrap_or_default();
        vec![
            Cell::code(&limit_name(report, limit)),
            Cell::of(|out| {
                if let Some((facts, peak)) = both {
                    write_use(out, facts, peak);
                }
            }),
            Cell::text(&share.map(percent).unwrap_or_default()).by(order),
            Cell::text(&both.map_or(String::new(), |(facts, peak)| use_of(facts, peak))),
            Cell::number(limit.calls),
            Cell::time(first),
            Cell::text(&held(limit)).by(limit.held_seconds),
            Cell::text(both.map_or("", |(facts, peak)| reached_by(facts, peak))),
            Cell::time(window),
        ]
    };
    page.section("Limits", |out| {
        let columns = [
            Column::Text("limit"),
            Column::Drawing("fullest window"),
            Column::Number("peak"),
            Column::Text("used"),
            Column::Number("throttled calls"),
            Column::Text("first"),
            Column::Number("held"),
            Column::Text("reached by"),
            Column::Text("window from"),
        ];
        let rows = limits.iter().map(row).collect();
        let caption = "The fullest window of each limit, and the calls that it throttled";
        Table { caption, columns: &columns, rows, more }.write(out);
    });
}

fn write_use(out: &mut Markup, facts: &LimitFacts, peak: &Peak) {
    meter(out, peak.used, peak.possible, facts.max, &use_of(facts, peak));
}

fn use_of(facts: &LimitFacts, peak: &Peak) -> String {
    format!("{} of {} {}", used_of(peak), facts.max, facts.window.each())
}

fn held(limit: &LimitTotal) -> String {
    match limit.holds {
        0 => String::new(),
        holds => format!("{}, {}", count(holds, "time"), duration(limit.held_seconds)),
    }
}

/// Writes what other limits would have throttled.
pub(super) fn write_what_if(page: &mut Page, report: &ReplayReport<'_>) {
    let Some(curves) = &report.totals.what_if else { return };
    page.section("What other limits would throttle", |out| {
        if curves.is_empty() {
            out.leaf("p", &[], "No policy has a limit.");
        }
        let said = "Each limit alone, as if the others held nobody back.";
        out.leaf("p", &[("class", &"note")], said);
        out.element("div", &[("class", &"curves")], |out| {
            curves.iter().take(DRAWN).for_each(|curve| write_curve(out, report, curve));
        });
        if let Some(more) = curves.len().checked_sub(DRAWN).filter(|more| *more > 0) {
            let said = format!("{} more, which `--format json` has.", count(more as u64, "limit"));
            out.element("p", &[("class", &"note")], |out| crate::report::html::prose(out, &said));
        }
    });
}

fn write_curve(out: &mut Markup, report: &ReplayReport<'_>, of: &Curve) {
    let name = report.place(Some(of.policy), &of.limit.rule);
    let first = of.steps.len().saturating_sub(STEPS);
    let shown =
        of.steps.iter().enumerate().filter(|(at, step)| *at >= first || step.max == of.limit.max);
    let steps: Vec<_> = shown.map(|(_, step)| step).collect();
    out.element("div", &[], |out| {
        out.element("h3", &[], |out| out.leaf("code", &[], &name));
        let unknown = match of.unknown {
            0 => String::new(),
            unknown => format!(", of which {unknown} at times or with sums that are not known"),
        };
        let said = format!("A {}, of {}{unknown}.", of.limit.window, count(of.calls, "call"));
        out.leaf("p", &[("class", &"note")], &said);
        let points = steps.iter().map(|step| (step.max, step.throttled)).collect();
        let title = format!("Calls that other values of {name} would throttle");
        curve(out, &crate::report::html::Curve { title: &title, points, chosen: of.limit.max });
        let columns = [
            Column::Number("max"),
            Column::Number("throttled calls"),
            Column::Number("share"),
            Column::Text(""),
        ];
        let row = |step: &&crate::replay::Step| {
            let mark = if step.max == of.limit.max { "the policy's" } else { "" };
            vec![
                Cell::text(&step.max.to_string()).by(step.max),
                Cell::number(step.throttled),
                Cell::text(&format!("{:.2} %", step.share * 100.0)).by(step.share),
                Cell::text(mark),
            ]
        };
        let rows = steps.iter().map(row).collect();
        Table { caption: &title, columns: &columns, rows, more: 0 }.write_folded(out);
    });
}
