//! Reading TOML: the same tree as of JSON, every key and value with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::node::{Entry, Key, Kind, Map, Node};
use super::problem::{Problem, ProblemKind};
use super::scalar::{Scalar, ScalarKind};
use super::span::Span;

/// Reads a text. What cannot be read gives no tree, and one problem.
pub(super) fn read(text: &str) -> (Option<Node>, Vec<Problem>) {
    match DeTable::parse(text) {
        Ok(table) => {
            let node = Node::new(Kind::Map(map(table.get_ref())), Span::new(0, text.len()));
            (Some(node), Vec::new())
        }
        Err(error) => {
            let message = error.message().replace('\n', ", ");
            let span = error.span().unwrap_or_default();
            (None, vec![Problem::new(ProblemKind::Syntax { message }, span.into())])
        }
    }
}

/// The entries of a table in the order of the text.
fn map(table: &DeTable<'_>) -> Map {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let text: &std::borrow::Cow<'_, str> = key.get_ref();
        let key = Key { text: (&**text).into(), span: key.span().into(), plain: false };
        Entry { key, value: node(value.get_ref(), value.span()) }
    };
    let mut entries: Vec<Entry> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key.span.start());
    Map::from(entries)
}

fn node(value: &DeValue<'_>, span: Range<usize>) -> Node {
    let scalar = |kind, text: &str| {
        Kind::Scalar(Scalar { text: text.into(), kind, plain: false, tag: None })
    };
    let kind = match value {
        DeValue::String(text) => scalar(ScalarKind::String, text),
        DeValue::Integer(number) => scalar(ScalarKind::Number, &digits(number)),
        DeValue::Float(number) => scalar(ScalarKind::Number, number.as_str()),
        DeValue::Boolean(true) => scalar(ScalarKind::True, "true"),
        DeValue::Boolean(false) => scalar(ScalarKind::False, "false"),
        // No reader of permissions asks for a date; it is a text as good as any.
        DeValue::Datetime(date) => scalar(ScalarKind::String, &date.to_string()),
        DeValue::Array(values) => {
            Kind::Seq(values.iter().map(|value| node(value.get_ref(), value.span())).collect())
        }
        DeValue::Table(table) => Kind::Map(map(table)),
    };
    Node::new(kind, span.into())
}

/// An integer in decimal digits, as far as 64 bits go.
fn digits(number: &DeInteger<'_>) -> String {
    i64::from_str_radix(number.as_str(), number.radix())
        .map_or_else(|_| number.to_string(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_values_have_their_places_and_the_order_of_the_text() {
        let text =
            "b = 0x10\n[[rule]]\nname = 'x'\nlist = [1.5, true]\n[[rule]]\na.c = \"\\u00fc\"\n";
        let (root, problems) = read(text);
        let root = root.unwrap();
        assert!(problems.is_empty());
        assert_eq!(
            root.to_json(),
            serde_json::json!({"b": 16, "rule": [{"name": "x", "list": [1.5, true]}, {"a": {"c": "ü"}}]})
        );
        let keys: Vec<&str> = root.entries().iter().map(|entry| &*entry.key.text).collect();
        assert_eq!(keys, ["b", "rule"]);
        let name = root.get("rule").unwrap().elements()[0].get("name").unwrap();
        assert_eq!(&text[name.span.range()], "'x'");
    }

    #[test]
    fn what_is_no_toml_has_one_problem_and_hostile_nesting_is_not_followed() {
        for text in ["a = ", "a = 1\na = 2", "[a\n", "a = \"x"] {
            let (root, problems) = read(text);
            assert!(root.is_none() && problems.len() == 1, "{text}");
        }
        for open in ["[", "{a="] {
            let (root, problems) = read(&format!("a = {}", open.repeat(100_000)));
            assert!(root.is_none() && problems.len() == 1);
        }
        let dotted = format!("{} = 1", ["a"; 50_000].join("."));
        assert!(read(&dotted).0.is_none());
    }
}
