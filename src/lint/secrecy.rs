//! Secrets within a policy: where they stand, and that nothing that is shown repeats them.

use std::ops::Range;

use super::finding::Finding;
use crate::catalogue::{Disclosed, disclosed, is_secret_of};
use crate::source::{Document, Node, Place, Pointer};

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
        walk(document, root, &Pointer::root(), None, &mut found);
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

/// Looks into a node; `name` is the argument whose value it is.
fn walk(
    document: &Document,
    node: &Node,
    at: &Pointer,
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
            let range = node.defined.unwrap_or(node.span).range();
            let span = shown(document, &range, &text);
            Secret { place: Some(Place::value(at.clone())), span, what: one.what, text }
        }));
    }
    for (index, element) in node.elements().iter().enumerate() {
        walk(document, element, &at.index(index), name, found);
    }
    let argument = node.get("path").and_then(Node::as_str).and_then(|path| path.rsplit('.').next());
    for entry in node.live_entries() {
        let key = &entry.key;
        found.extend(disclosed(&key.text).into_iter().map(|one| {
            let text = key.text[one.span].to_owned();
            let span = shown(document, &key.span.range(), &text);
            Secret { place: Some(Place::key(at.key(&key.text))), span, what: one.what, text }
        }));
        let name = argument.filter(|_| &*entry.key.text == "value");
        walk(document, &entry.value, &at.key(&entry.key.text), name, found);
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
    let secrets = secrets(document);
    if secrets.is_empty() {
        return;
    }
    for finding in findings {
        conceal_finding(finding, &secrets);
    }
    document.secrets = secrets.into_iter().map(|secret| secret.span).collect();
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
pub fn secret_spans(document: &Document) -> Vec<Range<usize>> {
    match document.secrets.as_slice() {
        [] => secrets(document).into_iter().map(|secret| secret.span).collect(),
        noted => noted.to_vec(),
    }
}

/// The secrets of a document, as its text has them.
pub fn secrets_of(document: &Document) -> Vec<String> {
    let spans = secret_spans(document).into_iter();
    let texts = spans.filter_map(|span| document.text.get(span));
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A text without secrets.
pub fn without_secrets(secrets: &[String], text: &str) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
}
