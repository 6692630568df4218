//! A document's tree as a JSON Schema validator reads it, without a copy of it.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, NodeIdentity, Object};
use serde_json::{Number, Value};

use super::scalar::Typing;
use super::{Kind, Map, Node, Scalar, ScalarKind, Span};

/// Trees as JSON.
pub(super) struct Tree;

/// A node as JSON.
#[derive(Clone)]
pub(super) struct Instance<'a> {
    pub(super) node: &'a Node,
    pub(super) typing: Typing,
}

/// The entries of an object that count.
pub(super) struct Members<'a>(&'a Map, Typing);

/// The elements of a list.
pub(super) struct Elements<'a>(&'a [Node], Typing);

impl Json for Tree {
    type Node<'a> = Instance<'a>;
    type PreparedKey = String;
    type StringBuffer = Option<Node>;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut Option<Node>,
        string: &str,
        f: impl FnOnce(Instance<'_>) -> T,
    ) -> T {
        let node = buffer.insert(Node::string(string, Span::default()));
        f(Instance { node, typing: Scalar::to_json })
    }
}

impl<'a> Instance<'a> {
    /// The text of a string that is one however scalars are typed.
    fn text(&self) -> Option<&'a str> {
        let is_text = |scalar: &&Scalar| {
            scalar.kind == ScalarKind::String && !scalar.plain && scalar.tag.is_none()
        };
        self.node.scalar().filter(is_text).map(|scalar| &*scalar.text)
    }

    /// The value of any other scalar; none of what is no scalar.
    fn value(&self) -> Option<Value> {
        self.node.scalar().map(self.typing)
    }
}

impl<'a> jsonschema::json::Node<'a, Tree> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = Number;

    fn as_object(&self) -> Option<Members<'a>> {
        match &self.node.kind {
            Kind::Map(map) => Some(Members(map, self.typing)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        match &self.node.kind {
            Kind::Seq(elements) => Some(Elements(elements, self.typing)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Some(text) = self.text() {
            return Some(Cow::Borrowed(text));
        }
        match self.value()? {
            Value::String(text) => Some(Cow::Owned(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<Number> {
        match self.value()? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        self.value()?.as_bool()
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn json_type(&self) -> JsonType {
        match &self.node.kind {
            Kind::Seq(_) => JsonType::Array,
            Kind::Map(_) => JsonType::Object,
            Kind::Scalar(_) if self.text().is_some() => JsonType::String,
            Kind::Scalar(scalar) => match (self.typing)(scalar) {
                Value::Null => JsonType::Null,
                Value::Bool(_) => JsonType::Boolean,
                Value::Number(_) => JsonType::Number,
                _ => JsonType::String,
            },
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match self.text() {
            Some(text) => expected.as_str() == Some(text),
            None => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(self.node.to_json_as(self.typing))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref(self.node) as usize))
    }
}

impl<'a> Object<'a, Tree> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Box<dyn Iterator<Item = (&'a str, Instance<'a>)> + 'a>;

    fn len(&self) -> usize {
        self.0.live().count()
    }

    fn get(&self, key: &String) -> Option<Instance<'a>> {
        let Members(map, typing) = *self;
        map.get(key).map(|entry| Instance { node: &entry.value, typing })
    }

    fn members(&self) -> Self::MembersIter {
        let Members(map, typing) = *self;
        let of = move |entry: &'a super::Entry| {
            (&*entry.key.text, Instance { node: &entry.value, typing })
        };
        Box::new(map.live().map(of))
    }
}

impl<'a> Array<'a, Tree> for Elements<'a> {
    type Node = Instance<'a>;
    type ElementsIter = Box<dyn Iterator<Item = Instance<'a>> + 'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        let Elements(elements, typing) = *self;
        Box::new(elements.iter().map(move |node| Instance { node, typing }))
    }
}
