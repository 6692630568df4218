//! The schema of findings: the facts of every rule.

use std::collections::BTreeSet;

use gatelint::lint::RULES;
use serde_json::{Value, json};

use super::{alone, gist, with_rule};
use crate::schemas::{accepts, refuses, tolerated, validator};
use crate::support::Folder;

const SHOP: &str = r#"{"server": "shop", "tools": [
  {"name": "run_job", "category": "Execute",
   "arguments": {"script": {"required": true}, "count": {"type": "number"}}},
  {"name": "put_x", "category": "Write", "annotations": {"readOnlyHint": true}},
  {"name": "start_job", "category": "Execute"},
  {"name": "stop_job", "category": "Execute"},
  {"name": "update_x", "category": "Write"},
  {"name": "delete_x", "category": "Destructive"},
  {"name": "wipe", "category": "Destructive"},
  {"name": "hidden_x", "category": "Read"},
  {"name": "pay", "category": "Financial"}]}"#;

const RISKS: &str = r#"{"version": "1", "default": "allow", "hide": ["hidden_x"], "tools": {
  "run_job": {},
  "start_job": {"limits": [
    {"counter": "a", "window": "hour", "max": 100, "scope": "grant"}]},
  "stop_job": {"limits": [
    {"counter": "a", "window": "minute", "max": 100, "scope": "grant"},
    {"counter": "b", "window": "hour", "max": 10000, "scope": "grant"}]},
  "update_x": {},
  "delete_x": {},
  "delet_x": {},
  "hidden_x": {},
  "*": {},
  "stop_*": {},
  "Wipe": {},
  "pay": {
    "require": [{"conditions": [{"path": "args.note", "op": "regex", "value": "ok"}]}],
    "deny_if": [
      {"conditions": [
        {"path": "args.amount", "op": "gt", "value": 100},
        {"path": "args.amount", "op": "lt", "value": 10.5}]},
      {"conditions": [{"path": "args.currency", "op": "in", "value": []}]},
      {"conditions": [{"path": "args.amount", "op": "lte", "value": 0.5}]}]}}}"#;

const MISTAKES: &str = r#"{
  // JSON has no comments
  "version": 1, "tools": {
  "a": {
    "limtis": [],
    "rate_limit": {},
    "require": [{"conditions": [
      {"path": "x", "op": "=", "value": 1},
      {"path": "args.x", "op": "regex", "value": "(?=x)"},
      {"path": "args.y"}]}],
    "limits": [
      {"counter": "a", "window": "minutes", "max": 0, "scope": "user"},
      {"counter": "b", "window": "day", "max": 1, "scope": "grant"},
      {"counter": "b", "window": "day", "max": 2, "scope": "grant"}]},
  "b": {},
  "b": []}}"#;

const INTERCEPT_MISTAKES: &str = r#"version: "1"
hide: [x, x]
tools:
  t:
    rules:
      - {name: a, rate_limit: 10 per minute}
      - {action: deny}
      - {name: b, conditions: [{path: state.t.none, op: lte, value: 1}]}
      - name: c
        conditions: [{path: state.t.n, op: lte, value: -3}]
        state: {counter: n, window: day}
      - name: d
        conditions: [{path: state.t.m, op: lt, value: 4}]
        state: {counter: m, window: hour, increment: 5}
---
version: "1"
"#;

const MORE: &str = r#"{"version": "1", "default": "deny", "hide": ["hidden_x", "hidden_x"], "tools": {
  "put_x": {},
  "zzz": {},
  "run_job": {
    "require": [
      {"conditions": [{"path": "args.scrip", "op": "eq", "value": 1}]},
      {"conditions": [{"path": "args.count", "op": "regex", "value": "^1$"}]}],
    "limits": [
      {"counter": "start_job_rate", "window": "minute", "max": 1, "scope": "grant"},
      {"counter": "start_job_rate", "window": "day", "max": 9, "scope": "grant"}]},
  "start_job": {
    "deny_if": [
      {"conditions": []},
      {"conditions": [{"path": "args.n", "op": "gt", "value": 1}]}],
    "limits": []}}}"#;

const DEAD: &str = r#"{"version": "1", "default": "deny", "tools": {
  "run_job": {
    "deny_if": [
      {"conditions": [{"path": "args.count", "op": "gt", "value": 1}]},
      {"conditions": [{"path": "args.count", "op": "gt", "value": 2}]},
      {"conditions": [{"path": "args.count", "op": "neq", "value": "3"}]},
      {"conditions": [{"path": "args.script", "op": "not_in", "value": []}]}]},
  "start_job": {
    "deny_if": [
      {"conditions": [{"path": "args.n", "op": "lt", "value": 1}]},
      {"conditions": [{"path": "args.n", "op": "gte", "value": 1}]},
      {"conditions": [{"path": "args.n", "op": "in", "value": [0, 1]}]},
      {"conditions": [{"path": "args.x.files[0]", "op": "eq", "value": "a"}]}]},
  "stop_job": {
    "require": [{"conditions": [{"path": "args.name", "op": "regex", "value": "^a[0-9]$"}]}],
    "deny_if": [
      {"conditions": [{"path": "args.name", "op": "eq", "value": "b"}]},
      {"conditions": [{"path": "args.name", "op": "regex", "value": "^a"}]}],
    "limits": [{"counter": "n", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;

const MORE_INTERCEPT: &str = r#"version: "1"
default: deny  # gatelint: ignore[default-allow] nothing to ignore
tools:
  # gatelint: ignore[default-alow] misspelt
  # gatelint: ignore[default-allow] expires: 2020-06-30
  a.b:
    rules: [{name: a, rate_limit: 10/minute}]
  t:
    rules:
      - {name: b, conditions: [{path: args.x, op: eq, value: "1000000"}, {path: args.y, op: neq, value: 1}]}
      - {name: e, spend: {per_call: 0.5, daily: 50.00}}
      - {name: c, conditions: [{path: args.z, op: lt, value: 3}], state: {counter: n, window: day}}
      - name: d
        conditions: [{path: state.t.m, op: lt, value: 4}]
        state: {counter: m, window: hour, increment_from: args.amount}
"#;

const SHUT: &str = r#"{"version": "1", "default": "deny", "hide": ["*"], "tools": {}, "all_tools":
  {"limits": [{"counter": "n", "window": "minute", "max": 1, "scope": "grant"}]}}"#;

const ONLY_WILDCARD: &str = "version: \"1\"\ndefault: deny\ntools: {\"*\": {rules: []}}\n";

pub(super) fn findings_of_every_rule() -> Value {
    let folder = Folder::with(&[
        ("shop.json", SHOP),
        ("risks.json", RISKS),
        ("mistakes.json", MISTAKES),
        ("mistakes.yaml", INTERCEPT_MISTAKES),
        ("more.json", MORE),
        ("more.yaml", MORE_INTERCEPT),
        ("wildcard.yaml", ONLY_WILDCARD),
        ("dead.json", DEAD),
        ("shut.json", SHUT),
        ("tool-list.json", r#"{"tools": [{"name": "run_job"}]}"#),
        ("broken.json", "{"),
    ]);
    let arguments = ["lint", "--catalogue", "shop.json", "--server", "shop", "--format", "json"];
    let documents = [
        "risks.json",
        "mistakes.json",
        "mistakes.yaml",
        "tool-list.json",
        "broken.json",
        "more.json",
        "more.yaml",
        "wildcard.yaml",
        "dead.json",
        "shut.json",
    ];
    // Also those that must be selected.
    let rules = RULES.iter().map(|rule| rule.name).collect::<Vec<_>>().join(",");
    let select = ["--select", &rules];
    let (status, mut output) = folder.run_json(&[&arguments[..], &select, &documents[..]].concat());
    assert_eq!(status, 2);
    // Rules on what arguments hold, on servers that announce it.
    let bad = |name: &&str| fixture(&format!("policies/bad/{name}.json"));
    let documents: Vec<String> = ABOUT_ARGUMENTS.iter().map(bad).collect();
    let [workbench, desk] =
        ["workbench", "desk"].map(|name| fixture(&format!("catalogue/{name}.json")));
    let arguments = ["lint", "--format", "json", "--catalogue", &workbench, "--catalogue", &desk];
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let (_, mut more) = folder.run_json(&[&arguments[..], &documents[..]].concat());
    let of_agents: Vec<String> =
        OF_AGENTS.iter().map(|name| fixture(&format!("policies/bad/{name}"))).collect();
    let of_agents: Vec<&str> = of_agents.iter().map(String::as_str).collect();
    let arguments = ["lint", "--format", "json", "--select", &rules];
    let (_, mut agents) = folder.run_json(&[&arguments[..], &of_agents].concat());
    output["findings"].as_array_mut().unwrap().append(agents["findings"].as_array_mut().unwrap());
    let more = more["findings"].as_array_mut().unwrap();
    more.retain(|finding| ABOUT_ARGUMENTS.contains(&finding["rule"].as_str().unwrap()));
    output["findings"].as_array_mut().unwrap().append(more);
    output
}

/// Permission files of agents.
const OF_AGENTS: [&str; 22] = [
    "file-dropped-claude-code.json",
    "file-dropped-opencode.json",
    "file-dropped-codex.rules",
    "unread-file-claude-code.json",
    "unread-file-codex.rules",
    "void-mode-claude-code.json",
    "void-mode-gemini.toml",
    "weak-server-approval-codex.toml",
    "weak-server-approval-gemini.json",
    "missing-example-codex.rules",
    "default-allow-opencode.json",
    "unknown-tool-claude-code.json",
    "unknown-field-claude-code.json",
    "duplicate-key-opencode.json",
    "broad-allow-claude-code.json",
    "dead-rule-claude-code.json",
    "evaded-deny-claude-code.json",
    "glob-in-name-claude-code.json",
    "misanchored-path-claude-code.json",
    "narrow-allow-claude-code.json",
    "partial-deny-claude-code.json",
    "unbounded-execute-tool-claude-code.json",
];

/// Rules that need to know what arguments hold, and what their values may be.
const ABOUT_ARGUMENTS: [&str; 8] = [
    "bypassable-allow-list",
    "bypassable-deny-list",
    "equivalent-tool-open",
    "lethal-trifecta",
    "secret-in-policy",
    "unbounded-amount",
    "unconstrained-method",
    "value-not-in-schema",
];

fn fixture(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn findings_of_every_rule_follow_the_schema_with_their_facts() {
    let output = findings_of_every_rule();
    let findings = output["findings"].as_array().unwrap();
    let found: BTreeSet<&str> =
        findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(found, RULES.iter().map(|rule| rule.name).collect());

    let schema = validator("lint");
    accepts(&schema, &output);
    for finding in findings {
        // Values of arguments may be any, and only where there are several places they are counted.
        let mut tolerated = tolerated(&schema, &alone(&output, finding));
        let values = ["witness", "arguments", "values", "count"]
            .map(|fact| format!("/findings/0/facts/{fact}"));
        tolerated.retain(|change| !values.iter().any(|value| change.starts_with(value.as_str())));
        assert_eq!(tolerated, [""; 0]);
    }
    let all_facts = |rule: &str, file: &str| {
        let of = |finding: &&Value| finding["rule"] == rule && finding["file"] == file;
        findings.iter().filter(of).map(|finding| &finding["facts"]).collect::<Vec<_>>()
    };
    let facts = |rule: &str, file: &str| all_facts(rule, file)[0].clone();
    // These two are found while a version 1 policy is read, and in an Intercept policy by a rule.
    let missing = json!({ "violation": "missing-field", "field": "default" });
    assert_eq!(facts("missing-default", "mistakes.json"), missing);
    assert_eq!(facts("missing-default", "mistakes.yaml"), json!({}));
    assert_eq!(facts("non-positive-limit", "mistakes.json"), json!({ "max": "0" }));
    let shut = |rule, max, amount| json!({ "rule": rule, "max": max, "amount": amount });
    assert_eq!(
        all_facts("non-positive-limit", "mistakes.yaml"),
        [&shut("c", -3, 1), &shut("d", 3, 5)]
    );
    assert_eq!(facts("default-allow", "risks.json"), json!({ "listed": 10, "ruled": false }));
    let globs = all_facts("glob-in-name", "risks.json");
    // `*` stands for every tool of the server.
    assert_eq!(globs[0]["matches"].as_array().unwrap().len(), 9);
    let stop = json!({ "name": "stop_*", "hidden": false, "matches": ["stop_job"] });
    assert_eq!(globs[1..], [&stop]);
    let wildcard = with_rule(&output, "glob-in-name");
    assert_eq!(
        (&gist(wildcard), &wildcard["pointer"]),
        (&json!(["glob-in-name", "risk", "error", [12, 3, 12, 6], []]), &json!("/tools/*"))
    );
    assert_eq!(
        all_facts("lookalike-tool-name", "risks.json"),
        [&json!({ "tool": "Wipe", "alike": "wipe", "server": "shop", "characters": [] })]
    );
    assert_eq!(
        all_facts("burst-window", "risks.json"),
        [&json!({
            "tools": ["start_job"], "calls": 100, "window": "hour", "recommended_per_minute": 10
        })]
    );
    assert_eq!(
        all_facts("loose-limit", "risks.json"),
        [&json!({
            "tools": ["stop_job"],
            "category": "Execute",
            "calls": 100,
            "window": "minute",
            "recommended_per_minute": 10
        })]
    );
    assert_eq!(
        all_facts("contradictory-conditions", "risks.json"),
        [
            &json!({
                "tool": "pay", "subject": "args.amount", "never_denies": true, "alone": false
            }),
            &json!({
                "tool": "pay", "subject": "args.currency", "never_denies": true, "alone": true
            })
        ]
    );
    assert_eq!(
        all_facts("string-number-bypass", "risks.json"),
        [&json!({ "tool": "pay", "argument": "args.amount", "operator": "lte", "bound": 0.5 })]
    );
    assert_eq!(
        all_facts("missing-argument-bypass", "risks.json"),
        [&json!({ "tool": "pay", "argument": "args.amount", "optional": false })]
    );
    assert_eq!(
        facts("unknown-tool", "risks.json"),
        json!({ "tool": "delet_x", "server": "shop", "version": null, "nearest": "delete_x" })
    );
    assert_eq!(
        facts("unlisted-risky-tool", "risks.json"),
        json!({ "server": "shop", "category": "Destructive", "tools": ["wipe"] })
    );
    assert_eq!(
        all_facts("shadowed-rule", "dead.json"),
        [
            &json!({ "behind_require": false, "by": 1 }),
            &json!({ "behind_require": false, "by": 2 }),
            &json!({ "behind_require": true, "by": 1 })
        ]
    );
    let always = |argument: &str, declared: Option<&str>| {
        json!({
            "argument": argument, "declared": declared, "not_null": false, "whole_entry": true,
            "denies": true
        })
    };
    assert_eq!(
        all_facts("always-true-condition", "dead.json"),
        [&always("args.count", Some("number")), &always("args.script", None)]
    );
    assert_eq!(
        all_facts("unreachable-tool", "dead.json"),
        [&json!({
            "tool": "stop_job",
            "reason": "entries-together",
            "refusing": [
                { "rule": "/tools/stop_job/require/args.name-regex", "refuses": "unmet" },
                { "rule": "/tools/stop_job/deny_if/args.name-regex", "refuses": "met" }
            ]
        })]
    );
    assert_eq!(facts("dead-limit", "shut.json"), json!({ "reason": "all-hidden" }));
    assert_eq!(
        all_facts("index-in-path", "dead.json"),
        [&json!({ "path": "args.x.files[0]", "key": "files[0]", "never_denies": true })]
    );
    assert_eq!(output["policies"][0]["server"], "shop");
    assert_eq!(output["policies"][0]["server_named"], true);
    assert_eq!(output["policies"][0]["dialect"], "v1");
    assert_eq!(output["policies"][2]["dialect"], "intercept");
}

#[test]
fn a_limit_that_tools_share_is_one_finding_with_all_of_them() {
    let policy = r#"{"version": "1", "default": "allow",
  "all_tools": {"limits": [
    {"counter": "calls", "window": "minute", "max": 40, "scope": "grant"}]},
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]},
    "start_job": {}, "stop_job": {}, "update_x": {}}}"#;
    let hourly = policy.replace("minute", "hour");
    let files = [("shop.json", SHOP), ("policy.json", policy), ("hourly.json", &hourly)];
    let folder = Folder::with(&files);
    let arguments = ["lint", "--catalogue", "shop.json", "--server", "shop", "--format", "json"];
    let lint = |file| {
        let (status, output) = folder.run_json(&[&arguments[..], &[file]].concat());
        assert_eq!(status, 1);
        output
    };
    let of = |output: &Value, rule: &str| -> Vec<Value> {
        let findings = output["findings"].as_array().unwrap();
        let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
        of_rule
            .map(|finding| {
                assert_eq!(finding["pointer"], "/all_tools/limits/0/max");
                finding["facts"].clone()
            })
            .collect()
    };
    let schema = validator("lint");
    let output = lint("policy.json");
    let loose = |tools: Value, category, recommended| {
        json!({
            "tools": tools,
            "category": category,
            "calls": 40,
            "window": "minute",
            "recommended_per_minute": recommended
        })
    };
    assert_eq!(
        of(&output, "loose-limit"),
        [
            loose(json!(["start_job", "stop_job"]), "Execute", 10),
            loose(json!(["update_x"]), "Write", 30)
        ]
    );
    let default = with_rule(&output, "default-allow");
    assert_eq!(default["facts"], json!({ "listed": 4, "ruled": true }));
    let finding = with_rule(&output, "loose-limit");
    let output = alone(&output, finding);
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/findings/0/facts/tools", json!(["start_job", "start_job"]));

    let output = lint("hourly.json");
    let burst = json!({
        "tools": ["start_job", "stop_job"],
        "calls": 40,
        "window": "hour",
        "recommended_per_minute": 10
    });
    assert_eq!(of(&output, "burst-window"), [burst]);
    let output = alone(&output, with_rule(&output, "burst-window"));
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/findings/0/facts/tools", json!(["start_job", "start_job"]));
}
