//! What changed on servers since a lock was written, for people and for machines.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::human::{arguments, claims};
use super::warnings::{Told, told, write_warnings};
use crate::catalogue::{Changed, Imported, Lock, LockChange, LockedTool};
use crate::report::SCHEMA_VERSION;
use crate::report::common::escape::escape;
use crate::report::common::json::write_pretty;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::words::count;
use crate::report::common::wrap::fitted;

/// Servers held against a lock.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The lock's file.
    pub lock: &'a str,
    /// The servers, those that were not started included.
    pub servers: Vec<&'a str>,
    /// What changed.
    pub changes: &'a [Changed],
    /// The servers that answered, with the warnings of what they announce.
    pub imported: &'a [Imported],
}

/// Writes a line for every change.
pub fn write_check(out: &mut String, checked: &Checked<'_>, style: &Style) {
    fitted(out, style, |out| write_changes(out, checked, style));
}

fn write_changes(out: &mut String, checked: &Checked<'_>, style: &Style) {
    let (lock, servers) = (escape(checked.lock), count(checked.servers.len() as u64, "server"));
    let what = match checked.changes.len() as u64 {
        0 => "nothing changed".to_owned(),
        changes => count(changes, "change"),
    };
    let headline = format!("{what} on {servers} since {lock} was written");
    _ = writeln!(out, "{}", style.bold(&headline));
    let left = Align::Left;
    let heading = [("change", left), ("server", left), ("tool", left), ("was", left), ("is", left)];
    let row = |changed: &Changed| {
        let [was, is] = both(changed).map(|text| text.unwrap_or_default());
        let tool = changed.tool.as_deref().unwrap_or_default();
        let cells = [changed.change.name(), &changed.server, tool, &was, &is];
        cells.map(|cell| escape(cell).into_owned()).to_vec()
    };
    let rows: Vec<Vec<String>> = checked.changes.iter().map(row).collect();
    if !rows.is_empty() {
        out.push('\n');
        write_table(out, style, &heading, &rows);
    }
    if checked.imported.iter().any(|one| !one.warnings.is_empty()) {
        out.push('\n');
        write_warnings(out, checked.imported);
    }
}

/// Writes every change (`schemas/catalogue-check.schema.json`).
pub fn write_check_json(out: &mut dyn Write, checked: &Checked<'_>) -> io::Result<()> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema_version: u32,
        lock: &'a str,
        servers: &'a [&'a str],
        changes: Vec<Change<'a>>,
        warnings: Vec<Told<'a>>,
    }
    #[derive(Serialize)]
    struct Change<'a> {
        server: &'a str,
        tool: Option<&'a str>,
        change: &'static str,
        was: Option<String>,
        is: Option<String>,
    }
    let changes = checked.changes.iter().map(|changed| {
        let [was, is] = both(changed);
        let (server, tool) = (&*changed.server, changed.tool.as_deref());
        Change { server, tool, change: changed.change.name(), was, is }
    });
    let output = Output {
        schema_version: SCHEMA_VERSION,
        lock: checked.lock,
        servers: &checked.servers,
        changes: changes.collect(),
        warnings: told(checked.imported),
    };
    write_pretty(out, &output)
}

/// Writes a lock (`schemas/catalogue-lock.schema.json`).
pub fn write_lock_json(out: &mut dyn Write, lock: &Lock) -> io::Result<()> {
    write_pretty(out, lock)
}

/// What changed as it was and as it is.
fn both(changed: &Changed) -> [Option<String>; 2] {
    if let Some(commands) = &changed.commands {
        return commands.each_ref().map(|hash| Some(short(hash)));
    }
    let describe =
        |tool: &Option<LockedTool>| tool.as_ref().map(|tool| aspect(changed.change, tool));
    [describe(&changed.was), describe(&changed.is)]
}

/// As much of a hash as tells it from others.
fn short(hash: &str) -> String {
    hash.chars().take("sha256:".len() + 12).collect()
}

/// What a change is about.
fn aspect(change: LockChange, tool: &LockedTool) -> String {
    let hash = |hash: &Option<String>| hash.as_deref().map_or_else(|| "none".to_owned(), short);
    match change {
        LockChange::ChangedArguments => arguments(tool.arguments.as_ref()),
        LockChange::ChangedClaims => tool.annotations.as_ref().map_or("none".to_owned(), claims),
        LockChange::ChangedSchema => hash(&tool.fingerprint.schema),
        LockChange::ChangedDescription => hash(&tool.fingerprint.description),
        _ => format!("{}, {}", tool.category, tool.severity),
    }
}
