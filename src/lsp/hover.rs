//! Hovers: what a field does, and what the catalogue knows of a tool.

use std::fmt::Write;

use super::fields::{OPERATORS, description, schema_at};
use super::open::{Judge, Open};
use super::position::{offset, range};
use super::protocol::{Hover, Markdown, Position};
use crate::catalogue::{Recommendation, Subject, Tool, Vocabulary, classify};
use crate::report::markdown_code;
use crate::source::{Kind, Node, Span};

/// What there is to say about the place under the cursor.
pub(super) fn hover(open: &Open, judge: &Judge<'_>, position: Position) -> Option<Hover> {
    let dialect = open.dialect.filter(|dialect| dialect.agent().is_none())?;
    let at = offset(open, position);
    let found = find(open.document.root.as_ref()?, at)?;
    let keys: Vec<&str> = found.path.iter().map(String::as_str).collect();
    let text = match (keys.as_slice(), found.on_key) {
        (["tools", tool], true) => Some(tool_text(open, judge, tool)),
        (["hide", _], false) => Some(tool_text(open, judge, found.text?)),
        ([.., "op"], false) => {
            let operator = OPERATORS.iter().find(|(name, _)| Some(*name) == found.text);
            operator.map(|(name, what)| format!("**{name}**\n\n{what}"))
        }
        ([.., field], true) => {
            let schema = schema_at(dialect, keys.iter().copied())?;
            Some(format!("**{field}**\n\n{}", description(dialect, schema)?))
        }
        _ => None,
    };
    Some(Hover { contents: Markdown { value: text? }, range: range(open, &found.span.range()) })
}

/// The key or the value at an offset.
struct At<'d> {
    /// The keys and indexes that lead to it.
    path: Vec<String>,
    on_key: bool,
    /// The text of a value that is text.
    text: Option<&'d str>,
    span: Span,
}

fn find(root: &Node, at: usize) -> Option<At<'_>> {
    let holds = |span: Span| span.start() <= at && at <= span.end();
    let mut path = Vec::new();
    let mut node = root;
    loop {
        match &node.kind {
            Kind::Scalar(_) => {
                let (text, span) = (node.as_str(), node.span);
                return Some(At { path, on_key: false, text, span });
            }
            Kind::Seq(elements) => {
                let index = elements.iter().position(|element| holds(element.span))?;
                path.push(index.to_string());
                node = &elements[index];
            }
            Kind::Map(map) => {
                let mut entries = map.entries().iter();
                let entry =
                    entries.find(|entry| holds(entry.key.span) || holds(entry.value.span))?;
                path.push(entry.key.text.to_string());
                if holds(entry.key.span) {
                    return Some(At { path, on_key: true, text: None, span: entry.key.span });
                }
                node = &entry.value;
            }
        }
    }
}

fn tool_text(open: &Open, judge: &Judge<'_>, name: &str) -> String {
    let server = judge.server(open);
    match server.and_then(|server| Some((server, server.tool(name)?))) {
        Some((server, tool)) => record_text(tool, Some(&server.name)),
        None if name == "*" => "Every tool that the policy lists.".to_owned(),
        None => record_text(&classify(&Subject::named(name)).into_tool(name), None),
    }
}

/// What is known of a tool, in Markdown.
pub(super) fn record_text(tool: &Tool, server: Option<&str>) -> String {
    let source = match server {
        Some(server) if !tool.is_guess() => format!("of {}", markdown_code(server)),
        Some(server) => {
            format!("of {}, classified by what it says of itself", markdown_code(server))
        }
        None => "classified by its name".to_owned(),
    };
    // Editors show Markdown, and would fetch an image that a name brings along.
    let name = markdown_code(&tool.name);
    let mut text = format!("**{name}** · {} · {}\n\n{source}\n", tool.category, tool.severity);
    if !tool.evidence.is_empty() {
        _ = write!(text, "\nBecause of: {}\n", markdown_code(&tool.evidence.join("; ")));
    }
    let recommended = match tool.category.recommendation() {
        Recommendation::Allow => "list it without any rule".to_owned(),
        Recommendation::LimitPerMinute(calls) => format!("at most {calls} calls a minute"),
        Recommendation::Hide => "hide it".to_owned(),
        Recommendation::DenyAll => {
            "deny every call, with a message that a person must approve".to_owned()
        }
    };
    _ = write!(text, "\nRecommended: {recommended}\n");
    for (name, argument) in tool.arguments.iter().flatten() {
        let kind = argument.kind.map_or("", Vocabulary::word);
        let required = if argument.required { "required" } else { "" };
        let words: Vec<&str> =
            [kind, required].into_iter().filter(|word| !word.is_empty()).collect();
        _ = write!(text, "\n- {} {}", markdown_code(name), words.join(", "));
    }
    text
}
