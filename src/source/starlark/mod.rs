//! Starlark, as far as it is data: calls at the margin with literal arguments. What would have to be run is not read.

mod calls;
mod tokens;

pub(crate) use calls::{Call, FUNCTIONS, Spanned, Stop, Value, calls};

use super::node::{Entry, Key, Kind, Map, Node};
use super::scalar::{Scalar, ScalarKind};
use super::span::Span;

/// The calls of a text as a tree: a list of objects, each with what the function is given by the names of its
/// arguments, and its own name under `function`. None where the text is not read to its end.
pub(super) fn read(text: &str) -> Option<Node> {
    let calls = calls(text).ok()?;
    let calls = calls.iter().map(object).collect();
    Some(Node::new(Kind::Seq(calls), Span::new(0, text.len())))
}

fn object(call: &Call) -> Node {
    let names = FUNCTIONS.iter().find(|(name, _)| *name == call.function);
    let names = names.map_or(&[][..], |(_, arguments)| *arguments);
    let entry = |name: &str, place: Span, value: Node| Entry {
        key: Key { text: name.into(), span: place, plain: false },
        value,
    };
    let name: Span = call.span.clone().into();
    let mut entries = vec![entry("function", name, Node::string(&call.function, name))];
    for (name, value) in names.iter().zip(&call.positional) {
        entries.push(entry(name, value.span.clone().into(), node(value)));
    }
    for (name, place, value) in &call.named {
        entries.push(entry(name, place.clone().into(), node(value)));
    }
    Node::new(Kind::Map(Map::from(entries)), Span::new(call.span.start, call.end))
}

fn node(value: &Spanned) -> Node {
    let span: Span = value.span.clone().into();
    match &value.value {
        Value::Text(text) => Node::string(text, span),
        Value::List(values) => Node::new(Kind::Seq(values.iter().map(node).collect()), span),
        Value::Other(name) => {
            let kind = ScalarKind::Null;
            Node::new(
                Kind::Scalar(Scalar { text: (*name).into(), kind, plain: false, tag: None }),
                span,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Place, Pointer};

    #[test]
    fn a_call_is_an_object_whose_parts_have_their_places() {
        let text = "# a\nprefix_rule([\"git\", [\"push\", \"fetch\"]], decision = \"prompt\")\n\nhost_executable(name=\"git\", paths=[])\n";
        let root = read(text).unwrap();
        assert_eq!(
            root.to_json(),
            serde_json::json!([
                {"function": "prefix_rule", "pattern": ["git", ["push", "fetch"]], "decision": "prompt"},
                {"function": "host_executable", "name": "git", "paths": []},
            ])
        );
        let at =
            |pointer: &str| &text[root.span_of(&Place::value(Pointer::parse(pointer))).range()];
        assert_eq!(at("/0/pattern/1/1"), "\"fetch\"");
        assert_eq!(at("/0/decision"), "\"prompt\"");
        assert_eq!(at("/1"), "host_executable(name=\"git\", paths=[])");
        assert!(read("prefix_rule([\"git\"]").is_none() && read("for x in []:\n  y\n").is_none());
    }
}
