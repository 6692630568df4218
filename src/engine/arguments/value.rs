//! Values of arguments and counters.

use std::borrow::Cow;

use super::walk::{elements, members, unescape};
use crate::policy;

/// How deep an argument may nest to equal a value of a policy, which nests less by far
/// ([`crate::source::MAX_DEPTH`]); what is deeper stands as NaN, which equals nothing.
const MAX_COMPARED_DEPTH: usize = 500;

/// The value of an argument or a counter; lists and objects stay JSON text.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as JSON readers of both gateways have it.
    Number(f64),
    /// The value of a counter.
    Count(i64),
    /// Text.
    String(Cow<'a, str>),
    /// A list.
    List(&'a str),
    /// An object.
    Object(&'a str),
}

/// A value as it is tested.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum ValueRef<'v> {
    Null,
    Bool(bool),
    Number(f64),
    Count(i64),
    String(&'v str),
    List(&'v str),
    Object(&'v str),
}

impl<'a> Value<'a> {
    /// The value of a JSON text; none for a number beyond a 64-bit float.
    pub fn of_json(text: &'a str) -> Option<Value<'a>> {
        let Some(inner) = text.strip_prefix('"') else {
            return ValueRef::of_json(text).map(Value::from);
        };
        Some(Value::String(unescape(inner.strip_suffix('"').unwrap_or_default())))
    }

    pub(in crate::engine) fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::Number(number) => ValueRef::Number(*number),
            Value::Count(count) => ValueRef::Count(*count),
            Value::String(text) => ValueRef::String(text),
            Value::List(text) => ValueRef::List(text),
            Value::Object(text) => ValueRef::Object(text),
        }
    }

    /// The same as a value of a policy, for comparing whole lists and objects.
    pub fn to_policy(&self) -> policy::Value {
        self.as_ref().to_policy()
    }
}

impl<'a> From<ValueRef<'a>> for Value<'a> {
    fn from(value: ValueRef<'a>) -> Value<'a> {
        match value {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::Number(number) => Value::Number(number),
            ValueRef::Count(count) => Value::Count(count),
            ValueRef::String(text) => Value::String(Cow::Borrowed(text)),
            ValueRef::List(text) => Value::List(text),
            ValueRef::Object(text) => Value::Object(text),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// The value of a JSON text; none for a number beyond a 64-bit float, and for a text, which may have escapes.
    #[inline(always)]
    pub(super) fn of_json(text: &'a str) -> Option<ValueRef<'a>> {
        Some(match text.as_bytes().first() {
            Some(b'"') => return None,
            Some(b'{') => ValueRef::Object(text),
            Some(b'[') => ValueRef::List(text),
            Some(b't') => ValueRef::Bool(true),
            Some(b'f') => ValueRef::Bool(false),
            Some(b'n') | None => ValueRef::Null,
            Some(_) => ValueRef::Number(number_of_json(text)?),
        })
    }

    /// The same as a value of a policy, for comparing whole lists and objects.
    pub(in crate::engine) fn to_policy(self) -> policy::Value {
        self.to_policy_within(MAX_COMPARED_DEPTH)
    }

    fn to_policy_within(self, depth: usize) -> policy::Value {
        let Some(depth) = depth.checked_sub(1) else {
            return policy::Value::Float(f64::NAN);
        };
        match self {
            ValueRef::Null => policy::Value::Null,
            ValueRef::Bool(value) => policy::Value::Bool(value),
            ValueRef::Number(number) => policy::Value::Float(number),
            ValueRef::Count(count) => policy::Value::Int(count),
            ValueRef::String(text) => policy::Value::String(text.to_string()),
            ValueRef::List(text) => {
                policy::Value::List(elements(text).map(|text| policy_value(text, depth)).collect())
            }
            ValueRef::Object(text) => policy::Value::Map(
                members(text)
                    .map(|(key, value)| ((&*unescape(key)).into(), policy_value(value, depth)))
                    .collect(),
            ),
        }
    }
}

/// The number of a JSON text; none for one beyond a 64-bit float.
fn number_of_json(text: &str) -> Option<f64> {
    if let Some(number) = small_integer(text) {
        return Some(number);
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The number of a few digits and nothing else, which most numbers are.
fn small_integer(text: &str) -> Option<f64> {
    /// So many digits are exact in a 64-bit float.
    const DIGITS: usize = 15;
    let mut number = 0u64;
    if text.len() > DIGITS {
        return None;
    }
    for byte in text.bytes() {
        number = number * 10 + u64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(number as f64)
}

/// The value of a JSON text for comparing; a number beyond a 64-bit float equals nothing.
fn policy_value(text: &str, depth: usize) -> policy::Value {
    let value = Value::of_json(text).map(|value| value.as_ref().to_policy_within(depth));
    value.unwrap_or(policy::Value::Float(f64::NAN))
}
