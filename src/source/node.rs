//! The tree of a document.

use std::ops::Range;

use super::{Entry, Map, Part, Place, Pointer};

/// A range of bytes in a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// From the first byte to behind the last.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The empty span at an offset.
    pub fn at(offset: usize) -> Span {
        Span::new(offset, offset)
    }

    /// As the range of the standard library.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A value of a document with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands; for a YAML alias, where the alias stands.
    pub span: Span,
    /// For a YAML alias, where the value it refers to stands.
    pub defined: Option<Span>,
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

/// A value without parts: its text, and what JSON or the YAML 1.2 core schema take it for.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// A string's characters with escapes resolved; every other scalar as it is written.
    pub text: Box<str>,
    /// What kind of value it is.
    pub kind: ScalarKind,
    /// Whether it is a YAML plain (unquoted) scalar, which another schema may read differently.
    pub plain: bool,
    /// The YAML tag, such as `!!str`, if there is one.
    pub tag: Option<Box<str>>,
}

/// The kinds of scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// `null`, `~`, or nothing.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number; its text keeps every digit.
    Number,
    /// Text.
    String,
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key's text with escapes resolved.
    pub text: Box<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

impl Node {
    /// A node at a span.
    pub fn new(kind: Kind, span: Span) -> Node {
        Node { span, defined: None, kind }
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
        use serde_json::Value;
        match &self.kind {
            Kind::Seq(elements) => Value::Array(elements.iter().map(Node::to_json).collect()),
            Kind::Map(map) => Value::Object(
                map.entries()
                    .iter()
                    .map(|entry| (entry.key.text.to_string(), entry.value.to_json()))
                    .collect(),
            ),
            Kind::Scalar(scalar) => scalar.to_json(),
        }
    }

    /// The span of a place below this node: of the nearest parent where the pointer leads nowhere.
    pub fn span_of(&self, place: &Place) -> Span {
        let mut node = self;
        let mut key = None;
        for token in place.pointer.tokens() {
            let Some(next) = node.child(&token) else {
                return Span::new(node.span.start, (node.span.start + 1).min(node.span.end));
            };
            key = node.entry(&token).map(|entry| entry.key.span);
            node = next;
        }
        match place.part {
            Part::Value => node.span,
            Part::Key => key.unwrap_or(node.span),
            Part::Start => Span::new(node.span.start, (node.span.start + 1).min(node.span.end)),
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

impl Scalar {
    fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind {
            ScalarKind::Null => Value::Null,
            ScalarKind::True => Value::Bool(true),
            ScalarKind::False => Value::Bool(false),
            ScalarKind::String => Value::String(self.text.to_string()),
            ScalarKind::Number => {
                number(&self.text).unwrap_or_else(|| Value::String(self.text.to_string()))
            }
        }
    }
}

/// The JSON value of a number's text, in JSON's or YAML's notation.
fn number(text: &str) -> Option<serde_json::Value> {
    if let Ok(value) = serde_json::from_str::<serde_json::Number>(text) {
        return Some(value.into());
    }
    let digits = text.trim_start_matches('+');
    let radix = [("0x", 16), ("0o", 8)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, radix)));
    if let Some((digits, radix)) = radix {
        return Some(u64::from_str_radix(digits, radix).ok()?.into());
    }
    if let Ok(integer) = digits.parse::<i64>() {
        return Some(integer.into());
    }
    serde_json::Number::from_f64(digits.parse().ok()?).map(Into::into)
}
