//! From version "1" to Intercept.

use super::converted::{Converted, Loss};
use super::parts::{hidden, tools};
use super::value::{EXACT, json, whole};
use crate::policy::{
    self, Check, Effect, Intercept, InterceptRule, InterceptTool, Limit, Order, Ordered, Policy,
    PolicyDocument, Predicate, Rules, Value, Window, WrittenCondition,
};
use crate::source::Pointer;

/// The name under which Intercept keeps rules for all tools.
const ALL_TOOLS: &str = "*";

pub(super) fn convert(policy: &Policy) -> Converted {
    let mut losses = Vec::new();
    let mut written = Vec::new();
    for (name, rules) in tools(policy) {
        if name == ALL_TOOLS {
            let tool = policy.tool(name).map(|tool| tool.pointer.clone()).unwrap_or_default();
            lose(
                &mut losses,
                &tool,
                "`*` stands for all tools in Intercept, so this one is left out",
            );
            continue;
        }
        written.push((name.to_owned(), tool(name, rules, &mut losses)));
    }
    if !policy.all_tools.limits.is_empty() {
        written.push((ALL_TOOLS.to_owned(), tool(ALL_TOOLS, &policy.all_tools, &mut losses)));
    }
    let document = Intercept {
        version: "1",
        default: if policy.default.allows() { "allow" } else { "deny" },
        hide: hidden(policy),
        tools: Ordered(written),
    };
    Converted { document: PolicyDocument::Intercept(document), losses }
}

fn tool(name: &str, rules: &Rules, losses: &mut Vec<Loss>) -> InterceptTool {
    let mut written = Vec::new();
    for check in &rules.checks {
        written.extend(rule(check, losses));
    }
    for window in Window::ALL {
        // Intercept has one such counter for each window; the least limit is the one that counts.
        let limits = rules.limits.iter().filter(|limit| limit.window == window);
        let Some(limit) = limits.min_by_key(|limit| limit.max) else { continue };
        written.push(rate_limit(name, limit, losses));
    }
    InterceptTool { rules: written }
}

fn rate_limit(tool: &str, limit: &Limit, losses: &mut Vec<Loss>) -> InterceptRule {
    let name = limit.counter.clone();
    if tool.contains('.') {
        let message =
            "Intercept has no counters for a tool with a dot in its name, so every call is denied";
        lose(losses, &limit.pointer, message);
        return InterceptRule { name, action: Some("deny"), ..InterceptRule::default() };
    }
    lose(
        losses,
        &limit.pointer,
        "each grant has its own counter; in Intercept everybody shares one",
    );
    let rate = format!("{}/{}", limit.max.unwrap_or(1), limit.window);
    InterceptRule { name, rate_limit: Some(rate), ..InterceptRule::default() }
}

fn rule(check: &Check, losses: &mut Vec<Loss>) -> Option<InterceptRule> {
    let on_deny = check.has_message.then(|| check.message.to_string());
    let name = name(check);
    let conditions = match check.effect {
        Effect::AskIf => {
            let conditions = check.conditions.iter().flat_map(condition).collect();
            let action = Some("require_approval");
            return Some(InterceptRule {
                name,
                action,
                conditions,
                on_deny,
                ..InterceptRule::default()
            });
        }
        Effect::Require if check.conditions.is_empty() => return None,
        Effect::Require => check.conditions.iter().flat_map(condition).collect(),
        Effect::DenyIf if check.conditions.is_empty() => Vec::new(),
        Effect::DenyIf => {
            if check.conditions.len() > 1 {
                lose(
                    losses,
                    &check.pointer,
                    "Intercept cannot deny by conditions together, so one alone denies",
                );
            }
            let opposite = check.conditions.iter().find_map(opposite);
            if opposite.is_none() {
                lose(
                    losses,
                    &check.pointer,
                    "Intercept has no opposite of this condition, so every call is denied",
                );
            }
            opposite.unwrap_or_default()
        }
    };
    let action = conditions.is_empty().then_some("deny");
    Some(InterceptRule { name, action, conditions, on_deny, ..InterceptRule::default() })
}

fn lose(losses: &mut Vec<Loss>, pointer: &Pointer, message: &str) {
    losses.push(Loss { pointer: pointer.clone(), message: message.to_owned() });
}

/// What Intercept calls an entry that has no name of its own: the end of its rule string.
fn name(check: &Check) -> String {
    let parts: Vec<&str> = check.rule.rsplit('/').take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(" ")
}

/// A condition, with others beside it that keep out what only prints alike.
fn condition(condition: &policy::Condition) -> Vec<WrittenCondition> {
    let write = |op, value| WrittenCondition { path: condition.subject.to_string(), op, value };
    match &condition.predicate {
        Predicate::Equal { value, negated: false } => {
            let mut written = vec![write("eq", json(value))];
            written.extend(guard(std::slice::from_ref(value)).map(|(op, value)| write(op, value)));
            written
        }
        Predicate::OneOf { values, negated: false } => {
            let mut written = vec![write("in", values.iter().map(json).collect())];
            written.extend(guard(values).map(|(op, value)| write(op, value)));
            written
        }
        Predicate::Equal { value, .. } => vec![write("neq", json(value))],
        Predicate::OneOf { values, .. } => {
            vec![write("not_in", values.iter().map(json).collect())]
        }
        Predicate::Compare { order, bound } => vec![write(order.name(), whole(*bound, EXACT))],
        Predicate::Matches(pattern) => vec![write("regex", pattern.source().into())],
        Predicate::Contains(value) => vec![write("contains", json(value))],
        Predicate::Exists(wanted) => vec![write("exists", (*wanted).into())],
    }
}

/// What keeps a text from passing for a number that prints alike, and the other way round.
fn guard(values: &[Value]) -> Option<(&'static str, serde_json::Value)> {
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_number).collect();
    if let Some(numbers) = numbers {
        let most = numbers.into_iter().reduce(f64::max)?;
        return Some(("lte", whole(most, EXACT)));
    }
    let is_ambiguous = |text: &str| {
        text.parse::<f64>().is_ok()
            || matches!(text, "true" | "false" | "<nil>")
            || text.starts_with('[')
            || text.starts_with("map[")
    };
    let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
    // The empty pattern is found in every text, and in nothing else.
    texts?.into_iter().any(is_ambiguous).then(|| ("regex", "".into()))
}

/// The conditions that hold only where another one does not. Where the argument is missing or of
/// another type they do not hold either, so that more is denied.
fn opposite(condition: &policy::Condition) -> Option<Vec<WrittenCondition>> {
    let (op, value) = match &condition.predicate {
        Predicate::Equal { value, negated: true } => ("eq", json(value)),
        Predicate::Equal { value, negated: false } => ("neq", json(value)),
        Predicate::OneOf { values, negated: true } => ("in", values.iter().map(json).collect()),
        Predicate::OneOf { values, negated: false } => {
            ("not_in", values.iter().map(json).collect())
        }
        Predicate::Compare { order, bound } => {
            let opposite = match order {
                Order::Lt => Order::Gte,
                Order::Lte => Order::Gt,
                Order::Gt => Order::Lte,
                Order::Gte => Order::Lt,
            };
            (opposite.name(), whole(*bound, EXACT))
        }
        Predicate::Exists(wanted) => ("exists", (!wanted).into()),
        Predicate::Matches(_) | Predicate::Contains(_) => return None,
    };
    Some(vec![WrittenCondition { path: condition.subject.to_string(), op, value }])
}
