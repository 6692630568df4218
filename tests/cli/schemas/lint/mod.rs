//! The schema of findings: that they stand where the mistakes are.

mod facts;
mod house;
mod impossible;

use serde_json::{Value, json};

use crate::schemas::{refuses, tolerated, validator};
use crate::support::Folder;

/// The mistakes of a careless author.
pub(super) const POLICY_WITH_MISTAKES: &str = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "lösche": {"limits": [{"counter": "ä", "window": "minutes", "max": 5, "scope": "grant"}]},
    "delete_x": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 9}]}]},
    "delete_x": {
      "deny_if": [
        {"conditions": [
          {"path": "args.n", "op": "gt", "value": 9},
          {"path": "args.n", "op": "lt", "value": 2}]},
        {"conditions": [{"path": "args.m", "op": "gte", "value": 5}]}]}
  }
}
"#;

/// What a finding says and where, without the words.
fn gist(finding: &Value) -> Value {
    let place = |of: &Value| json!([of["line"], of["column"], of["end_line"], of["end_column"]]);
    let related: Vec<Value> = finding["related"].as_array().unwrap().iter().map(place).collect();
    json!([finding["rule"], finding["class"], finding["severity"], place(finding), related])
}

/// The first finding of a rule.
fn with_rule<'o>(output: &'o Value, rule: &str) -> &'o Value {
    let findings = output["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).expect("the rule found something")
}

/// The output with only one of its findings, so that trying every change of it stays quick.
fn alone(output: &Value, finding: &Value) -> Value {
    let mut output = output.clone();
    output["findings"] = json!([finding]);
    output
}

#[test]
fn findings_follow_the_schema_and_stand_where_the_mistakes_are() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES)]);
    let (status, output) = folder.run_json(&["lint", "policy.json", "--format", "json"]);
    assert_eq!(status, 1);
    let findings = output["findings"].as_array().unwrap();
    // Of `delete_x` only the last entry is judged, and of that one nothing slips past what never
    // denies anything.
    let expected = [
        json!(["default-allow", "risk", "warning", [3, 14, 3, 21], []]),
        json!(["unknown-window", "invalid", "error", [5, 54, 5, 63], []]),
        json!(["duplicate-key", "risk", "error", [7, 5, 7, 15], [[6, 5, 6, 15]]]),
        json!(["reachable-destructive-tool", "risk", "warning", [7, 5, 7, 15], []]),
        json!(["contradictory-conditions", "risk", "error", [11, 11, 11, 53], [[10, 11, 10, 53]]]),
        json!(["missing-argument-bypass", "risk", "warning", [12, 25, 12, 68], []]),
        json!(["string-number-bypass", "risk", "warning", [12, 25, 12, 68], []]),
    ];
    assert_eq!(findings.iter().map(gist).collect::<Vec<_>>(), expected);
    let window = with_rule(&output, "unknown-window");
    assert_eq!(window["pointer"], "/tools/lösche/limits/0/window");
    assert_eq!(window["facts"], json!({ "found": "`minutes`", "nearest": "minute" }));
    assert_eq!(window["fix"]["edits"][0]["text"], "\"minute\"");
    let clash = with_rule(&output, "contradictory-conditions");
    assert_eq!(
        clash["facts"],
        json!({ "tool": "delete_x", "subject": "args.n", "never_denies": true, "alone": false })
    );
    let count = |severity| findings.iter().filter(|found| found["severity"] == severity).count();
    assert_eq!(
        output["summary"],
        json!({
            "policies": 1,
            "error": count("error"),
            "warning": count("warning"),
            "info": count("info"),
            "ignored": 0,
            "baselined": 0,
            "stale_baseline": 0,
            "passed_over": [],
        })
    );
    assert_eq!(
        output["policies"],
        json!([{ "file": "policy.json", "dialect": "v1", "server": null, "server_named": false, "server_certain": false }])
    );
    let schema = validator("lint");
    for finding in findings {
        assert_eq!(tolerated(&schema, &alone(&output, finding)), [""; 0]);
    }
}

#[test]
fn places_that_no_editor_knows_and_words_that_nobody_uses_are_refused() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES)]);
    let (_, output) = folder.run_json(&["lint", "policy.json", "--format", "json"]);
    let clash = with_rule(&output, "contradictory-conditions");
    let output = alone(&output, clash);
    let schema = validator("lint");
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/findings/0/line", json!(0)),
        ("/findings/0/column", json!(0)),
        ("/findings/0/end_line", json!(0)),
        ("/findings/0/end_column", json!(0)),
        ("/findings/0/related/0/line", json!(0)),
        ("/findings/0/related/0/column", json!(0)),
        ("/findings/0/line", json!(1.5)),
        ("/findings/0/line", Value::Null),
        ("/findings/0/pointer", json!("tools/delete_x")),
        ("/findings/0/rule", json!("contradictory_conditions")),
        ("/findings/0/rule", json!("default-allow")),
        ("/findings/0/rule", json!("duplicate-key")),
        ("/findings/0/class", json!("invalid")),
        ("/findings/0/severity", json!("Error")),
        ("/findings/0/message", json!("")),
        ("/findings/0/facts", Value::Null),
        ("/findings/0/facts", json!({})),
        ("/findings/0/facts/subject", json!("n")),
        ("/findings/0/facts/alone", json!(true)),
        ("/findings/0/related", json!([])),
        ("/findings/0/related/0/message", json!("")),
        ("/policies/0/dialect", json!("v2")),
        ("/policies/0/dialect", json!("PolicyLayer version 1")),
        ("/policies/0/dialect", json!("Intercept")),
        ("/policies/0/server_named", json!(true)),
        ("/summary/info", json!(-1)),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn a_document_that_cannot_be_read_to_its_end_is_a_finding_and_no_policy() {
    let broken = "{\n  \"version\": \"1\",\n  \"tools\": {\"é\": ]\n}\n";
    let folder = Folder::with(&[("broken.json", broken)]);
    let (status, output) =
        folder.run_json(&["lint", "broken.json", "absent.json", "--format", "json"]);
    assert_eq!(status, 2);
    let [finding] = output["findings"].as_array().unwrap().as_slice() else {
        panic!("one finding: {output:#}")
    };
    assert_eq!((&finding["rule"], &finding["class"]), (&json!("syntax-error"), &json!("invalid")));
    assert_eq!(finding["file"], "broken.json");
    assert_eq!((&finding["line"], &finding["column"]), (&json!(3), &json!(18)));
    assert_eq!(finding["pointer"], Value::Null);
    assert_eq!(finding["facts"]["problem"], "syntax");
    assert_eq!(finding["facts"]["message"], finding["message"]);
    assert_eq!(output["policies"].as_array().unwrap().len(), 1);
    assert_eq!(output["policies"][0]["dialect"], Value::Null);
    assert_eq!(output["unreadable"].as_array().unwrap().len(), 1);
    assert_eq!(output["unreadable"][0]["file"], "absent.json");
    assert_eq!(
        (&output["summary"]["policies"], &output["summary"]["error"]),
        (&json!(1), &json!(1))
    );
    let schema = validator("lint");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/policies/0/server", json!("shop"));
    refuses(&schema, &output, "/unreadable/0/message", json!(""));
}

#[test]
fn an_output_without_any_document_follows_the_schema() {
    let folder = Folder::with(&[("notes.txt", "nothing here")]);
    let (status, output) = folder.run_json(&["lint", ".", "--format", "json"]);
    assert_eq!(status, 3);
    assert_eq!((&output["findings"], &output["policies"]), (&json!([]), &json!([])));
    assert_eq!(tolerated(&validator("lint"), &output), [""; 0]);
}
