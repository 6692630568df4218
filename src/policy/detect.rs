//! Telling policies from other documents, and the dialects from each other.

mod broken;
mod signs;

use std::fmt;

use serde::Serialize;

use self::signs::{SAYINGS, is_default, is_entry, is_tool, is_top_field, may_be_tool};
use super::Dialect;
use crate::source::{Document, Format, Kind, Node, ProblemKind, slip};

/// The part of a policy that a document is, where it is no whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fragment {
    /// The inside of `tools`: tools by their names.
    Tools,
    /// The inside of one tool.
    Tool,
    /// One entry of a tool's rules.
    Entry,
}

impl Fragment {
    /// How it becomes a policy.
    pub fn help(self) -> &'static str {
        match self {
            Fragment::Tools => {
                "put it under `tools`, beside `\"version\": \"1\"` and `\"default\": \"deny\"`"
            }
            Fragment::Tool => {
                "put it under the tool's name in `tools`, beside `\"version\": \"1\"` and `\"default\": \"deny\"`"
            }
            Fragment::Entry => "put it into a list of rules of the tool that it is for",
        }
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Fragment::Tools => "it is a fragment of one, the inside of `tools`",
            Fragment::Tool => "it is a fragment of one, the inside of a tool",
            Fragment::Entry => "it is a fragment of one, an entry of a tool's rules",
        })
    }
}

/// Whether a document is worth reading as a policy when nobody said that it is one: it has a
/// policy's fields, or nearly (`defualt`), or a part of them, and is not something else that
/// happens to have `tools`. What was meant to be one counts, however broken: passing it over in
/// silence would let it through a check.
pub fn looks_like_policy(document: &Document) -> bool {
    let has_more = || {
        document.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::ExtraDocument))
    };
    match &document.root {
        Some(root) => {
            is_policy(root)
                || fragment(root).is_some()
                || is_list_of_policies(root)
                || (root.scalar().is_some() || has_more()) && broken::was_meant(&document.text)
        }
        None => broken::was_meant(&document.text),
    }
}

fn is_list_of_policies(root: &Node) -> bool {
    !root.elements().is_empty() && root.elements().iter().all(is_policy)
}

fn is_policy(root: &Node) -> bool {
    let says = root.entries().iter().any(|entry| {
        let field = slip(&entry.key.text, SAYINGS.iter().map(|(name, _)| *name));
        SAYINGS.iter().any(|(name, is)| Some(*name) == field && is(&entry.value))
    });
    let is_version_1 = root.get("version").and_then(Node::as_str) == Some("1");
    match root.get("tools") {
        // A list is what servers answer and catalogues hold, unless the rest is a policy's.
        Some(tools) if matches!(tools.kind, Kind::Seq(_)) => {
            is_version_1 && root.get("default").is_some_and(is_default)
        }
        Some(tools) if tools.is_map() => {
            says || is_version_1 || tools.entries().iter().any(|tool| may_be_tool(&tool.value)) || {
                has_top_fields_only(root) && are_bare_tools(tools)
            }
        }
        Some(_) => is_version_1,
        None if is_version_1 => {
            says || has_top_fields_only(root)
                || root.live_entries().any(|entry| is_tool(&entry.value))
        }
        None => {
            says && (root.get("version").is_some() || has_top_fields_only(root)) || {
                // Nothing else is a file with a bare `version: 1`, the way that YAML is written in.
                let plain = root.get("version").and_then(Node::scalar);
                plain.is_some_and(|scalar| scalar.plain && &*scalar.text == "1")
                    && has_top_fields_only(root)
            }
        }
    }
}

fn has_top_fields_only(root: &Node) -> bool {
    root.live_entries().all(|entry| is_top_field(&entry.key.text)) && !root.entries().is_empty()
}

/// Whether tools are listed and nothing is said of any of them.
fn are_bare_tools(tools: &Node) -> bool {
    let is_bare = |node: &Node| node.is_map() && node.entries().is_empty();
    !tools.entries().is_empty() && tools.entries().iter().all(|tool| is_bare(&tool.value))
}

/// The part of a policy that a document is instead of a whole one.
fn fragment(root: &Node) -> Option<Fragment> {
    let holds_nothing_else = || root.entries().iter().all(|entry| entry.value.is_map());
    if root.entries().iter().any(|entry| is_tool(&entry.value)) && holds_nothing_else() {
        return Some(Fragment::Tools);
    }
    if is_tool(root) {
        return Some(Fragment::Tool);
    }
    is_entry(root).then_some(Fragment::Entry)
}

/// The dialect of a document, from its fields; where they do not tell, JSON is version 1 and
/// YAML is Intercept, because that is how the two are kept.
///
/// # Errors
/// What the document is instead of a policy, in words, and which part of one if it is that.
pub(super) fn dialect(
    document: &Document,
    root: &Node,
) -> Result<Dialect, (String, Option<Fragment>)> {
    let other = |words: String| Err((words, None));
    if !root.is_map() {
        return other(format!("it holds {}", root.type_name()));
    }
    let says_version_1 = root
        .get("version")
        .and_then(Node::scalar)
        .is_some_and(|version| matches!(&*version.text, "1" | ""));
    if !is_policy(root) && !says_version_1 && root.get("tools").is_none() {
        return match fragment(root) {
            Some(fragment) => Err((fragment.to_string(), Some(fragment))),
            None => other("it has none of `default`, `hide`, `tools`".to_owned()),
        };
    }
    if root.get("tools").is_some_and(|tools| matches!(tools.kind, Kind::Seq(_))) {
        return other("its `tools` is a list, as a server's tool list has it".to_owned());
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

#[cfg(test)]
mod tests;
