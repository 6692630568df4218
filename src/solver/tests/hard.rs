//! Questions that were given up once.

use serde_json::json;

use super::{check, deny_if, evidence, intercept, policy, require, v1};
use crate::policy::Policy;
use crate::solver::{Budget, Evidence, Shape, Version, Why, lost, lost_overall};

#[test]
fn arguments_that_are_no_object_are_asked_about_where_one_policy_forwards_them() {
    let v1 = |text: &str| policy("p.json", text);
    let closed = v1(r#"{"version": "1", "default": "deny", "tools": {}}"#);
    let open = v1(r#"{"version": "1", "default": "allow", "tools": {}}"#);
    let intercept = |default: &str| {
        policy("p.yaml", &format!("version: \"1\"\ndefault: {default}\ntools: {{}}\n"))
    };
    let found = |old: &Policy, new: &Policy| {
        let (old, new) = (Version::new(old), Version::new(new));
        lost(&old, &new, "t", &Shape::any(), &Budget::new(None))
            .into_iter()
            .map(|lost| lost.evidence)
            .collect::<Vec<_>>()
    };
    let calls = found(&closed, &intercept("deny"));
    assert!(matches!(&calls[..], [Evidence::Call(call)] if *call == json!([])), "{calls:?}");
    assert!(found(&intercept("deny"), &closed).is_empty());
    assert!(found(&open, &intercept("allow")).is_empty());
    let rules = |rules: &str| {
        v1(&format!(r#"{{"version": "1", "default": "allow", "tools": {{"t": {{{rules}}}}}}}"#))
    };
    let required = rules(&require(&[("n", "lt", json!(5))]));
    let calls = found(&required, &intercept("deny"));
    assert!(matches!(&calls[..], [Evidence::Call(call)] if *call == json!([])), "{calls:?}");
    // Nothing public tells what a `deny_if` makes of them.
    let denied = rules(&deny_if(&[("n", "lt", json!(5))]));
    let calls = found(&denied, &intercept("deny"));
    assert!(matches!(calls[..], [Evidence::Unknown(Why::Unread)]), "{calls:?}");
    let limited =
        rules(r#""limits": [{"counter": "c", "window": "hour", "max": 2, "scope": "grant"}]"#);
    let calls = found(&limited, &intercept("deny"));
    assert!(matches!(&calls[..], [Evidence::Burst(burst)] if burst.calls == 3), "{calls:?}");
}

#[test]
fn bursts_are_dealt_out_where_pressing_uses_up_what_is_needed_later() {
    let limited = |all: (&str, i64), own: [(&str, &str, i64); 2]| {
        let limit = |(window, max): (&str, i64)| json!({"limits": [{"counter": "c", "window": window, "max": max, "scope": "grant"}]});
        let mut policy =
            json!({"version": "1", "default": "deny", "all_tools": limit(all), "tools": {}});
        for (tool, window, max) in own {
            policy["tools"][tool] = limit((window, max));
        }
        policy
    };
    let overall = |max: i64, window: &str| {
        let mut old = limited((window, max), [("a", "day", 9_999), ("b", "day", 9_999)]);
        old["tools"] = json!({"a": {}, "b": {}});
        policy("p.json", &old.to_string())
    };
    let found = |old: &Policy, new: &Policy| {
        let (old, new, any) = (Version::new(old), Version::new(new), Shape::any());
        lost_overall(&old, &new, &[("a", &any), ("b", &any)], &Budget::new(None))
            .into_iter()
            .map(|lost| lost.evidence)
            .collect::<Vec<_>>()
    };
    // 15 of `a` in the hour and one of `b` a minute, of ten a minute in all.
    let new = limited(("minute", 10), [("a", "hour", 15), ("b", "minute", 1)]);
    let new = policy("p.json", &new.to_string());
    let calls = found(&overall(74, "hour"), &new);
    assert!(matches!(&calls[..], [Evidence::Burst(burst)] if burst.calls == 75), "{calls:?}");
    assert!(found(&overall(75, "hour"), &new).is_empty());
    // Six a minute all day long, of which neither tool alone may make so many.
    let new = limited(("minute", 6), [("a", "day", 4_000), ("b", "hour", 200)]);
    let new = policy("p.json", &new.to_string());
    let calls = found(&overall(8_639, "day"), &new);
    assert!(matches!(&calls[..], [Evidence::Burst(burst)] if burst.calls == 8_640), "{calls:?}");
    assert!(found(&overall(8_640, "day"), &new).is_empty());
}

#[test]
fn patterns_that_were_too_hard_are_answered() {
    let with = |pattern: &str| v1(&require(&[("s", "regex", json!(pattern))]));
    check(&with(r"\Bx"), &with("x"), Some(json!({"s": "x"})));
    check(&with("x"), &with(r"\Bx"), None);
    check(&with(r"\B|é"), &with(r"^é$"), None);
    let found = evidence(&with(r"^\pL{0,255}$"), &with(r"^\pL{0,256}$"), &Shape::any());
    let longest = |call: &serde_json::Value| call["s"].as_str().unwrap().chars().count();
    assert!(matches!(&found, Some(Evidence::Call(call)) if longest(call) == 256), "{found:?}");
    let names = |skipped: usize, more: &[&str]| {
        let names =
            (0..4_000).filter(|name| *name != skipped).map(|name| format!("{:x}n", name * 7_919));
        let all: Vec<String> = names.chain(more.iter().map(ToString::to_string)).collect();
        with(&format!("^({})$", all.join("|")))
    };
    let (all, replaced) = (names(4_000, &[]), names(17, &["new"]));
    check(&all, &replaced, Some(json!({"s": "new"})));
    check(&replaced, &all, Some(json!({"s": format!("{:x}n", 17 * 7_919)})));
    check(&all, &names(4_000, &[]), None);
    // Tied to no end, and with dots that stand for any character.
    let open = |last: &str| {
        let names: Vec<String> = (0..2_000).map(|name| format!("n{name:05}.example.org")).collect();
        with(&format!("{}|{last}", names.join("|")))
    };
    let found = evidence(&open("old.example.org"), &open("new.example.org"), &Shape::any());
    assert!(matches!(found, Some(Evidence::Call(_))), "{found:?}");
}

#[test]
fn no_list_is_a_number_whichever_condition_comes_first() {
    let rule = |conditions: [&str; 2]| {
        let rules = conditions.map(|condition| format!("{{name: r, conditions: [{condition}]}}"));
        intercept(&rules.join(", "))
    };
    let list = "{path: args.n, op: eq, value: [5]}";
    let number = "{path: args.n, op: gte, value: 1}";
    for conditions in [[list, number], [number, list]] {
        assert!(evidence(&v1(&deny_if(&[])), &rule(conditions), &Shape::any()).is_none());
    }
}
