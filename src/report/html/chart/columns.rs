//! Calls over time: a column for each span, stacked by outcome.

use std::fmt::Display;

use super::drawing::{drawing, fill, label, legend, short, top};
use crate::engine::Outcome;
use crate::replay::Counts;
use crate::report::html::markup::Markup;
use crate::report::html::words::grouped;

const SIZE: [u32; 2] = [960, 220];

/// Where the columns stand: left, right, top and bottom.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 952.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 192.0;

/// How many columns have a label.
const LABELS: usize = 7;

/// Writes columns, each with its label and calls.
pub(in crate::report) fn columns(
    out: &mut Markup,
    title: &str,
    outcomes: &[Outcome],
    columns: &[(String, Counts)],
) {
    let most = columns.iter().map(|(_, counts)| counts.calls()).max().unwrap_or(0);
    let scale = top(most);
    let busiest = columns.iter().max_by_key(|(_, counts)| counts.calls());
    let busiest = busiest.map_or("", |(label, _)| label);
    let description = format!(
        "{} columns, stacked by outcome. The highest has {} calls, at {busiest}.",
        columns.len(),
        grouped(most)
    );
    legend(out, outcomes);
    drawing(out, SIZE, [title, &description], |out| {
        write_grid(out, scale);
        let step = (RIGHT - LEFT) / columns.len().max(1) as f64;
        for (at, (name, counts)) in columns.iter().enumerate() {
            write_column(out, [LEFT + at as f64 * step, step], name, counts, scale);
        }
        let every = columns.len().div_ceil(LABELS).max(1);
        for (at, (name, _)) in columns.iter().enumerate().step_by(every) {
            let x = LEFT + at as f64 * step;
            out.empty(
                "path",
                &[("d", &format_args!("M{} {BOTTOM}v4", short(x))), ("class", &"axis")],
            );
            let anchor = if at == 0 { "start" } else { "middle" };
            if x < RIGHT - 30.0 || at == 0 {
                label(out, [x, BOTTOM + 18.0], anchor, name);
            }
        }
    });
}

fn write_grid(out: &mut Markup, scale: u64) {
    let ticks = if scale.is_multiple_of(2) { vec![0, scale / 2, scale] } else { vec![0, scale] };
    for tick in ticks {
        let y = BOTTOM - (BOTTOM - TOP) * tick as f64 / scale as f64;
        let class = if tick == 0 { "axis" } else { "grid" };
        let line = format!("M{LEFT} {}H{RIGHT}", short(y));
        out.empty("path", &[("d", &line), ("class", &class)]);
        label(out, [LEFT - 8.0, y + 4.0], "end", &grouped(tick));
    }
}

/// One column, `step` wide with what parts it from the next. Calls that are there are seen, however few.
fn write_column(out: &mut Markup, [x, step]: [f64; 2], name: &str, counts: &Counts, scale: u64) {
    if counts.calls() == 0 {
        return;
    }
    let width = if step > 4.0 { step - 1.0 } else { step };
    out.element("g", &[], |out| {
        let parts = Outcome::ALL.map(|outcome| (outcome, counts.of(outcome)));
        let parts = || parts.iter().filter(|(_, calls)| *calls > 0);
        let said: Vec<String> = parts()
            .map(|(outcome, calls)| format!("{} {}", grouped(*calls), outcome.name()))
            .collect();
        out.leaf("title", &[], &format!("{name}: {}", said.join(", ")));
        let mut bottom = BOTTOM;
        for (outcome, calls) in parts() {
            let height = ((BOTTOM - TOP) * *calls as f64 / scale as f64).max(1.5);
            bottom -= height;
            let attributes: [(&str, &dyn Display); 5] = [
                ("x", &short(x)),
                ("y", &short(bottom)),
                ("width", &short(width)),
                ("height", &short(height)),
                ("fill", &fill(*outcome)),
            ];
            out.empty("rect", &attributes);
        }
    });
}
