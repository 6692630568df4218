//! Plain tables: columns as wide as what is in them.

use super::style::Style;

/// A cell that is wider than this does not widen the others of its column.
const WIDEST: usize = 64;

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
        let cells = cells.filter(|width| *width <= WIDEST);
        cells.chain([heading[column].0.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).zip(heading).map(|((cell, width), (_, align))| {
            let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_long_name_does_not_widen_every_row() {
        let style = Style { color: false, width: 80, unicode: false };
        let row = |name: &str| vec![name.to_owned(), "1".to_owned()];
        let mut out = String::new();
        let rows = [row("run"), row(&"n".repeat(5_000))];
        write_table(&mut out, &style, &[("tool", Align::Left), ("n", Align::Right)], &rows);
        assert_eq!(out.lines().nth(1), Some("  run   1"));
        assert!(out.ends_with("nnn  1\n"));
    }
}
