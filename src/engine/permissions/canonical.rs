//! The text of all arguments of a call, as agents in JavaScript write it for their patterns.

use serde_json::{Number, Value};

/// The JSON text of a value with sorted keys and without blanks. Each pair of the outermost object stands between
/// NULs, so that no pattern can reach over its end into another.
pub(super) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out, true);
    out
}

fn write(value: &Value, out: &mut String, is_outermost: bool) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_cached_key(|(key, _)| key.encode_utf16().collect::<Vec<_>>());
            let edge = if is_outermost { "\0" } else { "" };
            out.push('{');
            for (at, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(edge);
                out.push_str(&text(key));
                out.push(':');
                write(value, out, false);
                out.push_str(edge);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(value, out, false);
            }
            out.push(']');
        }
        Value::Number(digits) => out.push_str(&number(digits)),
        Value::String(letters) => out.push_str(&text(letters)),
        Value::Bool(_) | Value::Null => out.push_str(&value.to_string()),
    }
}

fn text(letters: &str) -> String {
    Value::from(letters).to_string()
}

/// A number as JavaScript prints it.
fn number(digits: &Number) -> String {
    let value = digits.as_f64().unwrap_or_default();
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:e}");
    let exponent =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match exponent {
        Some(-6..21) => value.to_string(),
        Some(0..) => scientific.replace('e', "e+"),
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn keys_are_sorted_and_numbers_are_those_of_javascript() {
        for (json, text) in [
            (r#"{"b":2,"a":{"d":1,"c":[]}}"#, "{\0\"a\":{\"c\":[],\"d\":1}\0,\0\"b\":2\0}"),
            ("{}", "{}"),
            (
                "[1.50,-0.0,1e21,1E-7,0.000001,12345678901234567890]",
                "[1.5,0,1e+21,1e-7,0.000001,12345678901234567000]",
            ),
            (r#""\u00fc\n\u0001""#, "\"ü\\n\\u0001\""),
        ] {
            assert_eq!(canonical(&serde_json::from_str(json).unwrap()), text, "{json}");
        }
    }
}
