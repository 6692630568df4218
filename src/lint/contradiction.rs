//! Conditions on one argument that cannot hold together.
//!
//! Only what can be decided exactly and simply is: ranges of numbers, finite sets of values,
//! types that exclude each other, and absence. Where it cannot be decided the answer is silence.

use std::collections::HashMap;

use crate::engine::holds;
use crate::policy::{Condition, Equality, Order, Predicate, Subject, Value};

/// The conditions on one argument, of all given ones that must hold together, that cannot.
pub(super) fn contradiction<'c>(
    conditions: &[&'c Condition],
    equality: Equality,
) -> Option<Vec<&'c Condition>> {
    let mut numbers: HashMap<&Subject, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Condition>> = Vec::new();
    let on_arguments =
        conditions.iter().filter(|condition| matches!(condition.subject, Subject::Argument(_)));
    for condition in on_arguments {
        let number = *numbers.entry(&condition.subject).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Vec::new());
        }
        groups[number].push(condition);
    }
    let clash = |group: &[&Condition]| {
        let predicates: Vec<&Predicate> =
            group.iter().map(|condition| &condition.predicate).collect();
        is_empty(&predicates, equality)
    };
    let group = groups.into_iter().find(|group| clash(group))?;
    // As few of them as clash: those are the ones to look at.
    let single = group.iter().find(|condition| clash(&[condition]));
    if let Some(condition) = single {
        return Some(vec![condition]);
    }
    let pairs = (0..group.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    let pair = pairs.map(|(a, b)| vec![group[a], group[b]]).find(|pair| clash(pair));
    Some(pair.unwrap_or(group))
}

/// Whether no value at all, and no absence, satisfies every predicate.
fn is_empty(predicates: &[&Predicate], equality: Equality) -> bool {
    let all = |value: Option<&Value>| {
        predicates.iter().all(|predicate| holds(predicate, equality, value))
    };
    // `exists false` leaves only absence and null.
    if predicates.iter().any(|predicate| matches!(predicate, Predicate::Exists(false))) {
        return !all(None) && !all(Some(&Value::Null));
    }
    let sets = predicates.iter().filter_map(|predicate| candidates(predicate, equality));
    if let Some(smallest) = sets.min_by_key(Vec::len) {
        return !smallest.iter().any(|value| all(Some(value)));
    }
    let compares = || {
        predicates.iter().filter_map(|predicate| match predicate {
            Predicate::Compare { order, bound } => Some((*order, *bound)),
            _ => None,
        })
    };
    if compares().next().is_none() {
        return false;
    }
    if let Some(point) = only_point(compares()) {
        return !all(Some(&Value::Float(point)));
    }
    let needs_text = |predicate: &&&Predicate| {
        matches!(predicate, Predicate::Matches(_) | Predicate::Contains(_))
    };
    predicates.iter().any(|predicate| needs_text(&predicate)) || is_empty_range(compares())
}

/// The only values that can satisfy a predicate, if they are few and known.
fn candidates(predicate: &Predicate, equality: Equality) -> Option<Vec<Value>> {
    let values = match predicate {
        Predicate::Equal { value, negated: false } => std::slice::from_ref(value),
        Predicate::OneOf { values, negated: false } => values,
        _ => return None,
    };
    match equality {
        Equality::Strict => Some(values.to_vec()),
        // Values are compared as Go prints them, so that others may print alike.
        Equality::Printed => {
            let simple = |value: &Value| match value {
                Value::Int(_) | Value::Float(_) => true,
                Value::String(text) => {
                    !text.starts_with(['[', '<', 'm', 't', 'f']) && text.parse::<f64>().is_err()
                }
                _ => false,
            };
            let alike = |value: &Value| [value.clone(), Value::String(value.printed())];
            values.iter().all(simple).then(|| values.iter().flat_map(alike).collect())
        }
    }
}

fn is_empty_range(bounds: impl Iterator<Item = (Order, f64)>) -> bool {
    range(bounds).is_none_or(|range| {
        range.low > range.high || (range.low == range.high && (range.open_low || range.open_high))
    })
}

/// The only number in a range, if there is just one.
fn only_point(bounds: impl Iterator<Item = (Order, f64)>) -> Option<f64> {
    let range = range(bounds)?;
    (range.low == range.high && !range.open_low && !range.open_high).then_some(range.low)
}

struct Range {
    low: f64,
    high: f64,
    open_low: bool,
    open_high: bool,
}

/// What all bounds leave; none if one of them is NaN, which nothing compares with.
fn range(bounds: impl Iterator<Item = (Order, f64)>) -> Option<Range> {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let (mut open_low, mut open_high) = (false, false);
    for (order, bound) in bounds {
        if bound.is_nan() {
            return None;
        }
        match order {
            Order::Gt | Order::Gte if bound > low || (bound == low && order == Order::Gt) => {
                (low, open_low) = (bound, order == Order::Gt);
            }
            Order::Lt | Order::Lte if bound < high || (bound == high && order == Order::Lt) => {
                (high, open_high) = (bound, order == Order::Lt);
            }
            _ => {}
        }
    }
    Some(Range { low, high, open_low, open_high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pattern;

    fn compare(order: Order, bound: f64) -> Predicate {
        Predicate::Compare { order, bound }
    }

    fn one_of(values: &[f64]) -> Predicate {
        Predicate::OneOf {
            values: values.iter().copied().map(Value::Float).collect(),
            negated: false,
        }
    }

    #[test]
    fn only_what_cannot_hold_together_is_empty() {
        let text = || Predicate::Equal { value: Value::String("a".into()), negated: false };
        let null = || Predicate::Equal { value: Value::Null, negated: false };
        let cases = [
            (vec![compare(Order::Gt, 100.0), compare(Order::Lt, 10.0)], true),
            (vec![compare(Order::Gt, 10.0), compare(Order::Lt, 100.0)], false),
            (vec![compare(Order::Gte, 5.0), compare(Order::Lte, 5.0)], false),
            (vec![compare(Order::Gte, 5.0), compare(Order::Lte, 5.0), one_of(&[6.0])], true),
            (vec![one_of(&[])], true),
            (vec![compare(Order::Lte, f64::NAN)], true),
            (vec![compare(Order::Gt, 5.0), compare(Order::Lte, 5.0)], true),
            (vec![one_of(&[1.0, 2.0]), compare(Order::Gt, 2.0)], true),
            (vec![one_of(&[1.0, 2.0]), one_of(&[2.0, 3.0])], false),
            (vec![one_of(&[]), Predicate::Exists(true)], true),
            (vec![text(), compare(Order::Gt, 0.0)], true),
            (vec![Predicate::Exists(false), text()], true),
            (vec![Predicate::Exists(false), null()], false),
            (vec![Predicate::Exists(false), Predicate::Exists(true)], true),
            (
                vec![compare(Order::Gt, 0.0), Predicate::Matches(Pattern::compile("a").unwrap())],
                true,
            ),
        ];
        for (predicates, expected) in &cases {
            let predicates: Vec<&Predicate> = predicates.iter().collect();
            assert_eq!(is_empty(&predicates, Equality::Strict), *expected, "{predicates:?}");
        }
    }

    #[test]
    fn values_that_print_alike_are_no_contradiction() {
        let five = Predicate::Equal { value: Value::Int(5), negated: false };
        let text = Predicate::Matches(Pattern::compile("^5$").unwrap());
        assert!(!is_empty(&[&five, &text], Equality::Printed));
        assert!(is_empty(&[&five, &text], Equality::Strict));
    }
}
