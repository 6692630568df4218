//! The schemas of the configuration and of baselines.

use std::fs;

use serde_json::{Value, json};

use super::lint::POLICY_WITH_MISTAKES;
use super::{accepts, refuses, schema, tolerated, validator};
use crate::support::Folder;

#[test]
fn a_baseline_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES), ("broken.yaml", "a: [")]);
    let run = folder.run(&["lint", "policy.json", "--write-baseline=base.json"]);
    assert_eq!(run.status, 0);
    let text = fs::read_to_string(folder.path("base.json")).unwrap();
    let mut output: Value = serde_json::from_str(&text).unwrap();
    let fingerprints = |output: &Value| output["findings"].as_array().unwrap().len();
    assert_eq!(fingerprints(&output), 7);
    let schema = validator("baseline");
    accepts(&schema, &output);
    // One with a pointer and one without are enough to try every change of.
    let findings = output["findings"].as_array_mut().unwrap();
    findings.sort_by_key(|finding| finding["pointer"].is_null());
    findings.drain(1..6);
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/version", json!(2));
    refuses(&schema, &output, "/findings/0/content", json!("short"));
}

#[test]
fn the_schema_of_the_configuration_refuses_what_its_reader_refuses() {
    let schema = validator("config");
    let valid = json!({
        "select": ["default-allow"],
        "ignore": ["loose-limit"],
        "rules": { "default-allow": { "severity": "error", "ignorable": false } },
        "limits": { "Execute": 5 },
        "policies": [
            { "files": "a/*.json", "server": "paretools/http", "dialect": "v1" },
            { "files": "b/*.yaml", "dialect": "intercept@1.1" },
        ],
        "include": ["a"],
        "allowed-hosts": ["docs.acme.example"],
        "path-roots": ["/srv/docs"],
        "secret-arguments": ["token"],
        "require-ignore-reasons": true,
        "statements": [
            { "id": "no-deletes", "severity": "error", "deny": "delete_*", "files": ["a"] },
            { "id": "few", "name": "Few", "limit": "x", "max": 3, "window": "minute" },
            { "id": "asked", "ask": "x", "when": [{ "path": "args.a", "op": "eq", "value": 1 }] },
            { "id": "together", "limit": ["x", "y*"], "max": 3, "window": "day", "total": true },
            { "id": "matching", "deny": { "category": ["Execute"] }, "unless": [{ "path": "args.a", "op": "eq", "value": 1 }] },
            { "id": "closed", "default": "deny" },
        ],
        "ignores": [{
            "rule": "loose-limit", "files": "a", "pointer": "/tools/x", "reason": "r",
            "expires": "2027-01-31",
        }],
        "baseline": "b.json"
    });
    assert!(schema.is_valid(&valid));
    let read = |config: &Value| {
        let folder = Folder::with(&[("gatelint.yaml", &config.to_string())]);
        folder.run(&["config"]).status == 0
    };
    assert!(read(&valid));
    for (place, value) in [
        ("/select", json!("default-allow")),
        ("/rules/default-allow/severity", json!("fatal")),
        ("/rules/default-allow/ignorable", json!("no")),
        ("/limits/Execute", json!(0)),
        ("/limits", json!({ "Read": 5 })),
        ("/policies/0/server", json!("")),
        ("/policies/1/dialect", json!("intercept@2")),
        ("/policies/0", json!({ "files": "a" })),
        ("/ignores/0/reason", json!("")),
        ("/ignores/0/pointer", json!("tools")),
        ("/allowed-hosts", json!("docs.acme.example")),
        ("/path-roots/0", json!("")),
        ("/secret-arguments/0", json!(1)),
        ("/require-ignore-reasons", json!("yes")),
        ("/statements/0/id", json!("No Deletes")),
        ("/statements/0/severity", json!("fatal")),
        ("/statements/0/deny", json!("")),
        ("/statements/1/max", json!(0)),
        ("/statements/1/window", json!("week")),
        ("/statements/2/when", json!([])),
        ("/statements/2", json!({ "deny": "x" })),
        ("/statements/2", json!({ "id": "x", "deny": "x", "unless": [] })),
        ("/statements/3/limit", json!([])),
        ("/statements/3/limit", json!(["x", "x"])),
        ("/statements/3/total", json!("yes")),
        ("/statements/4/deny", json!({ "category": "Exec" })),
        ("/statements/4/deny", json!({ "category": [] })),
        ("/statements/4/deny", json!({})),
        ("/statements/5/default", json!("allow")),
        ("/ignores/0/expires", json!(20270131)),
        ("/baseline", json!(1)),
        ("/include", json!([1])),
    ] {
        refuses(&schema, &valid, place, value.clone());
        let mut changed = valid.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert!(!read(&changed), "{place} is read: {changed}");
    }
}

#[test]
fn a_statement_of_the_configuration_has_the_fields_of_one_of_a_file_and_its_own() {
    let fields = |schema: &Value| -> Vec<String> {
        let properties = schema["definitions"]["statement"]["properties"].as_object().unwrap();
        properties.keys().cloned().collect()
    };
    let mut expected = fields(&schema("test"));
    expected.extend(["files", "id", "severity"].map(str::to_owned));
    expected.sort();
    assert_eq!(fields(&schema("config")), expected);
}
