//! The shapes of both dialects, as they are written.

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::Value;

use crate::policy;

/// An object whose keys keep their order.
#[derive(Clone, Debug)]
pub(super) struct Ordered<'a, T>(pub(super) Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for Ordered<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A version "1" document.
#[derive(Serialize)]
pub(super) struct V1<'a> {
    pub(super) version: &'static str,
    pub(super) default: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hide: Vec<&'a str>,
    #[serde(skip_serializing_if = "V1Tool::is_empty")]
    pub(super) all_tools: V1Tool<'a>,
    pub(super) tools: Ordered<'a, V1Tool<'a>>,
}

/// The rules of one tool, or of all tools.
#[derive(Default, Serialize)]
pub(super) struct V1Tool<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) require: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) deny_if: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<V1Limit<'a>>,
}

impl V1Tool<'_> {
    fn is_empty(&self) -> bool {
        self.require.is_empty() && self.deny_if.is_empty() && self.limits.is_empty()
    }
}

/// An entry of `require` or `deny_if`.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    pub(super) conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_deny: Option<&'a str>,
}

/// A limit of version "1".
#[derive(Serialize)]
pub(super) struct V1Limit<'a> {
    pub(super) counter: &'a str,
    pub(super) window: policy::Window,
    pub(super) max: i64,
    pub(super) scope: &'static str,
}

/// An Intercept document.
#[derive(Serialize)]
pub(super) struct Intercept<'a> {
    pub(super) version: &'static str,
    pub(super) default: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hide: Vec<&'a str>,
    pub(super) tools: Ordered<'a, InterceptTool<'a>>,
}

/// The rules of one tool.
#[derive(Default, Serialize)]
pub(super) struct InterceptTool<'a> {
    pub(super) rules: Vec<Rule<'a>>,
}

/// A rule of Intercept.
#[derive(Default, Serialize)]
pub(super) struct Rule<'a> {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rate_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_deny: Option<&'a str>,
}

/// A condition, written alike in both dialects.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Condition {
    pub(super) path: String,
    pub(super) op: &'static str,
    pub(super) value: Value,
}

/// A value of a policy as JSON, whole numbers without a fraction where that is the same number
/// and prints alike in Go.
pub(super) fn json(value: &policy::Value) -> Value {
    /// From here on Go prints floats with an exponent, and integers without.
    const EXPONENT: f64 = 1e6;
    match value {
        policy::Value::Float(number) => whole(*number, EXPONENT),
        policy::Value::List(values) => values.iter().map(json).collect(),
        policy::Value::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
        other => other.to_json(),
    }
}

/// A number as JSON, without a fraction where it has none and is below a bound.
pub(super) fn whole(number: f64, below: f64) -> Value {
    let is_whole = number.fract() == 0.0 && number.abs() < below;
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if is_whole && !is_negative_zero { Value::from(number as i64) } else { Value::from(number) }
}

/// From here on not every whole number is a float.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;
