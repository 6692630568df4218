//! Values of policies as JSON.

use serde_json::Value as Json;

use crate::policy::Value;

/// A value of a policy as JSON, whole numbers without a fraction where that is the same number
/// and prints alike in Go.
pub(super) fn json(value: &Value) -> Json {
    /// From here on Go prints floats with an exponent, and integers without.
    const EXPONENT: f64 = 1e6;
    match value {
        Value::Float(number) => whole(*number, EXPONENT),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.printed(), json(value))).collect())
        }
        other => other.to_json(),
    }
}

/// A number as JSON, without a fraction where it has none and is below a bound.
pub(super) fn whole(number: f64, below: f64) -> Json {
    let is_whole = number.fract() == 0.0 && number.abs() < below;
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if is_whole && !is_negative_zero { Json::from(number as i64) } else { Json::from(number) }
}

/// From here on not every whole number is a float.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;
