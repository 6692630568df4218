//! The YAML document of PolicyLayer/Intercept (Apache-2.0), read as Intercept itself reads it.
//!
//! What Intercept accepts in silence is accepted here too; that it may be a mistake is for the
//! linter to say.

mod rate_limit;
mod scalar;

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::defect::value as at_value;
use super::model::*;
use super::pattern::Pattern;
use super::quote::quote;
use super::value::Value;
use super::window::Window;
use super::{Defect, DefectKind, Location, RuleFault};
use crate::source::{Node, Place, Pointer, Violation, ViolationKind, violations};

/// The schema, compiled at build time.
#[jsonschema::validator(path = "schemas/policy-intercept.schema.json")]
struct Schema;

/// The schema's text, for the names of known fields.
const SCHEMA: &str = include_str!("../../../schemas/policy-intercept.schema.json");

/// The tool name under which rules for all listed tools stand.
const ALL_TOOLS: &str = "*";

/// What counters of all listed tools are kept under.
const GLOBAL: &str = "_global";

/// Reads a policy. Rules that cannot be read are left out and marked by [`Rules::incomplete`];
/// why stands in the defects.
pub(super) fn read(root: &Node) -> (Policy, Vec<Defect>) {
    let mut reader = Reader { defects: shape_defects(root), declared: declared_counters(root) };
    let policy = reader.policy(root);
    (policy, reader.defects)
}

/// What the schema finds. Unknown fields are accepted by Intercept, everything else is refused.
fn shape_defects(root: &Node) -> Vec<Defect> {
    // With the types that Intercept's YAML library gives; NaN and infinities become null there.
    let json = scalar::value(root).to_json();
    if Schema::is_valid(&json) {
        return Vec::new();
    }
    let schema: Json =
        serde_json::from_str(SCHEMA).expect("the schema is valid JSON, as a test shows");
    violations(root, &schema, Schema::iter_errors(&json))
        .into_iter()
        .map(|violation| refine(root, violation))
        .collect()
}

fn refine(root: &Node, violation: Violation) -> Defect {
    let Violation { kind, place } = violation;
    let tokens: Vec<_> = place.pointer.tokens().collect();
    let up = |levels: usize| tokens.len().checked_sub(levels).map_or("", |at| &*tokens[at]);
    let found = || {
        root.at(&place.pointer)
            .and_then(scalar::text)
            .map_or("nothing".into(), |text| format!("`{text}`"))
    };
    let kind = match kind {
        kind @ ViolationKind::UnknownField { .. } => {
            return Defect::accepted(DefectKind::Shape(kind), place);
        }
        ViolationKind::NotAllowed { nearest, .. } if (up(2), up(1)) == ("state", "window") => {
            DefectKind::UnknownWindow { found: found(), nearest }
        }
        ViolationKind::NotAllowed { nearest, allowed, .. }
            if (up(3), up(1)) == ("conditions", "op") =>
        {
            DefectKind::UnknownOperator { found: found(), nearest, allowed }
        }
        kind => DefectKind::Shape(kind),
    };
    Defect::refused(kind, place)
}

/// The counters that the `state` blocks and rate limits of each tool declare.
fn declared_counters(root: &Node) -> HashMap<String, HashSet<String>> {
    let tools = root.get("tools").map(Node::entries).unwrap_or_default();
    let counters = |tool: &Node| {
        let rules = tool.get("rules").map(Node::elements).unwrap_or_default();
        rules.iter().filter_map(|rule| Some(RuleText::of(rule).counter()?.0)).collect()
    };
    tools.iter().map(|entry| (entry.key.text.to_string(), counters(&entry.value))).collect()
}

/// The text fields of a rule.
struct RuleText<'n> {
    node: &'n Node,
    name: String,
    action: String,
    rate_limit: String,
    message: String,
    conditions: Vec<(usize, &'n Node)>,
    state: Option<&'n Node>,
}

impl<'n> RuleText<'n> {
    fn of(node: &'n Node) -> RuleText<'n> {
        let conditions = node.get("conditions").map(Node::elements).unwrap_or_default();
        RuleText {
            node,
            name: text_of(node, "name"),
            action: text_of(node, "action"),
            rate_limit: text_of(node, "rate_limit"),
            message: text_of(node, "on_deny"),
            conditions: conditions.iter().enumerate().filter(|(_, node)| !node.is_null()).collect(),
            state: node.get("state").filter(|state| !state.is_null()),
        }
    }

    /// The rate limit, if the rule has one and it can stand for conditions and a counter.
    fn expanded(&self) -> Option<(i64, Window)> {
        let alone = self.conditions.is_empty() && self.state.is_none() && self.action != "deny";
        if alone { rate_limit::parse(&self.rate_limit).ok() } else { None }
    }

    /// The counter that the rule declares, and the pointer to its name below the rule.
    fn counter(&self) -> Option<(String, &'static str)> {
        if let Some((_, window)) = self.expanded() {
            return Some((format!("_rate_{window}"), "rate_limit"));
        }
        self.state.map(|state| (text_of(state, "counter"), "state"))
    }
}

fn text_of(node: &Node, field: &str) -> String {
    node.get(field).and_then(scalar::text).unwrap_or_default()
}

struct Reader {
    defects: Vec<Defect>,
    declared: HashMap<String, HashSet<String>>,
}

impl Reader {
    fn policy(&mut self, root: &Node) -> Policy {
        self.version(root);
        let tools = root.get("tools").map(Node::entries).unwrap_or_default();
        let pointer = Pointer::root().key("tools");
        let mut policy = Policy {
            dialect: Dialect::Intercept,
            default: match text_of(root, "default").as_str() {
                "" => Default::AllowUnwritten,
                "deny" => Default::Deny,
                _ => Default::Allow,
            },
            hide: self.hidden(root),
            tools: Vec::new(),
            all_tools: Rules::default(),
            semantics: Semantics {
                equality: Equality::Printed,
                unreadable: Unreadable::Forwarded,
                charging: Charging::OneByOne,
            },
        };
        for entry in tools {
            let name = entry.key.text.to_string();
            let pointer = pointer.key(&name);
            self.duplicate_counters(&name, &entry.value, &pointer);
            let mut rules = self.rules(&name, &entry.value, &pointer);
            if name == ALL_TOOLS {
                policy.all_tools = rules.clone();
                // A call of a tool that is itself called "*" is asked these rules once; its
                // reservations are collected a second time under the name "*", where limits on
                // `state._global` are not found.
                rules.checks.clear();
                for limit in &mut rules.limits {
                    self.rename_scope(limit, &entry.value);
                }
            }
            policy.tools.push(ToolPolicy { name, pointer, rules });
        }
        policy
    }

    fn version(&mut self, root: &Node) {
        let version = text_of(root, "version");
        if version == "1" {
            return;
        }
        let defect = match root.get("version") {
            None => {
                let kind = ViolationKind::MissingField { field: "version".to_owned() };
                Defect::refused(DefectKind::Shape(kind), Place::start(Pointer::root()))
            }
            Some(_) => Defect::refused(
                DefectKind::UnsupportedVersion { found: format!("`{version}`") },
                Place::value(Pointer::root().key("version")),
            ),
        };
        self.defects.push(defect);
    }

    fn hidden(&mut self, root: &Node) -> Vec<Hidden> {
        let pointer = Pointer::root().key("hide");
        let mut seen: HashMap<String, Pointer> = HashMap::new();
        let mut hidden = Vec::new();
        let entries = root.get("hide").map(Node::elements).unwrap_or_default();
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.is_null()) {
            let Some(name) = scalar::text(entry) else { continue };
            let pointer = pointer.index(index);
            if name.trim().is_empty() {
                let kind = DefectKind::InvalidHide { duplicate: None };
                self.defects.push(Defect::refused(kind, at_value(&pointer)));
            } else if let Some(first) = seen.get(&name) {
                let kind = DefectKind::InvalidHide { duplicate: Some(name) };
                let related = Some((Location::Place(at_value(first)), "it stands here first"));
                self.defects.push(Defect { related, ..Defect::refused(kind, at_value(&pointer)) });
            } else {
                seen.insert(name.clone(), pointer.clone());
                hidden.push(Hidden { name, pointer });
            }
        }
        hidden
    }

    fn duplicate_counters(&mut self, tool: &str, node: &Node, pointer: &Pointer) {
        let pointer = pointer.key("rules");
        let mut first: HashMap<String, Pointer> = HashMap::new();
        let rules = node.get("rules").map(Node::elements).unwrap_or_default();
        for (index, rule) in rules.iter().enumerate() {
            let Some((counter, field)) = RuleText::of(rule).counter() else { continue };
            let mut at = pointer.index(index).key(field);
            if field == "state"
                && rule.get("state").is_some_and(|state| state.get("counter").is_some())
            {
                at = at.key("counter");
            }
            if let Some(earlier) = first.get(&counter) {
                let kind = DefectKind::DuplicateCounter { counter, owner: format!("`{tool}`") };
                let related = Some((Location::Place(at_value(earlier)), "it stands here first"));
                self.defects.push(Defect { related, ..Defect::refused(kind, at_value(&at)) });
            } else {
                first.insert(counter, at);
            }
        }
    }

    fn rules(&mut self, tool: &str, node: &Node, pointer: &Pointer) -> Rules {
        let pointer = pointer.key("rules");
        let scope = if tool == ALL_TOOLS { GLOBAL } else { tool };
        let mut rules = Rules::default();
        let elements = node.get("rules").map(Node::elements).unwrap_or_default();
        for (index, node) in elements.iter().enumerate().filter(|(_, node)| node.is_map()) {
            let before = self.defects.iter().filter(|defect| defect.refused).count();
            let text = RuleText::of(node);
            let at = pointer.index(index);
            let (check, limit) = if text.rate_limit.is_empty() {
                self.rule(scope, &text, &at)
            } else {
                self.rate_limit(scope, &text, &at)
            };
            rules.checks.extend(check);
            rules.limits.extend(limit);
            let after = self.defects.iter().filter(|defect| defect.refused).count();
            rules.incomplete |= after > before;
        }
        rules
    }

    fn rate_limit(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        pointer: &Pointer,
    ) -> (Option<Check>, Option<Limit>) {
        let at = pointer.key("rate_limit");
        let Some((max, window)) = text.expanded() else {
            self.refuse_rate_limit(text, pointer);
            return (None, None);
        };
        self.name(text, pointer);
        let counter = format!("_rate_{window}");
        let key = format!("{scope}.{counter}");
        self.undeclared(&key, &at);
        let message = match text.message.as_str() {
            "" => format!("Rate limit of {max} per {window} reached. Try again later."),
            message => message.to_owned(),
        };
        let predicate = Predicate::Compare { order: Order::Lte, bound: max as f64 };
        let subject = Subject::Counter(key.clone());
        let check = Check {
            effect: Effect::Require,
            conditions: vec![Condition { subject, predicate, pointer: at.clone() }],
            message: message.clone(),
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
        };
        let limit = Limit {
            counter,
            key,
            window,
            max: Some(max),
            amount: Amount::Fixed(1),
            scope: Scope::Gateway,
            message,
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
            max_pointer: at,
        };
        (Some(check), Some(limit))
    }

    fn refuse_rate_limit(&mut self, text: &RuleText<'_>, pointer: &Pointer) {
        let at = at_value(&pointer.key("rate_limit"));
        if let Err(reason) = rate_limit::parse(&text.rate_limit) {
            let kind = DefectKind::InvalidRateLimit { found: text.rate_limit.clone(), reason };
            self.defects.push(Defect::refused(kind, at.clone()));
        }
        let beside = [
            (!text.conditions.is_empty() || text.state.is_some(), "`conditions` or `state`"),
            (text.action == "deny", "`action: deny`"),
        ];
        for (_, what) in beside.into_iter().filter(|(present, _)| *present) {
            let kind = DefectKind::InvalidRule(RuleFault::RateLimitBeside(what));
            self.defects.push(Defect::refused(kind, at.clone()));
        }
    }

    fn rule(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        pointer: &Pointer,
    ) -> (Option<Check>, Option<Limit>) {
        self.name(text, pointer);
        let conditions = self.conditions(text, pointer);
        let effect = match text.action.as_str() {
            "" | "evaluate" => Effect::Require,
            "deny" => Effect::DenyIf,
            other => {
                let kind = DefectKind::InvalidRule(RuleFault::UnknownAction(other.to_owned()));
                self.defects.push(Defect::refused(kind, at_value(&pointer.key("action"))));
                return (None, None);
            }
        };
        if effect == Effect::DenyIf && !text.conditions.is_empty() {
            let kind = DefectKind::InvalidRule(RuleFault::DenyWithConditions);
            self.defects.push(Defect::refused(kind, Place::key(pointer.key("conditions"))));
        }
        if effect == Effect::Require && text.conditions.is_empty() {
            let kind = DefectKind::InvalidRule(RuleFault::NoConditions);
            self.defects.push(Defect::refused(kind, Place::start(pointer.clone())));
            return (None, None);
        }
        let limit = text.state.and_then(|state| self.limit(scope, text, state, pointer));
        let Some(conditions) = conditions else { return (None, limit) };
        let message = match text.message.as_str() {
            "" => format!("Denied by rule {}", quote(&text.name)),
            message => message.to_owned(),
        };
        let check = Check {
            effect,
            conditions,
            message,
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
        };
        (Some(check), limit)
    }

    fn name(&mut self, text: &RuleText<'_>, pointer: &Pointer) {
        if text.name.is_empty() {
            let kind = DefectKind::InvalidRule(RuleFault::Unnamed);
            let place = match text.node.get("name") {
                Some(_) => at_value(&pointer.key("name")),
                None => Place::start(pointer.clone()),
            };
            self.defects.push(Defect::refused(kind, place));
        }
    }

    fn conditions(&mut self, text: &RuleText<'_>, pointer: &Pointer) -> Option<Vec<Condition>> {
        let pointer = pointer.key("conditions");
        let read: Vec<Option<Condition>> = text
            .conditions
            .iter()
            .map(|(index, node)| self.condition(node, pointer.index(*index)))
            .collect();
        read.into_iter().collect()
    }

    fn condition(&mut self, node: &Node, pointer: Pointer) -> Option<Condition> {
        let path = text_of(node, "path");
        let subject = if let Some(path) = path.strip_prefix("args.") {
            Some(Subject::Argument(path.split('.').map(str::to_owned).collect()))
        } else if let Some(key) = path.strip_prefix("state.") {
            self.undeclared(key, &pointer.key("path"));
            Some(Subject::Counter(key.to_owned()))
        } else {
            let starts = &["args.", "state."];
            let place = match node.get("path") {
                Some(_) => at_value(&pointer.key("path")),
                None => Place::start(pointer.clone()),
            };
            self.defects
                .push(Defect::refused(DefectKind::InvalidPath { found: path, starts }, place));
            None
        };
        let operator = text_of(node, "op");
        if node.get("op").is_none() {
            let kind = ViolationKind::MissingField { field: "op".to_owned() };
            let place = Place::start(pointer.clone());
            self.defects.push(Defect::refused(DefectKind::Shape(kind), place));
        }
        let operand = node.get("value").map_or(Value::Null, scalar::value);
        let predicate = self.predicate(&operator, operand, node, &pointer);
        Some(Condition { subject: subject?, predicate: predicate?, pointer })
    }

    fn predicate(
        &mut self,
        operator: &str,
        operand: Value,
        node: &Node,
        pointer: &Pointer,
    ) -> Option<Predicate> {
        let negated = matches!(operator, "neq" | "not_in");
        let order = match operator {
            "lt" => Order::Lt,
            "lte" => Order::Lte,
            "gt" => Order::Gt,
            _ => Order::Gte,
        };
        let (predicate, expected) = match operator {
            "eq" | "neq" => (Some(Predicate::Equal { value: operand, negated }), ""),
            "in" | "not_in" => match operand {
                Value::List(values) => (Some(Predicate::OneOf { values, negated }), ""),
                _ => (None, "a list"),
            },
            "lt" | "lte" | "gt" | "gte" => {
                let bound = operand.as_number();
                (bound.map(|bound| Predicate::Compare { order, bound }), "a number")
            }
            "exists" => match operand {
                Value::Bool(wanted) => (Some(Predicate::Exists(wanted)), ""),
                _ => (None, "true or false"),
            },
            "contains" => (Some(Predicate::Contains(operand)), ""),
            "regex" => match operand {
                Value::String(pattern) => return self.regex(&pattern, pointer),
                _ => (None, "text"),
            },
            _ => return None,
        };
        if predicate.is_none() {
            let value = node.get("value");
            let kind = DefectKind::InvalidOperand {
                operator: operator.to_owned(),
                expected,
                found: value.map_or("nothing", Node::type_name).to_owned(),
            };
            let place = match value {
                Some(_) => at_value(&pointer.key("value")),
                None => Place::start(pointer.clone()),
            };
            self.defects.push(Defect::refused(kind, place));
        }
        predicate
    }

    fn regex(&mut self, pattern: &str, pointer: &Pointer) -> Option<Predicate> {
        match Pattern::compile(pattern) {
            Ok(pattern) => Some(Predicate::Matches(pattern)),
            Err(error) => {
                let kind = DefectKind::InvalidRegex {
                    pattern: pattern.to_owned(),
                    reason: error.message,
                    at: error.at,
                };
                self.defects.push(Defect::refused(kind, at_value(&pointer.key("value"))));
                None
            }
        }
    }

    /// Reports a counter that is read and that no rule of its tool declares. Like Intercept, it
    /// splits the key at its first dot, so a tool whose name has a dot can have no counters.
    fn undeclared(&mut self, key: &str, pointer: &Pointer) {
        let Some((tool, counter)) = key.split_once('.') else { return };
        let of = |tool: &str| self.declared.get(tool);
        let counters = of(tool).or_else(|| (tool == GLOBAL).then(|| of(ALL_TOOLS)).flatten());
        if !counters.is_some_and(|counters| counters.contains(counter)) {
            let kind = DefectKind::UndeclaredCounter { counter: key.to_owned() };
            self.defects.push(Defect::refused(kind, at_value(pointer)));
        }
    }

    fn limit(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        state: &Node,
        pointer: &Pointer,
    ) -> Option<Limit> {
        let at = pointer.key("state");
        let counter = text_of(state, "counter");
        if counter.is_empty() && state.get("counter").is_some() {
            let kind = DefectKind::InvalidRule(RuleFault::UnnamedCounter);
            self.defects.push(Defect::refused(kind, at_value(&at.key("counter"))));
        }
        let from = text_of(state, "increment_from");
        let amount = match from.strip_prefix("args.") {
            Some(path) => Amount::Argument(path.split('.').map(str::to_owned).collect()),
            None if from.is_empty() => {
                Amount::Fixed(match state.get("increment").and_then(scalar::whole) {
                    None | Some(0) => 1,
                    Some(amount) => amount,
                })
            }
            None => {
                let kind = DefectKind::InvalidRule(RuleFault::AmountPath(from));
                self.defects.push(Defect::refused(kind, at_value(&at.key("increment_from"))));
                return None;
            }
        };
        let window = Window::of_name(&text_of(state, "window"))?;
        let key = format!("{scope}.{counter}");
        let bound = own_limit(text, &key, pointer);
        Some(Limit {
            max: bound.as_ref().map(|(max, _)| *max),
            max_pointer: bound.map_or(at, |(_, pointer)| pointer),
            message: match text.message.as_str() {
                "" => format!("Rate limit exceeded for {}", text.name),
                message => message.to_owned(),
            },
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
            scope: Scope::Gateway,
            counter,
            key,
            window,
            amount,
        })
    }

    /// Makes a limit of "*" into the one that a tool literally called "*" meets.
    fn rename_scope(&self, limit: &mut Limit, tool: &Node) {
        let key = format!("{ALL_TOOLS}.{}", limit.counter);
        let index = limit.pointer.last().and_then(|index| index.parse::<usize>().ok());
        let rule = index.and_then(|index| tool.get("rules")?.elements().get(index));
        let bound = rule.and_then(|rule| own_limit(&RuleText::of(rule), &key, &limit.pointer));
        limit.max = bound.map(|(max, _)| max);
        limit.key = key;
    }
}

/// The bound that a rule's own conditions put on its counter: the first `lt` or `lte` with a
/// number. `lt N` counts to N-1 only.
fn own_limit(text: &RuleText<'_>, key: &str, pointer: &Pointer) -> Option<(i64, Pointer)> {
    text.conditions.iter().find_map(|(index, node)| {
        let path = text_of(node, "path");
        if path.strip_prefix("state.") != Some(key) {
            return None;
        }
        let bound = node.get("value").map(scalar::value)?.as_number()?;
        let max = match text_of(node, "op").as_str() {
            "lt" => (bound as i64).wrapping_sub(1),
            "lte" => bound as i64,
            _ => return None,
        };
        Some((max, pointer.key("conditions").index(*index).key("value")))
    })
}
