//! Telling policies from other documents, and the dialects from each other.

use crate::source::{Document, Format, Kind, Node, nearest};

use super::Dialect;

/// Whether a document is worth reading as a policy when nobody said that it is one: it has a
/// policy's fields, or nearly (`defualt`), and is not something else that happens to have `tools`.
pub fn looks_like_policy(document: &Document) -> bool {
    match &document.root {
        Some(root) => is_policy(root),
        // Broken text: worth a finding only if it was meant to be a policy.
        None => {
            let mentions = |word: &str| document.text.contains(word);
            mentions("version")
                && mentions("tools")
                && (mentions("deny_if") || mentions("limits") || mentions("rules"))
        }
    }
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
        std::cmp::Ordering::Less => Dialect::Intercept,
        std::cmp::Ordering::Equal => match document.format {
            Format::Json => Dialect::V1,
            Format::Yaml => Dialect::Intercept,
        },
    })
}
