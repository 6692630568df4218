//! `gatelint convert` as a user meets it.

mod agents;
mod losses;
mod measured;

use crate::support::{Folder, fixture};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["drop"],
  "tools": {
    "list": {},
    "pay": { "require": [{ "conditions": [{ "path": "args.amount", "op": "lte", "value": 500 },
                                          { "path": "args.currency", "op": "in", "value": ["eur", "5"] }],
                           "on_deny": "too much" }] },
    "close": { "deny_if": [{ "conditions": [] }, { "conditions": [{ "path": "args.force", "op": "exists", "value": true }] }] }
  }
}
"#;

#[test]
fn a_policy_goes_to_the_other_dialect_and_back_with_a_proof_each_way() {
    let folder = Folder::new().file("p.json", POLICY);
    let there = folder.run(&["convert", "p.json", "--to", "intercept", "--output", "p.yaml"]);
    assert_eq!((there.status, there.out.as_str()), (0, ""), "{}", there.err);
    assert!(
        there.err.starts_with(
            "converted: for calls whose arguments are an object: changes no access (proved); for all others: loosens access: 4 tools\n"
        ),
        "{}",
        there.err
    );
    assert!(there.err.contains(r#"'{"tool":"drop","args":[]}'"#), "{}", there.err);
    let yaml = std::fs::read_to_string(folder.path("p.yaml")).unwrap();
    for part in ["hide:\n  - \"drop\"\n", "on_deny: too much", "op: in", "action: deny"] {
        assert!(yaml.contains(part), "{part:?} is not in\n{yaml}");
    }
    let back = folder.run(&["convert", "p.yaml", "--to", "v1", "-o", "back.json"]);
    assert_eq!(back.status, 0, "{}", back.err);
    let proof = folder.run(&["diff", "--equivalent", "p.json", "back.json"]);
    assert_eq!(proof.status, 0, "{}", proof.out);
}

#[test]
fn what_prints_alike_is_listed_so_that_the_proof_goes_through() {
    let old = fixture("policies/pairs/intercept-printed-numbers/old.yaml");
    let run = Folder::new().run(&["convert", &old, "--to", "v1"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let condition = &run.json()["tools"]["create_charge"]["require"][0]["conditions"][0];
    assert_eq!(
        (&condition["op"], &condition["value"]),
        (&"in".into(), &serde_json::json!([5, "5"]))
    );
}

#[test]
fn what_cannot_be_carried_over_is_named_with_a_call_and_still_written() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
      "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 5}]}]},
      "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]},
      "say": {"deny_if": [{"conditions": [{"path": "args.text", "op": "regex", "value": "rude"}]}]}}}"#;
    let run = Folder::new().file("p.json", policy).run(&["convert", "p.json", "--to", "intercept"]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("rate_limit: 2/minute"), "{}", run.out);
    for part in [
        "p.json:3: each grant has its own counter; in Intercept everybody shares one",
        "p.json:4: Intercept has no opposite of this condition, so every call is denied",
        "converted with differences: for calls whose arguments are an object: loosens no access (proved); tightens access: 3 tools; for all others: loosens access: 2 tools; may loosen access: 2 tools",
        "unknown: nothing public tells what becomes of arguments that are no object",
        r#"'{"tool":"pay","args":{}}'"#,
        "3 calls of run by 2 grants within one minute",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
}

#[test]
fn the_same_dialect_is_wrong_usage_and_a_bad_file_is_left_alone() {
    let folder =
        Folder::new().file("p.json", POLICY).file("bad.json", "{").file("out.yaml", "mine");
    let run = folder.run(&["convert", "p.json", "--to", "v1"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("p.json is a PolicyLayer version 1 policy already"), "{}", run.err);
    let run = folder.run(&["convert", "p.json", "--dialect", "intercept", "--to", "intercept"]);
    assert!(run.err.contains("p.json is an Intercept policy already"), "{}", run.err);
    let run = folder.run(&["convert", "bad.json", "--to", "intercept", "-o", "out.yaml"]);
    assert_eq!(run.status, 2);
    assert_eq!(std::fs::read_to_string(folder.path("out.yaml")).unwrap(), "mine");
}

#[test]
fn a_file_that_is_there_is_overwritten_only_when_asked() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
    let folder = Folder::new().file("p.json", policy);
    let run = folder.run(&["convert", "p.json", "--to", "intercept", "-o", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("p.json is there already") && run.err.contains("--force"));
    assert_eq!(std::fs::read_to_string(folder.path("p.json")).unwrap(), policy);
}
