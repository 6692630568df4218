//! The groups of a replay's calls, one a row, as lines of JSON or as CSV; described by
//! `schemas/replay-row.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::report::{ReplayReport, group_name};
use crate::replay::{Counts, Group, Share};
use crate::report::common::escape::escape;
use crate::report::common::json;

/// The columns, which are the fields of the lines too.
const COLUMNS: [&str; 13] = [
    "by",
    "name",
    "rest",
    "calls",
    "allow",
    "ask",
    "deny",
    "throttle",
    "indeterminate",
    "closest_rule",
    "closest_pointer",
    "closest_used",
    "closest_max",
];

#[derive(Serialize)]
struct Row<'a> {
    by: &'static str,
    name: Option<&'a str>,
    rest: usize,
    calls: u64,
    allow: u64,
    ask: u64,
    deny: u64,
    throttle: u64,
    indeterminate: u64,
    closest_rule: Option<&'a str>,
    closest_pointer: Option<&'a str>,
    closest_used: Option<i64>,
    closest_max: Option<i64>,
}

impl<'a> Row<'a> {
    fn new(by: &'static str, counts: &Counts) -> Row<'a> {
        let [allow, ask, deny, throttle, indeterminate] = counts.0;
        Row {
            by,
            name: None,
            rest: 0,
            calls: counts.calls(),
            allow,
            ask,
            deny,
            throttle,
            indeterminate,
            closest_rule: None,
            closest_pointer: None,
            closest_used: None,
            closest_max: None,
        }
    }

    fn of_group(by: &'static str, group: &'a Group) -> Row<'a> {
        let row = Row { name: group.name.as_deref(), ..Row::new(by, &group.counts) };
        let Some(Share { limit, used, .. }) = &group.closest else { return row };
        Row {
            closest_rule: Some(&limit.rule),
            closest_pointer: Some(&limit.pointer),
            closest_used: Some(*used),
            closest_max: Some(limit.max),
            ..row
        }
    }

    /// The cells in the order of the columns; `name` is what the group is called.
    fn cells(&self, name: &str) -> [String; COLUMNS.len()] {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        [
            self.by.to_owned(),
            cell(name),
            self.rest.to_string(),
            self.calls.to_string(),
            self.allow.to_string(),
            self.ask.to_string(),
            self.deny.to_string(),
            self.throttle.to_string(),
            self.indeterminate.to_string(),
            cell(self.closest_rule.unwrap_or_default()),
            cell(self.closest_pointer.unwrap_or_default()),
            number(self.closest_used).unwrap_or_default(),
            number(self.closest_max).unwrap_or_default(),
        ]
    }
}

/// Writes a line of JSON for each group.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_jsonl(out: &mut dyn Write, report: &ReplayReport<'_>) -> io::Result<()> {
    let by = report.totals.by.name();
    let top = report.groups(None);
    for group in top.groups {
        json::write_line(out, &Row::of_group(by, group))?;
    }
    if top.others > 0 {
        json::write_line(out, &Row { rest: top.others, ..Row::new(by, &top.rest) })?;
    }
    Ok(())
}

/// Writes a row of CSV for each group, below a row of headings (RFC 4180).
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_csv(out: &mut dyn Write, report: &ReplayReport<'_>) -> io::Result<()> {
    let by = report.totals.by;
    let top = report.groups(None);
    write_cells(out, &COLUMNS)?;
    for group in top.groups {
        write_cells(out, &Row::of_group(by.name(), group).cells(group_name(by, group)))?;
    }
    if top.others > 0 {
        let row = Row { rest: top.others, ..Row::new(by.name(), &top.rest) };
        write_cells(out, &row.cells("(the rest)"))?;
    }
    Ok(())
}

fn write_cells(out: &mut dyn Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell.as_ref())).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell in quotes, where it would not be one without them.
fn quoted(cell: &str) -> Cow<'_, str> {
    match cell.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")).into(),
        false => cell.into(),
    }
}

/// Text as a cell. Spreadsheets take what begins with one of these characters for a formula, and a
/// trace may hold any text; an apostrophe before it makes it text.
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>.
fn cell(text: &str) -> String {
    let text: Cow<'_, str> = escape(text);
    match text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => format!("'{text}"),
        false => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_apart() {
        let mut out = Vec::new();
        write_cells(&mut out, &["a", "b,c", "d\"e", "", "f\ng"]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a,\"b,c\",\"d\"\"e\",,\"f\ng\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-2", "@SUM(A1)", "＝1"] {
            assert_eq!(cell(hostile), format!("'{hostile}"));
        }
        assert_eq!(cell("\t=1"), "\\u{9}=1", "what is escaped does not begin with it");
        assert_eq!((cell("run_job"), cell("/tools/a=b")), ("run_job".into(), "/tools/a=b".into()));
    }
}
