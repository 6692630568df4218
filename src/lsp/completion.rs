//! Completion: tools, arguments, operators, windows, fields.

use super::cursor::{Cursor, cursor};
use super::fields::{fields, words};
use super::hover::record_text;
use super::open::{Judge, Open};
use super::position::{offset, range};
use super::protocol::{
    CompletionItem, Documentation, ENUM_MEMBER, FIELD, FUNCTION, Markdown, PROPERTY, Position,
    TextEdit,
};
use crate::catalogue::{Tool, Vocabulary};
use crate::policy::{Dialect, agent};
use crate::source::Format;

/// What can be written at a position.
pub(super) fn complete(open: &Open, judge: &Judge<'_>, position: Position) -> Vec<CompletionItem> {
    let document = &open.document;
    // Of the files of agents only what is wrong is known, and nothing of what is no policy.
    if agent(document).is_some() || !open.may_be_policy {
        return Vec::new();
    }
    let at = offset(open, position);
    let cursor = cursor(&document.text, at, document.format);
    let dialect = open.dialect.unwrap_or(match document.format {
        Format::Json => Dialect::V1,
        Format::Yaml | Format::Toml | Format::Starlark => Dialect::INTERCEPT,
    });
    let writer = Writer { open, at, cursor: &cursor };
    let path: Vec<&str> = cursor.path.iter().map(String::as_str).collect();
    match (path.as_slice(), cursor.key.as_deref()) {
        (["tools"], None) | (["hide", "-"], None) | ([], Some("hide")) => {
            tools(open, judge).map(|tool| writer.tool(tool, judge)).collect()
        }
        (["tools", tool, ..], Some("path" | "increment_from")) => {
            arguments(open, judge, tool).into_iter().map(|item| writer.argument(item)).collect()
        }
        (_, Some(key)) => {
            words(key).iter().map(|(word, what)| writer.item(word, what, ENUM_MEMBER)).collect()
        }
        (path, None) => fields(dialect, path.iter().copied())
            .into_iter()
            .map(|(name, what)| writer.item(name, what, FIELD))
            .collect(),
    }
}

/// The tools of the server that the policy does not name yet.
fn tools<'j>(open: &'j Open, judge: &'j Judge<'_>) -> impl Iterator<Item = &'j Tool> {
    let root = open.document.root.as_ref();
    let listed = move |name: &str| {
        let tools = root.and_then(|root| root.get("tools"));
        let hidden = root.and_then(|root| root.get("hide"));
        let in_hide = hidden.is_some_and(|hide| {
            hide.elements().iter().any(|element| element.as_str() == Some(name))
        });
        tools.is_some_and(|tools| tools.get(name).is_some()) || in_hide
    };
    let tools = judge.server(open).into_iter().flat_map(|server| &server.tools);
    tools.filter(move |tool| !listed(&tool.name))
}

/// The arguments of a tool with what is known of them.
fn arguments(open: &Open, judge: &Judge<'_>, tool: &str) -> Vec<(String, String)> {
    let tool = judge.server(open).and_then(|server| server.tool(tool));
    let arguments = tool.and_then(|tool| tool.arguments.as_ref()).into_iter().flatten();
    arguments
        .map(|(name, argument)| {
            let kind = argument.kind.map_or("", Vocabulary::word);
            let required = if argument.required { " required" } else { "" };
            (format!("args.{name}"), format!("{kind}{required}").trim().to_owned())
        })
        .collect()
}

/// Makes items that replace what is typed.
struct Writer<'a> {
    open: &'a Open,
    at: usize,
    cursor: &'a Cursor,
}

impl Writer<'_> {
    fn item(&self, word: &str, what: &str, kind: u8) -> CompletionItem {
        let bare = self.cursor.quoted
            || (self.open.document.format == Format::Yaml
                && !word.contains(['*', ':', ' ', '#', '@']));
        let new_text = match bare {
            true => word.to_owned(),
            false => serde_json::Value::from(word).to_string(),
        };
        let start = self.at - self.cursor.typed.len().min(self.at);
        let edit = TextEdit { range: range(self.open, &(start..self.at)), new_text };
        CompletionItem {
            label: word.to_owned(),
            kind,
            detail: None,
            documentation: (!what.is_empty()).then(|| Documentation::Plain(what.to_owned())),
            text_edit: edit,
        }
    }

    fn tool(&self, tool: &Tool, judge: &Judge<'_>) -> CompletionItem {
        let server = judge.server(self.open).map(|server| server.name.as_str());
        let documentation = Documentation::Markdown(Markdown { value: record_text(tool, server) });
        CompletionItem {
            detail: Some(tool.category.to_string()),
            documentation: Some(documentation),
            ..self.item(&tool.name, "", FUNCTION)
        }
    }

    fn argument(&self, (path, what): (String, String)) -> CompletionItem {
        let item = self.item(&path, "", PROPERTY);
        CompletionItem { detail: Some(what), ..item }
    }
}
