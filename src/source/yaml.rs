//! The YAML reader: the events of `granit-parser` made into a tree.
//!
//! Aliases are resolved (within bounds), merge keys (`<<`) expanded, and of several documents
//! only the first is read, as the Go library of the gateways does.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError};

use super::limits::{MAX_ALIAS_NODES, MAX_DEPTH};
use super::node::{Entry, Key, Kind, Node};
use super::problem::{Problem, ProblemKind, duplicate_keys};
use super::scalar::{Scalar, ScalarKind, Tag};
use super::span::Span;

/// A comment of a YAML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What stands behind the `#`.
    pub text: Box<str>,
    /// Where it stands, the `#` included.
    pub span: Span,
}

/// What came of reading a text.
pub(super) struct Tree {
    /// The tree; absent when a problem is fatal.
    pub(super) root: Option<Node>,
    /// Everything that is wrong.
    pub(super) problems: Vec<Problem>,
    /// The comments of the first document.
    pub(super) comments: Vec<Comment>,
}

/// Reads a text.
pub(super) fn read(text: &str) -> Tree {
    // The parser would count a byte-order mark in its offsets or not, depending on its place.
    let skipped = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut builder = Builder { skipped, ..Builder::default() };
    let result = builder.read(&text[skipped..]);
    if let Err(problem) = result {
        builder.problems.push(problem);
        builder.root = None;
        return builder.into_tree();
    }
    if builder.root.as_ref().is_none_or(|root| root.is_null() && root.span.range().is_empty()) {
        builder.problems.push(Problem::new(ProblemKind::Empty, Span::at(text.len())));
        builder.root = None;
    }
    builder.into_tree()
}

#[derive(Default)]
struct Builder {
    skipped: usize,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    expanded: usize,
    problems: Vec<Problem>,
    comments: Vec<Comment>,
}

/// A list or an object whose end has not been reached yet.
struct Open {
    start: usize,
    anchor: usize,
    parts: Parts,
}

enum Parts {
    Seq(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(Key, bool)> },
}

impl Builder {
    fn into_tree(self) -> Tree {
        Tree { root: self.root, problems: self.problems, comments: self.comments }
    }

    fn read(&mut self, text: &str) -> Result<(), Problem> {
        let options = granit_parser::options! {
            strict_indentation: true,
            simple_key_max_lookahead: 65_536,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
            emit_comments: true,
            max_buffered_comment_events: 1_000_000,
        };
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = next.map_err(|error| self.scan_error(&error))?;
            let range = span.byte_range().unwrap_or_default();
            let span = Span::new(range.start + self.skipped, range.end + self.skipped);
            if self.root.is_some() && matches!(event, Event::DocumentStart(..)) {
                self.problems.push(Problem::new(ProblemKind::ExtraDocument, span));
                return Ok(());
            }
            self.event(event, span)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| tag_of(&tag));
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let kind = if plain { core_kind(&text) } else { tagged_kind(&text, tag) };
                let scalar = Scalar { text: text.into(), kind, plain, tag };
                self.finish(Node::new(Kind::Scalar(scalar), span), anchor)
            }
            Event::Alias(id) => self.alias(id, span),
            Event::Comment(text, _) => {
                self.comments.push(Comment { text: text.into(), span });
                Ok(())
            }
            Event::SequenceStart(_, anchor, _) => {
                self.start(span, anchor, Parts::Seq(Vec::new()));
                Ok(())
            }
            Event::MappingStart(_, anchor, _) => {
                self.start(span, anchor, Parts::Map { entries: Vec::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn start(&mut self, span: Span, anchor: usize, parts: Parts) {
        self.open.push(Open { start: span.start(), anchor, parts });
    }

    fn end(&mut self, span: Span) -> Result<(), Problem> {
        let top = self.open.pop().expect("the parser closes only what it opened");
        let (kind, end) = match top.parts {
            Parts::Seq(mut elements) => {
                elements.shrink_to_fit();
                let end = elements.last().map(|last| last.span.end());
                (Kind::Seq(elements), end)
            }
            Parts::Map { entries, .. } => {
                self.problems.extend(duplicate_keys(&entries));
                let end = entries.last().map(|last| last.value.span.end().max(last.key.span.end()));
                (Kind::Map(merge(entries).into()), end)
            }
        };
        // A block collection "ends" at the start of what follows; its last part tells better.
        let end = if span.range().is_empty() { end.unwrap_or(span.end()) } else { span.end() };
        self.finish(Node::new(kind, Span::new(top.start, end.max(top.start))), top.anchor)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Problem> {
        let Some(target) = self.anchors.get(&id) else {
            let message = "this alias refers to the value it stands in".to_owned();
            return Err(Problem::new(ProblemKind::Syntax { message }, span));
        };
        self.expanded += count(target);
        if self.expanded > MAX_ALIAS_NODES {
            return Err(Problem::new(ProblemKind::AliasBomb { limit: MAX_ALIAS_NODES }, span));
        }
        let node = Node { span, defined: Some(target.span.into()), kind: target.kind.clone() };
        if self.open.len() + depth(&node) > MAX_DEPTH {
            return Err(Problem::new(ProblemKind::TooDeep { limit: MAX_DEPTH }, span));
        }
        self.finish(node, 0)
    }

    /// Puts a finished node where it belongs: into its parent, as a key or value, or as the root.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|top| &mut top.parts) {
            None => self.root = Some(node),
            Some(Parts::Seq(elements)) => elements.push(node),
            Some(Parts::Map { entries, key }) => match key.take() {
                Some((key, is_merge)) => {
                    let key = if is_merge { Key { text: MERGE.into(), ..key } } else { key };
                    entries.push(Entry { key, value: node });
                }
                None => {
                    let Kind::Scalar(scalar) = node.kind else {
                        return Err(Problem::new(ProblemKind::ComplexKey, node.span));
                    };
                    let is_merge = scalar.plain && &*scalar.text == "<<";
                    let plain = scalar.plain;
                    *key = Some((Key { text: scalar.text, span: node.span, plain }, is_merge));
                }
            },
        }
        Ok(())
    }

    fn scan_error(&self, error: &ScanError) -> Problem {
        let at = error.marker().byte_offset().unwrap_or(0) + self.skipped;
        let message = error.info();
        let kind = if message.contains("recursion limit") || message.contains("nesting") {
            ProblemKind::TooDeep { limit: MAX_DEPTH }
        } else {
            ProblemKind::Syntax { message }
        };
        Problem::new(kind, Span::at(at))
    }
}

/// The text that stands for a merge key while an object is being read; no plain key can be it.
const MERGE: &str = "\u{0}<<";

/// Replaces merge keys by the entries they bring in: an object's own keys win over merged ones,
/// and an earlier merged object over a later one.
fn merge(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| &*entry.key.text == MERGE) {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| &*entry.key.text == MERGE);
    for Entry { key, value } in merges {
        let is_merge = match &value.kind {
            Kind::Seq(elements) => elements.iter().all(Node::is_map),
            _ => value.is_map(),
        };
        if !is_merge {
            // Kept as an ordinary key, so that it is found to be unknown.
            own.push(Entry { key: Key { text: "<<".into(), ..key }, value });
            continue;
        }
        let sources = match value.kind {
            Kind::Seq(elements) => elements,
            _ => vec![value],
        };
        for source in sources {
            for entry in source.entries() {
                if !own.iter().any(|present| present.key.text == entry.key.text) {
                    own.push(entry.clone());
                }
            }
        }
    }
    own
}

fn count(node: &Node) -> usize {
    let inner: usize = match &node.kind {
        Kind::Scalar(_) => 0,
        Kind::Seq(elements) => elements.iter().map(count).sum(),
        Kind::Map(map) => map.entries().iter().map(|entry| count(&entry.value)).sum(),
    };
    inner + 1
}

fn depth(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar(_) => 0,
        Kind::Seq(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Kind::Map(map) => {
            1 + map.entries().iter().map(|entry| depth(&entry.value)).max().unwrap_or(0)
        }
    }
}

fn tag_of(tag: &granit_parser::Tag) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("null") => Tag::Null,
        Some("bool") => Tag::Bool,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("binary") => Tag::Binary,
        Some("timestamp") => Tag::Timestamp,
        _ => Tag::Other,
    }
}

/// What a scalar that is quoted or has a tag is: its tag decides, else it is text.
fn tagged_kind(text: &str, tag: Option<Tag>) -> ScalarKind {
    match tag {
        Some(Tag::Null | Tag::Bool | Tag::Int | Tag::Float) => core_kind(text),
        _ => ScalarKind::String,
    }
}

/// The YAML 1.2 core schema's reading of a plain scalar
/// (<https://yaml.org/spec/1.2.2/#1032-tag-resolution>).
fn core_kind(text: &str) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarKind::Null,
        "true" | "True" | "TRUE" => ScalarKind::True,
        "false" | "False" | "FALSE" => ScalarKind::False,
        _ if is_core_number(text) => ScalarKind::Number,
        _ => ScalarKind::String,
    }
}

fn is_core_number(text: &str) -> bool {
    let all =
        |text: &str, test: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(test);
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, u8::is_ascii_hexdigit);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), u8::is_ascii_digit)
    });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    exponent_fits && digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Place, Pointer};

    fn json(text: &str) -> serde_json::Value {
        let Tree { root, problems, .. } = read(text);
        assert_eq!(problems, [], "{text}");
        root.unwrap().to_json()
    }

    #[test]
    fn agrees_with_serde_yaml() {
        for text in [
            "a: 1\nb: [x, 'y', \"z\"]\nc:\n  - d: ~\n    e: true\n",
            "a: &x {b: 1}\nc: *x\n",
            "a: |\n  two\n  lines\nb: >\n  folded\n  text\n",
            "{\"json\": [1, 2.5, null]}",
            "1.5\n",
            "- 0x1F\n- 0o17\n- -7\n- 1e3\n",
        ] {
            let theirs: serde_json::Value = serde_yaml::from_str(text).unwrap();
            assert_eq!(json(text), theirs, "{text}");
        }
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "tools:\n  run_job:\n    rules:\n      - name: \"x\"  # why\n";
        let root = read(text).root;
        let root = root.unwrap();
        let rule = Pointer::root().key("tools").key("run_job").key("rules").index(0);
        let slice = |place: Place| &text[root.span_of(&place).range()];
        assert_eq!(slice(Place::value(rule.key("name"))), "\"x\"");
        assert_eq!(slice(Place::key(rule.key("name"))), "name");
        assert_eq!(slice(Place::value(rule.clone())), "name: \"x\"");
        assert_eq!(slice(Place::key(rule.parent().parent())), "run_job");
    }

    #[test]
    fn merge_keys_bring_in_what_is_not_there_yet() {
        let text = "base: &b {a: 1, b: 2}\nuse:\n  <<: *b\n  b: 3\nlist:\n  <<: [*b, {c: 4}]\n";
        assert_eq!(json(text)["use"], serde_json::json!({"b": 3, "a": 1}));
        assert_eq!(json(text)["list"], serde_json::json!({"a": 1, "b": 2, "c": 4}));
    }

    #[test]
    fn only_the_first_document_is_read() {
        let Tree { root, problems, .. } = read("a: 1\n---\nb: [\n");
        assert_eq!(root.unwrap().to_json(), serde_json::json!({"a": 1}));
        assert_eq!(problems[0].kind, ProblemKind::ExtraDocument);
        assert_eq!(problems[0].span.start(), 5);
    }

    #[test]
    fn an_alias_shows_both_places() {
        let text = "a: &x 5\nb: *x\n";
        let root = read(text).root.unwrap();
        let alias = root.get("b").unwrap();
        assert_eq!(&text[alias.span.range()], "*x");
        assert_eq!(&text[alias.written().range()], "5");
    }

    #[test]
    fn comments_are_kept_and_a_hash_in_a_text_is_none() {
        let text = "\u{feff}# top\na: '# no' # beside\nb: |\n  # text\n---\n# other\n";
        let comments = read(text).comments;
        let texts: Vec<&str> = comments.iter().map(|comment| &*comment.text).collect();
        assert_eq!(texts, [" top", " beside"]);
        assert_eq!(&text[comments[1].span.range()], "# beside");
    }

    #[test]
    fn broken_yaml_has_a_place() {
        for text in ["a: [1\n", "a: b: c\n", "a:\n\t- b\n", "a: *nowhere\n", "? [a]\n: 1\n"] {
            let Tree { root, problems, .. } = read(text);
            assert!(root.is_none() && problems[0].kind.is_fatal(), "{text:?}: {problems:?}");
        }
    }
}
