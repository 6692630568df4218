//! Tables that the page's script filters and sorts.

use std::fmt::Display;

use super::markup::Markup;
use super::words;
use crate::engine::{Outcome, Timestamp};
use crate::report::common::words::{count, cut};

/// How many characters of a name are shown.
const LONG: usize = 300;

/// What stands in a column of changes where there is none.
pub(in crate::report) const UNCHANGED: &str = "unchanged";

/// From so many rows on a table scrolls below its heading.
const TALL: usize = 30;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Column<'t> {
    /// Words, by which rows are found.
    Text(&'t str),
    /// Numbers.
    Number(&'t str),
    /// A few words that many rows share, one of which may be chosen.
    Choice(&'t str),
    /// The same, where [`UNCHANGED`] says that a row may be left out.
    Change(&'t str),
    /// Symbols, below a heading that several columns share.
    Symbol(&'t str, &'t str),
    /// A drawing, which orders nothing.
    Drawing(&'t str),
}

/// A table with its caption.
pub(in crate::report) struct Table<'t> {
    /// What it shows.
    pub(in crate::report) caption: &'t str,
    /// Its columns; the first one names the rows.
    pub(in crate::report) columns: &'t [Column<'t>],
    /// What the first rows hold; one with a single cell is the heading of those that follow.
    pub(in crate::report) rows: Vec<Vec<Cell>>,
    /// How many more there are.
    pub(in crate::report) more: usize,
}

/// What stands in a cell.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Cell {
    shown: Markup,
    order: Option<String>,
}

impl Cell {
    /// Words.
    pub(in crate::report) fn text(text: &str) -> Cell {
        Cell::of(|out| out.text(&cut(text, LONG)))
    }

    /// A name.
    pub(in crate::report) fn code(name: &str) -> Cell {
        match name {
            "" => Cell::default(),
            name => Cell::of(|out| out.leaf("code", &[], &cut(name, LONG))),
        }
    }

    /// A number.
    pub(in crate::report) fn number(number: u64) -> Cell {
        Cell::of(|out| out.text(&words::grouped(number))).by(number)
    }

    /// A time, if it is known.
    pub(in crate::report) fn time(time: Option<Timestamp>) -> Cell {
        match time {
            Some(time) => Cell::of(|out| out.leaf("time", &[], &time.to_string())),
            None => Cell::default(),
        }
    }

    /// An outcome.
    pub(in crate::report) fn outcome(outcome: Outcome) -> Cell {
        Cell::marked(outcome.name(), outcome.name())
    }

    /// A word beside a mark in the colour of a class.
    pub(in crate::report) fn marked(class: &str, word: &str) -> Cell {
        Cell::of(|out| words::mark(out, class, word))
    }

    /// A symbol in the colour of a class, and the word that it stands for.
    pub(in crate::report) fn symbol(class: &str, symbol: &str, word: &str) -> Cell {
        Cell::of(|out| {
            let class = format_args!("symbol {class}");
            out.leaf("span", &[("class", &class), ("aria-hidden", &true)], symbol);
            out.leaf("span", &[("class", &"unseen")], word);
        })
    }

    /// Anything else.
    pub(in crate::report) fn of(make: impl FnOnce(&mut Markup)) -> Cell {
        Cell { shown: Markup::of(make), order: None }
    }

    /// The same, which stands among others by a value that is not what is shown.
    pub(in crate::report) fn by(self, order: impl Display) -> Cell {
        Cell { order: Some(order.to_string()), ..self }
    }
}

impl<'t> Column<'t> {
    fn name(self) -> &'t str {
        match self {
            Column::Text(name) | Column::Number(name) | Column::Symbol(_, name) => name,
            Column::Choice(name) | Column::Change(name) | Column::Drawing(name) => name,
        }
    }

    /// How style and script call it.
    fn class(self) -> &'static str {
        match self {
            Column::Text(_) => "text",
            Column::Number(_) => "number",
            Column::Choice(_) => "choice",
            Column::Change(_) => "choice changes",
            Column::Symbol(..) => "symbol",
            Column::Drawing(_) => "drawing",
        }
    }
}

impl Table<'_> {
    /// Writes the table in a frame that scrolls where it is too wide.
    pub(in crate::report) fn write(&self, out: &mut Markup) {
        let class = if self.rows.len() < TALL { "frame" } else { "frame tall" };
        let frame: [(&str, &dyn Display); 4] = [
            ("class", &class),
            ("role", &"region"),
            ("aria-label", &self.caption),
            ("tabindex", &0),
        ];
        let filled: Vec<(usize, Column<'_>)> = self.filled().collect();
        out.element("div", &frame, |out| {
            out.element("table", &[("class", &"sift")], |out| {
                out.leaf("caption", &[], self.caption);
                out.element("thead", &[], |out| {
                    write_shared_names(out, &filled);
                    out.element("tr", &[], |out| write_names(out, &filled))
                });
                out.element("tbody", &[], |out| {
                    self.rows.iter().for_each(|row| match row.as_slice() {
                        [group] if self.columns.len() > 1 => write_group(out, group, filled.len()),
                        row => write_row(out, row, &filled),
                    })
                });
            });
        });
        self.write_rest(out);
    }

    /// Writes the table to be opened below a chart that shows the same.
    pub(in crate::report) fn write_folded(&self, out: &mut Markup) {
        out.element("details", &[], |out| {
            out.leaf("summary", &[], "The same as a table");
            self.write(out);
        });
    }

    /// The columns that hold anything, with their numbers; the first one always.
    fn filled(&self) -> impl Iterator<Item = (usize, Column<'_>)> {
        let is_filled = |at: usize| {
            at == 0
                || self.rows.iter().any(|row| !row.get(at).is_none_or(|cell| cell.shown.is_empty()))
        };
        self.columns.iter().copied().enumerate().filter(move |(at, _)| is_filled(*at))
    }

    fn write_rest(&self, out: &mut Markup) {
        if self.more > 0 {
            let more = count(self.more as u64, "more row");
            let said = format!("{more} not shown here; `--format json` has what is left out.");
            out.element("p", &[("class", &"note")], |out| words::prose(out, &said));
        }
    }
}

/// Writes the headings that several columns share above their own; nothing where none do.
fn write_shared_names(out: &mut Markup, filled: &[(usize, Column<'_>)]) {
    let shared = |column: &Column<'_>| match column {
        Column::Symbol(name, _) => name.to_string(),
        _ => String::new(),
    };
    if filled.iter().all(|(_, column)| shared(column).is_empty()) {
        return;
    }
    out.element("tr", &[("class", &"shared")], |out| {
        for columns in filled.chunk_by(|(_, one), (_, next)| shared(one) == shared(next)) {
            let (name, width) = (shared(&columns[0].1), columns.len());
            match name.is_empty() {
                true => out.leaf("td", &[("colspan", &width)], ""),
                false => out.leaf("th", &[("scope", &"colgroup"), ("colspan", &width)], &name),
            }
        }
    });
}

/// Writes the heading of a group of rows.
fn write_group(out: &mut Markup, group: &Cell, width: usize) {
    out.end_line();
    out.element("tr", &[("class", &"group")], |out| {
        let attributes: [(&str, &dyn Display); 2] = [("scope", &"rowgroup"), ("colspan", &width)];
        out.element("th", &attributes, |out| out.add(&group.shown));
    });
}

fn write_names(out: &mut Markup, filled: &[(usize, Column<'_>)]) {
    for (_, column) in filled {
        let attributes: [(&str, &dyn Display); 2] = [("scope", &"col"), ("class", &column.class())];
        out.leaf("th", &attributes, column.name());
    }
}

fn write_row(out: &mut Markup, row: &[Cell], filled: &[(usize, Column<'_>)]) {
    out.end_line();
    out.element("tr", &[], |out| {
        for (at, column) in filled {
            let (cell, class) = (&row[*at], column.class());
            let mut attributes: Vec<(&'static str, &dyn Display)> = Vec::new();
            if *at == 0 {
                attributes.push(("scope", &"row"));
            }
            if !matches!(column, Column::Text(_)) {
                attributes.push(("class", &class));
            }
            if let Some(order) = &cell.order {
                attributes.push(("data-by", order));
            }
            let name = if *at == 0 { "th" } else { "td" };
            out.element(name, &attributes, |out| out.add(&cell.shown));
        }
    });
}
