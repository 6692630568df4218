//! Plain tables: columns as wide as what is in them, and on a terminal no wider than it.

use std::fmt::Write;

use textwrap::core::display_width;

use super::style::Style;
use super::wrap::{fit, with_joints, wrap};

/// A cell that is wider than this does not widen the others of its column.
const WIDEST: usize = 64;

/// How narrow a column of words may get before it stands below its row instead.
const NARROWEST: usize = 24;

/// How many columns stand before a row, and between two of its cells.
const GAP: usize = 2;

/// Where the text of a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Align {
    Left,
    Right,
}

/// Writes rows below a heading, indented by two. Cells must have been escaped.
pub(in crate::report) fn write_table(
    out: &mut String,
    style: &Style,
    heading: &[(&str, Align)],
    rows: &[Vec<String>],
) {
    write_noted_table(out, style, heading, rows, &[]);
}

/// Writes rows below a heading, each with a note below it.
pub(in crate::report) fn write_noted_table(
    out: &mut String,
    style: &Style,
    heading: &[(&str, Align)],
    rows: &[Vec<String>],
    notes: &[String],
) {
    let layout = Layout::of(style, heading, rows);
    let names: Vec<_> = heading.iter().map(|(name, _)| vec![(*name).to_owned()]).collect();
    layout.write_lines(out, &names, |line| style.dim(line));
    for (number, row) in rows.iter().enumerate() {
        layout.write_row(out, row);
        let note = notes.get(number).filter(|note| !note.is_empty());
        for text in layout.below(row).into_iter().chain(note.cloned()) {
            let line = format!("{}{}", " ".repeat(layout.indent()), style.dim(&text));
            _ = writeln!(out, "{}", fit(&line, style));
        }
    }
}

/// Where the cells of a table stand.
struct Layout<'t> {
    style: &'t Style,
    heading: &'t [(&'t str, Align)],
    /// How wide each column is; none of one that stands below its rows.
    widths: Vec<Option<usize>>,
}

impl<'t> Layout<'t> {
    /// Where a table is too wide, its last column of words gives way: it gets narrower, or stands below its rows where
    /// it would get too narrow. Then the one before it does, and so on up to the first column, whose names that are
    /// wider have lines of their own. If that is not enough, the last numbers stand below.
    fn of(style: &'t Style, heading: &'t [(&'t str, Align)], rows: &[Vec<String>]) -> Layout<'t> {
        let width = |column: usize| {
            let cells = rows.iter().map(|row| display_width(&row[column]));
            let is_shown = |width: &usize| *width <= WIDEST || style.bounded && column > 0;
            cells.filter(is_shown).chain([display_width(heading[column].0)]).max()
        };
        let widths = (0..heading.len()).map(width).collect();
        let mut layout = Layout { style, heading, widths };
        let of = |align| (1..heading.len()).rev().filter(move |at| heading[*at].1 == align);
        for column in of(Align::Left).chain([0]).chain(of(Align::Right)) {
            let over = layout.width().saturating_sub(style.width);
            if over == 0 || !style.bounded {
                break;
            }
            let Some(width) = layout.widths[column] else { continue };
            let left = width.saturating_sub(over);
            layout.widths[column] = match (column, heading[column].1) {
                (0, Align::Left) => Some(left.max(NARROWEST.min(width))),
                (_, Align::Left) if left >= NARROWEST => Some(left),
                (0, Align::Right) => Some(width),
                _ => None,
            };
        }
        layout
    }

    /// How wide the table is.
    fn width(&self) -> usize {
        self.widths.iter().flatten().map(|width| GAP + width).sum()
    }

    /// How far that is indented which stands below a row: numbers in front of it stay free.
    fn indent(&self) -> usize {
        match (self.heading[0].1, self.widths[0]) {
            (Align::Right, Some(width)) => GAP + width + GAP,
            _ => 2 * GAP,
        }
    }

    /// Writes a row. A name that is wider than its column has a line of its own.
    fn write_row(&self, out: &mut String, row: &[String]) {
        let first = self.widths[0].unwrap_or_default();
        let mut cells: Vec<Vec<String>> =
            row.iter().zip(&self.widths).map(|(cell, width)| self.cell(cell, *width)).collect();
        if self.style.bounded && display_width(&row[0]) > first && self.heading[0].1 == Align::Left
        {
            _ = writeln!(out, "{}", fit(&format!("  {}", row[0]), self.style));
            cells[0].clear();
        }
        self.write_lines(out, &cells, |line| line.to_owned());
    }

    /// The lines of a cell.
    fn cell(&self, cell: &str, width: Option<usize>) -> Vec<String> {
        match width {
            Some(width) if self.style.bounded => {
                wrap(&with_joints(cell, width), width, "").lines().map(str::to_owned).collect()
            }
            _ => vec![cell.to_owned()],
        }
    }

    /// Writes cells beside each other, each of some lines.
    fn write_lines(
        &self,
        out: &mut String,
        cells: &[Vec<String>],
        painted: impl Fn(&str) -> String,
    ) {
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let shown = cells.iter().zip(&self.widths).zip(self.heading);
        let shown: Vec<_> = shown
            .filter_map(|((lines, width), (_, align))| Some((lines, (*width)?, *align)))
            .collect();
        for line in 0..height {
            let cells = shown.iter().map(|(lines, width, align)| {
                let cell = lines.get(line).map_or("", String::as_str);
                let pad = " ".repeat(width.saturating_sub(display_width(cell)));
                match align {
                    Align::Left => format!("{cell}{pad}"),
                    Align::Right => format!("{pad}{cell}"),
                }
            });
            let line = format!("  {}", cells.collect::<Vec<_>>().join("  "));
            _ = writeln!(out, "{}", painted(line.trim_end()));
        }
    }

    /// The cells of a row for which there is no column, in one line.
    fn below(&self, row: &[String]) -> Option<String> {
        let cells = row.iter().zip(&self.widths).zip(self.heading);
        let cells = cells.filter(|((cell, width), _)| width.is_none() && !cell.is_empty());
        let named = cells.map(|((cell, _), (name, _))| match name.is_empty() {
            true => cell.clone(),
            false => format!("{name}: {cell}"),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        (!named.is_empty()).then_some(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: [(&str, Align); 4] =
        [("tool", Align::Left), ("n", Align::Right), ("rule", Align::Left), ("since", Align::Left)];

    fn table(width: usize, bounded: bool, rows: &[[&str; 4]]) -> String {
        let style = Style { color: false, width, unicode: false, bounded };
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let mut out = String::new();
        write_table(&mut out, &style, &HEADING, &rows);
        out
    }

    const ROW: [&str; 4] = ["run_job", "12", "/tools/run_job/require/args.name-in", "10:00:00"];

    #[test]
    fn one_long_name_does_not_widen_every_row() {
        let long = "n".repeat(5_000);
        let out = table(80, false, &[["run", "1", "", ""], [&long, "1", "", ""]]);
        assert_eq!(out.lines().nth(1), Some("  run   1"));
        assert!(out.ends_with("nnn  1\n"), "{out}");
        let out = table(80, true, &[["run", "1", "", ""], [&long, "1", "", ""]]);
        assert!(out.ends_with("nnn\n        1\n") && out.contains("n…n"), "{out}");
    }

    #[test]
    fn the_last_words_give_way_first_and_numbers_stay_beside_their_name() {
        let wide = "  tool      n  rule                                 since\n  run_job  12  /tools/run_job/require/args.name-in  10:00:00\n";
        assert_eq!(table(80, true, &[ROW]), wide);
        assert_eq!(table(20, false, &[ROW]), wide);
        assert_eq!(
            table(54, true, &[ROW]),
            "  tool      n  rule\n  run_job  12  /tools/run_job/require/args.name-in\n    since: 10:00:00\n"
        );
        assert_eq!(
            table(40, true, &[ROW]),
            "  tool      n  rule\n  run_job  12  /tools/run_job/require/\n               args.name-in\n    since: 10:00:00\n"
        );
        assert_eq!(
            table(32, true, &[["run_the_job_of_the_night_shift", "12", "", ""]]),
            "  tool                         n\n  run_the_job_of_the_night_shift\n                              12\n"
        );
    }

    #[test]
    fn columns_are_measured_as_a_terminal_shows_them() {
        let out = table(80, true, &[["送信", "1", "", ""], ["run", "1", "", ""]]);
        assert_eq!(out, "  tool  n  rule  since\n  送信  1\n  run   1\n");
    }
}
