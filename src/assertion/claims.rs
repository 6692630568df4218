//! Statements as policies.

use super::{Calls, Claim, Statement};
use crate::policy::{self, Amount, Dialect, Limit, Policy, Scope, Unreadable};
use crate::source::{Entry, Key, Kind, Map, Node, Span};

/// The policy that lets pass just the calls of a tool that a statement is about. What the gateway cannot read is
/// nothing to it: there the other policy decides.
pub(super) fn about(calls: &Calls, tool: &str, unreadable: Unreadable) -> Policy {
    let lists = [("require", &calls.when), ("deny_if", &calls.unless)];
    let lists =
        lists.into_iter().filter_map(|(list, conditions)| Some((list, conditions.as_ref()?)));
    let mut policy = read("deny", tool, &lists.collect::<Vec<_>>());
    policy.semantics.unreadable = unreadable;
    policy
}

/// The texts one of which an argument of a call must be for a statement to be about it; none where its conditions
/// leave other values.
pub(super) fn texts_of(calls: &Calls, argument: &str) -> Option<Vec<String>> {
    let path = format!("args.{argument}");
    let conditions = calls.when.as_ref()?.elements();
    conditions
        .iter()
        .filter(|one| one.get("path").and_then(Node::as_str) == Some(path.as_str()))
        .find_map(|condition| {
            let value = condition.get("value")?;
            let values = match condition.get("op")?.as_str()? {
                "eq" => std::slice::from_ref(value),
                "in" if matches!(value.kind, Kind::Seq(_)) => value.elements(),
                _ => return None,
            };
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        })
}

/// The policy that holds a limit of a statement, and refuses nothing else.
pub(super) fn limited(statement: &Statement, tool: &str, unreadable: Unreadable) -> Policy {
    let mut policy = read("allow", tool, &[]);
    policy.semantics.unreadable = unreadable;
    if let Claim::Limited { max, window, total } = statement.claim {
        let limit = Limit {
            counter: "statement".to_owned(),
            key: "statement".to_owned(),
            window,
            max: Some(max),
            amount: Amount::Fixed(1),
            scope: Scope::Grant,
            message: String::new(),
            has_message: false,
            rule: statement.tools.to_string(),
            max_pointer: statement.pointer.clone(),
            pointer: statement.pointer.clone(),
        };
        let rules = if total { &mut policy.all_tools } else { &mut policy.tools[0].rules };
        rules.limits.push(limit);
    }
    policy
}

/// The document of a policy that refuses the calls of `tool` that meet some conditions.
pub(super) fn refusing(conditions: &Node) -> Node {
    tree("allow", "tool", &[("deny_if", conditions)])
}

fn read(default: &str, tool: &str, lists: &[(&str, &Node)]) -> Policy {
    policy::read_tree(&tree(default, tool, lists), Dialect::V1).0
}

/// A version "1" policy that lists one tool, with one entry in each of some lists.
fn tree(default: &str, tool: &str, lists: &[(&str, &Node)]) -> Node {
    let text = |text: &str| Node::string(text, Span::default());
    let entry = |conditions: &Node| map(vec![("conditions", conditions.clone())]);
    let list = |conditions: &Node| Node::new(Kind::Seq(vec![entry(conditions)]), Span::default());
    let lists = lists.iter().map(|(name, conditions)| (*name, list(conditions)));
    let tools = map(vec![(tool, map(lists.collect()))]);
    map(vec![("version", text("1")), ("default", text(default)), ("tools", tools)])
}

/// An object that stands nowhere.
pub(super) fn map(entries: Vec<(&str, Node)>) -> Node {
    let entries = entries.into_iter().map(|(key, value)| Entry {
        key: Key { text: key.into(), span: Span::default(), plain: false },
        value,
    });
    Node::new(Kind::Map(Map::from(entries.collect::<Vec<_>>())), Span::default())
}
