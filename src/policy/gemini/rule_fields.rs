//! The fields of rules and checkers, and which is meant by one that is none.

use crate::source::{Node, slip};

/// The fields of a rule.
pub(super) const RULE_FIELDS: [&str; 14] = [
    "toolName",
    "decision",
    "priority",
    "mcpName",
    "subagent",
    "argsPattern",
    "commandPrefix",
    "commandRegex",
    "modes",
    "interactive",
    "toolAnnotations",
    "allowRedirection",
    "denyMessage",
    "description",
];

/// The same in other letters.
const OTHER_LETTERS: [&str; 2] = ["allow_redirection", "deny_message"];

/// The fields that a rule cannot be without.
pub(super) const REQUIRED: [&str; 3] = ["toolName", "decision", "priority"];

/// What others call fields of a rule.
const CALLED: [(&str, &str); 5] = [
    ("action", "decision"),
    ("effect", "decision"),
    ("name", "toolName"),
    ("tool", "toolName"),
    ("tools", "toolName"),
];

/// The fields of a checker.
pub(super) const CHECKER_FIELDS: [&str; 10] = [
    "toolName",
    "mcpName",
    "argsPattern",
    "commandPrefix",
    "commandRegex",
    "priority",
    "modes",
    "toolAnnotations",
    "checker",
    "required_context",
];

/// Whether a rule has a field of this name.
pub(super) fn is_rule_field(name: &str) -> bool {
    RULE_FIELDS.contains(&name) || OTHER_LETTERS.contains(&name)
}

/// The field that is meant by one that is none, where it is not there.
pub(super) fn meant(rule: &Node, field: &str) -> Option<&'static str> {
    let called = CALLED.iter().find(|(other, _)| *other == field).map(|(_, meant)| *meant);
    let meant = called.or_else(|| slip(field, RULE_FIELDS));
    meant.filter(|meant| rule.get(meant).is_none())
}
