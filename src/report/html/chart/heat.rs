//! Calls by name and hour of the day.

use std::fmt::Display;

use super::drawing::{drawing, label};
use crate::replay::Hours;
use crate::report::common::words::{count, cut};
use crate::report::html::markup::Markup;

/// How wide the names are, and how large a cell is.
const NAMES: u32 = 230;
const CELL: u32 = 28;

/// How many characters of a name there is room for.
const LONG: usize = 30;

/// How faint the least of all calls are.
const FAINT: f64 = 0.14;

/// Writes a row for each name, with a cell for each hour of the day.
pub(in crate::report) fn heat_map(out: &mut Markup, title: &str, rows: &[(&str, &Hours)]) {
    let width = NAMES + CELL * 24 + 2;
    let height = 22 + CELL * rows.len() as u32;
    let most = rows.iter().flat_map(|(_, hours)| hours.iter()).copied().max().unwrap_or(0).max(1);
    let description = format!(
        "A row for each of {}, a column for each hour of the day in UTC; the darkest cell has {}.",
        count(rows.len() as u64, "tool"),
        count(most, "call")
    );
    drawing(out, [width, height], [title, &description], |out| {
        for hour in (0..24).step_by(3) {
            let x = f64::from(NAMES + CELL * hour) + f64::from(CELL) / 2.0;
            label(out, [x, 13.0], "middle", &format!("{hour:02}"));
        }
        for (at, (name, hours)) in rows.iter().enumerate() {
            let y = 22 + CELL * at as u32;
            write_row(out, y, name, hours, most);
        }
    });
}

fn write_row(out: &mut Markup, y: u32, name: &str, hours: &Hours, most: u64) {
    out.element("g", &[], |out| {
        label(out, [f64::from(NAMES) - 8.0, f64::from(y) + 18.0], "end", &cut(name, LONG));
        for (hour, calls) in hours.iter().enumerate() {
            let x = NAMES + CELL * hour as u32;
            // The eye tells few from some better than many from more.
            let share = (*calls as f64 / most as f64).sqrt();
            let class = if *calls == 0 { "none" } else { "heat" };
            let shade = if *calls == 0 { 1.0 } else { FAINT + (1.0 - FAINT) * share };
            let attributes: [(&str, &dyn Display); 6] = [
                ("x", &x),
                ("y", &y),
                ("width", &(CELL - 2)),
                ("height", &(CELL - 2)),
                ("class", &class),
                ("fill-opacity", &format_args!("{shade:.2}")),
            ];
            out.element("rect", &attributes, |out| {
                if *calls > 0 {
                    let said = format!(
                        "{}, {hour:02}:00 to {hour:02}:59: {}",
                        cut(name, LONG),
                        count(*calls, "call")
                    );
                    out.leaf("title", &[], &said);
                }
            });
        }
    });
}
