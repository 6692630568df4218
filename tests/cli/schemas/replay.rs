//! The schema of the summary of a replay.

use serde_json::{Value, json};

use super::{accepts, refuses, tolerated, validator};
use crate::support::Folder;

/// A policy with a refusal of every kind.
pub(super) const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["drop_all"],
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 2, "scope": "grant"}]},
    "deploy": {
      "require": [{
        "conditions": [{"path": "args.env", "op": "in", "value": ["test"]}],
        "on_deny": "Only test."}],
      "limits": [{"counter": "deploy_rate", "window": "hour", "max": 1, "scope": "grant"}]},
    "export": {"require": [{"conditions": [{"path": "args.to", "op": "eq", "value": "disk"}]}]},
    "import": {}
  }
}
"#;

/// Calls for the policy, and lines that are none.
pub(super) const TRACE: &str = r#"{"tool":"run_job","ts":"2026-03-01T10:00:00.25Z","grant":"ci","args":{}}
{"tool":"run_job","ts":"2026-03-01T11:00:01+01:00","grant":"ci","args":{}}
no JSON
{"tool":"run_job","ts":"2026-03-01T10:00:40Z","grant":"ci","args":{}}
{"tool":"deploy","ts":"2026-03-01T10:00:41Z","grant":"ann","args":{"env":"prod"}}
{"tool":"deploy","ts":"2026-03-01T10:00:42Z","grant":"ann","args":{"env":"test"}}
{"tool":"export","ts":1772359243,"grant":"bob","args_hash":"sha256:0"}
{"ts":1772359244,"grant":"bob"}
{"tool":"import","ts":1772359245,"grant":"bob","args_hash":"sha256:0"}
{"tool":"drop_all"}
"#;

/// A log may call its fields as it likes.
const TOLERATED: [&str; 1] = ["/unknown_fields extended"];

#[test]
fn a_summary_follows_the_schema_and_counts_what_the_trace_holds() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let arguments =
        ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "json", "--coverage"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 2, "bad lines make the exit status 2");
    let allowing = [&arguments[..], &["--allow-bad-lines"]].concat();
    assert_eq!(folder.run_json(&allowing), (0, output.clone()));

    assert_eq!((&output["calls"], &output["grants"]), (&json!(8), &json!(4)));
    assert_eq!(
        output["outcomes"],
        json!({ "allow": 4, "ask": 0, "deny": 2, "throttle": 1, "indeterminate": 1 })
    );
    assert_eq!(output["first"], "2026-03-01T10:00:00.25Z");
    assert_eq!(output["last"], "2026-03-01T10:00:45Z");
    let tools: Vec<&Value> =
        output["tools"].as_array().unwrap().iter().map(|tool| &tool["tool"]).collect();
    assert_eq!(tools, ["deploy", "drop_all", "export", "import", "run_job"]);
    assert_eq!(
        output["tools"][4],
        json!({ "tool": "run_job", "allow": 2, "ask": 0, "deny": 0, "throttle": 1, "indeterminate": 0 })
    );
    let rules: Vec<Value> = output["rules"].as_array().unwrap().iter().map(rule_gist).collect();
    let expected = [
        json!(["(hidden)", "/hide/0", "deny", 1]),
        json!(["/tools/deploy/require/args.env-in", "/tools/deploy/require/0", "deny", 1]),
        json!(["/tools/run_job/limits/run_job_rate", "/tools/run_job/limits/0", "throttle", 1]),
    ];
    assert_eq!(rules, expected);
    assert_eq!(
        output["limits"][1],
        json!({
            "policy": 0,
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "window": "minute",
            "max": 2,
            "shared": false,
            "peak": {
                "used": 2,
                "possible": 2,
                "percent": 100.0,
                "grant": "ci",
                "window": "2026-03-01T10:00:00Z"
            },
            "calls": 1,
            "holds": 1,
            "held_seconds": 20,
            "first": {
                "grant": "ci",
                "from": "2026-03-01T10:00:40Z",
                "until": "2026-03-01T10:01:00Z"
            }
        })
    );
    assert_eq!(output["limits"][0]["peak"]["used"], 1);
    assert_eq!(output["limits"].as_array().unwrap().len(), 2);
    assert_eq!(
        output["timeline"]["buckets"][0],
        json!({
            "from": "2026-03-01T10:00:00Z", "allow": 1, "ask": 0, "deny": 0, "throttle": 0, "indeterminate": 0
        })
    );
    assert_eq!((&output["timeline"]["seconds"], &output["untimed"]), (&json!(1), &json!(1)));
    assert_eq!(output["rules"][2]["top_grants"], json!([{ "name": "ci", "calls": 1 }]));
    assert_eq!(output["missing"], json!({ "hashed-arguments": 1 }));
    assert_eq!(output["bad_lines"], 2);
    let lines: Vec<(&Value, &Value)> = output["bad_line_examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (&bad["file"], &bad["line"]))
        .collect();
    let file = json!("trace.jsonl");
    assert_eq!(lines, [(&file, &json!(3)), (&file, &json!(8))]);

    // Which facts are missing differs from trace to trace; that is all that may be left out.
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), ["/missing/hashed-arguments removed", TOLERATED[0]]);
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/calls", json!(-1)),
        ("/first", json!("yesterday")),
        ("/last", json!(1772359245)),
        ("/outcomes/deny", json!(0.5)),
        ("/missing", json!({ "a good night's sleep": 1 })),
        ("/missing", json!({ "the arguments were hashed": 1 })),
        ("/missing", json!({ "hashed-arguments": 0 })),
        ("/rules/0/outcome", json!("allow")),
        ("/rules/0/rule", json!("")),
        ("/rules/0/pointer", json!("")),
        ("/rules/0/pointer", json!("hide/0")),
        ("/rules/0/calls", json!(0)),
        ("/limits/1/holds", json!(0)),
        ("/limits/1/first", Value::Null),
        ("/limits/1/window", json!("week")),
        ("/limits/1/peak/used", json!(-1)),
        ("/timeline/seconds", json!(0)),
        ("/groups/by", json!("week")),
        ("/assumed", json!([{ "assumption": "time=maybe", "calls": 1 }])),
        ("/groups/rows/0/calls", json!(0)),
        ("/limits/1/first/until", json!("10:01")),
        ("/bad_line_examples/0/line", json!(0)),
        ("/bad_line_examples", json!(vec![output["bad_line_examples"][0].clone(); 11])),
    ] {
        refuses(&schema, &output, place, value);
    }
}

fn rule_gist(rule: &Value) -> Value {
    json!([rule["rule"], rule["pointer"], rule["outcome"], rule["calls"]])
}

#[test]
fn the_summary_of_an_empty_trace_and_of_one_without_times_follow_the_schema() {
    let untimed = "{\"tool\":\"run_job\"}\n".repeat(3);
    let folder =
        Folder::with(&[("policy.json", POLICY), ("empty.jsonl", ""), ("untimed.jsonl", &untimed)]);
    let run =
        |trace| folder.run_json(&["replay", "--policy", "policy.json", trace, "--format", "json"]);
    let schema = validator("replay");
    let (status, empty) = run("empty.jsonl");
    assert_eq!((status, &empty["calls"], &empty["first"]), (3, &json!(0), &Value::Null));
    assert_eq!(tolerated(&schema, &empty), TOLERATED);

    let (status, untimed) = run("untimed.jsonl");
    assert_eq!((status, &untimed["last"]), (0, &Value::Null));
    assert_eq!(untimed["outcomes"]["indeterminate"], 1);
    assert_eq!(untimed["missing"], json!({ "time": 1 }));
    assert_eq!(tolerated(&schema, &untimed), ["/missing/time removed", TOLERATED[0]]);
}

#[test]
fn a_comparison_with_what_was_recorded_follows_the_schema() {
    let lines: String = ["allow", "deny", "throttle"]
        .iter()
        .map(|decision| format!("{{\"tool\":\"drop_all\",\"ts\":0,\"decision\":\"{decision}\"}}\n"))
        .collect();
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", &lines)]);
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--compare-recorded"]].concat());
    assert_eq!((status, &output["recorded"]["disagree"]), (0, &json!(2)));
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), TOLERATED);
    refuses(&schema, &output, "/recorded/examples/0/recorded", json!("indeterminate"));
    refuses(&schema, &output, "/recorded/examples/0/outcome", json!("indeterminate"));
    refuses(&schema, &output, "/recorded/examples/0/n", json!(0));
}

#[test]
fn calls_under_several_policies_follow_the_schema() {
    let trace = "{\"tool\":\"import\",\"server\":\"a\"}\n{\"tool\":\"import\",\"server\":\"b\"}\n\
        {\"tool\":\"import\",\"server\":\"c\"}\n{\"tool\":\"import\"}\n";
    let folder =
        Folder::with(&[("policy.json", POLICY), ("b.json", POLICY), ("trace.jsonl", trace)]);
    let arguments =
        ["replay", "--policy", "a=policy.json", "--policy", "b=b.json", "--behind-gateway", "c"];
    let (status, output) =
        folder.run_json(&[&arguments[..], &["trace.jsonl", "--format", "json"]].concat());
    assert_eq!((status, &output["calls"]), (0, &json!(3)));
    assert_eq!(output["policies"], json!(["policy.json", "b.json"]));
    assert_eq!(output["not_covered"], json!([{ "name": "", "calls": 1 }]));
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), TOLERATED);
    assert_eq!(rule_gist(&output["rules"][0]), json!(["(no policy)", "", "deny", 1]));
    refuses(&schema, &output, "/rules/0/pointer", json!("/default"));
    refuses(&schema, &output, "/rules/0/policy", json!(0));
    refuses(&schema, &output, "/rules/0/rule", json!("(hidden)"));

    let decisions =
        folder.run(&[&arguments[..], &["trace.jsonl", "--decisions"]].concat()).json_lines();
    assert_eq!((decisions.len(), &decisions[2]["rule"]), (3, &json!("(no policy)")));
    let schema = validator("decision");
    decisions.iter().for_each(|decision| accepts(&schema, decision));
    refuses(&schema, &decisions[2], "/pointer", json!("/default"));
}

#[test]
fn a_rule_that_denies_and_throttles_has_an_entry_for_each() {
    let policy = r#"version: "1"
default: deny
tools:
  deploy:
    rules:
      - name: twice in test
        conditions:
          - {path: args.env, op: eq, value: test}
          - {path: state.deploy.done, op: lte, value: 2}
        state: {counter: done, window: day}
"#;
    let trace: String = ["test", "test", "test", "prod", "test", "prod", "test"]
        .iter()
        .map(|env| format!("{{\"tool\":\"deploy\",\"ts\":0,\"args\":{{\"env\":\"{env}\"}}}}\n"))
        .collect();
    let folder = Folder::with(&[("policy.yaml", policy), ("trace.jsonl", &trace)]);
    let arguments = ["replay", "--policy", "policy.yaml", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 0);
    let rules: Vec<Value> = output["rules"].as_array().unwrap().iter().map(rule_gist).collect();
    let expected = [
        json!(["twice in test", "/tools/deploy/rules/0", "deny", 2]),
        json!(["twice in test", "/tools/deploy/rules/0", "throttle", 3]),
    ];
    assert_eq!(rules, expected);
    assert_eq!(
        (output["limits"].as_array().unwrap().len(), &output["limits"][0]["calls"]),
        (1, &json!(3))
    );
    assert_eq!(tolerated(&validator("replay"), &output), TOLERATED);
}

#[test]
fn a_limit_that_no_call_can_ever_pass_holds_nobody() {
    let policy = r#"version: "1"
default: deny
tools:
  pay:
    rules:
      - name: budget
        conditions: [{path: state.pay.spent, op: lte, value: 3}]
        state: {counter: spent, window: day, increment_from: args.amount}
"#;
    let call = r#"{"tool":"pay","ts":"2026-03-01T10:00:00Z","args":{"amount":5}}"#;
    let folder = Folder::with(&[("policy.yaml", policy), ("trace.jsonl", call)]);
    let arguments = ["replay", "--policy", "policy.yaml", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 0);
    assert_eq!(
        output["limits"],
        json!([{
            "policy": 0,
            "rule": "budget",
            "pointer": "/tools/pay/rules/0",
            "window": "day",
            "max": 3,
            "shared": true,
            "peak": {
                "used": 0, "possible": 0, "percent": 0.0, "grant": null, "window": null
            },
            "calls": 1,
            "holds": 0,
            "held_seconds": 0,
            "first": null
        }])
    );
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), TOLERATED);
    let hold = json!({
        "grant": "", "from": "2026-03-01T10:00:00Z", "until": "2026-03-02T00:00:00Z"
    });
    refuses(&schema, &output, "/limits/0/first", hold);
    refuses(&schema, &output, "/limits/0/held_seconds", json!(1));
}

#[test]
fn a_curve_of_limits_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let arguments =
        ["replay", "--policy", "policy.json", "trace.jsonl", "--what-if", "--format", "json"];
    let (_, output) = folder.run_json(&arguments);
    assert_eq!(
        output["what_if"][0]["curve"][1],
        json!({"max": 2, "throttled": 1, "share": 1.0 / 3.0})
    );
    let expected = ["/missing/hashed-arguments removed", TOLERATED[0]];
    assert_eq!(tolerated(&validator("replay"), &output), expected);
}
