//! The fields of a rule as Intercept reads them: text from any scalar, null as nothing.

use std::collections::{HashMap, HashSet};

use super::{rate_limit, scalar};
use crate::policy::legacy::is_bare_limit;
use crate::policy::window::Window;
use crate::policy::{RuleFault, go_int64};
use crate::source::{Node, Pointer};

/// The action that has a person asked.
pub(super) const ASK: &str = "require_approval";

/// The text fields of a rule.
pub(super) struct RuleText<'n> {
    pub(super) node: &'n Node,
    pub(super) name: String,
    pub(super) action: String,
    pub(super) rate_limit: String,
    pub(super) message: String,
    pub(super) conditions: Vec<(usize, &'n Node)>,
    pub(super) state: Option<&'n Node>,
    pub(super) spend: Option<&'n Node>,
}

impl<'n> RuleText<'n> {
    pub(super) fn of(node: &'n Node) -> RuleText<'n> {
        let conditions = node.get("conditions").map(Node::elements).unwrap_or_default();
        RuleText {
            node,
            name: text_of(node, "name"),
            action: text_of(node, "action"),
            rate_limit: text_of(node, "rate_limit"),
            message: text_of(node, "on_deny"),
            conditions: conditions.iter().enumerate().filter(|(_, node)| !node.is_null()).collect(),
            state: node.get("state").filter(|state| !state.is_null()),
            spend: node.get("spend").filter(|spend| !spend.is_null()),
        }
    }

    /// Whether there is a limit that is not written as text; what the rule was to do is then not
    /// known.
    pub(super) fn has_unread_limit(&self) -> bool {
        let limit = self.node.get("rate_limit");
        limit.is_some_and(|limit| limit.scalar().is_none()) || is_bare_limit(self.node)
    }

    /// Whether the rule is to evaluate conditions and has none.
    pub(super) fn evaluates_nothing(&self) -> bool {
        let evaluates = matches!(self.action.as_str(), "" | "evaluate");
        evaluates && self.is_bare() && self.spend.is_none()
    }

    /// Whether the rule only has an action that other gateways know and that decides nothing.
    pub(super) fn decides_nothing(&self) -> bool {
        self.is_bare() && self.state.is_none() && RuleFault::is_idle(&self.action)
    }

    fn is_bare(&self) -> bool {
        self.conditions.is_empty() && self.rate_limit.is_empty()
    }

    /// The rate limit, if the rule has one and it can stand for conditions and a counter.
    pub(super) fn expanded(&self) -> Option<(i64, Window)> {
        let alone = self.conditions.is_empty() && self.state.is_none() && self.action != "deny";
        if alone { rate_limit::parse(&self.rate_limit).ok() } else { None }
    }

    /// The counter that the rule declares, and the pointer to its name below the rule.
    pub(super) fn counter(&self) -> Option<(String, &'static str)> {
        if let Some((_, window)) = self.expanded() {
            return Some((format!("_rate_{window}"), "rate_limit"));
        }
        self.state.map(|state| (text_of(state, "counter"), "state"))
    }
}

pub(super) fn text_of(node: &Node, field: &str) -> String {
    node.get(field).and_then(scalar::text).unwrap_or_default()
}

/// The counters that the `state` blocks and rate limits of each tool declare.
pub(super) fn declared_counters(root: &Node) -> HashMap<String, HashSet<String>> {
    let tools = root.get("tools").map(Node::entries).unwrap_or_default();
    let counters = |tool: &Node| {
        let rules = tool.get("rules").map(Node::elements).unwrap_or_default();
        rules.iter().filter_map(|rule| Some(RuleText::of(rule).counter()?.0)).collect()
    };
    tools.iter().map(|entry| (entry.key.text.to_string(), counters(&entry.value))).collect()
}

/// The bound that a rule's own conditions put on its counter: the first `lt` or `lte` with a
/// number. `lt N` counts to N-1 only.
pub(super) fn own_limit(
    text: &RuleText<'_>,
    key: &str,
    pointer: &Pointer,
) -> Option<(i64, Pointer)> {
    text.conditions.iter().find_map(|(index, node)| {
        let path = text_of(node, "path");
        if path.strip_prefix("state.") != Some(key) {
            return None;
        }
        let bound = node.get("value").map(scalar::value)?.as_number()?;
        let max = match text_of(node, "op").as_str() {
            "lt" => go_int64(bound).wrapping_sub(1),
            "lte" => go_int64(bound),
            _ => return None,
        };
        Some((max, pointer.key("conditions").index(*index).key("value")))
    })
}
