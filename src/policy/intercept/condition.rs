//! One condition: what it tests and how.

use super::rule_text::{RuleText, text_of};
use super::{ALL_TOOLS, GLOBAL, Reader, scalar};
use crate::policy::defect::value as at_value;
use crate::policy::model::*;
use crate::policy::value::Value;
use crate::policy::{Defect, DefectKind};
use crate::source::{Node, Place, Pointer, ViolationKind};

impl Reader {
    pub(super) fn conditions(
        &mut self,
        text: &RuleText<'_>,
        pointer: &Pointer,
    ) -> Option<Vec<Condition>> {
        let pointer = pointer.key("conditions");
        let read: Vec<Option<Condition>> = text
            .conditions
            .iter()
            .map(|(index, node)| self.condition(node, pointer.index(*index)))
            .collect();
        read.into_iter().collect()
    }

    pub(super) fn condition(&mut self, node: &Node, pointer: Pointer) -> Option<Condition> {
        let path = text_of(node, "path");
        let subject = if let Some(path) = path.strip_prefix("args.") {
            Some(Subject::Argument(path.split('.').map(str::to_owned).collect()))
        } else if let Some(key) = path.strip_prefix("state.") {
            self.undeclared(key, &pointer.key("path"));
            Some(Subject::Counter(key.to_owned()))
        } else {
            let (kind, place) = match node.get("path") {
                Some(_) => {
                    let kind =
                        DefectKind::InvalidPath { found: path, starts: &["args.", "state."] };
                    (kind, at_value(&pointer.key("path")))
                }
                None => {
                    let kind = ViolationKind::MissingField { field: "path".to_owned() };
                    (DefectKind::Shape(kind), Place::start(pointer.clone()))
                }
            };
            self.defects.push(Defect::refused(kind, place));
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

    pub(super) fn predicate(
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
                found: value.map_or_else(|| "nothing".to_owned(), Node::describe),
            };
            let place = match value {
                Some(_) => at_value(&pointer.key("value")),
                None => Place::start(pointer.clone()),
            };
            self.defects.push(Defect::refused(kind, place));
        }
        predicate
    }

    pub(super) fn regex(&mut self, pattern: &str, pointer: &Pointer) -> Option<Predicate> {
        match self.patterns.compile(pattern) {
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
    pub(super) fn undeclared(&mut self, key: &str, pointer: &Pointer) {
        let Some((tool, counter)) = key.split_once('.') else { return };
        let of = |tool: &str| self.declared.get(tool);
        let counters = of(tool).or_else(|| (tool == GLOBAL).then(|| of(ALL_TOOLS)).flatten());
        if !counters.is_some_and(|counters| counters.contains(counter)) {
            let dotted = self.declared.iter().filter_map(|(tool, counters)| {
                let counter = key.strip_prefix(tool.as_str())?.strip_prefix('.')?;
                (tool.contains('.') && counters.contains(counter)).then_some((tool, counter))
            });
            // Of several readings the one with the longest name of a tool, so that it is always one.
            let dotted = dotted.max();
            let kind = match dotted {
                Some((tool, counter)) => DefectKind::DottedToolCounter {
                    tool: tool.clone(),
                    counter: counter.to_owned(),
                },
                None => DefectKind::UndeclaredCounter { counter: key.to_owned() },
            };
            self.defects.push(Defect::refused(kind, at_value(pointer)));
        }
    }
}
