//! The few messages of the Language Server Protocol that are used here, as its version 3.17 has them
//! (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The kind of a completion that is a function.
pub(super) const FUNCTION: u8 = 3;
/// The kind of a completion that is a field.
pub(super) const FIELD: u8 = 5;
/// The kind of a completion that is a property.
pub(super) const PROPERTY: u8 = 10;
/// The kind of a completion that is one of a few words.
pub(super) const ENUM_MEMBER: u8 = 20;

/// The kind of an action that mends one finding.
pub(super) const QUICK_FIX: &str = "quickfix";
/// The kind of an action that mends everything.
pub(super) const FIX_ALL: &str = "source.fixAll";

/// A place in a document: lines and UTF-16 units, both from 0.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) character: u32,
}

/// A part of a document.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// A document, by its address.
#[derive(Debug, Deserialize)]
pub(super) struct DocumentId {
    pub(super) uri: String,
}

/// The parameters that name a document and no more, as where it was closed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Closed {
    pub(super) text_document: DocumentId,
}

/// The parameters of a notification that a document was opened.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    pub(super) text_document: DocumentItem,
}

/// A document with its text.
#[derive(Debug, Deserialize)]
pub(super) struct DocumentItem {
    pub(super) uri: String,
    pub(super) text: String,
}

/// The parameters of a notification that a document has changed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    pub(super) text_document: DocumentId,
    pub(super) content_changes: Vec<Change>,
}

/// The whole text after a change.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    pub(super) text: String,
}

/// The parameters of a question about a place.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct At {
    pub(super) text_document: DocumentId,
    pub(super) position: Position,
}

/// The parameters of the question what can be done about a part of a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) text_document: DocumentId,
    pub(super) range: Range,
    #[serde(default)]
    context: Wanted,
}

/// The kinds of actions that are asked for; without any, all of them are.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    only: Option<Vec<String>>,
}

impl Asked {
    /// Whether actions of a kind are asked for: kinds are words with dots between them, and the first ones
    /// stand for all that begin so.
    pub(super) fn wants(&self, kind: &str) -> bool {
        let below = |only: &String| {
            let rest = kind.strip_prefix(only.as_str());
            rest.is_some_and(|rest| only.is_empty() || rest.is_empty() || rest.starts_with('.'))
        };
        self.context.only.as_ref().is_none_or(|only| only.iter().any(below))
    }
}

/// The parameters of a request to do something.
#[derive(Debug, Deserialize)]
pub(super) struct Command {
    pub(super) command: String,
    #[serde(default)]
    pub(super) arguments: Vec<serde_json::Value>,
}

/// What is wrong with a document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic {
    pub(super) range: Range,
    /// 1 for an error, 2 for a warning, 3 for information, 4 for a hint.
    pub(super) severity: u8,
    pub(super) code: &'static str,
    pub(super) source: &'static str,
    pub(super) message: String,
    pub(super) related_information: Vec<Related>,
}

/// A place that has to do with a diagnostic.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Related {
    pub(super) location: Location,
    pub(super) message: String,
}

/// A part of a document, with its address.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Location {
    pub(super) uri: String,
    pub(super) range: Range,
}

/// Text that is shown as Markdown.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "markdown")]
pub(super) struct Markdown {
    pub(super) value: String,
}

/// The answer to the question what stands at a place.
#[derive(Debug, Serialize)]
pub(super) struct Hover {
    pub(super) contents: Markdown,
    pub(super) range: Range,
}

/// The replacement of a part of a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextEdit {
    pub(super) range: Range,
    pub(super) new_text: String,
}

/// Changes of documents, by their addresses.
#[derive(Debug, Serialize)]
pub(super) struct WorkspaceEdit {
    pub(super) changes: HashMap<String, Vec<TextEdit>>,
}

/// Something that can be written at a place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompletionItem {
    pub(super) label: String,
    pub(super) kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) documentation: Option<Documentation>,
    pub(super) text_edit: TextEdit,
}

/// What a completion means.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Documentation {
    Plain(String),
    Markdown(Markdown),
}

/// Something that can be done about a part of a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeAction {
    pub(super) title: String,
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) edit: WorkspaceEdit,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_preferred: Option<bool>,
}
