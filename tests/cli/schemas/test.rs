//! The schemas of test files and of what came of them.

use serde_json::{Value, json};

use super::{accepts, refuses, schema, tolerated, validator};
use crate::support::Folder;

const TESTS: &str = r#"{
  "for": ["p.json", {"jobs": "p.json"}], "start": "2026-03-01T10:00:00Z", "assume": ["ask=deny"],
  "calls": {"run": {"tool": "run", "args": {"id": 1}}},
  "cases": [
    {"name": "limits", "call": "run", "steps": [
      {"repeat": "2 every 4s", "expect": "allow"},
      {"at": "30s", "call": {"like": "run", "grant": "g"}, "repeat": 3, "expect": "allow"}]},
    {"name": "when", "call": "run", "repeat": 3, "expect": {"outcome": "throttle", "retry": "1m"}},
    {"name": "rows", "call": {"tool": "pay"}, "table": [
      {"name": "much", "args": {"n": 6}, "expect": {"outcome": "deny", "rule": "/default", "message": "*no*"}},
      {"args_missing": "hashed", "expect": {"outcome": "indeterminate", "missing": "time"}}]}],
  "statements": [{"deny": "pay", "when": [{"path": "args.n", "op": "gt", "value": 5}]}]
}"#;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
  "pay": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 7}]}]},
  "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]}}}"#;

#[test]
fn what_came_of_tests_follows_its_schema() {
    let folder = Folder::with(&[("p.test.json", TESTS), ("p.json", POLICY)]);
    let arguments = ["test", "p.test.json", "--format", "json", "--coverage", "--mutate"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 1);
    let first = &output["files"][0]["tested"][0];
    let wrong: Vec<&Value> = first["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["failure"].get("wrong").unwrap_or(&Value::Null))
        .collect();
    let expected = [json!(["outcome"]), json!(["outcome"]), json!(["outcome"]), json!(["missing"])];
    assert_eq!(wrong, expected.iter().collect::<Vec<_>>());
    let nowhere = &output["files"][0]["tested"][1]["cases"][0]["failure"]["found"];
    assert_eq!(nowhere["outcome"], Value::Null);
    let schema = validator("tested");
    let arguments = |what: &String| {
        let is_of_call = what.contains("/args/") || what.ends_with("extended");
        what.contains("/args") && is_of_call || what.contains("/case") && what.contains("survivors")
    };
    let tolerated: Vec<String> =
        tolerated(&schema, &output).into_iter().filter(|what| !arguments(what)).collect();
    assert_eq!(tolerated, [""; 0]);
    let mutants = &output["mutants"][0];
    assert_eq!(mutants["survivors"][0]["edit"], "default-allow");
    let case = json!({ "cases": [mutants["survivors"][0]["case"]] });
    accepts(&validator("test"), &case);
    refuses(&schema, &output, "/files/0/tested/0/cases/0/failure/found/outcome", json!("no"));
    let covered = |field: &str| format!("/coverage/policies/0/{field}");
    refuses(&schema, &output, &covered("not_covered/0/never/0"), json!("seen"));
    refuses(&schema, &output, &covered("not_covered/0/kind"), json!("file"));
    refuses(&schema, &output, &covered("percent"), json!(101));
    accepts(&validator("test"), &serde_json::from_str(TESTS).unwrap());
}

#[test]
fn test_files_and_what_came_of_them_share_words_with_other_schemas() {
    let [tested, assertions] = ["tested", "assertions"].map(schema);
    for (name, definition) in assertions["$defs"].as_object().unwrap() {
        assert_eq!(tested["$defs"][name], *definition, "{name}");
    }
    assert_eq!(tested["$defs"]["missing"], schema("decision")["$defs"]["missing"]);
    let replay = schema("replay");
    for name in ["coverage", "covered_policy", "uncovered", "coverage_share"] {
        assert_eq!(tested["$defs"][name], replay["$defs"][name], "{name}");
    }
}

#[test]
fn the_schema_knows_every_edit_of_mutants() {
    let code = include_str!("../../../src/mutation/mutant.rs");
    for edit in
        schema("tested")["$defs"]["mutant"]["properties"]["edit"]["enum"].as_array().unwrap()
    {
        assert!(code.contains(&format!("=> {edit},")), "{edit}");
    }
}
