//! Secrets within a policy: where they stand, and that nothing that is shown repeats them.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::finding::Finding;
use crate::catalogue::{Disclosed, disclosed, is_secret_of, names_secret};
use crate::source::{Document, Entry, Node, Place, Pointer};

/// What stands in place of a secret.
const MASK: &str = "***";

/// A secret of a document.
pub(super) struct Secret {
    /// The value that holds it; none for a comment.
    pub(super) place: Option<Place>,
    /// The bytes that show it.
    pub(super) span: Range<usize>,
    /// What it is, such as "a password".
    pub(super) what: &'static str,
    /// Itself.
    text: String,
}

/// The secrets in the keys, the values and the comments of a document.
pub(super) fn secrets(document: &Document) -> Vec<Secret> {
    let mut found = Vec::new();
    if let Some(root) = &document.root {
        walk(document, root, &Way::Root, None, &mut found);
    } else {
        // What cannot be read is shown all the same, to say why.
        found.extend(disclosed(&document.text).into_iter().map(|one| {
            let text = document.text[one.span.clone()].to_owned();
            Secret { place: None, span: one.span, what: one.what, text }
        }));
    }
    for comment in &document.comments {
        let range = comment.span.range();
        found.extend(disclosed(&comment.text).into_iter().map(|one| {
            let text = comment.text[one.span].to_owned();
            let span = shown(document, &range, &text);
            Secret { place: None, span, what: one.what, text }
        }));
    }
    found
}

/// The way to a node, of which a pointer is made only where there is something to say.
enum Way<'w> {
    Root,
    Key(&'w Way<'w>, &'w str),
    Index(&'w Way<'w>, usize),
}

impl Way<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Way::Root => Pointer::root(),
            Way::Key(above, key) => above.pointer().key(key),
            Way::Index(above, index) => above.pointer().index(*index),
        }
    }
}

/// Looks into a node; `name` is the argument whose value it is.
fn walk(
    document: &Document,
    node: &Node,
    at: &Way<'_>,
    name: Option<&str>,
    found: &mut Vec<Secret>,
) {
    if let Some(text) = node.as_str() {
        let whole = || Disclosed { span: 0..text.len(), what: "the value of a secret" };
        let mut all = disclosed(text);
        if all.is_empty() && name.is_some_and(|name| is_secret_of(name, text)) {
            all.push(whole());
        }
        found.extend(all.into_iter().map(|one| {
            let text = text[one.span].to_owned();
            let range = node.written().range();
            let span = shown(document, &range, &text);
            Secret { place: Some(Place::value(at.pointer())), span, what: one.what, text }
        }));
    }
    for (index, element) in node.elements().iter().enumerate() {
        walk(document, element, &Way::Index(at, index), name, found);
    }
    let argument = node.get("path").and_then(Node::as_str).and_then(|path| path.rsplit('.').next());
    for entry in node.live_entries() {
        let key = &entry.key;
        found.extend(disclosed(&key.text).into_iter().map(|one| {
            let text = key.text[one.span].to_owned();
            let span = shown(document, &key.span.range(), &text);
            Secret {
                place: Some(Place::key(at.pointer().key(&key.text))),
                span,
                what: one.what,
                text,
            }
        }));
        let name = argument.filter(|_| &*entry.key.text == "value");
        walk(document, &entry.value, &Way::Key(at, &key.text), name, found);
    }
}

/// The bytes of a value that show a text: all of it where the text is written with escapes.
fn shown(document: &Document, value: &Range<usize>, text: &str) -> Range<usize> {
    let raw = document.text.get(value.clone()).unwrap_or_default();
    match raw.find(text) {
        Some(at) => value.start + at..value.start + at + text.len(),
        None => value.clone(),
    }
}

/// Keeps secrets out of what is said of a document, and notes where they stand for whoever shows it.
pub(super) fn conceal<'f>(
    document: &mut Document,
    findings: impl Iterator<Item = &'f mut Finding>,
) {
    let secrets = mark(document);
    if !secrets.is_empty() {
        findings.for_each(|finding| conceal_finding(finding, &secrets));
    }
}

/// Notes where the secrets of a document stand for whoever shows it, and gives what nobody is to be shown elsewhere.
pub fn mark_secrets(document: &mut Document) -> Vec<String> {
    mark(document).into_iter().map(|secret| secret.text).filter(|text| !text.is_empty()).collect()
}

fn mark(document: &mut Document) -> Vec<Secret> {
    let secrets = secrets(document);
    document.secrets = spans_of(document, &secrets).into();
    secrets
}

/// The bytes that show secrets of a document, wherever they stand, with what is its own to keep.
fn spans_of(document: &Document, secrets: &[Secret]) -> Vec<Range<usize>> {
    let spans = secrets.iter().map(|secret| secret.span.clone());
    let spans = spans.chain(document.root.iter().flat_map(Unshown::of));
    let mut all: Vec<Range<usize>> = spans.collect();
    if !secrets.is_empty() {
        // What is shorter stands in too many other words.
        let texts = secrets.iter().map(|secret| &*secret.text).filter(|text| text.len() >= 4);
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts);
        let finder = finder.expect("texts of a document are no gigabytes");
        all.extend(finder.find_iter(&document.text).map(|found| found.range()));
    }
    all.sort_by_key(|span| (span.start, span.end));
    all.dedup();
    all
}

/// The bytes of what agents and clients keep for themselves: the values by which servers are started and reached, the
/// headers of requests, what is called like a secret, and what arguments called so are compared with. Nothing is said of
/// it, and it may be too short to be told from other words.
#[derive(Default)]
struct Unshown<'d> {
    spans: Vec<Range<usize>>,
    /// Whether the names that were met are those of secrets: a document has few, and each often.
    names: HashMap<&'d str, bool>,
}

impl<'d> Unshown<'d> {
    fn of(root: &'d Node) -> Vec<Range<usize>> {
        let mut unshown = Unshown::default();
        unshown.visit(root);
        unshown.spans
    }

    fn visit(&mut self, node: &'d Node) {
        const HOLDERS: [&str; 5] =
            ["mcpServers", "mcp_servers", "context_servers", "servers", "mcp"];
        const HEADERS: [&str; 2] = ["headers", "http_headers"];
        let is_server =
            |server: &Node| server.get("command").or_else(|| server.get("url")).is_some();
        node.elements().iter().for_each(|element| self.visit(element));
        let path = node.get("path").and_then(Node::as_str);
        let argument = path.and_then(|path| path.rsplit('.').next());
        for Entry { key, value } in node.live_entries() {
            let key = &*key.text;
            let is_holder = match HOLDERS.iter().position(|holder| *holder == key) {
                Some(0..3) => true,
                Some(_) => value.live_entries().any(|entry| is_server(&entry.value)),
                None => HEADERS.contains(&key),
            };
            let is_operand = key == "value" && argument.is_some_and(|name| self.is_secret(name));
            match bytes(value) {
                _ if is_operand => self.spans.extend(scalars(value)),
                _ if is_holder => self.spans.extend(strings(value)),
                // Of names only those are asked about that have a text.
                Some(bytes) if self.is_secret(key) => self.spans.push(bytes),
                Some(_) => {}
                None => self.visit(value),
            }
        }
    }

    fn is_secret(&mut self, name: &'d str) -> bool {
        *self.names.entry(name).or_insert_with(|| names_secret(name))
    }
}

/// The bytes of all values in a node, whatever they are.
fn scalars(node: &Node) -> Vec<Range<usize>> {
    let own = node.scalar().map(|_| node.written().range());
    let entries = node.live_entries().flat_map(|entry| scalars(&entry.value));
    own.into_iter().chain(node.elements().iter().flat_map(scalars)).chain(entries).collect()
}

/// The bytes of all strings in a node but those that say what may be done with a server.
fn strings(node: &Node) -> Vec<Range<usize>> {
    const SHOWN: [&str; 10] = [
        "type",
        "transport",
        "enabled_tools",
        "disabled_tools",
        "includeTools",
        "excludeTools",
        "default_tools_approval_mode",
        "approval_mode",
        "alwaysAllow",
        "autoApprove",
    ];
    let entries = node.live_entries().filter(|entry| !SHOWN.contains(&&*entry.key.text));
    let of_entries = entries.flat_map(|entry| strings(&entry.value));
    bytes(node)
        .into_iter()
        .chain(node.elements().iter().flat_map(strings))
        .chain(of_entries)
        .collect()
}

/// The bytes of a string.
fn bytes(node: &Node) -> Option<Range<usize>> {
    node.as_str().map(|_| node.written().range())
}

fn conceal_finding(finding: &mut Finding, secrets: &[Secret]) {
    let pointers = finding.related.iter_mut().filter_map(|related| related.pointer.as_mut());
    for pointer in pointers.chain(finding.pointer.as_mut()) {
        conceal_text(pointer, secrets);
    }
    let related = finding.related.iter_mut().map(|related| &mut related.message);
    let fix = finding.fix.as_mut().map(|fix| &mut fix.title);
    let texts = [&mut finding.message].into_iter().chain(finding.help.as_mut());
    for text in texts.chain(related).chain(fix) {
        conceal_text(text, secrets);
    }
    conceal_value(&mut finding.facts, secrets);
}

fn conceal_text(text: &mut String, secrets: &[Secret]) {
    for secret in secrets.iter().filter(|secret| !secret.text.is_empty()) {
        if text.contains(&secret.text) {
            *text = text.replace(&secret.text, MASK);
        }
    }
}

fn conceal_value(value: &mut serde_json::Value, secrets: &[Secret]) {
    match value {
        serde_json::Value::String(text) => conceal_text(text, secrets),
        serde_json::Value::Array(values) => {
            values.iter_mut().for_each(|value| conceal_value(value, secrets));
        }
        serde_json::Value::Object(members) => {
            let concealed = std::mem::take(members).into_iter().map(|(mut key, mut value)| {
                conceal_text(&mut key, secrets);
                conceal_value(&mut value, secrets);
                (key, value)
            });
            *members = concealed.collect();
        }
        _ => {}
    }
}

/// The bytes of a document that show secrets, whether it was judged or not.
pub fn secret_spans(document: &Document) -> &[Range<usize>] {
    document.secrets.get_or_init(|| spans_of(document, &secrets(document)))
}

/// A value of a document as JSON, without what shows secrets.
pub fn masked_value(document: &Document, node: &Node) -> serde_json::Value {
    fn masked(node: &Node, spans: &[Range<usize>]) -> serde_json::Value {
        let shows = |range: Range<usize>| {
            spans.iter().any(|span| span.start < range.end && range.start < span.end)
        };
        if !shows(node.span.range()) && !shows(node.written().range()) {
            return node.to_json();
        }
        if node.scalar().is_some() {
            return MASK.into();
        }
        if node.is_map() {
            let entries = node.entries().iter().map(|entry| {
                let key = if shows(entry.key.span.range()) { MASK } else { &entry.key.text };
                (key.to_owned(), masked(&entry.value, spans))
            });
            return serde_json::Value::Object(entries.collect());
        }
        node.elements().iter().map(|element| masked(element, spans)).collect()
    }
    masked(node, secret_spans(document))
}

/// The secrets of a document, as its text has them.
pub fn secrets_of(document: &Document) -> Vec<String> {
    let spans = secret_spans(document).iter();
    let texts = spans.filter_map(|span| document.text.get(span.clone()));
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A text without secrets.
pub fn without_secrets(secrets: &[String], text: &str) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
}
