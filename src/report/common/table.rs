//! Plain tables: columns as wide as what is in them.

use super::style::Style;

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
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].0.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).zip(heading).map(|((cell, width), (_, align))| {
            let pad = " ".repeat(width - cell.chars().count());
            match align {
                Align::Left => format!("{cell}{pad}"),
                Align::Right => format!("{pad}{cell}"),
            }
        });
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    let names = line(heading.iter().map(|(name, _)| *name).collect());
    out.push_str(&style.dim(&names));
    out.push('\n');
    for row in rows {
        out.push_str(&line(row.iter().map(String::as_str).collect()));
        out.push('\n');
    }
}
