//! Reading a user's catalogue file: our own record, or what a server answers to `tools/list`.

use std::collections::HashSet;

use super::argument::{Argument, Arguments, Signal};
use super::category::{Category, Severity, Vocabulary};
use super::holds::{Held, HeldArguments};
use super::listing::{self, HINTS, hints, unique};
use super::record::{Annotations, Capabilities, Server, Tool};
use super::walk::{LoadError, Walk, optional, quoted};
use crate::source::{Document, Kind, Node, Place, Pointer};

// Warnings are of the announcement that a record was made from; they say nothing of the record.
const SERVER: [&str; 10] = [
    "$schema",
    "server",
    "title",
    "package",
    "version",
    "date",
    "repository",
    "aliases",
    "tools",
    "warnings",
];
const TOOL: [&str; 12] = [
    "name",
    "category",
    "severity",
    "confidence",
    "evidence",
    "arguments",
    "schema",
    "holds",
    "capabilities",
    "signals",
    "annotations",
    "reason",
];

/// Reads the servers of a catalogue file. It may hold one server record, a list of them,
/// `{"servers": […]}`, or an MCP server's answer to `tools/list`, whose server is called after
/// the file and whose tools are classified.
///
/// # Errors
///
/// Every mistake in the file: unknown fields and words with the nearest known one, missing and
/// mistyped values, tools and servers that stand twice. A file that is none of the above, or
/// that could not be read at all, gives a single error.
pub fn load(document: &Document) -> Result<Vec<Server>, Vec<LoadError>> {
    let mut walk = Walk::default();
    let servers = match &document.root {
        Some(root) => root_value(&mut walk, root, &document.name),
        None => {
            walk.error(Place::value(Pointer::root()), unreadable(document), None);
            Vec::new()
        }
    };
    if walk.errors.is_empty() { Ok(servers) } else { Err(walk.errors) }
}

fn unreadable(document: &Document) -> String {
    let fatal = document.problems.iter().find(|problem| problem.kind.is_fatal());
    match fatal {
        Some(problem) => format!("this catalogue cannot be read: {}", problem.kind),
        None => "this catalogue cannot be read".to_owned(),
    }
}

fn root_value(walk: &mut Walk, root: &Node, name: &str) -> Vec<Server> {
    let at = Pointer::root();
    if root.get("server").is_some() {
        return server(walk, root, &at).into_iter().collect();
    }
    if let Some(list) = root.get("servers") {
        walk.object(root, &at, "a catalogue", &["$schema", "servers"]);
        return servers(walk, list, &at.key("servers"));
    }
    if matches!(root.kind, Kind::Seq(_)) && root.elements().iter().all(Node::is_map) {
        return servers(walk, root, &at);
    }
    if root.get("tools").is_some_and(holds_records) {
        // Without its name it is still our record: reading it as one says what is missing.
        return server(walk, root, &at).into_iter().collect();
    }
    if let Some((tools, at)) = listing::find(root) {
        return vec![listing::read(walk, tools, &at, name)];
    }
    let message = "this is neither a catalogue nor an answer to `tools/list`";
    let help = "expected an object with `server` and `tools`, a list of such objects, an object \
                with `servers`, or an MCP answer with `tools`";
    walk.error(Place::start(at), message, Some(help.to_owned()));
    Vec::new()
}

/// Whether a document is a lock of servers, which is no catalogue.
pub fn is_lock(document: &Document) -> bool {
    document.root.as_ref().is_some_and(|root| root.get("lock_version").is_some())
}

/// Whether a document looks like one that [`load`] reads, when nobody said that it is one.
pub fn is_catalogue(document: &Document) -> bool {
    let Some(root) = &document.root else { return false };
    // A lock of ours lists servers too, and is none of their records.
    if is_lock(document) {
        return false;
    }
    let is_server = |node: &Node| node.get("server").is_some() && node.get("tools").is_some();
    is_server(root)
        || root.get("servers").is_some_and(|servers| servers.elements().iter().any(is_server))
        || root.elements().iter().any(is_server)
        || listing::find(root).is_some()
}

/// Whether a list of tools is one of ours: a category is what MCP's tools do not have.
fn holds_records(tools: &Node) -> bool {
    tools.elements().iter().any(|tool| tool.get("category").is_some())
}

fn servers(walk: &mut Walk, list: &Node, at: &Pointer) -> Vec<Server> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (node, at) in walk.list(list, at) {
        let Some(server) = server(walk, node, &at) else { continue };
        if !seen.insert(server.name.to_ascii_lowercase()) {
            let message = format!("the server {} stands twice", quoted(&server.name));
            let help = "put the tools of both into one".to_owned();
            walk.error(Place::value(at.key("server")), message, Some(help));
        }
        found.push(server);
    }
    found
}

fn server(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Server> {
    if !walk.object(node, at, "a server", &SERVER) {
        return None;
    }
    let name = walk.required(node, at, "a server", "server");
    let name = name.and_then(|name| walk.name(name, &at.key("server")));
    let [title, package, version, date, repository] =
        ["title", "package", "version", "date", "repository"]
            .map(|key| optional(node, at, key, |node, at| walk.text(node, at)));
    let aliases = optional(node, at, "aliases", |node, at| Some(texts(walk, node, at)));
    let list = walk.required(node, at, "a server", "tools");
    let list = list.map(|list| walk.list(list, &at.key("tools"))).unwrap_or_default();
    let tools = unique(walk, list, tool);
    let aliases = aliases.unwrap_or_default();
    Some(Server { name: name?, title, package, version, date, repository, aliases, tools })
}

fn tool(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Tool> {
    if !walk.object(node, at, "a tool", &TOOL) {
        return None;
    }
    let name = walk.required(node, at, "a tool", "name");
    let name = name.and_then(|name| walk.name(name, &at.key("name")));
    let category = walk.required(node, at, "a tool", "category");
    let category =
        category.and_then(|word| walk.word::<Category>(word, &at.key("category"), "category"));
    let severity =
        optional(node, at, "severity", |node, at| walk.word::<Severity>(node, at, "severity"));
    let confidence = optional(node, at, "confidence", |node, at| walk.share(node, at));
    let evidence = optional(node, at, "evidence", |node, at| Some(texts(walk, node, at)));
    let arguments = optional(node, at, "arguments", |node, at| arguments(walk, node, at));
    let schema = optional(node, at, "schema", |node, at| {
        walk.is_object(node, at, "`schema`").then(|| node.to_json())
    });
    let holds = optional(node, at, "holds", |node, at| Some(holds(walk, node, at)));
    let capabilities =
        optional(node, at, "capabilities", |node, at| Some(capabilities(walk, node, at)));
    let signals = optional(node, at, "signals", |node, at| Some(signals(walk, node, at)));
    let annotations = optional(node, at, "annotations", |node, at| annotations(walk, node, at));
    let reason = optional(node, at, "reason", |node, at| walk.text(node, at));
    let category = category?;
    Some(Tool {
        name: name?,
        category,
        severity: severity.unwrap_or(category.class()),
        confidence: confidence.unwrap_or(1.0),
        evidence: evidence.unwrap_or_default(),
        arguments,
        schema,
        holds: holds.unwrap_or_default(),
        capabilities: capabilities.unwrap_or_default(),
        signals: signals.unwrap_or_default(),
        annotations,
        reason,
    })
}

fn texts(walk: &mut Walk, node: &Node, at: &Pointer) -> Vec<String> {
    let list = walk.list(node, at);
    list.into_iter().filter_map(|(node, at)| walk.text(node, &at)).collect()
}

fn signals(walk: &mut Walk, node: &Node, at: &Pointer) -> Vec<Signal> {
    let list = walk.list(node, at);
    let named: Vec<Signal> =
        list.into_iter().filter_map(|(node, at)| walk.word(node, &at, "signal")).collect();
    Signal::ALL.iter().copied().filter(|signal| named.contains(signal)).collect()
}

fn arguments(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Arguments> {
    if !walk.is_object(node, at, "`arguments`") {
        return None;
    }
    let mut found = Arguments::new();
    for entry in node.entries() {
        let at = at.key(&entry.key.text);
        if walk.object(&entry.value, &at, "an argument", &["type", "required"]) {
            let argument = argument(walk, &entry.value, &at);
            found.insert(entry.key.text.to_string(), argument);
        }
    }
    Some(found)
}

/// What a tool makes possible, each with the reason.
fn capabilities(walk: &mut Walk, node: &Node, at: &Pointer) -> Capabilities {
    let mut found = Capabilities::new();
    if !walk.is_object(node, at, "`capabilities`") {
        return found;
    }
    for entry in node.entries() {
        let at = at.key(&entry.key.text);
        let why = walk.text(&entry.value, &at);
        let name = Node::string(&entry.key.text, entry.key.span);
        let what = walk.word(&name, &at, "capability");
        found.extend(what.zip(why));
    }
    found
}

/// What arguments hold: a word each, or a guess with its confidence, as an import writes it.
fn holds(walk: &mut Walk, node: &Node, at: &Pointer) -> HeldArguments {
    let mut found = HeldArguments::new();
    if !walk.is_object(node, at, "`holds`") {
        return found;
    }
    for entry in node.entries() {
        let (node, at) = (&entry.value, at.key(&entry.key.text));
        let held = match node.as_str() {
            Some(_) => walk.word(node, &at, "kind of argument").map(Held::said),
            None => guessed(walk, node, &at),
        };
        found.extend(held.map(|held| (entry.key.text.to_string(), held)));
    }
    found
}

fn guessed(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Held> {
    if !walk.object(node, at, "what an argument holds", &["what", "confidence", "evidence"]) {
        return None;
    }
    let what = walk.required(node, at, "what an argument holds", "what");
    let what = what.and_then(|what| walk.word(what, &at.key("what"), "kind of argument"));
    let confidence = optional(node, at, "confidence", |node, at| walk.share(node, at));
    let evidence = optional(node, at, "evidence", |node, at| Some(texts(walk, node, at)));
    Some(Held {
        what: what?,
        confidence: confidence.unwrap_or(1.0),
        evidence: evidence.unwrap_or_default(),
    })
}

fn argument(walk: &mut Walk, node: &Node, at: &Pointer) -> Argument {
    let kind = optional(node, at, "type", |node, at| walk.word(node, at, "type"));
    let required = optional(node, at, "required", |node, at| walk.boolean(node, at));
    Argument { kind, required: required.unwrap_or(false) }
}

fn annotations(walk: &mut Walk, node: &Node, at: &Pointer) -> Option<Annotations> {
    if !walk.object(node, at, "`annotations`", &HINTS) {
        return None;
    }
    Some(hints(walk, node, at))
}

#[cfg(test)]
mod tests;
