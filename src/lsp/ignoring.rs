//! What an editor writes to have a finding ignored.

use super::address::address;
use super::open::{Judge, Open};
use super::position::{range, range_in};
use super::protocol::TextEdit;
use crate::lint::{Finding, NO_REASON};
use crate::source::{Document, Draft, Editor, LineTable, Pointer};

/// The list of the configuration.
const IGNORES: &str = "ignores";

/// A comment above the line of a finding.
pub(super) fn comment(open: &Open, judge: &Judge<'_>, finding: &Finding) -> TextEdit {
    let text = &open.document.text;
    let start = text[..finding.span.start].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
    // What stands for a reason is none, so that nobody forgets to write one.
    let reason = if judge.settings.require_reasons { NO_REASON } else { "" };
    let new_text = format!("{indent}# gatelint: ignore[{}] {reason}\n", finding.rule.name);
    TextEdit { range: range(open, &(start..start)), new_text }
}

/// An entry of the configuration, which is where findings of JSON are ignored, and the address of the file;
/// none where there is no configuration, or it is not above the document.
pub(super) fn entry(
    open: &Open,
    judge: &Judge<'_>,
    finding: &Finding,
) -> Option<(String, TextEdit)> {
    let path = judge.config.path(&open.document.name);
    let is_plain = !path.starts_with('/') && !path.contains(['*', '?', '[', '{', '\\']);
    let pointer = finding.pointer.as_deref().filter(|_| is_plain)?;
    let name = &judge.config.document.as_ref()?.name;
    // As it is now: it may have changed since it was read.
    let document = Document::read(name.clone(), std::fs::read(name).ok()?);
    let root = document.root.as_ref().filter(|_| document.is_readable())?;
    let entry = Draft::object([
        ("rule", finding.rule.name.into()),
        ("files", (*format!("/{path}")).into()),
        ("pointer", pointer.into()),
        ("reason", NO_REASON.into()),
    ]);
    let editor = Editor::new(&document);
    let edit = match root.get(IGNORES) {
        Some(_) => editor.append(&Pointer::root().key(IGNORES), &entry),
        None => editor.insert(&Pointer::root(), IGNORES, &Draft::List(vec![entry])),
    }?;
    let lines = LineTable::new(&document.text);
    let range = range_in(&document.text, &lines, &edit.span);
    Some((address(name), TextEdit { range, new_text: edit.text }))
}
