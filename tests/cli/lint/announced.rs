//! What a server announces of its tools, and what a policy lets through of it.

use serde_json::{Value, json};

use crate::support::Folder;

const SERVER: &str = r#"{"tools": [
  {"name": "trigger", "inputSchema": {"type": "object", "required": ["method"], "properties": {
    "method": {"type": "string", "enum": ["run_workflow", "cancel_run"]}, "workflow": {"type": "string"}}}},
  {"name": "manage_label", "inputSchema": {"type": "object", "required": ["action"], "properties": {
    "action": {"oneOf": [{"const": "create"}, {"const": "delete"}, {"const": "purge"}]}}}},
  {"name": "manage_tag", "inputSchema": {"type": "object", "properties": {
    "action": {"anyOf": [{"enum": ["create", "delete"]}, {"type": "null"}]}}}},
  {"name": "update_label", "inputSchema": {"type": "object", "required": ["command"], "properties": {
    "command": {"type": "string", "enum": ["create", "update", "delete"]}}}},
  {"name": "find_room", "annotations": {"readOnlyHint": true}, "inputSchema": {"type": "object",
    "required": ["id"], "properties": {"id": {"type": "string", "pattern": "^C[0-9]+$"}}}},
  {"name": "run_container", "inputSchema": {"type": "object", "properties": {
    "image": {"type": "string"}, "command": {"type": "string"}}}},
  {"name": "run_command", "inputSchema": {"type": "object", "properties": {"command": {"type": "string"}}}},
  {"name": "remove_container", "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}},
  {"name": "run_report", "description": "Runs a report.", "annotations": {"readOnlyHint": true},
    "inputSchema": {"type": "object", "properties": {"property": {"type": "string"}}}},
  {"name": "delete_room", "annotations": {"readOnlyHint": true},
    "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}},
  {"name": "panel_frobnicate", "description": "Frobnicate the panel", "inputSchema": {"type": "object",
    "properties": {"width": {"type": "number"}}}}]}"#;

/// The rules with a warning or an error on a tool with some conditions, beside a hidden one.
fn warned(tool: &str, conditions: Value, limited: bool) -> Vec<String> {
    let limit = json!([{"counter": "calls", "window": "minute", "max": 5, "scope": "grant"}]);
    let entries: Vec<Value> =
        conditions.as_array().unwrap().iter().map(|one| json!({"conditions": [one]})).collect();
    let rules = json!({"require": entries, "limits": if limited { limit } else { json!([]) }});
    let policy = json!({"version": "1", "default": "deny", "hide": ["remove_container"], "tools": {(tool): rules}});
    let folder = Folder::with(&[("server.json", SERVER), ("policy.json", &policy.to_string())]);
    let (_, output) = folder.run_json(&[
        "lint",
        "policy.json",
        "--catalogue",
        "server.json",
        "--server",
        "server",
        "--format",
        "json",
    ]);
    let findings = output["findings"].as_array().unwrap().iter();
    let grave = findings.filter(|finding| finding["severity"] != "info");
    grave.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

fn asks(path: &str, op: &str, value: impl Into<Value>) -> Value {
    json!({"path": path, "op": op, "value": value.into()})
}

#[test]
fn a_method_is_free_unless_its_choices_are_listed() {
    // One that destroys by a choice alone is taken for destructive.
    let said = ["unconstrained-method", "reachable-destructive-tool"];
    let is_free = |tool: &str, conditions: Value| {
        warned(tool, conditions, true).iter().any(|rule| said.contains(&&**rule))
    };
    let listed = json!([
        asks("args.method", "in", json!(["run_workflow"])),
        asks("args.workflow", "in", json!(["ci.yml"]))
    ]);
    assert!(!is_free("trigger", listed));
    for tool in ["manage_label", "manage_tag"] {
        assert!(is_free(tool, json!([])), "{tool}");
        assert!(!is_free(tool, json!([asks("args.action", "in", json!(["create"]))])), "{tool}");
    }
    assert!(is_free("manage_label", json!([asks("args.action", "neq", "delete")])));
    assert!(is_free("update_label", json!([])));
    assert!(!is_free("update_label", json!([asks("args.command", "eq", "update")])));
}

#[test]
fn a_pattern_is_held_against_the_pattern_of_the_schema() {
    let rules =
        |pattern: &str| warned("find_room", json!([asks("args.id", "regex", pattern)]), false);
    assert_eq!(rules("^D[0-9]+$"), ["value-not-in-schema"]);
    assert!(rules("^C0[0-9]+$").is_empty());
}

#[test]
fn a_command_within_something_does_not_replace_what_controls_that() {
    let rule = "unvalidated-execute-argument".to_owned();
    assert!(!warned("run_container", json!([]), true).contains(&rule));
    assert!(warned("run_command", json!([]), true).contains(&rule));
}

#[test]
fn a_claim_to_read_is_contradicted_by_more_than_a_verb_that_may_read() {
    let rule = "annotation-contradicts-name".to_owned();
    assert!(!warned("run_report", json!([]), false).contains(&rule));
    assert!(warned("delete_room", json!([]), true).contains(&rule));
}

#[test]
fn what_no_known_verb_says_is_information_only() {
    assert!(warned("panel_frobnicate", json!([]), false).is_empty());
    assert!(!warned("run_command", json!([]), false).is_empty());
}

#[test]
fn what_init_writes_has_no_warning() {
    let folder = Folder::with(&[("server.json", SERVER)]);
    let server = ["--catalogue", "server.json", "--server", "server"];
    let written = folder.run(&[&["init", "-o", "policy.json"][..], &server].concat());
    assert_eq!(written.status, 0, "{}", written.err);
    let (_, output) =
        folder.run_json(&[&["lint", "policy.json", "--format", "json"][..], &server].concat());
    assert_eq!(output["summary"]["warning"], 0, "{output}");
    assert_eq!(output["summary"]["error"], 0, "{output}");
}

#[cfg(unix)]
#[test]
fn a_baseline_goes_to_a_pipe() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"run_job": {}}}"#;
    let folder = Folder::with(&[("policy.json", policy)]);
    let run = folder.run(&["lint", "policy.json", "--write-baseline=/dev/stdout"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.contains("unbounded-execute-tool"), "{}", run.out);
}
