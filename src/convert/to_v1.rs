//! From Intercept to version "1".

use super::converted::{Converted, Loss};
use super::parts::{hidden, tools};
use super::value::{EXACT, json, whole};
use crate::policy::{
    self, Amount, Check, Effect, Limit, Ordered, Policy, PolicyDocument, Predicate, Rules, Scope,
    Subject, V1, V1Entry, V1Limit, V1Tool, Value, WrittenCondition,
};
use crate::solver::equal_values;
use crate::source::Pointer;

pub(super) fn convert(policy: &Policy) -> Converted {
    let mut losses = Vec::new();
    let all = &policy.all_tools;
    let mut default_allows = policy.default.allows();
    if default_allows && let Some(check) = all.checks.iter().find(|check| !is_covered(check, all)) {
        default_allows = false;
        losses.push(Loss {
            pointer: check.pointer.clone(),
            message: "version 1 has no checks for tools that are not listed, so they are denied"
                .to_owned(),
        });
    }
    let all_tools = V1Tool { limits: limits(all, &mut losses), ..V1Tool::default() };
    let tools =
        tools(policy).map(|(name, own)| (name.to_owned(), tool(own, all, &mut losses))).collect();
    let document = V1 {
        version: "1",
        default: if default_allows { "allow" } else { "deny" },
        hide: hidden(policy),
        all_tools,
        tools: Ordered(tools),
    };
    Converted { document: PolicyDocument::V1(document), losses }
}

fn tool(own: &Rules, all: &Rules, losses: &mut Vec<Loss>) -> V1Tool {
    let mut tool = V1Tool { limits: limits(own, losses), ..V1Tool::default() };
    let checks = own.checks.iter().map(|check| (check, own));
    for (check, rules) in checks.chain(all.checks.iter().map(|check| (check, all))) {
        let entry = |conditions| V1Entry {
            conditions,
            on_deny: check.has_message.then(|| check.message.to_string()),
        };
        match check.effect {
            Effect::DenyIf => tool.deny_if.push(entry(Vec::new())),
            Effect::AskIf => {
                let (conditions, which) = match conditions(check, rules) {
                    Ok(conditions) => (conditions, "such calls are"),
                    Err(_) => (Vec::new(), "every call is"),
                };
                let message = format!("version 1 asks nobody, so {which} denied");
                lose(losses, &check.pointer, &message);
                tool.deny_if.push(entry(conditions));
            }
            Effect::Require if is_covered(check, rules) => {}
            Effect::Require => match conditions(check, rules) {
                Ok(conditions) => tool.require.push(entry(conditions)),
                Err(message) => {
                    lose(losses, &check.pointer, &format!("{message}, so every call is denied"));
                    tool.deny_if.push(entry(Vec::new()));
                }
            },
        }
    }
    for limit in own.limits.iter().chain(&all.limits) {
        let is_counted = matches!(limit.amount, Amount::Fixed(_));
        if limit.calls() == Some(0) || !is_counted {
            if !is_counted {
                lose(
                    losses,
                    &limit.pointer,
                    "version 1 counts calls, not an argument, so every call is denied",
                );
            }
            let on_deny = limit.has_message.then(|| limit.message.to_string());
            tool.deny_if.push(V1Entry { conditions: Vec::new(), on_deny });
        }
    }
    tool
}

fn lose(losses: &mut Vec<Loss>, pointer: &Pointer, message: &str) {
    let loss = Loss { pointer: pointer.clone(), message: message.to_owned() };
    if !losses.contains(&loss) {
        losses.push(loss);
    }
}

/// Whether a check only says what its own limit says.
fn is_covered(check: &Check, rules: &Rules) -> bool {
    let limit = rules.limits.iter().find(|limit| limit.pointer == check.pointer);
    let is_own = |condition: &policy::Condition| {
        let bounds = matches!(condition.predicate, Predicate::Compare { .. });
        let key = |key: &str| limit.is_some_and(|limit| limit.key == key && limit.max.is_some());
        bounds && matches!(&condition.subject, Subject::Counter(counter) if key(counter))
    };
    matches!(check.conditions.as_slice(), [condition] if is_own(condition))
}

fn conditions(check: &Check, rules: &Rules) -> Result<Vec<WrittenCondition>, &'static str> {
    let mut written = Vec::new();
    for condition in &check.conditions {
        match &condition.subject {
            Subject::Argument(_) => {
                let (op, value) = predicate(&condition.predicate)?;
                written.push(WrittenCondition { path: condition.subject.to_string(), op, value });
            }
            Subject::Price { .. } => return Err("version 1 does not bound what is spent"),
            Subject::Counter(_) => {
                // Together with conditions on arguments its own limit is still what counts.
                let alone = Check { conditions: vec![condition.clone()], ..check.clone() };
                if !is_covered(&alone, rules) {
                    return Err("version 1 has no conditions on counters");
                }
            }
        }
    }
    Ok(written)
}

/// A predicate with its operand. Intercept compares printed text, so what prints alike is listed.
fn predicate(predicate: &Predicate) -> Result<(&'static str, serde_json::Value), &'static str> {
    let one_of = |values: &[Value], negated: bool| {
        let mut all: Vec<serde_json::Value> = values.iter().flat_map(equal_values).collect();
        match (all.len(), negated) {
            (1, false) => ("eq", all.remove(0)),
            (1, true) => ("neq", all.remove(0)),
            (_, false) => ("in", all.into()),
            (_, true) => ("not_in", all.into()),
        }
    };
    Ok(match predicate {
        Predicate::Equal { value, negated } => one_of(std::slice::from_ref(value), *negated),
        Predicate::OneOf { values, negated } => one_of(values, *negated),
        Predicate::Compare { bound, .. } if !bound.is_finite() => {
            return Err("JSON has no infinite numbers");
        }
        Predicate::Compare { order, bound } => (order.name(), whole(*bound, EXACT)),
        Predicate::Matches(pattern) => ("regex", pattern.source().into()),
        Predicate::Contains(value) => ("contains", json(value)),
        Predicate::Exists(wanted) => ("exists", (*wanted).into()),
    })
}

fn limits(rules: &Rules, losses: &mut Vec<Loss>) -> Vec<V1Limit> {
    let mut written = Vec::new();
    for limit in &rules.limits {
        let Some(max) = limit.calls().filter(|calls| *calls > 0) else { continue };
        if limit.scope == Scope::Gateway {
            lose(
                losses,
                &limit.pointer,
                "everybody shares the counter; in version 1 each grant has its own",
            );
        }
        written.push(V1Limit {
            counter: name(limit).to_owned(),
            window: limit.window,
            max,
            scope: "grant",
        });
    }
    written
}

/// The counter's name; that of the shorthand is the rule's.
fn name(limit: &Limit) -> &str {
    match limit.counter.as_str() {
        counter if counter.starts_with("_rate_") => &limit.rule,
        "" => "limit",
        counter => counter,
    }
}
