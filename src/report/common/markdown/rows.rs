//! Entries below each other, of which any may be left out as a whole.

use std::fmt::Write;

/// How many entries are read without a click.
const OPEN: usize = 20;

/// How dangerous something is: what has the least rank is left out last.
pub(in crate::report) type Rank = (u8, u8);

/// What entries are: one of them, and several.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct Things(
    pub(in crate::report) &'static str,
    pub(in crate::report) &'static str,
);

impl Things {
    pub(super) fn name(self, number: usize) -> &'static str {
        if number == 1 { self.0 } else { self.1 }
    }
}

/// A column of a table, by what it is called.
#[derive(Clone, Copy)]
pub(in crate::report) enum Column<'n> {
    Text(&'n str),
    Number(&'n str),
}

/// Entries of one kind, in the order in which they are shown.
pub(in crate::report) struct Rows {
    pub(super) things: Things,
    layout: Layout,
    /// What is clicked on to see them, as HTML; without it the first are open.
    title: Option<String>,
    /// How many are shown, however much room there is.
    most: usize,
    pub(super) rows: Vec<Row>,
}

enum Layout {
    /// The lines above the first row.
    Table(String),
    List,
    Shell,
}

pub(super) struct Row {
    pub(super) rank: Rank,
    /// How many things it tells of.
    pub(super) number: usize,
    text: String,
}

impl Rows {
    /// A table.
    pub(in crate::report) fn table(things: Things, columns: &[Column<'_>]) -> Rows {
        let (mut heading, mut sides) = ("|".to_owned(), "|".to_owned());
        for column in columns {
            let (name, side) = match column {
                Column::Text(name) => (name, "---"),
                Column::Number(name) => (name, "--:"),
            };
            _ = write!(heading, " {name} |");
            _ = write!(sides, " {side} |");
        }
        Rows::of(things, Layout::Table(format!("{heading}\n{sides}\n")))
    }

    /// A list.
    pub(in crate::report) fn list(things: Things) -> Rows {
        Rows::of(things, Layout::List)
    }

    /// Commands for a shell.
    pub(in crate::report) fn shell(things: Things) -> Rows {
        Rows::of(things, Layout::Shell)
    }

    fn of(things: Things, layout: Layout) -> Rows {
        Rows { things, layout, title: None, most: usize::MAX, rows: Vec::new() }
    }

    /// Folds all of them away below a title, which is HTML.
    pub(in crate::report) fn folded(mut self, title: impl Into<String>) -> Rows {
        self.title = Some(title.into());
        self
    }

    /// Shows so many of them at most.
    pub(in crate::report) fn at_most(mut self, most: usize) -> Rows {
        self.most = most;
        self
    }

    /// A row of a table, which tells of so many things.
    pub(in crate::report) fn row(&mut self, rank: Rank, number: usize, cells: &[String]) {
        self.rows.push(Row { rank, number, text: format!("| {} |", cells.join(" | ")) });
    }

    /// An entry of a list, or a command.
    pub(in crate::report) fn item(&mut self, rank: Rank, text: String) {
        self.rows.push(Row { rank, number: 1, text });
    }

    /// Those that may be shown.
    pub(super) fn showable(&self) -> &[Row] {
        &self.rows[..self.rows.len().min(self.most)]
    }

    /// Those that are kept; nothing where none is.
    pub(super) fn write(&self, kept: &[bool]) -> Option<String> {
        let both = self.showable().iter().zip(kept);
        let shown: Vec<&Row> = both.filter(|(_, kept)| **kept).map(|(row, _)| row).collect();
        if shown.is_empty() {
            return None;
        }
        if let Some(title) = &self.title {
            let text = self.lay(&shown);
            let number = |rows: &mut dyn Iterator<Item = &Row>| rows.map(|row| row.number).sum();
            let [shown, all]: [usize; 2] =
                [number(&mut shown.iter().copied()), number(&mut self.rows.iter())];
            let number = if shown < all { format!("{shown} of {all}") } else { all.to_string() };
            return Some(folded(&format!("{title} ({number})"), &text));
        }
        let (open, rest) = shown.split_at(shown.len().min(OPEN));
        let mut out = self.lay(open);
        if !rest.is_empty() {
            let number = rest.iter().map(|row| row.number).sum();
            let title = format!("{number} more {}", self.things.name(number));
            out = format!("{out}\n\n{}", folded(&title, &self.lay(rest)));
        }
        Some(out)
    }

    fn lay(&self, rows: &[&Row]) -> String {
        let lines = |before: &str| {
            let lines: Vec<String> =
                rows.iter().map(|row| format!("{before}{}", row.text)).collect();
            lines.join("\n")
        };
        match &self.layout {
            Layout::Table(heading) => format!("{heading}{}", lines("")),
            Layout::List => lines("- "),
            Layout::Shell => {
                let ticks = rows.iter().flat_map(|row| row.text.split(|c| c != '`')).map(str::len);
                let fence = "`".repeat(ticks.max().unwrap_or(0).max(2) + 1);
                format!("{fence}sh\n{}\n{fence}", lines(""))
            }
        }
    }
}

/// What opens on a click. Without the empty lines GitHub takes what is in it for HTML.
fn folded(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{text}\n\n</details>")
}
