//! Random policies, and pairs of them.

use gatelint::policy::Dialect;
use serde_json::{Value, json};

/// A generator of numbers that is the same on every machine (xorshift64*, Vigna 2016).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    pub(super) fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

pub(super) fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-0.0),
        json!(1),
        json!(1.5),
        json!(2),
        json!(5),
        json!(-3),
        json!(6),
        json!(1000000),
        json!(1e300),
        json!(1e-7),
        json!(9_007_199_254_740_993_u64),
        json!(""),
        json!("a"),
        json!("b"),
        json!("ab"),
        json!("ba"),
        json!("AB"),
        json!("a\nb"),
        json!("é"),
        json!("5"),
        json!("0"),
        json!("-0"),
        json!("1e+06"),
        json!("1000000"),
        json!("true"),
        json!("<nil>"),
        json!("[5]"),
        json!("map[c:5]"),
        json!([]),
        json!([5]),
        json!(["5"]),
        json!(["a"]),
        json!(["a", 5]),
        json!([[5]]),
        json!([-0.0]),
        json!([null, true]),
        json!({}),
        json!({"c": 5}),
        json!({"c": "5"}),
        json!({"c": null}),
        json!({"c": "ab", "d": 1}),
        json!({"c": {"c": 5}}),
        json!({"c": [5]}),
    ]
}

const PATTERNS: [&str; 19] = [
    "a",
    "^a",
    "a$",
    "^a$",
    "a|b",
    "^(a|b)*$",
    "^[ab]+$",
    "(?i)ab",
    ".",
    "^.$",
    "\\d",
    "^$",
    "[^a]",
    "(?s)a.b",
    "\\ba\\b",
    "^(?:ab|ba)",
    r"\Bb",
    r"^\pL{0,3}$",
    "^(a|ab|é|5)$",
];

fn condition(random: &mut Random, values: &[Value]) -> Value {
    let path = *random.pick(&["args.a", "args.a", "args.a", "args.b", "args.a.c", "args.b.c"]);
    let list = |random: &mut Random| -> Value {
        (0..random.below(4)).map(|_| random.pick(values).clone()).collect()
    };
    let (op, value) = match random.below(12) {
        0 => ("eq", random.pick(values).clone()),
        1 => ("neq", random.pick(values).clone()),
        2 => ("in", list(random)),
        3 => ("not_in", list(random)),
        4 => ("lt", json!(*random.pick(&[0.0, 1.0, 1.5, 5.0]))),
        5 => ("lte", json!(*random.pick(&[0.0, 1.0, 1.5, 5.0]))),
        6 => ("gt", json!(*random.pick(&[0.0, 1.0, 1.5, 5.0]))),
        7 => ("gte", json!(*random.pick(&[0.0, 1.0, 1.5, 5.0]))),
        8 | 9 => ("regex", json!(*random.pick(&PATTERNS))),
        10 => ("contains", random.pick(values).clone()),
        _ => ("exists", json!(random.below(2) == 0)),
    };
    json!({"path": path, "op": op, "value": value})
}

pub(super) fn conditions(random: &mut Random, values: &[Value], least: usize) -> Value {
    let count = least + *random.pick(&[0, 0, 0, 1, 1, 2]);
    (0..count).map(|_| condition(random, values)).collect()
}

pub(super) fn v1(random: &mut Random, values: &[Value]) -> Value {
    let entries = |random: &mut Random, least: usize| -> Value {
        let count = *random.pick(&[0, 0, 1, 1, 2]);
        (0..count).map(|_| json!({"conditions": conditions(random, values, least)})).collect()
    };
    let default = *random.pick(&["allow", "deny"]);
    let hide = if random.below(20) == 0 { json!(["t"]) } else { json!([]) };
    let mut policy = json!({"version": "1", "default": default, "hide": hide, "tools": {}});
    if random.below(12) > 0 {
        let (require, deny_if) = (entries(random, 0), entries(random, 1));
        policy["tools"]["t"] = json!({"require": require, "deny_if": deny_if});
    }
    policy
}

pub(super) fn intercept(random: &mut Random, values: &[Value]) -> Value {
    let count = *random.pick(&[0, 1, 1, 2, 3]);
    let rules: Vec<Value> = (0..count)
        .map(|index| match random.below(15) {
            0 => json!({"name": format!("r{index}"), "action": "deny"}),
            _ => {
                json!({"name": format!("r{index}"), "conditions": conditions(random, values, 1)})
            }
        })
        .collect();
    let default = *random.pick(&["allow", "deny"]);
    json!({"version": "1", "default": default, "tools": {"t": {"rules": rules}}})
}

/// A pair of policies; often the second is the first with one part taken from elsewhere, because
/// pairs that are alike are the hard ones.
pub(super) fn pair(random: &mut Random, values: &[Value]) -> [(Value, Dialect); 2] {
    let new = |random: &mut Random| match random.below(3) {
        0 => (intercept(random, values), Dialect::INTERCEPT),
        _ => (v1(random, values), Dialect::V1),
    };
    let first = new(random);
    let mut second = new(random);
    if first.1 == second.1 && random.below(2) == 0 {
        let part = match first.1 {
            Dialect::V1 => *random.pick(&["require", "deny_if"]),
            _ => return [first.clone(), altered(random, first, values)],
        };
        let taken = first.0["tools"]["t"][part].clone();
        if taken.is_array() && second.0["tools"]["t"].is_object() {
            second.0["tools"]["t"][part] = taken;
        }
    }
    [first, second]
}

fn altered(
    random: &mut Random,
    (mut policy, dialect): (Value, Dialect),
    values: &[Value],
) -> (Value, Dialect) {
    if let Some(rules) = policy["tools"]["t"]["rules"].as_array_mut()
        && !rules.is_empty()
    {
        let index = random.below(rules.len());
        match random.below(3) {
            0 => _ = rules.remove(index),
            1 => rules.reverse(),
            _ => rules[index] = json!({"name": "n", "conditions": conditions(random, values, 1)}),
        }
    }
    (policy, dialect)
}
