//! The schema of decisions.

use gatelint::engine::Missing;
use serde_json::{Value, json};

use super::replay::{POLICY, TRACE};
use super::{accepts, refuses, tolerated, validator};
use crate::support::Folder;

#[test]
fn every_decision_follows_the_schema_and_says_who_refused_and_until_when() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"]);
    assert_eq!(run.status, 2);
    let decisions = run.json_lines();
    let outcomes: Vec<&Value> = decisions.iter().map(|decision| &decision["outcome"]).collect();
    assert_eq!(
        outcomes,
        ["allow", "allow", "throttle", "deny", "allow", "indeterminate", "allow", "deny"]
    );
    let schema = validator("decision");
    for (index, decision) in decisions.iter().enumerate() {
        assert_eq!(decision["n"], index + 1);
        assert_eq!(tolerated(&schema, decision), [""; 0]);
    }
    assert_eq!(
        decisions[2],
        json!({
            "n": 3,
            "ts": "2026-03-01T10:00:40Z",
            "file": "trace.jsonl",
            "line": 4,
            "id": "",
            "grant": "ci",
            "tool": "run_job",
            "outcome": "throttle",
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "message": "Rate limit exceeded for run_job_rate",
            "retry_at": "2026-03-01T10:01:00Z",
            "missing": null,
            "assumed": null
        })
    );
    assert_eq!(decisions[3]["message"], "Only test.");
    let missing: Vec<&Value> = decisions.iter().map(|decision| &decision["missing"]).collect();
    let none = &Value::Null;
    let hashed = json!("hashed-arguments");
    assert_eq!(missing, [none, none, none, none, none, &hashed, none, none]);
    assert_eq!((&decisions[7]["ts"], &decisions[7]["grant"]), (&Value::Null, &json!("")));
    assert_eq!(decisions[7]["pointer"], "/hide/0");
}

#[test]
fn a_decision_that_contradicts_itself_is_refused() {
    let schema = validator("decision");
    let decision = |outcome: &str, rule: &str, retry_at: Value| {
        let pointer = if rule.is_empty() { "" } else { "/tools/t/limits/0" };
        json!({
            "n": 1, "ts": "2026-03-01T10:00:00Z", "file": "f", "line": 1, "id": "", "grant": "", "tool": "t", "outcome": outcome,
            "rule": rule, "pointer": pointer, "message": "", "retry_at": retry_at, "missing": null,
            "assumed": null
        })
    };
    let time = || json!("2026-03-01T10:01:00Z");
    let undecided = |mut decision: Value| {
        decision["missing"] = json!("time");
        decision
    };
    for valid in [
        decision("allow", "", Value::Null),
        decision("deny", "r", Value::Null),
        decision("throttle", "r", time()),
        decision("throttle", "r", Value::Null),
        undecided(decision("indeterminate", "", Value::Null)),
    ] {
        assert!(schema.is_valid(&valid), "{valid}");
        let is_refusal = valid["rule"] == "r";
        let (rule, pointer) = if is_refusal { ("", "") } else { ("r", "/default") };
        refuses(&schema, &valid, "/rule", json!(rule));
        refuses(&schema, &valid, "/pointer", json!(pointer));
        let mut worded = valid.clone();
        worded["message"] = json!("Wait.");
        assert_eq!(schema.is_valid(&worded), is_refusal, "{worded}");
        for (place, value) in [
            ("/n", json!(0)),
            ("/line", json!(0)),
            ("/ts", json!("2026-03-01 10h")),
            ("/ts", json!(1772359200)),
            ("/outcome", json!("Deny")),
            ("/pointer", json!("tools")),
            ("/retry_at", json!("soon")),
            ("/missing", json!("no timestamps")),
            ("/missing", if valid["missing"].is_null() { json!("time") } else { Value::Null }),
        ] {
            refuses(&schema, &valid, place, value);
        }
        for fact in Missing::ALL.map(Missing::code) {
            let mut changed = valid.clone();
            changed["missing"] = json!(fact);
            assert_eq!(schema.is_valid(&changed), valid["outcome"] == "indeterminate", "{changed}");
        }
    }
    for invalid in [
        decision("allow", "r", Value::Null),
        decision("allow", "", time()),
        undecided(decision("allow", "", Value::Null)),
        decision("deny", "", Value::Null),
        decision("deny", "r", time()),
        undecided(decision("deny", "r", Value::Null)),
        decision("throttle", "", time()),
        undecided(decision("throttle", "r", time())),
        decision("indeterminate", "", Value::Null),
        undecided(decision("indeterminate", "r", Value::Null)),
    ] {
        assert!(!schema.is_valid(&invalid), "{invalid}");
    }
}

#[test]
fn a_decision_has_the_arguments_of_its_call_only_where_they_are_asked_for() {
    let trace =
        "{\"tool\":\"import\",\"id\":7,\"args\":{\"password\":\"x\"}}\n{\"tool\":\"import\"}\n";
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", trace)]);
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"];
    let run = |more: &[&str]| folder.run(&[&arguments[..], more].concat());
    assert!(!run(&[]).out.contains("password"));
    let shown = run(&["--show-args"]);
    let decisions = shown.json_lines();
    assert_eq!((&decisions[0]["id"], &decisions[0]["line"]), (&json!("7"), &json!(1)));
    assert_eq!(decisions[0]["args"], json!({ "password": "x" }));
    assert_eq!(decisions[1]["args"], Value::Null);
    let schema = validator("decision");
    decisions.iter().for_each(|decision| accepts(&schema, decision));
}
