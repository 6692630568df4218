//! A list for which some conditions hold and others do not.

use serde_json::Value;

use super::Why;
use super::answer::Found;
use super::literal::Literal;
use super::shape::Shape;
use crate::engine::Prepared;
use crate::policy::{self, Equality, Predicate};

/// How many elements of its own a list gets to be told from those it must not equal.
const VARIATIONS: usize = 24;

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
                    None if may_print_alike(literals, operands, '[') => {
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
        None if may_print_alike(literals, std::slice::from_ref(value), '[')
            || may_print_alike(literals, std::slice::from_ref(value), 'm') =>
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
    let mut found = vec![value.to_json(), Value::from(printed.as_str())];
    if let Some(number) =
        value.as_number().or_else(|| printed.parse().ok()).filter(|n| n.is_finite())
    {
        found.push(Value::from(number));
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

/// Whether a list (`[`) or an object (`m`) other than the operands themselves may equal one of
/// them: always where Go's printed text counts, and where one literal goes by it and others do
/// not.
pub(super) fn may_print_alike(
    literals: &[Literal<'_>],
    operands: &[policy::Value],
    first: char,
) -> bool {
    literals.iter().any(Literal::is_printed)
        && operands.iter().any(|operand| operand.printed().starts_with(first))
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
