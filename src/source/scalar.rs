//! Values without parts.

use std::sync::Arc;

/// What JSON value a scalar is taken for.
pub type Typing = fn(&Scalar) -> serde_json::Value;

/// A value without parts: its text, and what JSON or the YAML 1.2 core schema take it for.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// A string's characters with escapes resolved; every other scalar as it is written. Equal ones may share it.
    pub text: Arc<str>,
    /// What kind of value it is.
    pub kind: ScalarKind,
    /// Whether it is a YAML plain (unquoted) scalar, which another schema may read differently.
    pub plain: bool,
    /// The YAML tag, such as `!!str`, if there is one.
    pub tag: Option<Tag>,
}

/// What the tag of a YAML scalar says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `!!null`.
    Null,
    /// `!!bool`.
    Bool,
    /// `!!int`.
    Int,
    /// `!!float`.
    Float,
    /// `!!binary`.
    Binary,
    /// `!!timestamp`.
    Timestamp,
    /// Text, or what YAML does not define.
    Other,
}

/// The kinds of scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// `null`, `~`, or nothing.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number; its text keeps every digit.
    Number,
    /// Text.
    String,
}

impl Scalar {
    /// The value as JSON; see [`super::Node::to_json`].
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind {
            ScalarKind::Null => Value::Null,
            ScalarKind::True => Value::Bool(true),
            ScalarKind::False => Value::Bool(false),
            ScalarKind::String => Value::String(self.text.to_string()),
            ScalarKind::Number => {
                number(&self.text).unwrap_or_else(|| Value::String(self.text.to_string()))
            }
        }
    }
}

/// The JSON value of a number's text, in JSON's or YAML's notation.
fn number(text: &str) -> Option<serde_json::Value> {
    if let Ok(value) = serde_json::from_str::<serde_json::Number>(text) {
        return Some(value.into());
    }
    let digits = text.trim_start_matches('+');
    let radix = [("0x", 16), ("0o", 8)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, radix)));
    if let Some((digits, radix)) = radix {
        return Some(u64::from_str_radix(digits, radix).ok()?.into());
    }
    if let Ok(integer) = digits.parse::<i64>() {
        return Some(integer.into());
    }
    serde_json::Number::from_f64(digits.parse().ok()?).map(Into::into)
}
