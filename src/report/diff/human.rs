//! The comparison of two policies for people: verdict, what changes and why, text.

use std::fmt::Write;

use crate::diff::{Change, Compared, Edit, EditKind, Flip, FlipGroup, Flips, Side};
use crate::engine::Outcome;
use crate::lint::masked_value;
use crate::report::access::words::Lines;
use crate::report::common::detail::Detail;
use crate::report::common::escape::escape;
use crate::report::common::excerpt::masked_text;
use crate::report::common::style::Style;
use crate::report::common::words;
use crate::report::common::words::{count, cut, period};
use crate::report::common::wrap::fitted;

/// Writes what changes between two policies.
pub fn write_diff(
    out: &mut String,
    compared: &Compared<'_>,
    flips: &Flips,
    style: &Style,
    detail: Detail,
) {
    fitted(out, style, |out| {
        let verdict = verdict(flips);
        _ = writeln!(out, "{}", style.paint(color(flips), &verdict));
        if detail == Detail::Summary {
            return;
        }
        out.push('\n');
        for group in &flips.groups {
            write_group(out, compared, group, style);
        }
    });
}

/// Writes the difference of the two texts, if there is one.
pub fn write_documents(out: &mut String, compared: &Compared<'_>, style: &Style) {
    let text = compared.text_diff(masked_text);
    if !text.is_empty() {
        _ = writeln!(out, "{}", style.bold("The documents"));
        write_text_diff(out, &text, style);
    }
}

/// Writes a unified diff.
pub fn write_text_diff(out: &mut String, text: &str, style: &Style) {
    for line in text.lines() {
        let code = match line.as_bytes().first() {
            Some(b'+') => "32",
            Some(b'-') => "31",
            Some(b'@') => "36",
            _ => "0",
        };
        let line = escape(line);
        let line = if code == "0" { line.into_owned() } else { style.paint(code, &line) };
        _ = writeln!(out, "{line}");
    }
}

pub(super) fn verdict(flips: &Flips) -> String {
    if flips.groups.is_empty() {
        return format!("No decision changes: {} compared.", count(flips.calls, "call"));
    }
    let changes = Change::ALL.into_iter().filter(|change| flips.count(*change) > 0);
    let counts = changes.map(|change| {
        let (calls, direct) = (flips.count(change), flips.direct(change));
        match calls - direct {
            0 => format!("{calls} {}", change.name()),
            cascade => format!("{calls} {} ({cascade} as a cascade)", change.name()),
        }
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    format!("{counts}, of {} compared.", count(flips.calls, "call"))
}

fn color(flips: &Flips) -> &'static str {
    match flips.groups.first().map(|group| group.change) {
        None => "32",
        Some(Change::Loosened | Change::MaybeLoosened) => "31",
        Some(_) => "33",
    }
}

fn write_group(out: &mut String, compared: &Compared<'_>, group: &FlipGroup, style: &Style) {
    let cause = match group.edit {
        Some(edit) => {
            let edit = &compared.edits()[edit];
            let (document, pointer) = match edit.kind {
                EditKind::Removed => (compared.old_version(), &edit.old),
                EditKind::Added | EditKind::Changed => (compared.new_version(), &edit.new),
            };
            let place = Lines::new(document).place(pointer.as_str());
            format!("{}  ({})", describe(compared, edit), escape(&place))
        }
        None => "no single edit explains it".to_owned(),
    };
    let headline = format!("{}: {cause}", group.change.name());
    _ = writeln!(out, "{}", style.bold(&headline));
    let mut facts = format!(
        "{} of {} to {}",
        count(group.calls, "call"),
        count(group.grants.len() as u64, "grant"),
        count(group.tools.len() as u64, "tool"),
    );
    match (group.first, group.last) {
        (Some(first), Some(last)) if first != last => {
            _ = write!(facts, ", {}", period(first, last))
        }
        (Some(first), _) => _ = write!(facts, ", at {}", words::time(first)),
        _ => {}
    }
    if group.consequences > 0 {
        _ = write!(
            facts,
            "; {} of them a cascade: only because calls before them were decided otherwise",
            group.consequences
        );
    }
    _ = writeln!(out, "  {facts}");
    for flip in &group.flips {
        _ = writeln!(out, "    {}", describe_flip(flip));
    }
    let hidden = group.calls - group.flips.len() as u64;
    if hidden > 0 {
        _ = writeln!(
            out,
            "    {}",
            style.dim(&format!("and {hidden} more (--all shows every one)"))
        );
    }
    out.push('\n');
}

/// An edit in one line.
pub(super) fn describe(compared: &Compared<'_>, edit: &Edit) -> String {
    let (before, after) = compared.values(edit, masked_value);
    let (before, after) = (|| short(before), || short(after));
    match edit.kind {
        EditKind::Added => format!("{} added: {}", escape(edit.new.as_str()), after()),
        EditKind::Removed => format!("{} removed: {}", escape(edit.old.as_str()), before()),
        EditKind::Changed => {
            format!("{} {} → {}", escape(edit.old.as_str()), before(), after())
        }
    }
}

/// A value of a document as JSON, cut where it is long.
fn short(value: Option<serde_json::Value>) -> String {
    const LONG: usize = 60;
    let text = value.map(|value| value.to_string()).unwrap_or_default();
    escape(&cut(&text, LONG)).into_owned()
}

fn describe_flip(flip: &Flip) -> String {
    let time = flip.time.map_or(String::new(), |time| format!("{}  ", words::time(time)));
    let grant = match flip.grant.as_str() {
        "" => String::new(),
        grant => format!("{}  ", escape(grant)),
    };
    format!(
        "call {}  {time}{grant}{}  {} → {}",
        flip.number,
        escape(&flip.tool),
        side(&flip.old),
        side(&flip.new)
    )
}

pub(super) fn side(side: &Side) -> String {
    match (side.outcome, side.missing) {
        (Outcome::Allow, _) => "allow".to_owned(),
        (_, Some(missing)) => format!("{} ({missing})", side.outcome),
        _ => format!("{} by {}", side.outcome, escape(&side.rule)),
    }
}
