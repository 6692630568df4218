//! What other limits would have throttled, for people and for machines.

use std::fmt::Write;

use serde::Serialize;

use super::report::ReplayReport;
use crate::policy::Window;
use crate::replay::{Curve, Step};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::words::count;

/// How many limits of a curve are shown: those that throttle the least.
const SHOWN: usize = 12;

/// Writes for every limit what others would have throttled.
pub(super) fn write_what_if(out: &mut String, report: &ReplayReport<'_>, style: &Style) {
    let Some(curves) = &report.totals.what_if else { return };
    _ = writeln!(out, "\n{}", style.bold("What other limits would throttle, each alone"));
    if curves.is_empty() {
        out.push_str("  no policy has a limit\n");
    }
    for curve in curves {
        write_curve(out, report, curve, style);
    }
}

fn write_curve(out: &mut String, report: &ReplayReport<'_>, curve: &Curve, style: &Style) {
    let name = report.place(Some(curve.policy), &curve.limit.rule);
    let (calls, window) = (count(curve.calls, "call"), curve.limit.window.each());
    let unknown = match curve.unknown {
        0 => String::new(),
        unknown => format!(", of which {unknown} at times or with sums that are not known"),
    };
    _ = writeln!(out, "  {}, {window}, of {calls}{unknown}", escape(&name));
    let right = Align::Right;
    let heading = [("max", right), ("throttled", right), ("share", right), ("", Align::Left)];
    let first = curve.steps.len().saturating_sub(SHOWN);
    let is_chosen = |step: &Step| step.max == curve.limit.max;
    let shown = curve.steps.iter().enumerate().filter(|(at, step)| *at >= first || is_chosen(step));
    let rows: Vec<Vec<String>> = shown
        .map(|(_, step)| {
            let mark = if is_chosen(step) { "the policy's" } else { "" };
            let share = format!("{:.2} %", step.share * 100.0);
            vec![step.max.to_string(), step.throttled.to_string(), share, mark.to_owned()]
        })
        .collect();
    write_table(out, style, &heading, &rows);
}

/// A curve for machines.
#[derive(Serialize)]
pub(super) struct JsonCurve<'a> {
    policy: usize,
    rule: &'a str,
    pointer: &'a str,
    window: Window,
    max: i64,
    calls: u64,
    unknown: u64,
    curve: Vec<JsonStep>,
}

#[derive(Serialize)]
struct JsonStep {
    max: i64,
    throttled: u64,
    share: f64,
}

impl<'a> From<&'a Curve> for JsonCurve<'a> {
    fn from(curve: &'a Curve) -> JsonCurve<'a> {
        let Curve { policy, limit, calls, unknown, steps } = curve;
        let step = |step: &Step| {
            let Step { max, throttled, share } = *step;
            JsonStep { max, throttled, share }
        };
        JsonCurve {
            policy: *policy,
            rule: &limit.rule,
            pointer: &limit.pointer,
            window: limit.window,
            max: limit.max,
            calls: *calls,
            unknown: *unknown,
            curve: steps.iter().map(step).collect(),
        }
    }
}
