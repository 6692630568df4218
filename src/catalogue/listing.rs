//! Reading what an MCP server answers to `tools/list`
//! (<https://modelcontextprotocol.io/specification/2025-06-18/server/tools#listing-tools>).
//!
//! The answer is another program's, so fields that are not known are left alone; among them
//! `nextCursor`, which says that the list goes on in another answer.

use std::collections::HashSet;

use super::argument::{Argument, ArgumentType, Arguments};
use super::capability;
use super::category::Vocabulary;
use super::classify::{Subject, classify};
use super::holds::{self, Company};
use super::peers::Peers;
use super::record::{Annotations, Server, Tool};
use super::schema;
use super::walk::{Walk, optional, quoted};
use crate::source::{Kind, Node, Place, Pointer, ScalarKind};

/// The hints of a tool's annotations.
pub(super) const HINTS: [&str; 4] =
    ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/// The list of tools in an answer, bare or wrapped in the `result` of JSON-RPC. An object under
/// `tools` is none: a policy has one.
pub(super) fn find(root: &Node) -> Option<(&Node, Pointer)> {
    let at = Pointer::root();
    let bare = root.get("tools").map(|tools| (tools, at.key("tools")));
    let wrapped = || Some((root.get("result")?.get("tools")?, at.key("result").key("tools")));
    bare.or_else(wrapped).filter(|(tools, _)| matches!(tools.kind, Kind::Seq(_)))
}

/// Whether an answer says that the list goes on in another one.
pub(super) fn goes_on(root: &Node) -> bool {
    let cursor = root.get("nextCursor").or_else(|| root.get("result")?.get("nextCursor"));
    cursor.and_then(Node::as_str).is_some_and(|cursor| !cursor.is_empty())
}

/// Reads the tools of an answer and classifies them. The server is called after the document.
pub(super) fn read(walk: &mut Walk, tools: &Node, at: &Pointer, document: &str) -> Server {
    let list = walk.list(tools, at);
    let peers = peers(&list);
    let tools = unique(walk, list, |walk, node, at| tool(walk, node, at, peers));
    Server { name: stem(document).to_owned(), tools, ..Server::default() }
}

/// What the tools of a list have in common.
fn peers(list: &[(&Node, Pointer)]) -> Peers {
    let hint = |node: &Node, key| match node.get("annotations")?.get(key)?.scalar()?.kind {
        ScalarKind::True => Some(true),
        ScalarKind::False => Some(false),
        _ => None,
    };
    Peers::of(list.iter().map(|&(node, _)| {
        let read_only_hint = hint(node, "readOnlyHint");
        let destructive_hint = hint(node, "destructiveHint");
        let claims = Annotations { read_only_hint, destructive_hint, ..Annotations::default() };
        (node.get("name").and_then(Node::as_str).unwrap_or_default(), claims)
    }))
}

/// The name of a file without folders and ending; `stdin` for `<stdin>`.
fn stem(document: &str) -> &str {
    let file = document.rsplit(['/', '\\']).next().unwrap_or(document);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = if stem.is_empty() { file } else { stem };
    stem.trim_matches(['<', '>'])
}

/// Reads the tools of a list, and finds those that stand twice.
pub(super) fn unique<'n>(
    walk: &mut Walk,
    list: Vec<(&'n Node, Pointer)>,
    read: impl Fn(&mut Walk, &'n Node, &Pointer) -> Option<Tool>,
) -> Vec<Tool> {
    let mut seen = HashSet::new();
    let mut tools: Vec<Tool> = Vec::with_capacity(list.len());
    for (node, at) in list {
        let Some(tool) = read(walk, node, &at) else { continue };
        if !seen.insert(tool.name.clone()) {
            let message = format!("the tool {} stands twice", quoted(&tool.name));
            let help = "remove one of the two".to_owned();
            walk.error(Place::value(at.key("name")), message, Some(help));
        }
        tools.push(tool);
    }
    tools
}

fn tool(walk: &mut Walk, node: &Node, at: &Pointer, peers: Peers) -> Option<Tool> {
    if !walk.is_object(node, at, "a tool") {
        return None;
    }
    let name = walk.required(node, at, "a tool", "name");
    let name = name.and_then(|name| walk.name(name, &at.key("name")));
    let schema = present(node, "inputSchema");
    let arguments = schema.and_then(|schema| arguments_of(walk, schema, &at.key("inputSchema")));
    let annotations = present(node, "annotations");
    let annotations = annotations.and_then(|node| claims(walk, node, &at.key("annotations")));
    let name = name?;
    let schema = schema.map(Node::to_json);
    let verdict = classify(&Subject {
        name: &name,
        description: node.get("description").and_then(Node::as_str),
        arguments: arguments.as_ref(),
        schema: schema.as_ref(),
        annotations: annotations.as_ref(),
        peers,
    });
    let mut tool = Tool { arguments, annotations, ..verdict.into_tool(name) };
    let said = node.get("description").and_then(Node::as_str);
    let company = Company::new(tool.words().chain(said));
    tool.holds = holds::of_schema(schema.as_ref(), &company, tool.category);
    tool.schema = schema.map(schema::facts);
    tool.capabilities = capability::of_tool(&tool, said);
    Some(tool)
}

/// A value that is there and not null, which some servers write for "none".
fn present<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.get(key).filter(|value| !value.is_null())
}

fn claims(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Annotations> {
    walk.is_object(node, at, "`annotations`").then(|| hints(walk, node, at))
}

/// The four hints of an object that may hold other keys too.
pub(super) fn hints(walk: &mut Walk, node: &Node, at: &Pointer) -> Annotations {
    let mut hint = |key| optional(node, at, key, |node, at| walk.boolean(node, at));
    let [read_only, destructive, idempotent, open_world] = HINTS;
    Annotations {
        read_only_hint: hint(read_only),
        destructive_hint: hint(destructive),
        idempotent_hint: hint(idempotent),
        open_world_hint: hint(open_world),
    }
}

/// The arguments that a tool's input schema names. A schema without `properties` names none.
fn arguments_of(walk: &mut Walk, schema: &Node, at: &Pointer) -> Option<Arguments> {
    if !walk.is_object(schema, at, "an input schema") {
        return None;
    }
    let Some(properties) = present(schema, "properties") else {
        return Some(Arguments::new());
    };
    if !walk.is_object(properties, &at.key("properties"), "`properties`") {
        return None;
    }
    let required = schema.get("required").map(Node::elements).unwrap_or_default();
    let argument = |name: &str, schema: &Node| Argument {
        kind: type_of(schema),
        required: required.iter().any(|element| element.as_str() == Some(name)),
    };
    let entries = properties.entries().iter();
    Some(
        entries
            .map(|entry| (entry.key.text.to_string(), argument(&entry.key.text, &entry.value)))
            .collect(),
    )
}

/// The one type that a property's schema allows beside null. Only the schema itself and one
/// level of `anyOf` or `oneOf` are looked at; what is deeper is of no use to a policy.
fn type_of(schema: &Node) -> Option<ArgumentType> {
    let mut types = Vec::new();
    add_types(schema, &mut types);
    for choice in ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)) {
        choice.elements().iter().for_each(|schema| add_types(schema, &mut types));
    }
    types.retain(|name| *name != "null");
    types.dedup();
    match types[..] {
        [only] => ArgumentType::of_word(only),
        _ => None,
    }
}

fn add_types<'n>(schema: &'n Node, types: &mut Vec<&'n str>) {
    if let Some(node) = schema.get("type") {
        types.extend(node.as_str());
        types.extend(node.elements().iter().filter_map(Node::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Document;

    #[test]
    fn a_server_is_called_after_its_file() {
        for (name, expected) in [
            ("lists/octopus.json", "octopus"),
            ("C:\\lists\\octopus.tools.json", "octopus.tools"),
            ("octopus", "octopus"),
            ("<stdin>", "stdin"),
            (".json", ".json"),
            ("", ""),
        ] {
            assert_eq!(stem(name), expected);
        }
    }

    #[test]
    fn the_type_is_the_only_one_beside_null() {
        for (schema, expected) in [
            (r#"{"type": "string"}"#, Some(ArgumentType::String)),
            (r#"{"type": ["integer", "null"]}"#, Some(ArgumentType::Integer)),
            (r#"{"anyOf": [{"type": "array"}, {"type": "null"}]}"#, Some(ArgumentType::Array)),
            (r#"{"oneOf": [{"type": "string"}, {"type": "number"}]}"#, None),
            (r#"{"type": "text"}"#, None),
            (r#"{"$ref": "elsewhere"}"#, None),
            (r"[]", None),
        ] {
            let document = Document::read("a.json", schema.as_bytes().to_vec());
            assert_eq!(type_of(&document.root.unwrap()), expected, "{schema}");
        }
    }
}
