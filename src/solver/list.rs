//! A list for which some conditions hold and others do not; none of them wants it to equal a value,
//! which [`super::tree`] sees to.

use serde_json::Value;

use super::Why;
use super::answer::Found;
use super::equal::equals;
use super::literal::Literal;
use super::shape::Shape;
use crate::policy::Predicate;

/// How many elements of its own a list gets to be told from those it must not equal.
const VARIATIONS: usize = 24;

/// A list with which every literal agrees.
pub(super) fn list(literals: &[Literal<'_>], shape: &Shape) -> Found<Value> {
    // What neither compares with a value nor looks into the list holds for every list or for none.
    let is_same_for_all = |literal: &&Literal<'_>| {
        literal.operands().is_none() && !matches!(literal.atom.predicate, Predicate::Contains(_))
    };
    if literals.iter().filter(is_same_for_all).any(|literal| !literal.agrees(Some("[]"))) {
        return Found::None;
    }
    let mut elements = Vec::new();
    for literal in literals.iter().filter(|literal| literal.holds) {
        if let Predicate::Contains(value) = literal.atom.predicate {
            let (found, all) = element(value, literal, literals);
            match found {
                Some(element) => elements.push(element),
                None if all => return Found::None,
                None => return Found::Unknown(Why::PrintedText),
            }
        }
    }
    // The fewest elements first; more of them tell it from every list that it must not equal.
    for count in 0..=VARIATIONS {
        let list = Value::Array(elements.clone());
        let text = list.to_string();
        if shape.admits(&list) && literals.iter().all(|literal| literal.agrees(Some(&text))) {
            return Found::One(list);
        }
        let another = Value::from(format!("x{count}"));
        if is_allowed(&another, literals) {
            elements.push(another);
        }
    }
    Found::Unknown(Why::PrintedText)
}

/// An element that equals what a list must contain, and none of what it must not; and whether all
/// that could be one were tried.
fn element(
    value: &crate::policy::Value,
    wants: &Literal<'_>,
    literals: &[Literal<'_>],
) -> (Option<Value>, bool) {
    let equals = equals(value, wants.atom.equality);
    let is_wanted = |element: &Value| {
        let alone = Value::Array(vec![element.clone()]).to_string();
        wants.agrees(Some(&alone)) && is_allowed(element, literals)
    };
    (equals.values.into_iter().find(is_wanted), equals.all)
}

/// Whether no literal forbids a list to contain an element.
fn is_allowed(element: &Value, literals: &[Literal<'_>]) -> bool {
    let alone = Value::Array(vec![element.clone()]).to_string();
    let forbids = |literal: &&Literal<'_>| {
        matches!(literal.atom.predicate, Predicate::Contains(_)) && !literal.holds
    };
    literals.iter().filter(forbids).all(|literal| literal.agrees(Some(&alone)))
}
