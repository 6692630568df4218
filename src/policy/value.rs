//! Operands: the values that a policy compares arguments with.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Below this every whole number is exact in a 64-bit float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value in a policy. Numbers keep apart what Go keeps apart, because Intercept compares some
/// values by the text that Go prints for them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number that fits 64 bits with a sign.
    Int(i64),
    /// A whole number that fits 64 bits only without a sign. Intercept takes it for no number.
    Uint(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A YAML timestamp, as the text that Go prints for it.
    Time(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The number that a comparison takes it for.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON; a number that JSON cannot have becomes null.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(number) => (*number).into(),
            Value::Uint(number) => (*number).into(),
            // As people write it: `5`, not `5.0`. Go prints the sign of a negative zero.
            Value::Float(number)
                if number.fract() == 0.0
                    && number.abs() < EXACT
                    && number.to_bits() != (-0.0f64).to_bits() =>
            {
                (*number as i64).into()
            }
            Value::Float(number) => (*number).into(),
            Value::String(text) | Value::Time(text) => text.clone().into(),
            Value::List(values) => values.iter().map(Value::to_json).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
            ),
        }
    }

    /// The text that Go's `fmt.Sprintf("%v")` prints, by which Intercept compares.
    pub fn printed(&self) -> String {
        let mut text = String::new();
        self.print(&mut text);
        text
    }

    fn print(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("<nil>"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(number) => _ = write!(out, "{number}"),
            Value::Uint(number) => _ = write!(out, "{number}"),
            Value::Float(number) => print_float(*number, out),
            Value::String(text) | Value::Time(text) => out.push_str(text),
            Value::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push(' ');
                    }
                    value.print(out);
                }
                out.push(']');
            }
            Value::Map(entries) => {
                out.push_str("map[");
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(' ');
                    }
                    out.push_str(key);
                    out.push(':');
                    value.print(out);
                }
                out.push(']');
            }
        }
    }
}

impl From<&serde_json::Value> for Value {
    /// A value of a call's arguments, where every number is a float, as Go decodes JSON.
    fn from(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::String(text.clone()),
            serde_json::Value::Array(values) => {
                Value::List(values.iter().map(Value::from).collect())
            }
            serde_json::Value::Object(map) => Value::Map(
                map.iter().map(|(key, value)| (key.clone(), Value::from(value))).collect(),
            ),
        }
    }
}

/// Go's conversion of a float to a 64-bit integer on amd64, where Intercept was observed: the
/// fraction is cut off, and what does not fit becomes the least integer.
pub fn go_int64(number: f64) -> i64 {
    if (-(2f64.powi(63))..2f64.powi(63)).contains(&number) { number as i64 } else { i64::MIN }
}

/// Prints a float as Go does with `%v`: the shortest digits that read back the same, with an
/// exponent when that is below -4 or above 5 (Go's `strconv`, format `g`, shortest precision).
pub fn print_float(number: f64, out: &mut String) {
    if !number.is_finite() {
        out.push_str(match number {
            n if n.is_nan() => "NaN",
            n if n > 0.0 => "+Inf",
            _ => "-Inf",
        });
        return;
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').expect("{:e} always prints an exponent");
    let exponent: i32 = exponent.parse().expect("{:e} prints a whole exponent");
    if (-4..6).contains(&exponent) {
        _ = write!(out, "{number}");
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        _ = write!(out, "{digits}e{sign}{:02}", exponent.abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_go() {
        for (number, text) in [
            (1_000_000.0, "1e+06"),
            (123_456_789.0, "1.23456789e+08"),
            (999_999.0, "999999"),
            (0.000_01, "1e-05"),
            (0.0001, "0.0001"),
            (-0.0, "-0"),
            (5.0, "5"),
            (1e100, "1e+100"),
            (2.5, "2.5"),
        ] {
            assert_eq!(Value::Float(number).printed(), text);
        }
    }

    #[test]
    fn lists_and_objects_print_as_in_go() {
        let json: serde_json::Value = serde_json::json!({"b": [1, "a b", null], "a": true});
        assert_eq!(Value::from(&json).printed(), "map[a:true b:[1 a b <nil>]]");
    }

    #[test]
    fn whole_numbers_are_json_as_people_write_them() {
        for (number, json) in
            [(5.0, "5"), (-3.0, "-3"), (0.0, "0"), (-0.0, "-0.0"), (2.5, "2.5"), (1e300, "1e+300")]
        {
            assert_eq!(Value::Float(number).to_json().to_string(), json);
        }
    }
}
