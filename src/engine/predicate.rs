//! Conditions, compiled: operands prepared once, values tested without copying them.

use crate::policy::{self, Equality, Order, Pattern, Predicate};

use super::arguments::{Arguments, Found, Value, ValueRef, elements};

/// A predicate with its operands prepared.
#[derive(Debug)]
pub(super) enum Test {
    Equal { operand: Operand, negated: bool },
    OneOf { operands: Vec<Operand>, negated: bool },
    Compare { order: Order, bound: f64 },
    Matches(Pattern),
    Contains(Operand),
    Exists(bool),
}

/// A value to compare with.
#[derive(Debug)]
pub(super) struct Operand {
    value: policy::Value,
    /// The number that it is compared as, if it is one.
    number: Option<f64>,
    /// The text that it is compared as, where values are compared as printed.
    printed: Option<Box<str>>,
}

impl Operand {
    fn new(value: &policy::Value, equality: Equality) -> Operand {
        Operand {
            number: value.as_number(),
            printed: (equality == Equality::Printed).then(|| value.printed().into()),
            value: value.clone(),
        }
    }

    #[inline]
    fn equals(&self, value: ValueRef<'_>) -> bool {
        let number = match value {
            ValueRef::Number(number) => Some(number),
            ValueRef::Count(count) => Some(count as f64),
            _ => None,
        };
        if let (Some(ours), Some(theirs)) = (self.number, number) {
            return ours == theirs;
        }
        match (&self.printed, value) {
            (Some(printed), ValueRef::String(text)) => **printed == *text,
            (Some(printed), ValueRef::Bool(value)) => {
                **printed == *(if value { "true" } else { "false" })
            }
            (Some(printed), other) => *other.to_policy().printed() == **printed,
            (None, ValueRef::String(text)) => self.value.as_str() == Some(text),
            (None, ValueRef::Bool(theirs)) => self.value == policy::Value::Bool(theirs),
            (None, other) => other.to_policy() == self.value,
        }
    }
}

impl Test {
    pub(super) fn new(predicate: &Predicate, equality: Equality) -> Test {
        let operand = |value| Operand::new(value, equality);
        match predicate {
            Predicate::Equal { value, negated } => {
                Test::Equal { operand: operand(value), negated: *negated }
            }
            Predicate::OneOf { values, negated } => {
                Test::OneOf { operands: values.iter().map(operand).collect(), negated: *negated }
            }
            Predicate::Compare { order, bound } => Test::Compare { order: *order, bound: *bound },
            Predicate::Matches(pattern) => Test::Matches(pattern.clone()),
            Predicate::Contains(value) => Test::Contains(operand(value)),
            Predicate::Exists(wanted) => Test::Exists(*wanted),
        }
    }

    /// Tests a value that is there.
    #[inline]
    pub(super) fn holds(&self, value: ValueRef<'_>) -> bool {
        match self {
            Test::Equal { operand, negated } => operand.equals(value) != *negated,
            Test::OneOf { operands, negated } => {
                operands.iter().any(|operand| operand.equals(value)) != *negated
            }
            Test::Compare { order, bound } => match value {
                ValueRef::Number(number) => order.holds(number, *bound),
                ValueRef::Count(count) => order.holds(count as f64, *bound),
                _ => false,
            },
            Test::Matches(pattern) => match value {
                ValueRef::String(text) => pattern.is_match(text),
                _ => false,
            },
            Test::Contains(operand) => match value {
                ValueRef::String(text) => {
                    operand.value.as_str().is_some_and(|part| text.contains(part))
                }
                ValueRef::List(list) => elements(list)
                    .filter_map(Value::of_json)
                    .any(|element| operand.equals(element.as_ref())),
                _ => false,
            },
            Test::Exists(wanted) => !matches!(value, ValueRef::Null) == *wanted,
        }
    }

    /// Tests a value that is not there: only `exists` can hold.
    pub(super) fn holds_for_nothing(&self) -> bool {
        matches!(self, Test::Exists(false))
    }

    /// Tests a counter of which only bounds are known; none where they do not decide.
    pub(super) fn holds_between(&self, least: i64, most: i64) -> Option<bool> {
        let (low, high) = (self.holds(ValueRef::Count(least)), self.holds(ValueRef::Count(most)));
        // Comparisons are monotonic, so what holds at both ends holds in between.
        match self {
            _ if least == most => Some(low),
            Test::Compare { .. } | Test::Exists(_) if low == high => Some(low),
            _ => None,
        }
    }
}

/// A predicate with its operands prepared, to be asked of many values.
#[derive(Debug)]
pub struct Prepared(Test);

impl Prepared {
    /// Prepares a predicate as a policy with this equality reads it.
    pub fn new(predicate: &Predicate, equality: Equality) -> Prepared {
        Prepared(Test::new(predicate, equality))
    }

    /// Whether it holds for a value, given as valid JSON text; for `None`, for an argument that
    /// is absent. It does not hold for a number beyond a 64-bit float.
    pub fn holds(&self, json: Option<&str>) -> bool {
        match json {
            None => self.0.holds_for_nothing(),
            Some(json) => Value::of_json(json).is_some_and(|value| self.0.holds(value.as_ref())),
        }
    }

    /// Whether it holds for what lies under a path of a call's arguments, given as the JSON text of
    /// an object.
    pub fn holds_in(&self, arguments: &str, path: &[String]) -> bool {
        match Arguments::Json(arguments).find(path) {
            Found::Value(value) => self.0.holds(value.as_ref()),
            Found::Nothing => self.0.holds_for_nothing(),
            Found::Unknown(_) => false,
        }
    }
}

/// Whether a predicate holds for a value of a policy; for `None`, for an argument that is absent.
pub fn holds(predicate: &Predicate, equality: Equality, value: Option<&policy::Value>) -> bool {
    let test = Test::new(predicate, equality);
    match value {
        None => test.holds_for_nothing(),
        Some(value) => {
            let json = value.to_json().to_string();
            Value::of_json(&json).is_some_and(|value| test.holds(value.as_ref()))
        }
    }
}
