//! What a server says of its tools beyond what a record keeps, as hashes: a changed description
//! or schema is noticed without keeping the text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::listing;
use crate::source::{Document, Node};

/// The hashes of what a server says of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Of title and description; none where there is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of the input schema with the descriptions in it; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// Hashes by the name of the tool.
pub type Fingerprints = BTreeMap<String, Fingerprint>;

/// The hashes of every tool of an answer to `tools/list`; none for other documents.
pub(super) fn fingerprints(document: &Document) -> Fingerprints {
    let tools = document.root.as_ref().and_then(listing::find);
    let tools = tools.map(|(tools, _)| tools.elements()).unwrap_or_default();
    let fingerprint =
        |tool: &Node| Some((tool.get("name")?.as_str()?.to_owned(), fingerprint(tool)));
    tools.iter().filter_map(fingerprint).collect()
}

fn fingerprint(tool: &Node) -> Fingerprint {
    let words = ["title", "description"].map(|key| tool.get(key).and_then(Node::as_str));
    let said = words.iter().any(Option::is_some);
    // A character that ends no text keeps title and description apart.
    let said = said.then(|| words.map(Option::unwrap_or_default).join("\u{0}"));
    let schema = tool.get("inputSchema").filter(|schema| !schema.is_null());
    Fingerprint {
        description: said.map(|said| hash(said.as_bytes())),
        schema: schema.map(|schema| {
            let mut text = String::new();
            write_canonical(schema, &mut text);
            hash(text.as_bytes())
        }),
    }
}

/// A value as text that depends neither on spaces nor on the order of keys.
fn write_canonical(node: &Node, out: &mut String) {
    if node.is_map() {
        let mut entries: Vec<_> = node.live_entries().collect();
        entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
        out.push('{');
        for entry in entries {
            out.push_str(&serde_json::Value::from(&*entry.key.text).to_string());
            out.push(':');
            write_canonical(&entry.value, out);
            out.push(',');
        }
        out.push('}');
    } else if node.scalar().is_some() {
        out.push_str(&node.to_json().to_string());
    } else {
        out.push('[');
        for element in node.elements() {
            write_canonical(element, out);
            out.push(',');
        }
        out.push(']');
    }
}

pub(super) fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Fingerprint {
        let text = format!(r#"{{"tools": [{text}]}}"#);
        fingerprints(&Document::read("a.json", text.into_bytes())).into_values().next().unwrap()
    }

    #[test]
    fn order_and_spaces_do_not_count_and_everything_else_does() {
        let one = of(r#"{"name": "t", "inputSchema": {"type": "object", "a": [1, {"b": null}]}}"#);
        let same = of(r#"{"inputSchema":{"a":[1,{"b":null}],"type":"object"},"name":"t"}"#);
        assert_eq!(one, same);
        for other in [
            r#"{"name": "t", "inputSchema": {"type": "object", "a": [1, {"b": "null"}]}}"#,
            r#"{"name": "t", "inputSchema": {"type": "object", "a": [[1], {"b": null}]}}"#,
            r#"{"name": "t", "description": "", "inputSchema": {"type": "object", "a": [1, {"b": null}]}}"#,
        ] {
            assert_ne!(one, of(other), "{other}");
        }
        assert_eq!(of(r#"{"name": "t"}"#), Fingerprint::default());
    }

    #[test]
    fn a_title_is_no_part_of_the_description() {
        let one = of(r#"{"name": "t", "title": "a", "description": "b"}"#);
        let other = of(r#"{"name": "t", "title": "ab", "description": ""}"#);
        assert_ne!(one.description, other.description);
        assert!(one.description.unwrap().starts_with("sha256:"));
    }
}
