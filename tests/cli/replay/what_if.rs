//! `replay --what-if`: what other limits would throttle.

use crate::support::{Folder, Run};

/// Three minutes with 3, 4 and 3 calls of one tool, and one refused by a condition.
fn replay(policy: &str, file: &str, more: &[&str]) -> Run {
    let call = |minute: usize, second: usize, env: &str| {
        format!(
            "{{\"ts\":\"2026-03-01T10:{minute:02}:{second:02}Z\",\"grant\":\"ci\",\"tool\":\"run_x\",\"args\":{{\"env\":\"{env}\"}}}}\n"
        )
    };
    let mut trace = String::new();
    for (minute, calls) in [3, 4, 3].into_iter().enumerate() {
        trace.extend((0..calls).map(|second| call(minute, second, "dev")));
    }
    trace += &call(2, 30, "prod");
    let folder = Folder::new().file(file, policy).file("trace.jsonl", &trace);
    let arguments = ["replay", "--policy", file, "trace.jsonl", "--what-if"];
    folder.run(&[&arguments[..], more].concat())
}

const V1: &str = r#"{"version": "1", "default": "deny", "tools": {"run_x": {
    "require": [{"conditions": [{"path": "args.env", "op": "eq", "value": "dev"}]}],
    "limits": [{"counter": "run_x_rate", "window": "minute", "max": 2, "scope": "grant"}]}}}"#;

const INTERCEPT: &str = "version: \"1\"\ndefault: deny\ntools:\n  run_x:\n    rules:\n      - name: env\n        conditions: [{path: args.env, op: eq, value: dev}]\n      - name: rate\n        rate_limit: 2/minute\n";

#[test]
fn limits_are_tried_in_either_dialect_as_if_the_policy_had_none() {
    for (policy, file) in [(V1, "p.json"), (INTERCEPT, "p.yaml")] {
        let run = replay(policy, file, &["--format", "json"]);
        let output = run.json();
        assert_eq!(output["outcomes"]["throttle"], 4, "the replay itself is as it was");
        let limit = &output["what_if"][0];
        assert_eq!(
            (&limit["max"], &limit["calls"], &limit["unknown"]),
            (&2.into(), &10.into(), &0.into())
        );
        let steps = limit["curve"].as_array().unwrap().iter();
        let found: Vec<(i64, u64)> = steps
            .map(|step| (step["max"].as_i64().unwrap(), step["throttled"].as_u64().unwrap()))
            .collect();
        assert_eq!(found, [(1, 7), (2, 4), (3, 1), (4, 0)], "{file}");
    }
}

#[test]
fn the_curve_is_the_same_by_any_number_of_threads_and_is_what_replays_say() {
    let curve = |more: &[&str]| replay(V1, "p.json", more).json()["what_if"].clone();
    let alone = curve(&["--format", "json", "--threads", "1"]);
    assert_eq!(alone, curve(&["--format", "json", "--threads", "3"]));
    for step in alone[0]["curve"].as_array().unwrap() {
        let policy = V1.replace("\"max\": 2", &format!("\"max\": {}", step["max"]));
        let replayed = replay(&policy, "p.json", &["--format", "json"]).json();
        assert_eq!(replayed["outcomes"]["throttle"], step["throttled"], "{step}");
    }
}

#[test]
fn people_get_a_table_and_other_formats_are_refused() {
    let run = replay(V1, "p.json", &[]);
    assert!(run.out.contains("What other limits would throttle, each alone"), "{}", run.out);
    assert!(run.out.contains("40.00 %  the policy's"), "{}", run.out);
    let refused = replay(V1, "p.json", &["--format", "csv"]);
    assert_eq!((refused.status, &*refused.out), (2, ""));
    assert!(refused.err.contains("--format json"), "{}", refused.err);
    let without = r#"{"version": "1", "default": "deny", "tools": {"run_x": {}}}"#;
    let none = replay(without, "p.json", &[]);
    assert!(none.out.contains("no policy has a limit"), "{}", none.out);
}
