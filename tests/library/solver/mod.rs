//! The solver against enumerated calls: what it proves is never contradicted, what it finds always
//! holds. `GATELINT_PAIRS` sets how many random pairs of policies are tried.

mod agents;
mod random;
mod statements;

use gatelint::convert::{convert, file_name};
use gatelint::diff::{AccessChanges, Certainty};
use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings, Timestamp,
};
use gatelint::policy::{self, Dialect, Policy};
use gatelint::report::policy_text;
use gatelint::solver::{Budget, Evidence, Shape, Shapes, Version, Why, lost, lost_overall};
use gatelint::source::Document;
use serde_json::{Value, json};

use self::random::{Random, intercept, pair, v1, values};
use crate::properties::pattern::outcome;

fn read(json: &Value, dialect: Dialect) -> Policy {
    let document = Document::read("policy.json", json.to_string().into_bytes());
    let reading = policy::read(&document, Some(dialect));
    assert!(!reading.is_refused(), "{json}: {:?}", reading.defects);
    reading.policy.unwrap()
}

/// Arguments that are no object.
const NO_OBJECTS: [&str; 5] = ["[]", r#"[{"a":5}]"#, r#""ab""#, "5", "false"];

fn calls(values: &[Value]) -> Vec<String> {
    let mut calls = vec!["{}".to_owned()];
    calls.extend(NO_OBJECTS.map(str::to_owned));
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

/// The outcome of a first call of a tool.
fn decided(gate: &Gate, tool: &str, arguments: &str) -> Outcome {
    let call = Call {
        tool,
        grant: GrantId(0),
        time: Some(Timestamp::at_second(0)),
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
        around: Surroundings::default(),
    };
    gate.decide(&call, &mut Counters::default()).outcome
}

/// What is said of the policies as wholes, for a tool that they list and for one that they do not.
fn compare_as_wholes(old: &Policy, new: &Policy, calls: &[String], shown: &str) {
    let access = AccessChanges::new(old, new, &Shapes::default(), &Budget::new(None));
    let gates = [Gate::new(old), Gate::new(new)];
    for (certainty, [refusing, passing]) in
        [(access.loosens(), [0, 1]), (access.tightens(), [1, 0])]
    {
        if certainty != Certainty::No {
            continue;
        }
        for tool in ["t", "nobody_names_it"] {
            let flips = |call: &&String| {
                decided(&gates[passing], tool, call) == Outcome::Allow
                    && decided(&gates[refusing], tool, call) == Outcome::Deny
            };
            let found = calls.iter().find(flips);
            assert_eq!(found, None, "{tool}, {refusing} to {passing}: {shown}");
        }
    }
}

fn compare(old: &Policy, new: &Policy, calls: &[String], counts: &mut Counts, shown: &str) {
    let (before, after) = (Version::new(old), Version::new(new));
    let found = lost(&before, &after, "t", &Shape::any(), &Budget::new(None));
    let passing: Vec<&String> =
        calls.iter().filter(|call| outcome(after.gate(), call) == Outcome::Allow).collect();
    // Of two policies of one dialect neither says what it makes of arguments that are no object.
    let is_refused = |outcome: Outcome| match old.dialect == new.dialect {
        true => outcome == Outcome::Deny,
        false => outcome != Outcome::Allow,
    };
    let loosened = passing.iter().find(|call| is_refused(outcome(before.gate(), call)));
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
                assert_eq!(outcome(after.gate(), &text), Outcome::Allow, "{shown}: {text}");
                assert_eq!(outcome(before.gate(), &text), Outcome::Deny, "{shown}: {text}");
            }
            Evidence::Unknown(Why::Unread) => {}
            Evidence::Unknown(_) => unknown = true,
            Evidence::Burst(_) => panic!("there are no limits: {shown}"),
            Evidence::Recorded(_) => panic!("there is no agent: {shown}"),
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
        let refused = passing.iter().find(|call| outcome(&gate, call) == Outcome::Deny);
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
        compare_as_wholes(&old, &new, &calls, &shown);
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
                after: None,
                arguments: Arguments::Absent,
                result: CallResult::Ok,
                around: Surroundings::default(),
            };
            if after.gate().decide(&call, &mut counters[1]).outcome == Outcome::Allow {
                let outcome = before.gate().decide(&call, &mut counters[0]).outcome;
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
        // What version "1" refuses of arguments that are no object, Intercept forwards.
        let objects_only = access.is_unread_only();
        if !access.tools.is_empty() && !objects_only {
            continue;
        }
        same += 1;
        let (before, after) = (Gate::new(&policy), Gate::new(&written));
        for call in calls.iter().filter(|call| !objects_only || call.starts_with('{')) {
            let (one, other) = (outcome(&before, call), outcome(&after, call));
            assert_eq!(one, other, "{json} -> {text}: {call}");
        }
    }
    assert!(same * 3 > total, "{same} of {total}");
}
