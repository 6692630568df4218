//! The values that equal an operand: all of them, where they can be listed.
//!
//! Intercept compares what are not two numbers by the text that Go prints, so that a text, a number, a
//! list and an object may all equal one operand. A text is printed by finitely many values.

use serde_json::{Map, Value};

use super::number::json;
use crate::engine::Prepared;
use crate::policy::{self, Equality, Predicate};

/// How many values are listed for one operand.
const MOST: usize = 1_000;

/// How many blanks of a printed text are taken for what separates elements, or for a part of one.
const MOST_BLANKS: usize = 9;

/// How deep lists and objects are looked for in a printed text.
const MOST_DEPTH: usize = 8;

/// Values that equal an operand.
pub(super) struct Equals {
    /// The values, itself first. Among them may be some that do not equal it after all.
    pub(super) values: Vec<Value>,
    /// Whether there are no others.
    pub(super) all: bool,
}

/// The values that equal an operand where a policy compares in this way.
pub(super) fn equals(operand: &policy::Value, equality: Equality) -> Equals {
    let itself = exact(operand);
    let printed = operand.printed();
    let alike = match equality {
        Equality::Strict => Some(Vec::new()),
        Equality::Printed => printing(&printed, MOST_DEPTH),
    };
    let all = itself.is_some() && alike.is_some();
    let mut values = itself.unwrap_or_else(|| vec![operand.to_json()]);
    values.extend(alike.unwrap_or_else(|| vec![printed.into()]));
    Equals { values, all }
}

/// The values that equal one of Intercept's operands; of lists and objects that only print alike
/// none, unless those are all there are.
pub fn equal_values(operand: &policy::Value) -> Vec<Value> {
    let predicate = Predicate::Equal { value: operand.clone(), negated: false };
    let test = Prepared::new(&predicate, Equality::Printed);
    let Equals { values, all } = equals(operand, Equality::Printed);
    let is_listed = |value: &&Value| all || !(value.is_array() || value.is_object());
    let mut found: Vec<Value> = Vec::new();
    for value in values.iter().take(1).chain(values.iter().skip(1).filter(is_listed)) {
        let is_known = found.iter().any(|known| is_equal(known, value));
        if !is_known && test.holds(Some(&value.to_string())) {
            found.push(value.clone());
        }
    }
    found
}

/// Whether two values are equal where numbers are compared as numbers, however they are written.
fn is_equal(one: &Value, other: &Value) -> bool {
    policy::Value::from(one) == policy::Value::from(other)
}

/// The operand as JSON; zeros, which are equal and print in two ways, in each way. None if that
/// makes too many.
fn exact(operand: &policy::Value) -> Option<Vec<Value>> {
    use policy::Value::{List, Map as Object};
    Some(match operand {
        List(elements) => {
            product(elements.iter().map(exact))?.into_iter().map(Value::Array).collect()
        }
        Object(members) => {
            let names = || members.keys().map(policy::Key::printed);
            let values = product(members.values().map(exact))?.into_iter();
            values.map(|values| names().zip(values).collect::<Map<_, _>>().into()).collect()
        }
        scalar => match scalar.as_number().filter(|number| number.is_finite()) {
            Some(0.0) => vec![json(0.0), json(-0.0)],
            Some(number) => vec![json(number)],
            None => vec![scalar.to_json()],
        },
    })
}

/// Every value for which Go prints a text; none if they are too many.
fn printing(text: &str, depth: usize) -> Option<Vec<Value>> {
    let depth = depth.checked_sub(1)?;
    let mut found = vec![Value::from(text)];
    match text {
        "true" | "false" => found.push((text == "true").into()),
        "<nil>" => found.push(Value::Null),
        _ => {}
    }
    let prints = |number: &f64| policy::Value::Float(*number).printed() == text;
    found.extend(text.parse().ok().filter(|n: &f64| n.is_finite() && prints(n)).map(json));
    let within = |start| text.strip_prefix(start)?.strip_suffix(']');
    if let Some(inner) = within("[") {
        if inner.is_empty() {
            found.push(Value::Array(Vec::new()));
        }
        for parts in partitions(inner)? {
            let lists = product(parts.iter().map(|part| printing(part, depth)))?;
            found.extend(lists.into_iter().map(Value::Array));
            if found.len() > MOST {
                return None;
            }
        }
    }
    if let Some(inner) = within("map[") {
        if inner.is_empty() {
            found.push(Value::Object(Map::new()));
        }
        for parts in partitions(inner)? {
            let objects = product(parts.iter().map(|part| members(part, depth)))?;
            found.extend(objects.into_iter().map(|members| Value::Object(Map::from_iter(members))));
            if found.len() > MOST {
                return None;
            }
        }
    }
    (found.len() <= MOST).then_some(found)
}

/// The members of an object for which Go prints a text.
fn members(text: &str, depth: usize) -> Option<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(':') {
        let (name, value) = (&text[..at], &text[at + 1..]);
        found.extend(printing(value, depth)?.into_iter().map(|value| (name.to_owned(), value)));
    }
    Some(found)
}

/// All ways to take a text apart at blanks, each of which may separate two parts or stand in one.
fn partitions(text: &str) -> Option<impl Iterator<Item = Vec<&str>>> {
    let blanks: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    let ways = (blanks.len() <= MOST_BLANKS).then(|| 1usize << blanks.len())?;
    Some((0..ways).map(move |way| {
        let mut parts = Vec::new();
        let mut start = 0;
        for (index, at) in blanks.iter().enumerate() {
            if way & 1 << index != 0 {
                parts.push(&text[start..*at]);
                start = at + 1;
            }
        }
        parts.push(&text[start..]);
        parts
    }))
}

/// Every way to take one of each; none if one of them is none, or there are too many.
fn product<T: Clone>(parts: impl Iterator<Item = Option<Vec<T>>>) -> Option<Vec<Vec<T>>> {
    let mut found = vec![Vec::new()];
    for part in parts {
        let part = part?;
        if found.len().saturating_mul(part.len()) > MOST {
            return None;
        }
        found = found
            .iter()
            .flat_map(|taken| {
                part.iter().map(move |next| [taken.as_slice(), std::slice::from_ref(next)].concat())
            })
            .collect();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(operand: &Value, others: &[Value]) {
        let Equals { values, all } = equals(&operand.into(), Equality::Printed);
        assert!(all, "{operand}");
        for other in others {
            assert!(values.contains(other), "{other} is not among {values:?}");
        }
    }

    #[test]
    fn whatever_prints_alike_is_listed() {
        check(&json!(5), &[json!(5), json!("5")]);
        check(&json!(0), &[json!(0), json!(-0.0), json!("0")]);
        check(&json!("<nil>"), &[json!("<nil>"), json!(null)]);
        check(&json!(["a b", 5]), &[json!(["a", "b", "5"]), json!(["a", "b 5"]), json!("[a b 5]")]);
        check(&json!([""]), &[json!([]), json!([""]), json!("[]")]);
        check(
            &json!({"a": [1], "b": "x"}),
            &[json!({"a": "[1] b:x"}), json!({"a": ["1"], "b": "x"})],
        );
        check(&json!("map[]"), &[json!({}), json!("map[]")]);
    }

    #[test]
    fn where_there_are_too_many_that_is_said() {
        let long: Vec<Value> = (0..40).map(|number| json!([number])).collect();
        assert!(!equals(&policy::Value::from(&json!(long)), Equality::Printed).all);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(!equals(&policy::Value::String(deep), Equality::Printed).all);
        assert!(equals(&policy::Value::from(&json!(long)), Equality::Strict).all);
    }
}
