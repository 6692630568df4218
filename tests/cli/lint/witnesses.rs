//! Findings with a value that gets around a list, and what is offered instead.

use serde_json::{Value, json};

use crate::support::Folder;

const SERVER: &str = r#"{"tools": [
  {"name": "read_sheet", "description": "Reads a text file.", "annotations": {"readOnlyHint": true},
   "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}},
  {"name": "open_page", "description": "Gets a web page.", "annotations": {"readOnlyHint": true},
   "inputSchema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}}]}"#;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
  "read_sheet": {"require": [{"conditions": [
    {"path": "args.path", "op": "regex", "value": "^/srv/docs/.*\\.md$"}]}]},
  "open_page": {"require": [{"conditions": [
    {"path": "args.url", "op": "contains", "value": "docs.example.org"}]}]}}}"#;

fn findings(folder: &Folder, more: &[&str]) -> Vec<Value> {
    let arguments = [
        "lint",
        "policy.json",
        "--catalogue",
        "server.json",
        "--server",
        "server",
        "--format",
        "json",
    ];
    let (_, output) = folder.run_json(&[&arguments[..], more].concat());
    let findings = output["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["rule"] == "bypassable-allow-list").cloned().collect()
}

#[test]
fn a_witness_passes_and_what_is_offered_refuses_it() {
    let folder = Folder::with(&[("server.json", SERVER), ("policy.json", POLICY)]);
    let found = findings(&folder, &[]);
    assert_eq!(found.len(), 2);
    let outcome = |finding: &Value| {
        let call = json!({"tool": finding["facts"]["tool"], "args": finding["facts"]["arguments"]});
        let arguments = ["explain", "--policy", "policy.json", "--format", "json", "--call"];
        let (_, output) = folder.run_json(&[&arguments[..], &[&call.to_string()]].concat());
        output["outcome"].clone()
    };
    assert!(found.iter().all(|finding| outcome(finding) == "allow"));
    let fix = ["lint", "policy.json", "--catalogue", "server.json", "--server", "server"];
    folder.run(&[&fix[..], &["--fix", "--unsafe-fixes"]].concat());
    assert!(found.iter().all(|finding| outcome(finding) == "deny"));
    assert!(findings(&folder, &[]).is_empty());
}

#[test]
fn a_fix_says_how_many_of_the_recorded_calls_it_keeps() {
    let call = |path: &str| json!({"tool": "read_sheet", "args": {"path": path}}).to_string();
    let paths = ["/srv/docs/a.md", "/srv/docs/b/c.md", "/srv/docs/.git/x.md", "/etc/shadow"];
    let trace = paths.map(call).join("\n");
    let folder =
        Folder::with(&[("server.json", SERVER), ("policy.json", POLICY), ("t.jsonl", &trace)]);
    let found = findings(&folder, &["--trace", "t.jsonl"]);
    // The last one does not pass now; the one before it has a hidden folder.
    assert_eq!(found[0]["facts"]["kept"], json!({"calls": 2, "of": 3}));
    let title = found[0]["fix"]["title"].as_str().unwrap();
    assert!(title.ends_with("which keeps 2 of 3 recorded calls"), "{title}");
    assert!(found[1]["facts"].get("kept").is_none());
}

#[test]
fn hosts_and_folders_of_the_house_get_around_no_list() {
    let config = "allowed-hosts: [169.254.169.254, evil.example]\npath-roots: [/etc, /srv]\n";
    let folder = Folder::with(&[
        ("server.json", SERVER),
        ("policy.json", POLICY),
        ("gatelint.yaml", config),
    ]);
    assert_eq!(findings(&folder, &["--no-config"]).len(), 2);
    // Other hosts and folders are still reached.
    for finding in findings(&folder, &[]) {
        let witness = finding["facts"]["witness"].as_str().unwrap();
        let host = witness.split('/').nth(2).unwrap_or_default();
        assert!(!["169.254.169.254", "evil.example"].contains(&host), "{witness}");
        assert!(!witness.ends_with("/etc/shadow.md"), "{witness}");
    }
}

#[test]
fn what_is_offered_for_a_folder_keeps_the_files_in_it() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"read_sheet": {"require": [
      {"conditions": [{"path": "args.path", "op": "regex", "value": "^/app/src/"}]}]}}}"#;
    let folder = Folder::with(&[("server.json", SERVER), ("policy.json", policy)]);
    let fix = ["lint", "policy.json", "--catalogue", "server.json", "--server", "server"];
    folder.run(&[&fix[..], &["--fix", "--unsafe-fixes"]].concat());
    let outcome = |path: &str| {
        let call = json!({"tool": "read_sheet", "args": {"path": path}}).to_string();
        let arguments = ["explain", "--policy", "policy.json", "--format", "json", "--call", &call];
        folder.run_json(&arguments).1["outcome"].clone()
    };
    assert_eq!(outcome("/app/src/main.rs"), "allow");
    assert_eq!(outcome("/app/src/a/b.rs"), "allow");
    assert_eq!(outcome("/app/src/../secret"), "deny");
}
