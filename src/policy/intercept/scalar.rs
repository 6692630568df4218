//! Scalars as Intercept's YAML library (yaml.v3 of Go) types them.
//!
//! It follows YAML 1.2 with remains of 1.1: `017` is octal, `1_000` a number, `yes` a string,
//! `2024-01-01` a time.

use crate::policy::value::{Key, Value};
use crate::source::{self, Kind, Node, Scalar, ScalarKind, Tag};

/// The value of a node in a field without a type of its own, such as `value`.
pub(super) fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Seq(elements) => Value::List(elements.iter().map(value).collect()),
        Kind::Map(map) => Value::Map(
            map.entries().iter().map(|entry| (key(&entry.key), value(&entry.value))).collect(),
        ),
        Kind::Scalar(scalar) => scalar_value(scalar),
    }
}

/// The key of an object in such a value: typed as any other scalar.
fn key(key: &source::Key) -> Key {
    let typed = if key.plain { Key::of(plain_value(&key.text)) } else { None };
    typed.unwrap_or_else(|| Key::from(&*key.text))
}

/// The text of a node in a text field: any scalar as it is written, null as nothing.
pub(super) fn text(node: &Node) -> Option<String> {
    let scalar = node.scalar()?;
    match scalar_value(scalar) {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text),
        _ => Some(scalar.text.to_string()),
    }
}

/// The number of a node in a whole-number field: a fraction is cut off, null is 0.
pub(super) fn whole(node: &Node) -> Option<i64> {
    match value(node) {
        Value::Null => Some(0),
        Value::Int(number) => Some(number),
        Value::Float(number) => Some(number as i64),
        _ => None,
    }
}

/// The value of a scalar in such a field.
pub(super) fn scalar_value(scalar: &Scalar) -> Value {
    let text = &*scalar.text;
    match scalar.tag {
        Some(Tag::Binary) => Value::String(decode_base64(text).unwrap_or_else(|| text.to_owned())),
        Some(Tag::Float) => match plain_value(text) {
            Value::Int(number) => Value::Float(number as f64),
            other => other,
        },
        Some(Tag::Int | Tag::Bool | Tag::Null | Tag::Timestamp) => plain_value(text),
        Some(_) => Value::String(text.to_owned()),
        None if scalar.plain => plain_value(text),
        // JSON's scalars are not plain, yet typed by their notation.
        None => match scalar.kind {
            ScalarKind::String => Value::String(text.to_owned()),
            _ => plain_value(text),
        },
    }
}

fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Value::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let starts_like_number =
        text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
    let typed = if starts_like_number { timestamp(text).or_else(|| number(text)) } else { None };
    typed.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn number(text: &str) -> Option<Value> {
    let digits = text.replace('_', "");
    let (sign, unsigned) = match digits.strip_prefix(['+', '-']) {
        Some(unsigned) if digits.starts_with('-') => ("-", unsigned),
        Some(unsigned) => ("", unsigned),
        None => ("", digits.as_str()),
    };
    whole_number(sign, unsigned).or_else(|| float(&digits, unsigned))
}

fn whole_number(sign: &str, unsigned: &str) -> Option<Value> {
    let lower = unsigned.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    if let Ok(number) = i64::from_str_radix(&format!("{sign}{digits}"), radix) {
        return Some(Value::Int(number));
    }
    (sign.is_empty()).then(|| u64::from_str_radix(digits, radix).ok().map(Value::Uint)).flatten()
}

/// A float in the notation that yaml.v3 takes for one; one beyond 64 bits stays text.
fn float(digits: &str, unsigned: &str) -> Option<Value> {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digit = !whole.is_empty() || !fraction.is_empty();
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && all_digits(exponent)
    });
    if !(has_digit && exponent_fits && all_digits(whole) && all_digits(fraction)) {
        return None;
    }
    let number: f64 = digits.parse().ok()?;
    number.is_finite().then_some(Value::Float(number))
}

/// A timestamp in one of the four forms of yaml.v3, as Go prints it.
fn timestamp(text: &str) -> Option<Value> {
    let (date, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..=at], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 {
        return None;
    }
    let date = jiff::civil::Date::new(digits(year)?, digits(month)?, digits(day)?).ok()?;
    let Some((separator, time)) = rest else {
        return Some(Value::Time(format!("{date} 00:00:00 +0000 UTC")));
    };
    let (time, zone) = match time.find(['Z', '+', '-']) {
        Some(at) if separator != " " => (&time[..at], &time[at..]),
        None if separator == " " => (time, "Z"),
        _ => return None,
    };
    let mut parts = time.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let time = jiff::civil::Time::new(digits(hour)?, digits(minute)?, digits(second)?, 0).ok()?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = match fraction.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{}", &digits[..digits.len().min(9)]),
    };
    let zone = match zone {
        "Z" => "+0000 UTC".to_owned(),
        offset => {
            let compact = offset.replace(':', "");
            format!("{compact} {compact}")
        }
    };
    Some(Value::Time(format!("{date} {time}{fraction} {zone}")))
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn decode_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_typed_and_printed_as_in_yaml_v3() {
        for (yaml, printed) in [
            ("{9: c, 1: a, 10: b}", "map[1:a 9:c 10:b]"),
            ("{'9': c, '1': a, '10': b}", "map[1:a 10:b 9:c]"),
            ("{0x10: a, 017: b}", "map[15:b 16:a]"),
            ("{2: a, null: b, x: c}", "map[<nil>:b 2:a x:c]"),
        ] {
            let document = source::Document::read("p.yaml", yaml.as_bytes().to_vec());
            assert_eq!(value(&document.root.unwrap()).printed(), printed, "{yaml}");
        }
    }

    #[test]
    fn plain_scalars_are_typed_as_in_yaml_v3() {
        for (text, expected) in [
            ("017", Value::Int(15)),
            ("0o17", Value::Int(15)),
            ("0x1F", Value::Int(31)),
            ("-0b11", Value::Int(-3)),
            ("1_000", Value::Int(1000)),
            ("+5", Value::Int(5)),
            ("1.", Value::Float(1.0)),
            (".5", Value::Float(0.5)),
            ("1e3", Value::Float(1000.0)),
            ("08", Value::Float(8.0)),
            ("18446744073709551615", Value::Uint(u64::MAX)),
            ("99999999999999999999", Value::Float(1e20)),
            ("1e400", Value::String("1e400".into())),
            ("12:30:45", Value::String("12:30:45".into())),
            ("yes", Value::String("yes".into())),
            ("nUll", Value::String("nUll".into())),
            ("-", Value::String("-".into())),
            ("2024-01-01", Value::Time("2024-01-01 00:00:00 +0000 UTC".into())),
            ("2024-01-01T10:00:00Z", Value::Time("2024-01-01 10:00:00 +0000 UTC".into())),
        ] {
            assert_eq!(plain_value(text), expected, "{text}");
        }
    }
}
