//! Operands: the values that a policy compares arguments with.

use std::cmp::Ordering;
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
    Map(BTreeMap<Key, Value>),
}

/// A key of an object. JSON has texts only; those of YAML may be of any kind.
///
/// They are in the order in which Go prints them: each kind by its values, numbers as numbers. How
/// different kinds follow each other Go leaves open but for null, which is first; this is the order in
/// which its linker lays the types out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Null.
    Null,
    /// A whole number that fits 64 bits only without a sign.
    Uint(u64),
    /// A whole number that fits 64 bits with a sign.
    Int(i64),
    /// Any other number.
    Float(KeyNumber),
    /// A boolean.
    Bool(bool),
    /// Text.
    String(String),
    /// A YAML timestamp, as the text that Go prints for it.
    Time(String),
}

/// A number that is a key, and so has a place among others.
#[derive(Clone, Copy, Debug)]
pub struct KeyNumber(f64);

impl Key {
    /// The key that a value is; lists and objects are none.
    pub fn of(value: Value) -> Option<Key> {
        Some(match value {
            Value::Null => Key::Null,
            Value::Bool(value) => Key::Bool(value),
            Value::Int(number) => Key::Int(number),
            Value::Uint(number) => Key::Uint(number),
            Value::Float(number) => Key::Float(KeyNumber(number)),
            Value::String(text) => Key::String(text),
            Value::Time(text) => Key::Time(text),
            Value::List(_) | Value::Map(_) => return None,
        })
    }

    /// The text that Go prints.
    pub fn printed(&self) -> String {
        match self {
            Key::Null => Value::Null.printed(),
            Key::Bool(value) => value.to_string(),
            Key::Int(number) => number.to_string(),
            Key::Uint(number) => number.to_string(),
            Key::Float(KeyNumber(number)) => Value::Float(*number).printed(),
            Key::String(text) | Key::Time(text) => text.clone(),
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Key {
        Key::String(text.to_owned())
    }
}

impl PartialEq for KeyNumber {
    fn eq(&self, other: &KeyNumber) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for KeyNumber {}

impl PartialOrd for KeyNumber {
    fn partial_cmp(&self, other: &KeyNumber) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyNumber {
    fn cmp(&self, other: &KeyNumber) -> Ordering {
        self.0.total_cmp(&other.0)
    }
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

    /// Whether it is the same as another value wherever it stands: equal, and printed alike, as the two
    /// zeros are not.
    pub fn is_same(&self, other: &Value) -> bool {
        self == other && (matches!(self, Value::String(_)) || self.printed() == other.printed())
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
                entries.iter().map(|(key, value)| (key.printed(), value.to_json())).collect(),
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
                    out.push_str(&key.printed());
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
                map.iter().map(|(key, value)| (key.as_str().into(), Value::from(value))).collect(),
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
    fn keys_of_objects_are_printed_in_the_order_of_what_they_are() {
        let map = |keys: Vec<Value>| {
            let members = keys.into_iter().map(|key| (Key::of(key).unwrap(), Value::Bool(true)));
            Value::Map(members.collect()).printed()
        };
        let numbers = [9, 10, -1].map(Value::Int);
        assert_eq!(map(numbers.to_vec()), "map[-1:true 9:true 10:true]");
        let texts = ["9", "10"].map(|text| Value::String(text.into()));
        assert_eq!(map(texts.to_vec()), "map[10:true 9:true]");
        let floats = [2.5, 1e6, -0.5].map(Value::Float);
        assert_eq!(map(floats.to_vec()), "map[-0.5:true 2.5:true 1e+06:true]");
        let mixed = vec![Value::String("a".into()), Value::Bool(false), Value::Int(7), Value::Null];
        assert_eq!(map(mixed), "map[<nil>:true 7:true false:true a:true]");
    }

    #[test]
    fn what_is_equal_and_printed_otherwise_is_not_the_same() {
        let zeros = [Value::Float(0.0), Value::Float(-0.0)];
        assert_eq!(zeros[0], zeros[1]);
        assert!(zeros[0].is_same(&zeros[0]) && !zeros[0].is_same(&zeros[1]));
        let [one, other] = zeros.map(|zero| Value::List(vec![zero]));
        assert!(!one.is_same(&other));
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
