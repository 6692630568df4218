//! The schemas of statements and of what was decided about them.

use serde_json::{Value, json};

use super::{accepts, refuses, schema, tolerated, validator};
use crate::support::Folder;

#[test]
fn decided_statements_follow_their_schema() {
    // What lies so deep is not looked for.
    let deep = format!("args{}", ".a".repeat(100));
    let statements = r#"{"assert": [
      {"deny": "drop"}, {"deny": "pay", "when": [{"path": "args.n", "op": "gt", "value": 5}]},
      {"ask": "pay", "when": [{"path": "args.n", "op": "gt", "value": 5}]},
      {"limit": ["run", "odd"], "max": 3, "window": "hour", "total": true},
      {"deny": "odd", "when": [{"path": "DEEP", "op": "eq", "value": 1}]},
      {"allow": ["run", "pay"], "unless": [{"path": "args.n", "op": "gt", "value": 5}]},
      {"limit": {"category": "Execute"}, "max": 9, "window": "day"}, {"default": "ask"}]}"#
        .replace("DEEP", &deep);
    let policy = r#"{"version": "1", "default": "deny", "tools": {"pay": {},
      "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]},
      "odd": {"deny_if": [{"conditions": [{"path": "args.q", "op": "regex", "value": "^yx$"}]}]}}}"#;
    let folder = Folder::with(&[("a.json", &*statements), ("p.json", policy)]);
    let (status, output) = folder.run_json(&["assert", "a.json", "p.json", "--format", "json"]);
    assert_eq!(status, 1);
    let verdicts: Vec<Value> = output["policies"][0]["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            json!([answer["verdict"], answer["args"], answer["burst"]["calls"], answer["why"]])
        })
        .collect();
    let expected = [
        json!(["proved", null, null, null]),
        json!(["fails", {"n": 6}, null, null]),
        json!(["fails", {"n": 6}, null, null]),
        json!(["fails", null, 4, null]),
        json!(["unknown", null, null, "too-many-cases"]),
        json!(["proved", null, null, null]),
        json!(["fails", null, 10, null]),
        json!(["proved", null, null, null]),
    ];
    assert_eq!(verdicts, expected);
    let arguments = |what: &String| {
        what.contains("/args") && (what.contains("/args/") || what.ends_with("extended"))
    };
    let schema = validator("assertions");
    let tolerated: Vec<String> =
        tolerated(&schema, &output).into_iter().filter(|what| !arguments(what)).collect();
    assert_eq!(tolerated, [""; 0]);
    for (place, value) in [
        ("/policies/0/answers/0/tool", json!("drop")),
        ("/policies/0/answers/1/args", Value::Null),
        ("/policies/0/answers/1/verdict", json!("proved")),
        ("/policies/0/answers/3/burst", Value::Null),
        ("/policies/0/answers/4/why", Value::Null),
        ("/policies/0/answers/1/violations", json!([])),
        ("/policies/0/answers/1/violations/0/args", Value::Null),
        ("/policies/0/answers/4/violations/0/why", Value::Null),
    ] {
        refuses(&schema, &output, place, value);
    }
    assert_eq!(output["warnings"][0]["reason"], "unknown-tool");
    accepts(&validator("test"), &serde_json::from_str(&statements).unwrap());
}

#[test]
fn the_schemas_of_statements_say_the_same_as_those_they_share_words_with() {
    let condition = |name: &str| schema(name).pointer("/definitions/condition").cloned();
    assert_eq!(condition("test").expect("it is there"), condition("policy-v1").unwrap());
    for shared in ["burst", "batch", "count", "some"] {
        assert_eq!(schema("assertions")["$defs"][shared], schema("diff")["$defs"][shared]);
    }
    let why = |schema: Value, owner: &str| schema["$defs"][owner]["properties"]["why"].clone();
    assert_eq!(why(schema("assertions"), "answer"), why(schema("diff"), "lost"));
}
