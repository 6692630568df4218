//! The solver against enumerated calls: what it proves is never contradicted, what it finds always
//! holds. `GATELINT_PAIRS` sets how many random pairs of policies are tried.

use gatelint::convert::{convert, file_name};
use gatelint::diff::{AccessChanges, Shapes};
use gatelint::engine::{Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Timestamp};
use gatelint::policy::{self, Dialect, Policy};
use gatelint::report::policy_text;
use gatelint::solver::{Budget, Evidence, Shape, Version, lost, lost_overall};
use gatelint::source::Document;
use serde_json::{Value, json};

use crate::properties::pattern::outcome;

/// A generator of numbers that is the same on every machine (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

fn values() -> Vec<Value> {
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

const PATTERNS: [&str; 16] = [
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

fn conditions(random: &mut Random, values: &[Value], least: usize) -> Value {
    let count = least + *random.pick(&[0, 0, 0, 1, 1, 2]);
    (0..count).map(|_| condition(random, values)).collect()
}

fn v1(random: &mut Random, values: &[Value]) -> Value {
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

fn intercept(random: &mut Random, values: &[Value]) -> Value {
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

fn read(json: &Value, dialect: Dialect) -> Policy {
    let document = Document::read("policy.json", json.to_string().into_bytes());
    let reading = policy::read(&document, Some(dialect));
    assert!(!reading.is_refused(), "{json}: {:?}", reading.defects);
    reading.policy.unwrap()
}

/// A pair of policies; often the second is the first with one part taken from elsewhere, because
/// pairs that are alike are the hard ones.
fn pair(random: &mut Random, values: &[Value]) -> [(Value, Dialect); 2] {
    let new = |random: &mut Random| match random.below(3) {
        0 => (intercept(random, values), Dialect::INTERCEPT),
        _ => (v1(random, values), Dialect::V1),
    };
    let first = new(random);
    let mut second = new(random);
    if first.1 == second.1 && random.below(2) == 0 {
        let part = match first.1 {
            Dialect::V1 => *random.pick(&["require", "deny_if"]),
            Dialect::Intercept(_) => return [first.clone(), altered(random, first, values)],
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

fn calls(values: &[Value]) -> Vec<String> {
    let mut calls = vec!["{}".to_owned()];
    for a in values {
        calls.push(json!({"a": a}).to_string());
        calls.push(json!({"b": a}).to_string());
        for b in [json!(5), json!("ab"), json!(""), json!({"c": 1.5}), json!(["a"]), json!(null)] {
            calls.push(json!({"a": a, "b": b}).to_string());
        }
    }
    calls
}

/// The policy with one check alone, so that what it refuses by itself can be seen.
fn alone(policy: &Policy, pointer: &str) -> Policy {
    let mut policy = policy.clone();
    for tool in &mut policy.tools {
        tool.rules.checks.retain(|check| check.pointer.as_str() == pointer);
    }
    policy
}

#[derive(Debug, Default)]
struct Counts {
    pairs: usize,
    proved: usize,
    witnesses: usize,
    unknown: usize,
    /// Unknown although an enumerated call shows the answer.
    missed: usize,
}

fn compare(old: &Policy, new: &Policy, calls: &[String], counts: &mut Counts, shown: &str) {
    let (before, after) = (Version::new(old), Version::new(new));
    let found = lost(&before, &after, "t", &Shape::any(), &Budget::new(None));
    let passing: Vec<&String> =
        calls.iter().filter(|call| outcome(&after.gate, call) == Outcome::Allow).collect();
    let loosened = passing.iter().find(|call| outcome(&before.gate, call) != Outcome::Allow);
    counts.pairs += 1;
    if found.is_empty() {
        counts.proved += 1;
        assert_eq!(loosened, None, "was proved impossible: {shown}");
    }
    let mut unknown = false;
    for lost in &found {
        match &lost.evidence {
            Evidence::Call(arguments) => {
                let text = arguments.to_string();
                counts.witnesses += 1;
                assert_eq!(outcome(&after.gate, &text), Outcome::Allow, "{shown}: {text}");
                assert_eq!(outcome(&before.gate, &text), Outcome::Deny, "{shown}: {text}");
            }
            Evidence::Unknown(_) => unknown = true,
            Evidence::Burst(_) => panic!("there are no limits: {shown}"),
        }
    }
    let certain = found.iter().any(|lost| matches!(lost.evidence, Evidence::Call(_)));
    counts.unknown += usize::from(unknown && !certain);
    counts.missed += usize::from(unknown && !certain && loosened.is_some());
    for check in old.tools.iter().flat_map(|tool| &tool.rules.checks) {
        let pointer = check.pointer.as_str();
        if found.iter().any(|lost| lost.protection.pointer() == pointer) || refuses_all(old) {
            continue;
        }
        let gate = Gate::new(&alone(old, pointer));
        let refused = passing.iter().find(|call| outcome(&gate, call) != Outcome::Allow);
        assert_eq!(refused, None, "{pointer} was proved to be kept: {shown}");
    }
}

/// Whether the tool is refused whatever its checks say.
fn refuses_all(policy: &Policy) -> bool {
    !policy.hide.is_empty() || (policy.tools.is_empty() && !policy.default.allows())
}

#[test]
#[expect(clippy::disallowed_macros, reason = "the counts are for who runs it with --nocapture")]
fn what_is_proved_is_never_contradicted_and_what_is_found_always_holds() {
    let pairs = std::env::var("GATELINT_PAIRS").ok().and_then(|pairs| pairs.parse().ok());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let values = values();
    let calls = calls(&values);
    let mut counts = Counts::default();
    for _ in 0..pairs.unwrap_or(1_500) {
        let [one, other] = pair(&mut random, &values);
        let shown = format!("{} -> {}", one.0, other.0);
        let (old, new) = (read(&one.0, one.1), read(&other.0, other.1));
        compare(&old, &new, &calls, &mut counts, &shown);
    }
    println!("{counts:?}");
    assert!(counts.proved * 10 > counts.pairs, "{counts:?}");
    assert!(counts.witnesses * 4 > counts.pairs, "{counts:?}");
    assert!(counts.unknown * 20 < counts.pairs, "{counts:?}");
}

/// A policy with limits on two tools and on all tools together, and the tools that it lists.
fn limited(random: &mut Random) -> Value {
    let limit = |random: &mut Random| {
        let window = *random.pick(&["minute", "hour", "day"]);
        let max = 1 + random.below(if window == "minute" { 4 } else { 12 });
        json!({"counter": "c", "window": window, "max": max, "scope": "grant"})
    };
    let limits = |random: &mut Random| -> Value {
        let mut limits: Vec<Value> = Vec::new();
        for _ in 0..*random.pick(&[0, 1, 1, 2]) {
            let limit = limit(random);
            if limits.iter().all(|other| other["window"] != limit["window"]) {
                limits.push(limit);
            }
        }
        limits.into()
    };
    let mut policy = json!({"version": "1", "default": "deny", "tools": {}});
    for tool in ["t", "u"] {
        policy["tools"][tool] = json!({"limits": limits(random)});
    }
    if random.below(2) == 0 {
        policy["all_tools"] = json!({"limits": limits(random)});
    }
    policy
}

/// The moments of some calls, in order: bursts, and pauses of any length.
fn moments(random: &mut Random) -> Vec<i64> {
    let mut moment = 86_400 * 20_000 + *random.pick(&[0, 50, 3_590, 86_390]);
    let pauses = [0, 0, 0, 0, 0, 0, 1, 30, 60, 600, 3_600, 40_000];
    let moments = (0..60).map(|_| {
        moment += *random.pick(&pauses);
        moment
    });
    moments.collect()
}

#[test]
fn limits_that_are_proved_to_be_kept_refuse_nothing_that_passes_the_others() {
    let mut random = Random(7);
    let (mut proved, mut lost_count) = (0, 0);
    for _ in 0..800 {
        let (one, other) = (limited(&mut random), limited(&mut random));
        let (old, new) = (read(&one, Dialect::V1), read(&other, Dialect::V1));
        let (before, after) = (Version::new(&old), Version::new(&new));
        let (any, budget) = (Shape::any(), Budget::new(None));
        let mut found = lost_overall(&before, &after, &[("t", &any), ("u", &any)], &budget);
        for tool in ["t", "u"] {
            found.extend(lost(&before, &after, tool, &any, &budget));
        }
        let known = found.iter().all(|lost| matches!(lost.evidence, Evidence::Burst(_)));
        assert!(known, "{one} -> {other}: {found:?}");
        if !found.is_empty() {
            lost_count += 1;
            continue;
        }
        proved += 1;
        let mut counters = [Counters::default(), Counters::default()];
        for moment in moments(&mut random) {
            let tool = *random.pick(&["t", "u"]);
            let call = Call {
                tool,
                grant: GrantId(0),
                time: Some(Timestamp::at_second(moment)),
                in_order: true,
                arguments: Arguments::Absent,
                result: CallResult::Ok,
            };
            if after.gate.decide(&call, &mut counters[1]).outcome == Outcome::Allow {
                let outcome = before.gate.decide(&call, &mut counters[0]).outcome;
                assert_eq!(outcome, Outcome::Allow, "{one} -> {other} at {moment}");
            }
        }
    }
    assert!(proved > 50 && lost_count > 50, "{proved} proved, {lost_count} lost");
}

#[test]
fn a_conversion_is_valid_and_decides_alike_wherever_that_is_proved() {
    let mut random = Random(11);
    let values = values();
    let calls = calls(&values);
    let (mut same, mut total) = (0, 0);
    for index in 0..400 {
        let (json, dialect, to) = match index % 2 {
            0 => (v1(&mut random, &values), Dialect::V1, Dialect::INTERCEPT),
            _ => (intercept(&mut random, &values), Dialect::INTERCEPT, Dialect::V1),
        };
        let policy = read(&json, dialect);
        let text = policy_text(&convert(&policy, to).document);
        let document = Document::read(file_name(to), text.clone().into_bytes());
        let reading = policy::read(&document, None);
        assert!(!reading.is_refused(), "{json}: {text}: {:?}", reading.defects);
        let written = reading.policy.unwrap();
        assert_eq!(written.dialect, to, "{text}");
        let budget = Budget::new(None);
        let access = AccessChanges::new(&policy, &written, &Shapes::default(), &budget);
        total += 1;
        if !access.tools.is_empty() {
            continue;
        }
        same += 1;
        let (before, after) = (Gate::new(&policy), Gate::new(&written));
        for call in &calls {
            let (one, other) = (outcome(&before, call), outcome(&after, call));
            assert_eq!(one, other, "{json} -> {text}: {call}");
        }
    }
    assert!(same * 3 > total, "{same} of {total}");
}
