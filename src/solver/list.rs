//! A list for which some conditions hold and others do not.

use serde_json::Value;

use super::Why;
use super::answer::Found;
use super::literal::Literal;
use super::number;
use super::shape::Shape;
use crate::engine::Prepared;
use crate::policy::{self, Equality, Predicate};

/// How many elements of its own a list gets to be told from those it must not equal.
const VARIATIONS: usize = 24;

/// How Go prints a list.
pub(super) const LIST: &str = "[";

/// How Go prints an object.
pub(super) const OBJECT: &str = "map[";

/// A list with which every literal agrees.
pub(super) fn list(literals: &[Literal<'_>], shape: &Shape) -> Found<Value> {
    let agrees = |list: &Value| {
        let text = list.to_string();
        shape.admits(list) && literals.iter().all(|literal| literal.agrees(Some(&text)))
    };
    let mut elements = Vec::new();
    for literal in literals {
        match (literal.operands(), literal.atom.predicate, literal.holds) {
            (Some((operands, true)), ..) => {
                let found = operands
                    .iter()
                    .flat_map(variants)
                    .find(|value| value.is_array() && agrees(value));
                return match found {
                    Some(list) => Found::One(list),
                    None if may_print_alike(literals, operands, LIST) => {
                        Found::Unknown(Why::PrintedText)
                    }
                    None => Found::None,
                };
            }
            (None, Predicate::Contains(value), true) => match element(value, literal, literals) {
                Found::One(element) => elements.push(element),
                Found::None => return Found::None,
                Found::Unknown(why) => return Found::Unknown(why),
            },
            (None, Predicate::Contains(_), false) | (Some((_, false)), ..) => {}
            // What is left holds for every list or for none.
            _ if !literal.agrees(Some("[]")) => return Found::None,
            _ => {}
        }
    }
    // The fewest elements first; more of them tell it from every list that it must not equal.
    for count in 0..=VARIATIONS {
        let list = Value::Array(elements.clone());
        if agrees(&list) {
            return Found::One(list);
        }
        let another = Value::from(format!("x{count}"));
        if is_allowed(&another, literals) {
            elements.push(another);
        }
    }
    Found::Unknown(Why::PrintedText)
}

/// An element that equals what a list must contain, and none of what it must not.
fn element(value: &policy::Value, wants: &Literal<'_>, literals: &[Literal<'_>]) -> Found<Value> {
    let is_wanted = |element: &Value| {
        let alone = Value::Array(vec![element.clone()]).to_string();
        wants.agrees(Some(&alone)) && is_allowed(element, literals)
    };
    match variants(value).into_iter().find(is_wanted) {
        Some(element) => Found::One(element),
        None if may_print_alike(literals, std::slice::from_ref(value), LIST)
            || may_print_alike(literals, std::slice::from_ref(value), OBJECT) =>
        {
            Found::Unknown(Why::PrintedText)
        }
        None => Found::None,
    }
}

/// Whether no literal forbids a list to contain an element.
fn is_allowed(element: &Value, literals: &[Literal<'_>]) -> bool {
    let alone = Value::Array(vec![element.clone()]).to_string();
    let forbids = |literal: &&Literal<'_>| {
        matches!(literal.atom.predicate, Predicate::Contains(_)) && !literal.holds
    };
    literals.iter().filter(forbids).all(|literal| literal.agrees(Some(&alone)))
}

/// The values that may equal an operand: itself, and what prints as it does. Complete but for
/// lists and objects.
pub(super) fn variants(value: &policy::Value) -> Vec<Value> {
    let printed = value.printed();
    let number = value.as_number().filter(|number| number.is_finite());
    let itself = number.map_or_else(|| value.to_json(), number::json);
    let mut found = vec![itself, Value::from(printed.as_str())];
    if let Some(number) =
        value.as_number().or_else(|| printed.parse().ok()).filter(|n| n.is_finite())
    {
        found.push(number::json(number));
        if number == 0.0 {
            found.extend([Value::from(0), Value::from(-0.0)]);
        }
    }
    match printed.as_str() {
        "true" => found.push(Value::Bool(true)),
        "false" => found.push(Value::Bool(false)),
        "<nil>" => found.push(Value::Null),
        text => {
            if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                found.push(Value::Array(vec![Value::from(inner)]));
                found.push(Value::from(inner.split(' ').collect::<Vec<_>>()));
                found.push(Value::Array(Vec::new()));
            }
        }
    }
    found
}

/// Whether a list or an object other than the operands themselves may equal one of them: where
/// Go's printed text counts, and an operand's text begins as `sort` does.
pub(super) fn may_print_alike(
    literals: &[Literal<'_>],
    operands: &[policy::Value],
    sort: &str,
) -> bool {
    let is_alike = |operand: &policy::Value| {
        let printed = operand.printed();
        printed.starts_with(sort) && printed.ends_with(']')
    };
    literals.iter().any(Literal::is_printed) && operands.iter().any(is_alike)
}

/// The values that equal one of Intercept's operands, as far as they are not lists or objects that
/// only print alike.
pub fn equal_values(operand: &policy::Value) -> Vec<Value> {
    let predicate = Predicate::Equal { value: operand.clone(), negated: false };
    let test = Prepared::new(&predicate, Equality::Printed);
    let mut found: Vec<Value> = Vec::new();
    for value in variants(operand) {
        let is_known = found.iter().any(|known| {
            known == &value || (known.is_number() && known.as_f64() == value.as_f64())
        });
        if !is_known && test.holds(Some(&value.to_string())) {
            found.push(value);
        }
    }
    found
}
