//! PolicyLayer's document, version "1".
//!
//! Shape, order and limits follow PolicyLayer's public pages; what they leave open is decided as
//! the open-source ancestor Intercept does, or strictly where that would be a trap
//! (see the reference in the README).

use std::collections::HashSet;

use hashbrown::HashMap;

use super::defect::value;
use super::foreign;
use super::legacy::{Legacy, rate_limit};
use super::model::*;
use super::pattern::Patterns;
use super::quote::quote;
use super::value::Value;
use super::window::Window;
use super::{Defect, DefectKind, Location};
use crate::policy::dialect::Dialect;
use crate::source::{Kind, Node, Place, Pointer, Schema, Violation, ViolationKind, nearest};

static SCHEMA: Schema = Schema::new(include_str!("../../../schemas/policy-v1.schema.json"));

/// Reads a policy. Entries that cannot be read are left out and marked by
/// [`Rules::gaps`]; why stands in the defects.
pub(super) fn read(root: &Node) -> (Policy, Vec<Defect>) {
    let mut reader = Reader { defects: shape_defects(root), patterns: Patterns::default() };
    let policy = reader.policy(root);
    (policy, reader.defects)
}

/// What the schema finds, in the words of policies.
fn shape_defects(root: &Node) -> Vec<Defect> {
    let mut found = SCHEMA.violations(root);
    unwrapped(&mut found);
    misspelt(&mut found);
    joined(found.into_iter().map(|violation| refine(root, violation)))
}

/// A field that is there by a slip of the hand is not missing besides.
fn misspelt(found: &mut Vec<Violation>) {
    let slip = |violation: &Violation| match &violation.kind {
        ViolationKind::UnknownField { nearest: Some(nearest), .. } => {
            Some((violation.place.pointer.parent(), nearest.clone()))
        }
        _ => None,
    };
    let slips: HashSet<(Pointer, String)> = found.iter().filter_map(slip).collect();
    found.retain(|violation| match &violation.kind {
        ViolationKind::MissingField { field } => {
            !slips.contains(&(violation.place.pointer.clone(), field.clone()))
        }
        _ => true,
    });
}

/// The fields that one object lacks, which the schema tells one after the other, are one mistake.
fn joined(defects: impl Iterator<Item = Defect>) -> Vec<Defect> {
    let mut joined: Vec<Defect> = Vec::new();
    for defect in defects {
        let is_alike = |other: &Defect| {
            other.location == defect.location
                && other.kind.rule() == defect.kind.rule()
                && missing(&other.kind).is_some()
        };
        match joined.last_mut() {
            Some(before) if is_alike(before) => {
                let of_both = [missing(&before.kind), missing(&defect.kind)];
                let fields = of_both.into_iter().flatten().flatten().collect();
                before.kind = DefectKind::MissingFields { violation: "missing-field", fields };
            }
            _ => joined.push(defect),
        }
    }
    joined
}

/// The fields that are missing, if that is what is wrong.
fn missing(kind: &DefectKind) -> Option<Vec<String>> {
    match kind {
        DefectKind::Shape(ViolationKind::MissingField { field }) => Some(vec![field.clone()]),
        DefectKind::MissingFields { fields, .. } => Some(fields.clone()),
        _ => None,
    }
}

/// A condition that stands where an entry is to be lacks its wrapper; its fields are right.
fn unwrapped(found: &mut Vec<Violation>) {
    let lacks = |violation: &&Violation| matches!(&violation.kind, ViolationKind::MissingField { field } if field == "conditions");
    let entries: HashSet<Pointer> =
        found.iter().filter(lacks).map(|violation| violation.place.pointer.clone()).collect();
    found.retain(|violation| {
        let of_condition = |field: &str| matches!(field, "path" | "op" | "value");
        let is_field = matches!(&violation.kind, ViolationKind::UnknownField { field, .. } if of_condition(field));
        !is_field || !entries.contains(&violation.place.pointer.parent())
    });
}

/// Names what a violation of the schema means for a policy.
fn refine(root: &Node, violation: Violation) -> Defect {
    let Violation { kind, place } = violation;
    let tokens: Vec<_> = place.pointer.tokens().collect();
    let field = tokens.last().map_or("", |token| token);
    let list = tokens.len().checked_sub(3).map_or("", |at| &*tokens[at]);
    let text = || root.at(&place.pointer).and_then(Node::as_str);
    let found = || match root.at(&place.pointer) {
        Some(node) => node.as_str().map_or_else(|| node.describe(), |text| format!("`{text}`")),
        None => "nothing".to_owned(),
    };
    let kind = match (list, field, kind) {
        ("limits", "window", ViolationKind::NotAllowed { .. }) => {
            let scalar = root.at(&place.pointer).and_then(Node::scalar);
            let meant = scalar.and_then(|scalar| Window::meant(&scalar.text));
            let nearest = meant.map(|window| window.name().to_owned());
            DefectKind::UnknownWindow { found: found(), nearest }
        }
        ("limits", "scope", ViolationKind::NotAllowed { nearest, .. }) => {
            DefectKind::UnknownScope { found: found(), nearest }
        }
        ("limits", "max", ViolationKind::TooSmall { found, .. }) => {
            DefectKind::NonPositiveLimit { max: found }
        }
        ("conditions", "op", ViolationKind::NotAllowed { nearest, allowed, .. }) => {
            let nearest = text().and_then(|text| foreign::meant(text, nearest));
            DefectKind::UnknownOperator { found: found(), nearest, allowed }
        }
        ("conditions", "path", ViolationKind::BadForm { found, .. }) => {
            DefectKind::InvalidPath { found, starts: &["args."] }
        }
        ("conditions", "value", ViolationKind::WrongType { .. }) => operand(root, &place.pointer),
        (_, "limits", wrong @ ViolationKind::WrongType { .. }) => {
            limits_as_text(root, &place.pointer, wrong)
        }
        ("", "version", ViolationKind::NotAllowed { found, .. }) => {
            DefectKind::UnsupportedVersion { found }
        }
        (_, _, ViolationKind::UnknownField { field, allowed, nearest }) => {
            // The fields of a condition are others.
            let legacy = Legacy::of(&field).filter(|_| tokens.len() < 6);
            match legacy.zip(root.at(&place.pointer)) {
                Some((legacy, value)) => DefectKind::LegacyField {
                    instead: legacy.instead(Dialect::V1, &place.pointer, value),
                    dialect: Dialect::V1,
                    field,
                },
                None => DefectKind::Shape(ViolationKind::UnknownField { field, allowed, nearest }),
            }
        }
        (_, _, kind) => DefectKind::Shape(kind),
    };
    Defect::refused(kind, place)
}

/// What is wrong where a list of limits is to be; one limit alone is told how it is written there.
fn limits_as_text(root: &Node, pointer: &Pointer, wrong: ViolationKind) -> DefectKind {
    match root.at(pointer).filter(|node| rate_limit(node).is_some()) {
        Some(node) => {
            let instead = Legacy::RateLimit.instead(Dialect::V1, pointer, node);
            DefectKind::LimitsAsText { wrong, instead }
        }
        None => DefectKind::Shape(wrong),
    }
}

fn operand(root: &Node, pointer: &Pointer) -> DefectKind {
    let condition = root.at(&pointer.parent());
    let operator = condition.and_then(|node| node.get("op")).and_then(Node::as_str).unwrap_or("");
    DefectKind::InvalidOperand {
        operator: operator.to_owned(),
        expected: match operator {
            "in" | "not_in" => "a list",
            "regex" => "text",
            "exists" => "true or false",
            _ => "a number",
        },
        found: root.at(pointer).map_or_else(|| "nothing".to_owned(), Node::describe),
    }
}

struct Reader {
    defects: Vec<Defect>,
    patterns: Patterns,
}

impl Reader {
    fn policy(&mut self, root: &Node) -> Policy {
        let tools = Pointer::root().key("tools");
        Policy {
            dialect: Dialect::V1,
            default: match root.get("default").and_then(Node::as_str) {
                Some("allow") => Default::Allow,
                _ => Default::Deny,
            },
            hide: hidden(root),
            tools: root
                .get("tools")
                .into_iter()
                .flat_map(Node::live_entries)
                .map(|entry| {
                    let pointer = tools.key(&entry.key.text);
                    ToolPolicy {
                        name: entry.key.text.to_string(),
                        rules: self.rules(Some(&entry.key.text), &entry.value, &pointer),
                        pointer,
                    }
                })
                .collect(),
            all_tools: self.all_tools(root),
            semantics: Semantics {
                equality: Equality::Strict,
                unreadable: Unreadable::Decided,
                charging: Charging::Whole,
                refunds_tool_errors: false,
            },
            permissions: None,
        }
    }

    fn all_tools(&mut self, root: &Node) -> Rules {
        let pointer = Pointer::root().key("all_tools");
        let node = root.get("all_tools");
        let mut rules = node.map(|node| self.rules(None, node, &pointer)).unwrap_or_default();
        // What older pages have for the whole document or for `*` was meant for all tools.
        let starred = root.get("tools").and_then(|tools| tools.get("*"));
        if Legacy::is_in(root) || starred.is_some_and(Legacy::is_in) {
            rules.gaps = Gaps::ALL;
        }
        rules
    }

    /// The rules of a tool, or with no name those of all tools.
    fn rules(&mut self, tool: Option<&str>, node: &Node, pointer: &Pointer) -> Rules {
        // A field that may have been meant as one of the three is as good as one that is unreadable.
        let fields = ["require", "deny_if", "limits"];
        let strange = |key: &str| {
            !fields.contains(&key)
                && (key == "rules" || nearest(key, fields).is_some() || Legacy::of(key).is_some())
        };
        let mut rules = Rules::default();
        if !node.is_map() || node.entries().iter().any(|entry| strange(&entry.key.text)) {
            rules.gaps = Gaps::ALL;
        }
        if tool.is_some() {
            self.checks(node, pointer, Effect::Require, &mut rules);
            self.checks(node, pointer, Effect::DenyIf, &mut rules);
        }
        self.limits(tool, node, pointer, &mut rules);
        // A policy may have tens of thousands of such lists.
        rules.checks.shrink_to_fit();
        rules.limits.shrink_to_fit();
        rules
    }

    fn checks(&mut self, node: &Node, pointer: &Pointer, effect: Effect, rules: &mut Rules) {
        let list = effect.name();
        let Some(entries) = node.get(list) else { return };
        let pointer = pointer.key(list);
        let rules_of = rule_strings(&pointer, entries.elements().iter().map(short_name).collect());
        for ((index, entry), rule) in entries.elements().iter().enumerate().zip(rules_of) {
            let at = pointer.index(index);
            let Some(conditions) = self.conditions(entry, &at) else {
                rules.gaps.add(gaps_of(entry));
                continue;
            };
            let message = entry.get("on_deny").and_then(Node::as_str);
            rules.checks.push(Check {
                effect,
                conditions,
                message: message
                    .map_or_else(|| format!("Denied by rule {}", quote(&rule)), str::to_owned),
                has_message: message.is_some(),
                rule,
                pointer: at,
            });
        }
        if !matches!(entries.kind, Kind::Seq(_)) {
            rules.gaps.add(gaps_of(entries));
        }
    }

    /// The conditions of an entry; none if one of them cannot be read, because what is left of an
    /// entry would mean something else.
    fn conditions(&mut self, entry: &Node, pointer: &Pointer) -> Option<Vec<Condition>> {
        let Some(conditions) = entry.get("conditions") else {
            // What a condition without its wrapper says is plain.
            return Some(vec![self.condition(entry, pointer.clone())?]);
        };
        let pointer = pointer.key("conditions");
        let Kind::Seq(elements) = &conditions.kind else { return None };
        let read: Vec<Option<Condition>> = elements
            .iter()
            .enumerate()
            .map(|(index, node)| self.condition(node, pointer.index(index)))
            .collect();
        read.into_iter().collect()
    }

    fn condition(&mut self, node: &Node, pointer: Pointer) -> Option<Condition> {
        let path = node.get("path")?.as_str()?.strip_prefix("args.")?;
        let operator = node.get("op")?.as_str()?;
        let operand = node.get("value")?;
        let predicate = self.predicate(operator, operand, &pointer.key("value"))?;
        let keys = path.split('.').map(str::to_owned).collect();
        Some(Condition { subject: Subject::Argument(keys), predicate, pointer })
    }

    fn predicate(
        &mut self,
        operator: &str,
        operand: &Node,
        pointer: &Pointer,
    ) -> Option<Predicate> {
        let json = operand.to_json();
        let compare = |order| Some(Predicate::Compare { order, bound: json.as_f64()? });
        match operator {
            "eq" | "neq" => {
                Some(Predicate::Equal { value: Value::from(&json), negated: operator == "neq" })
            }
            "in" | "not_in" => {
                let values = json.as_array()?.iter().map(Value::from).collect();
                Some(Predicate::OneOf { values, negated: operator == "not_in" })
            }
            "lt" => compare(Order::Lt),
            "lte" => compare(Order::Lte),
            "gt" => compare(Order::Gt),
            "gte" => compare(Order::Gte),
            "regex" => {
                let pattern = json.as_str()?;
                match self.patterns.compile(pattern) {
                    Ok(pattern) => Some(Predicate::Matches(pattern)),
                    Err(error) => {
                        self.defects.push(Defect::refused(
                            DefectKind::InvalidRegex {
                                pattern: pattern.to_owned(),
                                reason: error.message,
                                at: error.at,
                            },
                            value(pointer),
                        ));
                        None
                    }
                }
            }
            "contains" => Some(Predicate::Contains(Value::from(&json))),
            "exists" => json.as_bool().map(Predicate::Exists),
            _ => None,
        }
    }

    fn limits(&mut self, tool: Option<&str>, node: &Node, pointer: &Pointer, rules: &mut Rules) {
        let Some(limits) = node.get("limits") else { return };
        let pointer = pointer.key("limits");
        let name = |node: &Node| node.get("counter").and_then(Node::as_str).map(str::to_owned);
        let rules_of = rule_strings(&pointer, limits.elements().iter().map(name).collect());
        let mut first: HashMap<String, Pointer> = HashMap::new();
        for ((index, node), rule) in limits.elements().iter().enumerate().zip(rules_of) {
            let at = pointer.index(index);
            let Some(limit) = limit(tool, node, at.clone(), rule) else {
                rules.gaps.bounds = true;
                continue;
            };
            if let Some(earlier) = first.get(&limit.key) {
                self.defects.push(duplicate_counter(tool, &limit, earlier));
            } else {
                first.insert(limit.key.clone(), at);
            }
            rules.limits.push(limit);
        }
        rules.gaps.bounds |= !matches!(limits.kind, Kind::Seq(_));
    }
}

/// What an entry may be that could not be read: one that tests something denies some calls and not every one.
fn gaps_of(entry: &Node) -> Gaps {
    let tests = match entry.get("conditions") {
        Some(conditions) => match &conditions.kind {
            Kind::Seq(elements) => !elements.is_empty(),
            _ => conditions.get("path").is_some(),
        },
        None => entry.get("path").is_some(),
    };
    Gaps { checks: true, bounds: !tests }
}

fn hidden(root: &Node) -> Vec<Hidden> {
    let pointer = Pointer::root().key("hide");
    let entries = root.get("hide").map(Node::elements).unwrap_or_default();
    let names = entries.iter().enumerate().filter_map(|(index, entry)| {
        Some(Hidden { name: entry.as_str()?.to_owned(), pointer: pointer.index(index) })
    });
    names.collect()
}

fn limit(tool: Option<&str>, node: &Node, pointer: Pointer, rule: String) -> Option<Limit> {
    let counter = node.get("counter")?.as_str()?.to_owned();
    let window = Window::of_name(node.get("window")?.as_str()?)?;
    let max = node.get("max")?.to_json();
    let max = max.as_i64().or_else(|| max.as_f64().map(|max| max as i64))?;
    // A tool's counter and that of all tools differ even if both are named alike; the length keeps
    // names apart whatever is in them.
    let owner = tool.map_or("*".to_owned(), |tool| format!("{}:{tool}", tool.len()));
    Some(Limit {
        key: [&owner, "\0", &counter, "\0", window.name()].concat(),
        message: ["Rate limit exceeded for ", &counter].concat(),
        has_message: false,
        window,
        max: Some(max),
        amount: Amount::Fixed(1),
        scope: Scope::Grant,
        rule,
        max_pointer: pointer.key("max"),
        pointer,
        counter,
    })
}

fn duplicate_counter(tool: Option<&str>, limit: &Limit, earlier: &Pointer) -> Defect {
    let kind = DefectKind::DuplicateCounter {
        counter: limit.counter.clone(),
        owner: tool.map_or("all tools".to_owned(), |tool| format!("`{tool}`")),
    };
    let place = Place::value(limit.pointer.key("counter"));
    let related = Location::Place(Place::value(earlier.key("counter")));
    Defect { related: Some((related, "it stands here first")), ..Defect::refused(kind, place) }
}

/// The path and operator of an entry's first condition, by which logs name the entry.
fn short_name(entry: &Node) -> Option<String> {
    let first = entry.get("conditions")?.elements().first()?;
    Some([first.get("path")?.as_str()?, "-", first.get("op")?.as_str()?].concat())
}

/// The rule strings of the entries of a list: their short names, with the index where that is not
/// unique, or the index alone where there is none.
fn rule_strings(list: &Pointer, names: Vec<Option<String>>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    // One alone, as most are, is like no other.
    for name in names.iter().filter(|_| names.len() > 1).flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let text = |(index, name): (usize, &Option<String>)| match name {
        None => list.index(index),
        Some(name) if counts.get(name.as_str()).is_some_and(|count| *count > 1) => {
            list.key(&format!("{name}-{index}"))
        }
        Some(name) => list.key(name),
    };
    names.iter().enumerate().map(|name| text(name).into()).collect()
}
