//! A number for which some conditions hold and others do not; none of them wants it to equal a value,
//! which [`super::tree`] sees to.
//!
//! Every condition on a number changes its answer only at the numbers that it names. So it is
//! enough to try those, one number between each two neighbours, and one beyond either end.

use serde_json::Value;

use super::answer::Found;
use super::literal::Literal;
use crate::policy::{self, Predicate};

/// From here on every 64-bit float is whole, and JSON's readers may differ on integers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number with which every literal agrees; only a whole one if so asked.
pub(super) fn number(literals: &[Literal<'_>], whole: bool) -> Found<Value> {
    let mut named: Vec<f64> = literals.iter().flat_map(named).filter(|n| n.is_finite()).collect();
    named.sort_by(f64::total_cmp);
    named.dedup();
    let found = candidates(&named)
        .into_iter()
        .filter(|number| !whole || number.fract() == 0.0)
        .map(json)
        .find(|json| {
            let text = json.to_string();
            literals.iter().all(|literal| literal.agrees(Some(&text)))
        });
    found.map_or(Found::None, Found::One)
}

/// The numbers at which a literal may change its answer. Intercept compares a number with a text
/// by what Go prints for it, so a text that reads as a number names that number.
pub(super) fn named(literal: &Literal<'_>) -> Vec<f64> {
    let of = |value: &policy::Value| value.as_number().or_else(|| value.printed().parse().ok());
    match (literal.operands(), literal.atom.predicate) {
        (Some((operands, _)), _) => operands.iter().filter_map(of).collect(),
        (None, Predicate::Compare { bound, .. }) => vec![*bound],
        _ => Vec::new(),
    }
}

/// One number of each region that nothing tells apart, whole ones where there are any.
fn candidates(named: &[f64]) -> Vec<f64> {
    let (Some(least), Some(most)) = (named.first(), named.last()) else {
        return vec![0.0];
    };
    let mut found = Vec::with_capacity(named.len() * 2 + 4);
    found.extend(above(*most, f64::INFINITY));
    found.extend(below(*least));
    for pair in named.windows(2) {
        found.extend(above(pair[0], pair[1]));
    }
    found.extend(named);
    if named.contains(&0.0) {
        // Both zeros stand at one place, and Go prints them in two ways.
        found.extend([0.0, -0.0]);
    }
    found
}

/// A number strictly between two.
fn above(low: f64, high: f64) -> Option<f64> {
    let whole = low.floor() + 1.0;
    let next = low.next_up();
    let middle = low / 2.0 + high / 2.0;
    let between = |number: &f64| *number > low && *number < high;
    [whole, middle, next].into_iter().find(between).filter(|number| number.is_finite())
}

fn below(high: f64) -> Option<f64> {
    let number = (high.ceil() - 1.0).min(high.next_down());
    number.is_finite().then_some(number)
}

/// A number as JSON, without a fraction where it has none.
pub(super) fn json(number: f64) -> Value {
    let is_plain = number.fract() == 0.0 && number.abs() < EXACT;
    if is_plain && !(number == 0.0 && number.is_sign_negative()) {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}
