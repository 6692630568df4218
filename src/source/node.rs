//! The tree of a document.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::pointer::{Part, Place, Pointer};
use super::scalar::Typing;
use super::scalar::{Scalar, ScalarKind};
use super::span::Span;

/// A value of a document with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands; for a YAML alias, where the alias stands.
    pub span: Span,
    /// For a YAML alias, where the value it refers to stands.
    pub defined: Option<Box<Span>>,
    /// The value.
    pub kind: Kind,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A value without parts.
    Scalar(Scalar),
    /// A list.
    Seq(Vec<Node>),
    /// An object.
    Map(Map),
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key's text with escapes resolved. Of a document with the same key in many places all may share one.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether it is a YAML plain (unquoted) scalar, which need not be text.
    pub plain: bool,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// The entries of an object in the order of the text. A duplicate key stands twice, and the last
/// one counts.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<Entry>,
    /// Where each key stands, made when it is first asked for; none of a small object without duplicate keys, which
    /// needs none.
    index: OnceLock<Option<Box<Positions>>>,
}

/// Where each of the keys of an object stands.
type Positions = HashMap<Arc<str>, u32>;

/// Up to so many entries looking at each is as fast as an index.
const SMALL: usize = 32;

impl Map {
    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that count: of duplicate keys the last one only.
    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        let all = self.index().is_none_or(|index| index.len() == self.entries.len());
        let counts =
            move |(at, entry): &(usize, &Entry)| all || self.position(&entry.key.text) == Some(*at);
        self.entries.iter().enumerate().filter(counts).map(|(_, entry)| entry)
    }

    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.position(key).map(|at| &self.entries[at])
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.position(key)?;
        Some(&mut self.entries[at].value)
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        self.index = OnceLock::new();
        self.entries.push(entry);
    }

    /// Gives the value of a key another key.
    pub fn rename(&mut self, key: &str, to: &str) {
        let at = self.position(key);
        self.index = OnceLock::new();
        if let Some(at) = at {
            self.entries[at].key.text = to.into();
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) {
        self.index = OnceLock::new();
        self.entries.retain(|entry| &*entry.key.text != key);
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= SMALL {
            return self.entries.iter().rposition(|entry| &*entry.key.text == key);
        }
        self.index()?.get(key).map(|at| *at as usize)
    }

    fn index(&self) -> Option<&Positions> {
        let is_new = |(at, entry): (usize, &Entry)| {
            self.entries[..at].iter().all(|before| before.key.text != entry.key.text)
        };
        let keys = || self.entries.iter().map(|entry| entry.key.text.clone());
        let positions = || {
            let needs_none =
                self.entries.len() <= SMALL && self.entries.iter().enumerate().all(is_new);
            (!needs_none).then(|| Box::new(keys().zip(0..).collect()))
        };
        self.index.get_or_init(positions).as_deref()
    }
}

impl From<Vec<Entry>> for Map {
    fn from(mut entries: Vec<Entry>) -> Map {
        entries.shrink_to_fit();
        Map { entries, index: OnceLock::new() }
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.entries == other.entries
    }
}

impl Node {
    /// A node at a span.
    pub fn new(kind: Kind, span: Span) -> Node {
        Node { span, defined: None, kind }
    }

    /// Where the value is written: for a YAML alias, where that stands which it refers to.
    pub fn written(&self) -> Span {
        self.defined.as_deref().copied().unwrap_or(self.span)
    }

    /// A string as JSON has it, at a span.
    pub fn string(text: &str, span: Span) -> Node {
        let kind = ScalarKind::String;
        Node::new(Kind::Scalar(Scalar { text: text.into(), kind, plain: false, tag: None }), span)
    }

    /// The entries of an object, else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(map) => map.entries(),
            _ => &[],
        }
    }

    /// The entries of an object that count (of duplicate keys the last one only), else none.
    pub fn live_entries(&self) -> impl Iterator<Item = &Entry> {
        let map = match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        };
        map.into_iter().flat_map(Map::live)
    }

    /// The elements of a list, else none.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            Kind::Seq(elements) => elements,
            _ => &[],
        }
    }

    /// The value of a key of an object. Of duplicate keys the last one counts.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The scalar, if it is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a string; no other scalar has one.
    pub fn as_str(&self) -> Option<&str> {
        self.scalar().filter(|scalar| scalar.kind == ScalarKind::String).map(|scalar| &*scalar.text)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.kind == ScalarKind::Null)
    }

    /// Whether it is an object.
    pub fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// What the value is called in a message.
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Seq(_) => "a list",
            Kind::Map(_) => "an object",
            Kind::Scalar(scalar) => match scalar.kind {
                ScalarKind::Null => "null",
                ScalarKind::True | ScalarKind::False => "a boolean",
                ScalarKind::Number => "a number",
                ScalarKind::String => "a string",
            },
        }
    }

    /// What the value is called in a message about itself: a number by its digits.
    pub fn describe(&self) -> String {
        match self.scalar() {
            Some(scalar) if scalar.kind == ScalarKind::Number => {
                format!("the number {}", scalar.text)
            }
            _ => self.type_name().to_owned(),
        }
    }

    /// Whether another node is written alike, wherever the two stand.
    pub fn is_like(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Scalar(ours), Kind::Scalar(theirs)) => ours == theirs,
            (Kind::Seq(ours), Kind::Seq(theirs)) => {
                let mut both = ours.iter().zip(theirs);
                ours.len() == theirs.len() && both.all(|(one, other)| one.is_like(other))
            }
            (Kind::Map(ours), Kind::Map(theirs)) => {
                let (ours, theirs) = (ours.entries(), theirs.entries());
                let is_like = |(one, other): (&Entry, &Entry)| {
                    one.key.text == other.key.text && one.value.is_like(&other.value)
                };
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_like)
            }
            _ => false,
        }
    }

    /// The node that a pointer leads to.
    pub fn at(&self, pointer: &Pointer) -> Option<&Node> {
        pointer.tokens().try_fold(self, |node, token| node.child(&token))
    }

    /// The same, to be changed.
    pub fn at_mut(&mut self, pointer: &Pointer) -> Option<&mut Node> {
        pointer.tokens().try_fold(self, |node, token| match &mut node.kind {
            Kind::Map(map) => map.get_mut(&token),
            Kind::Seq(elements) => elements.get_mut(token.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        })
    }

    /// The value as JSON. A number beyond what JSON's reader takes becomes a string of its digits.
    pub fn to_json(&self) -> serde_json::Value {
        self.to_json_as(Scalar::to_json)
    }

    /// The same where scalars are taken for something else.
    pub(super) fn to_json_as(&self, typing: Typing) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Seq(elements) => elements.iter().map(|node| node.to_json_as(typing)).collect(),
            Kind::Map(map) => {
                let value = |entry: &Entry| entry.value.to_json_as(typing);
                let entries = map.entries().iter();
                Value::Object(
                    entries.map(|entry| (entry.key.text.to_string(), value(entry))).collect(),
                )
            }
            Kind::Scalar(scalar) => typing(scalar),
        }
    }

    /// The span of a place below this node: of the nearest parent where the pointer leads nowhere.
    pub fn span_of(&self, place: &Place) -> Span {
        let mut node = self;
        let mut key = None;
        for token in place.pointer.tokens() {
            let Some(next) = node.child(&token) else {
                return Span::new(node.span.start(), (node.span.start() + 1).min(node.span.end()));
            };
            key = node.entry(&token).map(|entry| entry.key.span);
            node = next;
        }
        match place.part {
            Part::Value => node.span,
            Part::Key => key.unwrap_or(node.span),
            Part::Start => {
                Span::new(node.span.start(), (node.span.start() + 1).min(node.span.end()))
            }
        }
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Map(map) => map.get(key),
            _ => None,
        }
    }

    fn child(&self, token: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(_) => self.get(token),
            Kind::Seq(elements) => elements.get(token.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn map(size: usize) -> Map {
        let entries = (0..size).map(|number| {
            let scalar = Scalar {
                text: number.to_string().into(),
                kind: ScalarKind::Number,
                plain: false,
                tag: None,
            };
            let key = Key {
                text: format!("k{}", number % (size - 1)).into(),
                span: Span::default(),
                plain: false,
            };
            Entry { key, value: Node::new(Kind::Scalar(scalar), Span::default()) }
        });
        entries.collect::<Vec<_>>().into()
    }

    #[test]
    fn a_document_of_many_nodes_stays_small() {
        assert!(size_of::<Node>() <= 56 && size_of::<Entry>() <= 88);
    }

    #[test]
    fn small_and_large_objects_find_the_last_of_duplicates() {
        for size in [SMALL, SMALL + 1, 1000] {
            let mut map = map(size);
            let value = |map: &Map, key| map.get(key).map(|entry| entry.value.clone());
            assert_eq!(value(&map, "k0"), Some(map.entries()[size - 1].value.clone()), "{size}");
            assert_eq!(value(&map, "nowhere"), None);
            map.remove("k0");
            assert_eq!(value(&map, "k0"), None);
            assert_eq!(map.entries().len(), size - 2);
        }
    }
}
