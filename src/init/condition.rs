//! Conditions on arguments, to be written.

use serde_json::Value;

/// What an argument must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The keys that lead to the argument.
    pub path: Vec<String>,
    /// What is asked of it.
    pub test: Test,
    /// Whether a call may leave it out.
    pub is_optional: bool,
    /// How many recorded calls it rests on; none where the catalogue says it.
    pub calls: Option<u64>,
}

/// What is asked of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It is one of these values; at least one.
    OneOf(Vec<Value>),
    /// It is a text that matches a pattern.
    Matches(String),
    /// It is a number that is not above this one.
    AtMost(Value),
    /// It is no text in which a pattern is found.
    Without(String),
}

impl Test {
    /// The operator and the operand of what a call must have, as both dialects write them; none where no
    /// operator says it.
    pub fn required(&self) -> Option<(&'static str, Value)> {
        Some(match self {
            Test::OneOf(values) => match values.as_slice() {
                [only] => ("eq", only.clone()),
                several => ("in", Value::Array(several.to_vec())),
            },
            Test::Matches(pattern) => ("regex", Value::from(&**pattern)),
            Test::AtMost(most) => ("lte", most.clone()),
            Test::Without(_) => return None,
        })
    }

    /// The operator and the operand of what a call must not have, which it may leave out. No operator says that
    /// something does not match.
    pub fn denied(&self) -> Option<(&'static str, Value)> {
        match self {
            Test::OneOf(values) => Some(("not_in", Value::Array(values.clone()))),
            Test::AtMost(most) => Some(("gt", most.clone())),
            Test::Without(pattern) => Some(("regex", Value::from(&**pattern))),
            Test::Matches(_) => None,
        }
    }
}
