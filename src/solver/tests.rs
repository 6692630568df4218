//! The solver on single questions.

mod hard;
mod operators;

use serde_json::json;

use super::*;
use crate::policy::{Condition, Equality, Policy, Subject, read};
use crate::source::Document;

fn policy(name: &str, text: &str) -> Policy {
    let reading = read(&Document::read(name, text.as_bytes().to_vec()), None);
    assert!(!reading.is_refused(), "{:?}", reading.defects);
    reading.policy.unwrap()
}

/// A version "1" policy with the rules of the tool `t`.
fn v1(rules: &str) -> Policy {
    policy(
        "p.json",
        &format!(r#"{{"version": "1", "default": "deny", "tools": {{"t": {{{rules}}}}}}}"#),
    )
}

/// An Intercept policy with the rules of the tool `t`.
fn intercept(rules: &str) -> Policy {
    policy("p.yaml", &format!("version: \"1\"\ndefault: deny\ntools: {{t: {{rules: [{rules}]}}}}"))
}

fn require(conditions: &[(&str, &str, serde_json::Value)]) -> String {
    format!("\"require\": [{}]", entry(conditions))
}

fn deny_if(conditions: &[(&str, &str, serde_json::Value)]) -> String {
    format!("\"deny_if\": [{}]", entry(conditions))
}

fn entry(conditions: &[(&str, &str, serde_json::Value)]) -> String {
    let conditions: Vec<_> = conditions
        .iter()
        .map(|(path, op, value)| json!({"path": format!("args.{path}"), "op": op, "value": value}))
        .collect();
    json!({ "conditions": conditions }).to_string()
}

/// What shows that the first protection of `old` is lost for calls whose arguments are an object; none
/// if all are kept.
fn evidence(old: &Policy, new: &Policy, shape: &Shape) -> Option<Evidence> {
    let mut old = old.clone();
    old.semantics.unreadable = new.semantics.unreadable;
    let (old, new) = (Version::new(&old), Version::new(new));
    lost(&old, &new, "t", shape, &Budget::new(None)).into_iter().next().map(|lost| lost.evidence)
}

#[track_caller]
fn check(old: &Policy, new: &Policy, expected: Option<serde_json::Value>) {
    match (evidence(old, new, &Shape::any()), expected) {
        (Some(Evidence::Call(arguments)), Some(expected)) => assert_eq!(arguments, expected),
        (None, None) => {}
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

#[test]
fn witnesses_are_as_small_and_readable_as_can_be() {
    let open = v1("");
    for (conditions, expected) in [
        (vec![("n", "lte", json!(100))], json!({})),
        (vec![("n", "exists", json!(true))], json!({})),
        (vec![("n", "exists", json!(false))], json!({"n": ""})),
        (vec![("a.b", "exists", json!(false))], json!({"a": {"b": ""}})),
    ] {
        check(&v1(&require(&conditions)), &open, Some(expected));
    }
    for (conditions, expected) in [
        (vec![("n", "gt", json!(100))], json!({"n": 101})),
        (vec![("n", "gt", json!(0)), ("n", "lt", json!(1))], json!({"n": 0.5})),
        (vec![("s", "regex", json!("^[a-z]+@x\\.org$"))], json!({"s": "a@x.org"})),
        (vec![("s", "regex", json!("^.{3}$")), ("s", "neq", json!("aaa"))], json!({"s": "aab"})),
        (vec![("s", "regex", json!("^[^\\x00-\\x7f]$"))], json!({"s": "é"})),
        (vec![("l", "contains", json!(5)), ("l", "neq", json!([5]))], json!({"l": [5, "x0"]})),
        (
            vec![("a.b", "eq", json!(1)), ("a", "neq", json!({"b": 1}))],
            json!({"a": {"b": 1, "x0": true}}),
        ),
    ] {
        check(&v1(&deny_if(&conditions)), &open, Some(expected));
    }
}

#[test]
fn conditions_written_otherwise_are_proved_to_be_kept() {
    for (old, new) in [
        (("s", "regex", json!("^(a|b)$")), ("s", "in", json!(["a", "b"]))),
        (("s", "regex", json!("(?i)^ab$")), ("s", "in", json!(["ab", "aB", "Ab", "AB"]))),
        (("s", "contains", json!("ab")), ("s", "regex", json!("^xaby$"))),
        (("n", "gt", json!(0)), ("n", "in", json!([1, 2.5]))),
        (("n", "neq", json!(5)), ("n", "lt", json!(5))),
        (("a", "exists", json!(true)), ("a.b", "exists", json!(true))),
        (("a", "neq", json!(null)), ("a.b", "neq", json!(0))),
    ] {
        check(&v1(&require(&[old])), &v1(&require(&[new])), None);
    }
    let both = [("s", "regex", json!("^a")), ("s", "regex", json!("b$"))];
    check(
        &v1(&require(&[("s", "regex", json!("^a.*b$|^a(?s:.)*b$"))])),
        &v1(&require(&both)),
        None,
    );
}

#[test]
fn a_deny_if_entry_of_the_new_policy_is_taken_by_any_of_its_conditions() {
    let entry = |n: i64| [("n", "gte", json!(n)), ("s", "eq", json!("x"))];
    check(&v1(&deny_if(&entry(5))), &v1(&deny_if(&entry(3))), None);
    check(&v1(&deny_if(&entry(3))), &v1(&deny_if(&entry(5))), Some(json!({"n": 4, "s": "x"})));
}

#[test]
fn intercept_compares_printed_text_and_so_does_the_solver() {
    let rule = |condition: &str| intercept(&format!("{{name: r, conditions: [{condition}]}}"));
    let five = rule("{path: args.n, op: eq, value: 5}");
    check(&v1(&require(&[("n", "eq", json!(5))])), &five, Some(json!({"n": "5"})));
    check(&v1(&require(&[("n", "in", json!([5, "5"]))])), &five, None);
    let million = rule("{path: args.n, op: eq, value: \"1000000\"}");
    check(&v1(&require(&[("n", "eq", json!("1000000"))])), &million, None);
    let exponent = rule("{path: args.n, op: eq, value: \"1e+06\"}");
    check(&v1(&require(&[("n", "eq", json!("1e+06"))])), &exponent, Some(json!({"n": 1000000})));
    // The lists that print alike are all known where they are few; else not found is not proved.
    let list = rule("{path: args.l, op: eq, value: [5]}");
    let strict = v1(&require(&[("l", "in", json!(["[5]", [5], ["5"]]))]));
    check(&strict, &list, None);
    check(&v1(&require(&[("l", "in", json!(["[5]", [5]]))])), &list, Some(json!({"l": ["5"]})));
    let long = format!("[{}]", "x ".repeat(12));
    let list = rule(&format!("{{path: args.l, op: eq, value: \"{long}\"}}"));
    let strict = v1(&require(&[("l", "eq", json!(long))]));
    assert!(matches!(
        evidence(&strict, &list, &Shape::any()),
        Some(Evidence::Unknown(Why::PrintedText))
    ));
}

#[test]
fn an_amount_must_be_a_number_and_other_counters_are_not_guessed() {
    let spend = "{name: s, conditions: [{path: state.t.spend, op: lte, value: 100}], state: {counter: spend, window: day, increment_from: args.amount}}";
    check(&intercept(spend), &intercept(""), Some(json!({})));
    check(
        &intercept(spend),
        &v1(&require(&[("amount", "eq", json!("x"))])),
        Some(json!({"amount": "x"})),
    );
    check(&intercept(spend), &intercept(spend), None);
    let bounded = v1(&require(&[("amount", "lt", json!(5))]));
    assert!(matches!(
        evidence(&intercept(spend), &bounded, &Shape::any()),
        Some(Evidence::Unknown(Why::Amount))
    ));
    let reads = "{name: c, rate_limit: 5/hour}, {name: r, conditions: [{path: state.t._rate_hour, op: gt, value: 2}]}";
    let found =
        evidence(&intercept(reads), &intercept("{name: c, rate_limit: 5/hour}"), &Shape::any());
    assert!(matches!(found, Some(Evidence::Unknown(Why::Counter))), "{found:?}");
    check(&intercept(reads), &intercept(reads), None);
}

#[test]
fn a_shape_takes_away_only_what_the_schema_excludes() {
    let old = v1(&require(&[("n", "lte", json!(10))]));
    let open = v1("");
    let schema = json!({"type": "object", "required": ["n", "s"], "additionalProperties": false,
        "properties": {"n": {"type": "integer"}, "s": {"enum": ["x", "y"]}}});
    let found = evidence(&old, &open, &Shape::of_schema(&schema));
    assert!(
        matches!(&found, Some(Evidence::Call(call)) if *call == json!({"n": 11, "s": "x"})),
        "{found:?}"
    );
    let small = json!({"properties": {"n": {"enum": [1, 10]}}, "required": ["n"]});
    assert!(evidence(&old, &open, &Shape::of_schema(&small)).is_none());
    for unclear in [
        json!({"properties": {"n": {"anyOf": [{"type": "null"}, {"$ref": "#/x"}]}}}),
        json!({"properties": {"n": {"type": "mystery"}}}),
        json!(true),
    ] {
        assert!(evidence(&old, &open, &Shape::of_schema(&unclear)).is_some(), "{unclear}");
    }
}

#[test]
fn entries_that_are_dead_contradictory_or_always_true_are_told() {
    let of = |written: &[(&str, &str, serde_json::Value)]| {
        v1(&deny_if(written)).tools[0].rules.checks[0].conditions.clone()
    };
    let clash = of(&[("s", "regex", json!("^a")), ("s", "regex", json!("^b"))]);
    let (wide, narrow) = (of(&[("n", "gt", json!(1))]), of(&[("n", "gt", json!(2))]));
    let [clash, wide, narrow] =
        [&clash, &wide, &narrow].map(|conditions| conditions.iter().collect::<Vec<_>>());
    let (shape, budget) = (Shape::any(), Budget::new(None));
    let ask = Conditions { equality: Equality::Strict, shape: &shape, budget: &budget };
    assert_eq!(ask.can_hold(&clash), Some(false));
    assert_eq!(ask.can_hold(&wide), Some(true));
    assert_eq!(ask.implies(&narrow, &wide), Some(true));
    assert_eq!(ask.implies(&wide, &narrow), Some(false));
    assert_eq!(ask.always_hold(&wide), Some(false));
    let odd = Condition { subject: Subject::Counter("t.c".into()), ..wide[0].clone() };
    assert_eq!(ask.can_hold(&[&odd]), None);
}

#[test]
fn what_is_far_too_large_is_unknown_and_overflows_nothing() {
    let deep = format!("a{}", ".a".repeat(50_000));
    let found = evidence(&v1(&require(&[(&deep, "eq", json!(1))])), &v1(""), &Shape::any());
    assert!(matches!(found, Some(Evidence::Unknown(Why::TooManyCases))), "{found:?}");
    // Every short word is denied with a number, so that each choice leads to the next one.
    let letters = || ('a'..='z').map(String::from);
    let words = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let entries: Vec<String> = words
        .map(|word| entry(&[("s", "eq", json!(word)), ("n", "exists", json!(true))]))
        .collect();
    let many = v1(&format!("\"deny_if\": [{}]", entries.join(",")));
    let pattern = ("s", "regex", json!("^[a-z][a-z]$"));
    let old = v1(&deny_if(&[pattern, ("n", "lt", json!(5_000))]));
    let found = evidence(&old, &many, &Shape::any());
    assert!(matches!(found, Some(Evidence::Unknown(Why::TooManyCases))), "{found:?}");
}

#[test]
fn a_word_that_starts_like_an_object_is_a_word() {
    let rule = |condition: &str| intercept(&format!("{{name: r, conditions: [{condition}]}}"));
    let one = rule("{path: args.b, op: eq, value: main}");
    let more = rule("{path: args.b, op: in, value: [main, master]}");
    check(&more, &one, None);
    check(&one, &more, Some(json!({"b": "master"})));
}

#[test]
fn hard_patterns_end_at_the_cap_and_not_with_a_proof() {
    let with = |pattern: &str| v1(&require(&[("q", "regex", json!(pattern))]));
    let (old, new) = (with("^(a|b)*a(a|b){16}$"), with("^(a|b)*a(b|a){16}$"));
    let mut budget = Budget::new(None);
    budget.states = 2_000;
    let found = lost(&Version::new(&old), &Version::new(&new), "t", &Shape::any(), &budget);
    assert!(matches!(found[0].evidence, Evidence::Unknown(Why::TooManyStates)), "{found:?}");
    // Of a witness that is too long to be met among the shortest ones another one is found.
    let new = with("^(a|b)*a(a|b){17}$");
    let found = lost(&Version::new(&old), &Version::new(&new), "t", &Shape::any(), &budget);
    assert!(matches!(found[0].evidence, Evidence::Call(_)), "{found:?}");
    let found = evidence(&with("^(a|b)*a(a|b){4}$"), &with("^(a|b)*a(b|a){4}$"), &Shape::any());
    assert!(found.is_none(), "{found:?}");
}

#[test]
fn an_entry_that_leaves_another_one_nothing_to_decide_is_told() {
    let word = |text: &str| entry(&[("s", "regex", json!(text))]);
    let wide = entry(&[("n", "gt", json!(1))]);
    let narrow = entry(&[("n", "gt", json!(2)), ("s", "eq", json!("x"))]);
    let text = format!(
        "\"require\": [{}, {}], \"deny_if\": [{wide}, {narrow}, {}]",
        word("^[a-f]$"),
        word("^[a-z]$"),
        word("x")
    );
    let policy = v1(&text);
    let budget = Budget::new(None);
    let entries = Entries::new(policy.tools[0].rules.checks.iter(), Equality::Strict);
    for (entry, earlier, decides) in
        [(1, 0, false), (3, 2, false), (4, 0, false), (2, 0, true), (4, 2, true), (4, 1, true)]
    {
        let told = entries.decides_after(entry, &[earlier], &budget);
        assert_eq!(told, Some(decides), "{entry} after {earlier}");
    }
    assert!((0..5).all(|entry| entries.refuses_some(entry, &budget) == Some(true)));
    assert!((0..5).all(|entry| entries.passes_some(&[entry], &budget) == Some(true)));
    assert_eq!(entries.can_be_passed(&budget), Some(true));
    assert_eq!(entries.refusing_all(&budget), None);
    let poor = Budget::of_steps(1);
    assert_eq!(entries.can_be_passed(&poor), None);
}

#[test]
fn entries_that_refuse_every_call_between_them_are_told() {
    let present = entry(&[("n", "exists", json!(true))]);
    let (low, high) = (entry(&[("n", "lte", json!(5))]), entry(&[("n", "gt", json!(4))]));
    let check = |deny_if: &str, expected: Option<bool>, counter: bool| {
        let mut policy = v1(&format!("\"require\": [{present}], \"deny_if\": [{deny_if}]"));
        let checks = &mut policy.tools[0].rules.checks;
        if counter {
            checks[0].conditions[0].subject = Subject::Counter("t.c".into());
        }
        let entries = Entries::new(checks.iter(), Equality::Strict);
        assert_eq!(entries.can_be_passed(&Budget::new(None)), expected, "{deny_if}");
        entries.refusing_all(&Budget::new(None))
    };
    // A text is neither.
    assert_eq!(check(&format!("{low}, {high}"), Some(true), false), None);
    // What is not needed for it is left out: here `high`.
    assert_eq!(check(&format!("{high}, {present}"), Some(false), false), Some(vec![0, 2]));
    let absent = entry(&[("n", "exists", json!(false))]);
    // Of what reads a counter nothing is known.
    assert_eq!(check(&format!("{absent}, {present}"), Some(false), true), Some(vec![1, 2]));
    assert_eq!(check(&high, None, true), None);
}

#[test]
fn entries_that_leave_another_one_nothing_between_them_are_told() {
    let compare = |op: &str, bound: i64| entry(&[("n", op, json!(bound))]);
    let other = entry(&[("s", "eq", json!("x"))]);
    let few = entry(&[("n", "in", json!([3, 12]))]);
    let covering = |bound: i64| {
        let (low, high) = (compare("lt", 10), compare("gte", bound));
        let policy = v1(&format!("\"deny_if\": [{low}, {other}, {high}, {few}]"));
        let entries = Entries::new(policy.tools[0].rules.checks.iter(), Equality::Strict);
        let budget = Budget::new(None);
        assert_eq!(entries.covering(3, &[0, 1, 2], &Budget::of_steps(1)), None);
        entries.covering(3, &[0, 1, 2], &budget)
    };
    assert_eq!(covering(10), Some(vec![0, 2]));
    assert_eq!(covering(12), Some(vec![0, 2]));
    assert_eq!(covering(13), None);
}
