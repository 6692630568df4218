//! Random policies and calls: small enough that they meet each other, strange enough that they
//! find what is wrong.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::evaluator::Call;

const TOOLS: [&str; 5] = ["t", "u.v", "w/x~", "*", "é"];
const KEYS: [&str; 6] = ["a", "b", "c", "", "0", "é"];
const PATHS: [&str; 10] = [
    "args.a",
    "args.b",
    "args.c",
    "args.a.b",
    "args.a.b.c",
    "args.",
    "args.a.",
    "args.a.0",
    "args.A",
    "args.é",
];

/// An argument or an operand: often the same ones, so that they are often equal.
fn value() -> impl Strategy<Value = Value> {
    let common = vec![json!(5), json!(5.0), json!("5"), json!(null), json!("abc")];
    let rare = vec![
        json!(true),
        json!(false),
        json!(0),
        json!(-0.0),
        json!(5.5),
        json!(500),
        json!(1e30),
        json!(9_007_199_254_740_992_i64),
        json!(9_007_199_254_740_993_i64),
        json!("500"),
        json!("true"),
        json!(""),
        json!("b\n\"\\é"),
    ];
    let scalar = prop_oneof![3 => select(common), 1 => select(rare)].boxed();
    // Left to itself, `prop_recursive` gives a scalar only seldom.
    let nested = scalar.clone().prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            btree_map(key(), inner, 0..3).prop_map(object),
        ]
    });
    prop_oneof![3 => scalar, 1 => nested]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![2 => Just("a"), 1 => select(&KEYS[..])].prop_map(str::to_owned)
}

fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(Map::from_iter(fields))
}

/// A condition that the gateway accepts.
pub fn condition() -> impl Strategy<Value = Value> {
    let bounds = vec![json!(5), json!(0), json!(5.5), json!(100), json!(9_007_199_254_740_993_i64)];
    let patterns = vec!["^5", "b", "^abc$", "", "(?i)ABC", "[0-9]", "5+$", "é"];
    let test = prop_oneof![
        3 => (select(vec!["eq", "neq", "contains"]), value()),
        3 => (select(vec!["in", "not_in"]), vec(value(), 0..4).prop_map(Value::Array)),
        3 => (select(vec!["lt", "lte", "gt", "gte"]), select(bounds)),
        1 => (Just("regex"), select(patterns).prop_map(Value::from)),
        2 => (Just("exists"), any::<bool>().prop_map(Value::from)),
    ];
    (prop_oneof![1 => Just("args.a"), 2 => select(&PATHS[..])], test)
        .prop_map(|(path, (op, value))| json!({"path": path, "op": op, "value": value}))
}

fn entries() -> impl Strategy<Value = Value> {
    let message = option::of(select(vec!["no", "not \"so\""]));
    let conditions = prop_oneof![1 => Just(vec![]), 6 => vec(condition(), 1..3)];
    let entry = (conditions, message).prop_map(|(conditions, message)| {
        let mut entry = json!({ "conditions": conditions });
        if let Some(message) = message {
            entry["on_deny"] = message.into();
        }
        entry
    });
    vec(entry, 0..3).prop_map(Value::Array)
}

/// Limits, no two of which have the same name and window.
fn limits() -> impl Strategy<Value = Value> {
    let names = select(vec!["c", "d", "c/x", "c-1"]);
    let windows = select(vec!["minute", "hour", "day"]);
    btree_map((names, windows), 1..4_u64, 0..4).prop_flat_map(|limits| {
        let limits = limits.into_iter().map(|((counter, window), max)| {
            json!({"counter": counter, "window": window, "max": max, "scope": "grant"})
        });
        Just(limits.collect::<Vec<_>>()).prop_shuffle().prop_map(Value::Array)
    })
}

/// An object that has each field or has not.
fn optional<const N: usize>(
    fields: [(&'static str, BoxedStrategy<Value>); N],
) -> BoxedStrategy<Value> {
    fields
        .into_iter()
        .fold(Just(Map::new()).boxed(), |object, (name, value)| {
            (object, option::of(value))
                .prop_map(move |(mut object, value)| {
                    object.extend(value.map(|value| (name.to_owned(), value)));
                    object
                })
                .boxed()
        })
        .prop_map(Value::Object)
        .boxed()
}

/// A policy that the gateway accepts.
pub fn policy() -> impl Strategy<Value = Value> {
    let tool = optional([
        ("require", entries().boxed()),
        ("deny_if", entries().boxed()),
        ("limits", limits().boxed()),
    ]);
    let name = select(&TOOLS[..]).prop_map(str::to_owned);
    let tools = btree_map(name.clone(), tool, 0..5).prop_map(object);
    let hidden = prop_oneof![8 => name, 1 => Just("*".to_owned())];
    let hide = prop_oneof![4 => Just(json!([])), 1 => vec(hidden, 0..3).prop_map(Value::from)];
    let rest = optional([
        ("tools", tools.boxed()),
        ("hide", hide.boxed()),
        ("all_tools", optional([("limits", limits().boxed())])),
    ]);
    (rest, select(vec!["allow", "deny"])).prop_map(|(mut policy, default)| {
        policy["version"] = "1".into();
        policy["default"] = default.into();
        policy
    })
}

/// The arguments of a call.
pub fn arguments() -> impl Strategy<Value = Value> {
    btree_map(key(), value(), 0..4).prop_map(object)
}

/// Calls in the order of time, some of them at the same moment, over several windows.
pub fn calls() -> impl Strategy<Value = Vec<Call>> {
    let tool = prop_oneof![9 => Just("t"), 9 => select(&TOOLS[..]), 1 => Just("unlisted")];
    let pause = select(vec![0_i64, 0, 1, 20, 59, 61, 3_000, 40_000]);
    let call = (tool, 0..2_u32, pause, arguments(), prop::bool::weighted(0.15));
    vec(call, 1..30).prop_map(|calls| {
        // Shortly before a midnight.
        let mut time = 3 * 86_400 - 200;
        let call = |(tool, grant, pause, args, failed_upstream): (&str, _, _, _, _)| {
            time += pause;
            Call { tool: tool.to_owned(), grant, args, time, failed_upstream }
        };
        calls.into_iter().map(call).collect()
    })
}

/// A value as JSON, spelt in another way: white space, escapes, keys that stand there twice, of
/// which the last one counts. `bits` chooses where.
pub fn spell(value: &Value, bits: &mut u64) -> String {
    let space = |bits: &mut u64| if flip(bits) { " \t" } else { "" };
    match value {
        Value::Array(elements) => {
            let elements = elements.iter().map(|element| spell(element, bits)).collect::<Vec<_>>();
            format!("[{}{}]", space(bits), elements.join(", "))
        }
        Value::Object(fields) => {
            let mut text = Vec::new();
            for (key, value) in fields {
                if flip(bits) {
                    text.push(format!("{}:{{\"a\":[5]}}", spell_text(key, bits)));
                }
                text.push(format!(
                    "{}{}:{}",
                    spell_text(key, bits),
                    space(bits),
                    spell(value, bits)
                ));
            }
            format!("{{{}{}}}", text.join(","), space(bits))
        }
        Value::String(text) => spell_text(text, bits),
        other => other.to_string(),
    }
}

fn spell_text(text: &str, bits: &mut u64) -> String {
    if flip(bits) {
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        return format!("\"{units}\"");
    }
    Value::from(text).to_string()
}

/// One bit in four is set.
fn flip(bits: &mut u64) -> bool {
    *bits = bits.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    *bits >> 62 == 0
}
