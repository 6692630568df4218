//! The schema of explanations.

use gatelint::policy::Window;
use serde_json::{Value, json};

use super::{accepts, refuses, schema, tolerated, validator};
use crate::support::Folder;

const POLICY: &str = r#"{
  "version": "1", "default": "deny", "hide": ["drop"],
  "all_tools": {"limits": [{"counter": "calls", "window": "day", "max": 3, "scope": "grant"}]},
  "tools": {
    "pay": {
      "require": [{"conditions": [
        {"path": "args.amount", "op": "lte", "value": 10},
        {"path": "args.note", "op": "exists", "value": true}], "on_deny": "Too much."}],
      "deny_if": [{"conditions": []}],
      "limits": [{"counter": "pay_rate", "window": "minute", "max": 1, "scope": "grant"}]},
    "run": {"limits": [{"counter": "run_rate", "window": "minute", "max": 1, "scope": "grant"}]}
  }
}"#;

const INTERCEPT: &str = r#"
version: "1"
default: deny
tools:
  spend:
    rules:
      - name: budget
        conditions: [{path: state.spend.sum, op: lte, value: 10}]
        state: {counter: sum, window: day, increment_from: args.n}
"#;

fn explain(call: &str) -> Value {
    let folder = Folder::with(&[("p.json", POLICY), ("p.yaml", INTERCEPT)]);
    let policy = if call.contains("spend") { "p.yaml" } else { "p.json" };
    let arguments = ["explain", "--policy", policy, "--call", call, "--format", "json"];
    folder.run_json(&arguments).1
}

#[test]
fn every_explanation_follows_the_schema() {
    let schema = validator("explain");
    for call in [
        r#"{"tool":"pay","ts":0,"args":{"amount":1,"note":[1.0]}}"#,
        r#"{"tool":"pay","args":{"amount":11}}"#,
        r#"{"tool":"pay","args_keys":["amount"]}"#,
        r#"{"tool":"pay","args_hash":"x"}"#,
        r#"{"tool":"run","ts":7,"grant":"g"}"#,
        r#"{"tool":"drop"}"#,
        r#"{"tool":"other"}"#,
        r#"{"tool":"spend","ts":0,"args":{"n":3}}"#,
        r#"{"tool":"spend","ts":0,"args":{"n":30}}"#,
        r#"{"tool":"spend","ts":0,"args":{}}"#,
        r#"{"tool":"spend","args_missing":"redacted"}"#,
        r#"{"tool":"spend","args":[]}"#,
    ] {
        accepts(&schema, &explain(call));
    }
}

#[test]
fn an_explanation_with_anything_changed_is_refused_but_for_the_values_of_others() {
    let schema = validator("explain");
    let output = explain(r#"{"tool":"pay","ts":0,"args":{"amount":1,"note":"x"}}"#);
    assert_eq!(output["checks"][1]["decided"], true, "{output:#}");
    let found = tolerated(&schema, &output);
    let conditions = "/checks/0/conditions";
    let free: Vec<String> = (0..2)
        .flat_map(|index| {
            [format!("{conditions}/{index}/operand"), format!("{conditions}/{index}/found/value")]
        })
        .flat_map(|place| [format!("{place} replaced"), format!("{place} extended")])
        .collect();
    let mut expected = free;
    let mut found = found;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_explanation_that_contradicts_itself_is_refused() {
    let schema = validator("explain");
    let throttled = {
        let folder = Folder::with(&[
            ("p.json", POLICY),
            ("t.jsonl", "{\"ts\":0,\"tool\":\"run\"}\n{\"ts\":1,\"tool\":\"run\"}\n"),
        ]);
        let call = ["--trace", "t.jsonl", "--n", "2", "--format", "json"];
        folder.run_json(&[&["explain", "--policy", "p.json"], &call[..]].concat()).1
    };
    assert_eq!(throttled["limits"][0]["answer"], "full", "{throttled:#}");
    for (place, value) in [
        ("/outcome", json!("allow")),
        ("/n", json!(0)),
        ("/line", json!("2")),
        ("/inspected", json!(false)),
        ("/hidden", json!(true)),
        ("/limits/0/answer", json!("unknown")),
        ("/limits/0/answer", json!("room")),
        ("/limits/0/missing", json!("time")),
        ("/limits/0/until", Value::Null),
        ("/limits/1/decided", json!(true)),
    ] {
        refuses(&schema, &throttled, place, value);
    }
}

#[test]
fn the_schema_of_explanations_has_the_words_of_decisions() {
    let (explain, decision) = (schema("explain"), schema("decision"));
    for definition in ["outcome", "missing", "time"] {
        assert_eq!(explain["$defs"][definition], decision["$defs"][definition]);
    }
    for field in ["ts", "grant", "tool", "rule", "pointer", "place", "message", "retry_at"] {
        assert_eq!(explain["properties"][field], decision["properties"][field], "{field}");
    }
    let windows = json!(Window::ALL.map(Window::name));
    assert_eq!(explain["$defs"]["limit"]["properties"]["window"]["enum"], windows);
    let fact = &explain["$defs"]["fact"]["enum"];
    assert_eq!(*fact, decision["$defs"]["missing"]["enum"]);
}
