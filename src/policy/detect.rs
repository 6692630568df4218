//! Telling policies from other documents, and the dialects from each other.

use std::sync::LazyLock;

use regex::Regex;

use crate::source::{Document, Format, Kind, Node, nearest};

use super::Dialect;

/// Whether a document is worth reading as a policy when nobody said that it is one: it has a
/// policy's fields, or nearly (`defualt`), and is not something else that happens to have `tools`.
pub fn looks_like_policy(document: &Document) -> bool {
    match &document.root {
        Some(root) => is_policy(root),
        None => looks_like_broken_policy(&document.text),
    }
}

/// Whether text that cannot be read was meant to be a policy: it has the keys of one where a
/// policy has them. Passing it over in silence would let a broken policy through a check.
fn looks_like_broken_policy(text: &str) -> bool {
    static VERSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)"version"\s*:\s*"?1"?\b|^version\s*:\s*["']?1\b"#)
            .expect("the pattern is ours")
    });
    static PARTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)"(default|hide|tools|all_tools)"\s*:|^(default|hide|tools)\s*:"#)
            .expect("the pattern is ours")
    });
    VERSION.is_match(text) && PARTS.is_match(text)
}

fn is_policy(root: &Node) -> bool {
    let marks = ["default", "hide", "all_tools"];
    let has_mark = root.entries().iter().any(|entry| {
        let key = &*entry.key.text;
        marks.contains(&key) || nearest(key, ["default"]).is_some()
    });
    match root.get("tools") {
        Some(tools) => {
            tools.is_map()
                && (has_mark || tools.entries().iter().any(|entry| is_tool(&entry.value)))
        }
        None => has_mark && root.get("version").is_some(),
    }
}

fn is_tool(node: &Node) -> bool {
    ["require", "deny_if", "limits", "rules"].iter().any(|field| node.get(field).is_some())
}

/// The dialect of a document, from its fields; where they do not tell, JSON is version 1 and
/// YAML is Intercept, because that is how the two are kept.
///
/// # Errors
/// What the document is instead of a policy, in words.
pub(super) fn dialect(document: &Document, root: &Node) -> Result<Dialect, String> {
    if !root.is_map() {
        return Err(format!("it holds {}", root.type_name()));
    }
    let says_version_1 = root
        .get("version")
        .and_then(Node::scalar)
        .is_some_and(|version| matches!(&*version.text, "1" | ""));
    if !is_policy(root) && !says_version_1 && root.get("tools").is_none() {
        return Err("it has none of `default`, `hide`, `tools`".to_owned());
    }
    if root.get("tools").is_some_and(|tools| matches!(tools.kind, Kind::Seq(_))) {
        return Err("its `tools` is a list, as a server's tool list has it".to_owned());
    }
    let tools = root.get("tools").map(Node::entries).unwrap_or_default();
    let count = |fields: &[&str]| {
        tools
            .iter()
            .filter(|entry| fields.iter().any(|field| entry.value.get(field).is_some()))
            .count()
    };
    let v1 =
        count(&["require", "deny_if", "limits"]) + usize::from(root.get("all_tools").is_some());
    let intercept = count(&["rules"]) + usize::from(root.get("description").is_some());
    Ok(match v1.cmp(&intercept) {
        std::cmp::Ordering::Greater => Dialect::V1,
        std::cmp::Ordering::Less => Dialect::INTERCEPT,
        std::cmp::Ordering::Equal => match document.format {
            Format::Json => Dialect::V1,
            Format::Yaml => Dialect::INTERCEPT,
        },
    })
}
