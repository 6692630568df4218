//! The comparison of two policies for machines; described by `schemas/diff.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::diff::{
    AccessChanges, Change, Compared, Edit, EditKind, Fate, Flip, FlipGroup, Flips, Matrix, Side,
};
use crate::engine::{Missing, Outcome};
use crate::lint::masked_value;
use crate::report::SCHEMA_VERSION;
use crate::report::access::json::Access;
use crate::report::common::excerpt::masked_text;
use crate::report::common::json;

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    old: &'a str,
    new: &'a str,
    fate: &'static str,
    access: Access<'a>,
    traced: bool,
    calls: u64,
    changes: Changes,
    matrix: Vec<Cell>,
    groups: Vec<JsonGroup<'a>>,
    edits: Vec<JsonEdit<'a>>,
    text_diff: String,
}

#[derive(Serialize)]
struct Changes {
    loosened: u64,
    #[serde(rename = "maybe-loosened")]
    maybe_loosened: u64,
    tightened: u64,
    #[serde(rename = "maybe-tightened")]
    maybe_tightened: u64,
    reworded: u64,
}

#[derive(Serialize)]
struct Cell {
    old: Outcome,
    new: Outcome,
    calls: u64,
}

#[derive(Serialize)]
struct JsonGroup<'a> {
    change: Change,
    edit: Option<usize>,
    calls: u64,
    consequences: u64,
    grants: Vec<&'a str>,
    tools: Vec<&'a str>,
    first: Option<String>,
    last: Option<String>,
    flips: Vec<JsonFlip<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    kind: &'static str,
    old: &'a str,
    new: &'a str,
    before: Option<Value>,
    after: Option<Value>,
}

#[derive(Serialize)]
struct JsonFlip<'a> {
    n: u64,
    ts: Option<String>,
    grant: &'a str,
    tool: &'a str,
    old: JsonSide<'a>,
    new: JsonSide<'a>,
}

#[derive(Serialize)]
struct JsonSide<'a> {
    outcome: Outcome,
    rule: &'a str,
    pointer: &'a str,
    message: &'a str,
    missing: Option<&'static str>,
}

/// Writes what changes between two policies: over several lines, or on `one_line`.
///
/// # Errors
/// The output cannot be written.
pub fn write_diff_json(
    out: &mut dyn Write,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    traced: Option<&Flips>,
    one_line: bool,
) -> io::Result<()> {
    let untraced = Flips { calls: 0, matrix: Matrix::default(), groups: Vec::new() };
    let flips = traced.unwrap_or(&untraced);
    let output = Output {
        schema_version: SCHEMA_VERSION,
        old: &compared.old_version().name,
        new: &compared.new_version().name,
        fate: fate(&compared.history().fate),
        access: Access::new(access),
        traced: traced.is_some(),
        calls: flips.calls,
        changes: Changes {
            loosened: flips.count(Change::Loosened),
            maybe_loosened: flips.count(Change::MaybeLoosened),
            tightened: flips.count(Change::Tightened),
            maybe_tightened: flips.count(Change::MaybeTightened),
            reworded: flips.count(Change::Reworded),
        },
        matrix: matrix(flips),
        groups: flips.groups.iter().map(json_group).collect(),
        edits: compared.edits().iter().map(|edit| json_edit(compared, edit)).collect(),
        text_diff: compared.text_diff(masked_text),
    };
    if one_line { json::write_line(out, &output) } else { json::write_pretty(out, &output) }
}

fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Stayed => "stayed",
        Fate::Renamed { .. } => "renamed",
        Fate::New { .. } => "new",
        Fate::Unread => "unread",
        Fate::Removed { .. } => "removed",
    }
}

fn matrix(flips: &Flips) -> Vec<Cell> {
    let pairs = Outcome::ALL.into_iter().flat_map(|old| Outcome::ALL.map(|new| (old, new)));
    pairs
        .map(|(old, new)| Cell { old, new, calls: flips.matrix[old as usize][new as usize] })
        .filter(|cell| cell.calls > 0)
        .collect()
}

fn json_group(group: &FlipGroup) -> JsonGroup<'_> {
    JsonGroup {
        change: group.change,
        edit: group.edit,
        calls: group.calls,
        consequences: group.consequences,
        grants: group.grants.iter().map(String::as_str).collect(),
        tools: group.tools.iter().map(String::as_str).collect(),
        first: group.first.map(|time| time.to_string()),
        last: group.last.map(|time| time.to_string()),
        flips: group.flips.iter().map(json_flip).collect(),
    }
}

fn json_edit<'a>(compared: &Compared<'_>, edit: &'a Edit) -> JsonEdit<'a> {
    let (before, after) = compared.values(edit, masked_value);
    JsonEdit {
        kind: match edit.kind {
            EditKind::Added => "added",
            EditKind::Removed => "removed",
            EditKind::Changed => "changed",
        },
        old: edit.old.as_str(),
        new: edit.new.as_str(),
        before,
        after,
    }
}

fn json_flip(flip: &Flip) -> JsonFlip<'_> {
    JsonFlip {
        n: flip.number,
        ts: flip.time.map(|time| time.to_string()),
        grant: &flip.grant,
        tool: &flip.tool,
        old: json_side(&flip.old),
        new: json_side(&flip.new),
    }
}

fn json_side(side: &Side) -> JsonSide<'_> {
    JsonSide {
        outcome: side.outcome,
        rule: &side.rule,
        pointer: &side.pointer,
        message: &side.message,
        missing: side.missing.map(Missing::code),
    }
}
