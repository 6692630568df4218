//! By what a policy and its parts are known. Fields alone do not tell: `rules` and `limits` are
//! words of many formats, so that what they hold is looked at.

use crate::source::{Kind, Node, slip};

type Is = fn(&Node) -> bool;

/// The fields at the top that say something about tools, with what they hold in a policy.
pub(super) const SAYINGS: [(&str, Is); 3] = [
    ("default", is_default),
    ("hide", |node| matches!(node.kind, Kind::Seq(_))),
    ("all_tools", Node::is_map),
];

/// Fields at the top that say nothing about tools.
const OTHERS: [&str; 3] = ["version", "description", "tools"];

/// The rules of a tool, in both dialects and in older forms, with what they hold in a policy.
const RULES: [(&str, Is); 7] = [
    ("require", |node| one_of(node, is_entry)),
    ("deny_if", |node| node.scalar().is_none()),
    ("limits", |node| one_of(node, is_limit)),
    ("rules", |node| one_of(node, is_entry)),
    ("rate_limit", is_rate),
    ("action", is_action),
    ("on_deny", |node| node.as_str().is_some()),
];

/// Rules that a tool may have besides, which say little by themselves.
const WEAK: [(&str, Is); 5] = [
    ("require", is_list_of_objects),
    ("limits", is_list_of_objects),
    ("rules", is_list_of_objects),
    ("hide", |node| matches!(node.to_json(), serde_json::Value::Bool(_))),
    ("reason", |node| node.as_str().is_some()),
];

/// What a policy may do with tools that it does not list, right and wrong words alike.
const DEFAULTS: [&str; 6] = ["allow", "deny", "allowlist", "denylist", "block", "ask"];

/// What `action` may say of a call, right and wrong words alike.
const ACTIONS: [&str; 7] =
    ["allow", "deny", "block", "evaluate", "require_approval", "approve", "ask"];

/// Whether a field stands at the top of policies, or nearly.
pub(super) fn is_top_field(name: &str) -> bool {
    let fields = SAYINGS.iter().map(|(name, _)| *name).chain(OTHERS);
    name == "$schema" || name.starts_with("x-") || slip(name, fields).is_some()
}

/// Whether a value may be that of `default`.
pub(super) fn is_default(node: &Node) -> bool {
    is_word_of(node, &DEFAULTS)
}

/// Whether an object has the rules of a tool.
pub(super) fn is_tool(node: &Node) -> bool {
    RULES.iter().any(|(field, is)| *field != "action" && node.get(field).is_some_and(is))
        || node.get("action").is_some_and(is_action) && node.get("reason").is_some()
}

/// Whether an object is a tool's where a tool is expected: it has the rules of one, or has nothing
/// but the fields of one.
pub(super) fn may_be_tool(node: &Node) -> bool {
    let is_known = |field: &str, value: &Node| {
        RULES.iter().chain(&WEAK).any(|(name, is)| *name == field && is(value))
    };
    let mut entries = node.entries().iter();
    RULES.iter().any(|(field, is)| node.get(field).is_some_and(is))
        || !node.entries().is_empty()
            && entries.all(|entry| is_known(&entry.key.text, &entry.value))
}

/// Whether an object is an entry of a tool's rules, or what should be wrapped in one.
pub(super) fn is_entry(node: &Node) -> bool {
    node.get("conditions").is_some_and(|list| one_of(list, is_condition))
        || node.get("on_deny").is_some_and(|node| node.as_str().is_some())
        || node.get("rate_limit").is_some_and(is_rate)
        || node.get("state").is_some_and(is_limit)
        || is_condition(node)
        || is_plain_denial(node)
}

/// A rule with a name and an action and nothing that other formats have beside these.
fn is_plain_denial(node: &Node) -> bool {
    let fields = ["name", "action", "description"];
    node.get("action").is_some_and(is_action)
        && node.get("name").is_some()
        && node.entries().iter().all(|entry| fields.contains(&&*entry.key.text))
}

fn is_condition(node: &Node) -> bool {
    let path = node.get("path").and_then(Node::as_str);
    let is_ours = |path: &str| path.starts_with("args.") || path.starts_with("state.");
    path.is_some_and(|path| is_ours(path) || node.get("op").is_some())
}

fn is_limit(node: &Node) -> bool {
    node.get("window").is_some() && (node.get("counter").is_some() || node.get("max").is_some())
}

/// `5/minute`, or the same in an object.
fn is_rate(node: &Node) -> bool {
    let is_text = |text: &str| text.contains('/') && text.starts_with(|c: char| c.is_ascii_digit());
    node.as_str().is_some_and(is_text) || is_limit(node)
}

fn is_action(node: &Node) -> bool {
    is_word_of(node, &ACTIONS)
}

fn is_word_of(node: &Node, words: &[&str]) -> bool {
    let word = node.as_str().map(str::to_ascii_lowercase);
    word.is_some_and(|word| words.contains(&&*word) || slip(&word, words.iter().copied()).is_some())
}

fn is_list_of_objects(node: &Node) -> bool {
    matches!(&node.kind, Kind::Seq(list) if list.iter().all(Node::is_map))
}

/// Whether something holds for an element of a list, or for what stands where a list should.
fn one_of(node: &Node, is: Is) -> bool {
    is(node) || node.elements().iter().any(is)
}
