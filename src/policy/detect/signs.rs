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
    ("require", is_list_of_rules),
    ("limits", is_list_of_rules),
    ("rules", is_list_of_rules),
    ("hide", |node| matches!(node.to_json(), serde_json::Value::Bool(_))),
    ("reason", |node| node.as_str().is_some()),
];

/// What a policy may do with tools that it does not list, right and wrong words alike.
const DEFAULTS: [&str; 6] = ["allow", "deny", "allowlist", "denylist", "block", "ask"];

/// What `action` may say of a call, right and wrong words alike.
const ACTIONS: [&str; 7] =
    ["allow", "deny", "block", "evaluate", "require_approval", "approve", "ask"];

/// What people write for an action that there is by another name.
const VERBS: [&str; 18] = [
    "accept", "permit", "grant", "pass", "reject", "refuse", "forbid", "disallow", "prevent",
    "stop", "hide", "confirm", "review", "log", "audit", "warn", "throttle", "limit",
];

/// Fields by which other formats keep programs as `tools`.
const PROGRAMS: [&str; 12] = [
    "version",
    "versions",
    "command",
    "commands",
    "path",
    "url",
    "image",
    "install",
    "package",
    "executable",
    "checksum",
    "sha256",
];

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

/// Whether an object is a tool's where a tool is expected: it has the rules of one, however they are
/// spelt, or has nothing but the fields of one.
pub(super) fn may_be_tool(node: &Node) -> bool {
    let is_known = |field: &str, value: &Node| {
        RULES.iter().chain(&WEAK).any(|(name, is)| *name == field && is(value))
    };
    let mut entries = node.entries().iter();
    RULES.iter().any(|(field, is)| node.get(field).is_some_and(is))
        || node.entries().iter().any(|entry| is_broken_rule(&entry.key.text, &entry.value))
        || !node.entries().is_empty()
            && entries.all(|entry| is_known(&entry.key.text, &entry.value))
}

/// Whether a field is a rule that is misspelt or holds what no rule holds.
pub(super) fn is_broken_rule(field: &str, value: &Node) -> bool {
    let has_conditions = |node: &Node| {
        node.entries().iter().any(|entry| {
            is_meant(&entry.key.text, "conditions") && matches!(entry.value.kind, Kind::Seq(_))
        })
    };
    match slip(field, RULES.map(|(name, _)| name)) {
        Some("rate_limit") => true,
        Some("require" | "deny_if") => one_of(value, is_entry) || one_of(value, has_conditions),
        Some("rules") => {
            let limits = |node: &Node| {
                node.entries().iter().any(|entry| is_meant(&entry.key.text, "rate_limit"))
            };
            one_of(value, is_entry) || one_of(value, has_conditions) || one_of(value, limits)
        }
        Some("limits") => one_of(value, is_limit),
        Some("on_deny") => value.as_str().is_some(),
        _ => false,
    }
}

fn is_meant(field: &str, name: &str) -> bool {
    slip(field, [name]).is_some()
}

/// Whether an object holds nothing but what a tool's rules may be called.
pub(super) fn has_tool_fields_only(node: &Node) -> bool {
    let fields = RULES.iter().map(|(name, _)| *name).chain(["hide", "reason", "description"]);
    let is_field = |field: &str| slip(field, fields.clone()).is_some();
    node.is_map() && node.entries().iter().all(|entry| is_field(&entry.key.text))
}

/// Whether an object has rules of a tool as no other format has them.
pub(super) fn is_well_known_tool(node: &Node) -> bool {
    let is_rule =
        |node: &Node| node.get("name").is_some() && (is_rated(node) || is_conditional(node));
    let is_whole_limit =
        |node: &Node| ["counter", "scope"].map(|field| node.get(field)).iter().all(Option::is_some);
    let has = |field: &str, is: &dyn Fn(&Node) -> bool| {
        node.get(field).is_some_and(|list| is(list) || list.elements().iter().any(is))
    };
    has("require", &is_guarded)
        || has("deny_if", &is_guarded)
        || has("limits", &is_whole_limit)
        || has("rules", &is_rule)
}

/// Whether an entry has conditions, or none of them where a list of them stands.
fn is_guarded(node: &Node) -> bool {
    let is_empty = |list: &Node| matches!(list.kind, Kind::Seq(_)) && list.elements().is_empty();
    is_conditional(node) || node.get("conditions").is_some_and(is_empty)
}

/// Whether an entry has conditions, each with a path and an operator, or is one on an argument.
fn is_conditional(node: &Node) -> bool {
    let is_whole = |node: &Node| node.get("path").is_some() && node.get("op").is_some();
    let are_whole = |list: &Node| {
        !list.elements().is_empty() && list.elements().iter().all(is_whole) || is_whole(list)
    };
    node.get("conditions").is_some_and(are_whole) || is_whole(node) && is_on_ours(node)
}

fn is_rated(node: &Node) -> bool {
    node.get("rate_limit").is_some_and(|rate| rate.as_str().is_some() && is_rate(rate))
}

/// Whether an object is an entry of a tool's rules and has nothing that one has not.
pub(super) fn is_lone_entry(node: &Node) -> bool {
    let fields = [
        "name",
        "description",
        "conditions",
        "on_deny",
        "action",
        "rate_limit",
        "path",
        "op",
        "value",
    ];
    is_conditional(node) && node.entries().iter().all(|entry| fields.contains(&&*entry.key.text))
}

/// Whether a document says that its version is 1, in quotes.
pub(super) fn is_version_1(root: &Node) -> bool {
    root.get("version").and_then(Node::as_str) == Some("1")
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
    is_on_ours(node)
        || node.get("path").is_some_and(|path| path.as_str().is_some()) && node.get("op").is_some()
}

/// Whether a path leads to an argument or a counter.
fn is_on_ours(node: &Node) -> bool {
    let is_ours = |path: &str| path.starts_with("args.") || path.starts_with("state.");
    node.get("path").and_then(Node::as_str).is_some_and(is_ours)
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

/// Whether a list is of objects that may be rules: none does what no policy does with a call.
fn is_list_of_rules(node: &Node) -> bool {
    let is_rule = |node: &Node| node.is_map() && node.get("action").is_none_or(may_be_action);
    matches!(&node.kind, Kind::Seq(list) if list.iter().all(is_rule))
}

/// Whether a value says what is to happen with a call, in whatever words.
fn may_be_action(node: &Node) -> bool {
    is_action(node) || node.as_str().is_none() || is_word_of(node, &VERBS)
}

/// Whether an object is what other formats keep of a program: where it comes from, how it is started.
pub(super) fn is_program(node: &Node) -> bool {
    node.entries().iter().any(|entry| PROGRAMS.contains(&&*entry.key.text)) && !is_entry(node)
}

/// Whether a list or an object is about tools and what they may do.
pub(super) fn is_about_tools(node: &Node) -> bool {
    let names_tool =
        |node: &Node| ["tool", "tools", "tool_name"].iter().any(|field| node.get(field).is_some());
    let is = |node: &Node| is_well_known_tool(node) || names_tool(node) || is_on_ours(node);
    let mut inside = node.entries().iter().map(|entry| &entry.value).chain(node.elements());
    is(node) || inside.any(is)
}

/// Whether something holds for an element of a list, or for what stands where a list should.
fn one_of(node: &Node, is: Is) -> bool {
    is(node) || node.elements().iter().any(is)
}
