//! What other values of a limit would have done, as a line that falls in steps.

use std::fmt::Display;

use super::drawing::{drawing, label, short};
use crate::report::html::markup::Markup;
use crate::report::html::words::grouped;

const SIZE: [u32; 2] = [460, 210];

/// Where the line stands: left, right, top and bottom.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 448.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 168.0;

/// A line with its points, the smallest value first.
pub(in crate::report) struct Curve<'c> {
    /// What it shows.
    pub(in crate::report) title: &'c str,
    /// Each value that was tried, and how many calls it would have throttled.
    pub(in crate::report) points: Vec<(i64, u64)>,
    /// The value that is in force.
    pub(in crate::report) chosen: i64,
}

/// Writes a line.
pub(in crate::report) fn curve(out: &mut Markup, curve: &Curve<'_>) {
    let Curve { title, points, chosen } = curve;
    let (Some((first, _)), Some((last, least))) = (points.first(), points.last()) else { return };
    let most = points.iter().map(|(_, calls)| *calls).max().unwrap_or(0);
    let description = format!(
        "From a max of {first}, which throttles {} calls, down to a max of {last}, which throttles {least}. The policy has {chosen}.",
        grouped(most)
    );
    // Values are tried in steps that grow with them.
    let place = |max: i64| (max.max(1) as f64).ln();
    let (from, until) = (place(*first), place(*last).max(place(*first) + 0.1));
    let x = |max: i64| LEFT + (RIGHT - LEFT) * (place(max) - from) / (until - from);
    let y = |calls: u64| BOTTOM - (BOTTOM - TOP) * calls as f64 / most.max(1) as f64;
    drawing(out, SIZE, [title, &description], |out| {
        for calls in [0, most].into_iter().take(if most == 0 { 1 } else { 2 }) {
            let class = if calls == 0 { "axis" } else { "grid" };
            let line = format!("M{LEFT} {}H{RIGHT}", short(y(calls)));
            out.empty("path", &[("d", &line), ("class", &class)]);
            label(out, [LEFT - 8.0, y(calls) + 4.0], "end", &grouped(calls));
        }
        let at = short(x(*chosen));
        out.empty("path", &[("d", &format_args!("M{at} {TOP}V{BOTTOM}")), ("class", &"chosen")]);
        let anchor = if at > (LEFT + RIGHT) / 2.0 { "end" } else { "start" };
        label(out, [at, TOP - 10.0], anchor, &format!("max {chosen}, the policy's"));
        out.empty("path", &[("d", &steps(points, x, y)), ("class", &"line")]);
        for (max, calls) in points {
            let dot: [(&str, &dyn Display); 4] =
                [("cx", &short(x(*max))), ("cy", &short(y(*calls))), ("r", &3), ("class", &"ink")];
            out.element("circle", &dot, |out| {
                out.leaf("title", &[], &format!("max {max}: {} calls throttled", grouped(*calls)));
            });
        }
        for (max, anchor) in [(*first, "start"), (*last, "end")] {
            label(out, [x(max), BOTTOM + 18.0], anchor, &max.to_string());
        }
        label(out, [(LEFT + RIGHT) / 2.0, BOTTOM + 34.0], "middle", "max");
    });
}

fn steps(points: &[(i64, u64)], x: impl Fn(i64) -> f64, y: impl Fn(u64) -> f64) -> String {
    let mut path = String::new();
    for (at, (max, calls)) in points.iter().enumerate() {
        let (x, y) = (short(x(*max)), short(y(*calls)));
        path += &if at == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") };
    }
    path
}
