//! What a tool answers: a text for reading and the same as JSON, both within bounds and without secrets.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use crate::cli::common::error::CliError;
use crate::cli::common::output::heard;
use crate::cli::common::withheld::{Finder, apart};
use crate::report::{Style, without_commands};
use crate::stop;

/// How an answer looks: without colours, and with lines that need not fit a terminal.
pub(super) const PLAIN: Style = Style { color: false, width: 120, unicode: false, bounded: false };

/// How long the text of an answer may be, in bytes: more than a model can read at once helps nobody.
const LONGEST_TEXT: usize = 48 << 10;

/// How much of it may be what is said beside, in bytes.
const LONGEST_SAID: usize = 8 << 10;

/// How much of the end of a text is kept, in bytes: there stands what it comes to.
const END: usize = 2 << 10;

/// How long the JSON of an answer may be, in bytes.
const LONGEST_JSON: usize = 192 << 10;

/// What a tool answers.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) json: Option<Value>,
    /// Whether it is only a part of what was asked for, so that the command ends with exit status 2.
    pub(super) is_incomplete: bool,
}

impl Answer {
    /// An answer that is a text alone.
    pub(super) fn text(text: String) -> Answer {
        Answer { text, json: None, is_incomplete: false }
    }

    /// An answer for reading, with the JSON that a command writes.
    pub(super) fn new(text: String, json: &[u8]) -> Result<Answer, CliError> {
        let json = serde_json::from_slice(json).map_err(std::io::Error::other)?;
        Ok(Answer { json: Some(json), ..Answer::text(text) })
    }
}

/// The result of a tool. What is said while it works is a part of its answer, and so is what goes wrong.
pub(super) fn result(work: impl FnOnce() -> Result<Answer, CliError>) -> CallToolResult {
    let ((answered, said), mut withheld) = apart(|| heard(work));
    let is_error = answered.as_ref().map_or(true, |answer| answer.is_incomplete);
    let Answer { text, json, .. } =
        answered.unwrap_or_else(|error| Answer::text(error.in_full(&PLAIN)));
    let finder = withheld.finder();
    let masked = |text: &str| without_secrets(finder.as_ref(), text);
    let mut text = shortened(masked(&without_commands(&text)), LONGEST_TEXT - LONGEST_SAID);
    if !said.is_empty() {
        let said = shortened(masked(&said), LONGEST_SAID);
        text = format!("{}\n\n{said}", text.trim_end()).trim_start().to_owned();
    }
    let json = json.map(|mut json| {
        add_notes(&mut json, &said);
        mask(&mut json, &masked);
        if cut(&mut json) {
            text += "\nnote: the JSON of this answer is cut: its lists and texts end early, its counts are whole\n";
        }
        json
    });
    let mut result = if is_error { CallToolResult::error } else { CallToolResult::success }(vec![
        ContentBlock::text(text),
    ]);
    result.structured_content = json;
    result
}

fn without_secrets(finder: Option<&Finder>, text: &str) -> String {
    let masked = finder.map(|finder| finder.masked(text.as_bytes()));
    masked.map_or_else(|| text.to_owned(), |text| String::from_utf8_lossy(&text).into_owned())
}

/// Masks the texts within a value, names of members as well.
fn mask(value: &mut Value, masked: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = masked(text),
        Value::Array(values) => values.iter_mut().for_each(|value| mask(value, masked)),
        Value::Object(members) => {
            let all = std::mem::take(members).into_iter().map(|(name, mut value)| {
                mask(&mut value, masked);
                (if OWN_NAMES.contains(&name) { name } else { masked(&name) }, value)
            });
            *members = all.collect();
        }
        _ => {}
    }
}

/// The names of members that the program itself writes, whatever a policy calls a secret.
static OWN_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let schemas = [
        include_str!("../../../schemas/lint.schema.json"),
        include_str!("../../../schemas/explain.schema.json"),
        include_str!("../../../schemas/diff.schema.json"),
        include_str!("../../../schemas/catalogue.schema.json"),
    ];
    let mut names = BTreeSet::new();
    for schema in schemas {
        add_names(&serde_json::from_str(schema).expect("our schemas are JSON"), &mut names);
    }
    names
});

/// Adds the names of all properties in a schema.
fn add_names(schema: &Value, names: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        names.extend(properties.keys().cloned());
    }
    match schema {
        Value::Array(values) => values.iter().for_each(|value| add_names(value, names)),
        Value::Object(members) => members.values().for_each(|value| add_names(value, names)),
        _ => {}
    }
}

/// Adds what is said beside an answer, a text for each: a line, with those below it that are indented.
fn add_notes(answer: &mut Value, said: &str) {
    let mut notes: Vec<String> = Vec::new();
    for line in said.lines() {
        match notes.last_mut().filter(|_| line.starts_with(' ')) {
            Some(note) => *note += &format!("\n{line}"),
            None => notes.push(line.to_owned()),
        }
    }
    if let Some(members) = answer.as_object_mut().filter(|_| !notes.is_empty()) {
        members.insert("notes".to_owned(), notes.into());
    }
}

/// A text that is not longer than so many bytes: its first lines and its last ones, and between them what is left out.
fn shortened(text: String, longest: usize) -> String {
    if text.len() <= longest {
        return text;
    }
    let first = text.floor_char_boundary(longest - END);
    let first = text[..first].rfind('\n').map_or(first, |at| at + 1);
    let last = text.floor_char_boundary(text.len() - END);
    let last = text[last..].find('\n').map_or(last, |at| last + at + 1);
    let (lines, rest) = (text[first..last].lines().count(), last - first);
    let note =
        format!("note: the answer is cut here: {lines} lines of {rest} bytes; ask about less");
    format!("{}\n\n{note}\n\n{}", text[..first].trim_end(), &text[last..])
}

/// Cuts what is longest in a value until it is short enough; whether that was needed.
fn cut(value: &mut Value) -> bool {
    let mut is_cut = false;
    while size(value) > LONGEST_JSON && cut_longest(value) {
        stop::look();
        is_cut = true;
    }
    is_cut
}

/// Halves the list, the object or the text that takes most of a value; whether there was one that could be.
fn cut_longest(value: &mut Value) -> bool {
    let children: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::String(text) if text.len() > 1 => {
            text.truncate(text.floor_char_boundary(text.len() / 2));
            text.push('…');
            return text.len() > 8;
        }
        Value::Array(values) if values.len() > 1 && !values.iter().any(is_most) => {
            values.truncate(values.len() / 2);
            return true;
        }
        // What describes an answer has few members; many are of something that was asked about.
        Value::Object(members) if members.len() > 64 && !members.values().any(is_most) => {
            let mut dropped = members.len() / 2;
            members.retain(|_, _| {
                let is_kept = dropped == 0;
                dropped = dropped.saturating_sub(1);
                is_kept
            });
            return true;
        }
        Value::Array(values) => Box::new(values.iter_mut()),
        Value::Object(members) => Box::new(members.values_mut()),
        _ => return false,
    };
    children.max_by_key(|child| size(child)).is_some_and(cut_longest)
}

/// Whether a value alone is too much, so that a list is no shorter without the others.
fn is_most(value: &Value) -> bool {
    size(value) > LONGEST_JSON / 2
}

fn size(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_too_long_is_cut_and_stays_what_it_is() {
        let findings: Vec<Value> = (0..20_000).map(|n| json!({ "rule": n, "at": "x" })).collect();
        let mut many = json!({ "findings": findings, "summary": { "errors": 20_000 } });
        assert!(cut(&mut many) && size(&many) <= LONGEST_JSON);
        assert!(many["findings"].as_array().unwrap().len() > 1_000);
        assert_eq!(many["summary"]["errors"], 20_000);
        let mut long = json!([{ "text": "ä".repeat(1 << 20) }, 7]);
        assert!(cut(&mut long) && size(&long) <= LONGEST_JSON);
        assert_eq!(long[1], 7);
        let members = (0..20_000).map(|n| (format!("argument_{n}"), json!(n)));
        let mut wide =
            json!({ "found": members.collect::<serde_json::Map<_, _>>(), "outcome": "deny" });
        assert!(cut(&mut wide) && size(&wide) <= LONGEST_JSON && wide["outcome"] == "deny");
        let mut few = json!({ "findings": [] });
        assert!(!cut(&mut few));
        let text = shortened("line\n".repeat(20_000) + "what it comes to\n", LONGEST_TEXT);
        assert!(text.len() < LONGEST_TEXT + 100 && text.contains("lines of "));
        assert!(text.starts_with("line\nline\n") && text.ends_with("\nwhat it comes to\n"));
        let text = shortened("ä".repeat(LONGEST_TEXT), LONGEST_TEXT);
        assert!(text.len() < LONGEST_TEXT + 100 && text.contains("cut here"));
    }

    #[test]
    fn secrets_and_what_is_said_are_of_one_answer_alone() {
        use crate::cli::common::output::print_error;
        use crate::cli::common::withheld::withhold;
        let first = result(|| {
            withhold(vec!["error".to_owned()]);
            print_error("note: an error\n");
            let json = json!({ "is": "error", "summary": { "error": 1 }, "an error": 7 });
            Ok(Answer { json: Some(json), ..Answer::text("an error".into()) })
        });
        let second = result(|| Ok(Answer::text("an error".into())));
        let text = |result: &CallToolResult| serde_json::to_value(result).unwrap();
        assert_eq!(text(&first)["content"][0]["text"], "an ***\n\nnote: an ***\n");
        let notes = ["note: an ***"];
        let masked = json!({ "is": "***", "summary": { "error": 1 }, "an ***": 7, "notes": notes });
        assert_eq!(text(&first)["structuredContent"], masked);
        assert_eq!(text(&second)["content"][0]["text"], "an error");
    }
}
