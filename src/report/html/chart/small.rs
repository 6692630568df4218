//! Drawings that stand in a line of text or in a cell.

use std::fmt::Display;

use super::drawing::{fill, short};
use crate::engine::Outcome;
use crate::report::html::markup::Markup;
use crate::report::html::words::mark;

/// Writes a row of figures, each with its class, name, number and what belongs to it.
pub(in crate::report) fn tiles(out: &mut Markup, tiles: &[(&str, &str, String, String)]) {
    out.element("ul", &[("class", &"tiles")], |out| {
        for (class, name, number, rest) in tiles {
            out.element("li", &[], |out| {
                mark(out, class, name);
                out.leaf("strong", &[], number);
                out.leaf("span", &[("class", &"note")], rest);
            });
        }
    });
}

/// Writes calls over time as columns without a scale of their own.
pub(in crate::report) fn sparkline(out: &mut Markup, outcome: Outcome, calls: &[u64], label: &str) {
    const WIDTH: f64 = 180.0;
    const HEIGHT: f64 = 24.0;
    let most = calls.iter().copied().max().unwrap_or(0).max(1);
    let step = WIDTH / calls.len().max(1) as f64;
    let mut path = String::new();
    for (at, calls) in calls.iter().enumerate().filter(|(_, calls)| **calls > 0) {
        let height = short((HEIGHT * *calls as f64 / most as f64).max(2.0));
        let (x, width) = (short(at as f64 * step), short((step - 0.5).max(1.5)));
        path += &format!("M{x} {HEIGHT}v-{height}h{width}v{height}z");
    }
    picture(out, [WIDTH, HEIGHT], label, |out| {
        out.empty("path", &[("d", &format_args!("M0 {HEIGHT}H{WIDTH}")), ("class", &"axis")]);
        out.empty("path", &[("d", &path), ("class", &outcome.name())]);
    });
}

/// Writes how much of what fits was used: so much for certain, and so much it may have been.
pub(in crate::report) fn meter(out: &mut Markup, used: i64, possible: i64, max: i64, label: &str) {
    const WIDTH: f64 = 180.0;
    const HEIGHT: f64 = 14.0;
    let length = |number: i64| match max {
        ..=0 => 0.0,
        max => short((number as f64 / max as f64).clamp(0.0, 1.0) * WIDTH),
    };
    let bar = |out: &mut Markup, length: f64, paint: (&'static str, &dyn Display)| {
        out.empty("rect", &[("width", &length), ("height", &HEIGHT), paint]);
    };
    picture(out, [WIDTH, HEIGHT], label, |out| {
        bar(out, WIDTH, ("class", &"track"));
        bar(out, length(possible), ("fill", &fill(Outcome::Indeterminate)));
        let class = if used >= max { "throttle" } else { "ink" };
        bar(out, length(used), ("class", &class));
    });
}

fn picture(
    out: &mut Markup,
    [width, height]: [f64; 2],
    label: &str,
    inside: impl FnOnce(&mut Markup),
) {
    let view = format!("0 0 {width} {height}");
    let attributes: [(&str, &dyn Display); 5] = [
        ("class", &"small"),
        ("viewBox", &view),
        ("width", &width),
        ("height", &height),
        ("role", &"img"),
    ];
    out.element("svg", &attributes, |out| {
        out.leaf("title", &[], label);
        inside(out);
    });
}
