//! `gatelint lint` as a user meets it.

mod announced;
mod company;
mod expiry;
mod fixing;
mod formats;
mod hiding;
mod in_vain;
mod legacy;
mod names;
mod passing_over;
mod people;
mod permission_files;
mod secrets;
mod statements;
mod statistics;
mod unread;
#[cfg(unix)]
mod watching;
mod witnesses;

use crate::support::{Folder, fixture};

const UNBOUNDED: &str =
    r#"{"version": "1", "default": "deny", "tools": {"run_job": {}, "list_jobs": {}}}"#;

#[test]
fn the_recommended_policies_have_nothing_of_warning_or_above() {
    let run = Folder::new().run(&["lint", "--format", "json", &fixture("policies/seed")]);
    let output = run.json();
    assert_eq!(run.status, 0, "{output}");
    assert_eq!(output["summary"]["policies"], 5);
    assert_eq!(output["summary"]["error"], 0);
    assert_eq!(output["summary"]["warning"], 0);
    // The tools that run something take arguments that no condition looks at, which is true.
    assert_eq!(output["summary"]["info"], 4);
    let servers: Vec<_> =
        output["policies"].as_array().unwrap().iter().map(|p| p["server"].as_str()).collect();
    assert_eq!(
        servers,
        [
            Some("sibilleb/aap-enterprise-mcp-server"),
            Some("myrikld/komodo-mcp"),
            Some("octopusdeploy/mcp-server"),
            Some("octopusdeploy/mcp-server"),
            // Its one tool is `run`, which several servers have.
            None,
        ]
    );
}

#[test]
fn a_finding_names_rule_file_place_and_remedy() {
    let run = Folder::new().file("policy.json", UNBOUNDED);
    let run = run.run(&["lint", "--server", "aap-enterprise", "policy.json"]);
    assert_eq!(run.status, 1);
    for part in [
        "error[unbounded-execute-tool]",
        "`run_job` is an Execute tool and no limit bounds how often it is called",
        "policy.json:1:47",
        "help: add a limit; 10 calls a minute are recommended",
        "judged against sibilleb/aap-enterprise-mcp-server",
        "1 error, 0 warnings, 1 info",
    ] {
        assert!(run.out.replace("\n  ", " ").contains(part), "{part:?} is not in:\n{}", run.out);
    }
    assert!(!run.out.contains('\x1b'), "no colour where there is no terminal");
}

#[test]
fn colour_follows_the_environment_and_no_color_wins() {
    let folder = Folder::new().file("policy.json", UNBOUNDED);
    let colored = |variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["lint", "policy.json"], more].concat();
        folder.run_with(&arguments, "", variables).out.contains('\x1b')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&[("FORCE_COLOR", "1")], &[]));
    assert!(!colored(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &[]));
    assert!(colored(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!colored(&[("FORCE_COLOR", "1")], &["--color", "never"]));
}

#[test]
fn fail_on_decides_what_is_a_failure() {
    let folder = Folder::new()
        .file("warning.json", r#"{"version": "1", "default": "allow", "tools": {}}"#)
        .file("error.json", UNBOUNDED);
    let status = |file: &str, fail_on| {
        let named: &[&str] = match file {
            "error.json" => &["--server", "aap-enterprise"],
            _ => &[],
        };
        folder.run(&[&["lint", file, "--fail-on", fail_on], named].concat()).status
    };
    assert_eq!(status("warning.json", "warning"), 1);
    assert_eq!(status("warning.json", "error"), 0);
    assert_eq!(status("error.json", "error"), 1);
    assert_eq!(status("error.json", "none"), 0);
    // It never depends on the format.
    let json = folder.run(&["lint", "error.json", "--format", "json"]);
    assert_eq!(json.status, 1);
}

#[test]
fn folders_are_walked_for_policies_only() {
    let folder = Folder::new()
        .file("a/policy.json", UNBOUNDED)
        .file("a/tools.json", r#"{"tools": [{"name": "run_job"}]}"#)
        .file("a/compose.yaml", "version: \"3\"\nservices: {}\n")
        .file("a/broken.json", "{")
        .file("a/helm.yaml", "version: {{ .Values.version }}\ntools: {{\n")
        .file("a/.hidden/policy.json", UNBOUNDED)
        .file("a/ignored/policy.json", UNBOUNDED)
        .file(".gitignore", "ignored/\n")
        .file(
            "b/intercept.yaml",
            "version: \"1\"\ndefault: deny\ntools:\n  list_jobs:\n    rules: []\n",
        );
    let files: Vec<String> = folder.run(&["lint", "--format", "json"]).json()["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| policy["file"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(files, ["./a/policy.json", "./b/intercept.yaml"]);
}

#[test]
fn nothing_to_check_is_status_3_unless_allowed() {
    let folder = Folder::new().file("notes.txt", "none");
    let run = folder.run(&["lint", "."]);
    assert_eq!(run.status, 3);
    assert!(run.err.contains("no policy found"), "{}", run.err);
    assert_eq!(folder.run(&["lint", ".", "--allow-empty"]).status, 0);
}

#[test]
fn what_cannot_be_read_is_status_2_and_the_rest_is_still_linted() {
    let folder = Folder::new()
        .file("good.json", UNBOUNDED)
        .file("tools.json", r#"{"tools": [{"name": "run_job"}]}"#)
        .file("broken.json", "{\"version\": \"1\", \"tools\": {]}");
    let run = folder.run(&[
        "lint",
        "--server",
        "aap-enterprise",
        "missing.json",
        "tools.json",
        "broken.json",
        "good.json",
    ]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("cannot read missing.json"), "{}", run.err);
    assert!(run.out.contains("error[not-a-policy]"), "{}", run.out);
    assert!(run.out.contains("broken.json:1:28"), "{}", run.out);
    assert!(run.out.contains("error[unbounded-execute-tool]"), "{}", run.out);
}

#[test]
fn files_that_are_no_policies_can_be_passed_over() {
    let folder = Folder::new().file("package.json", r#"{"name": "x", "version": "1.0.0"}"#);
    assert_eq!(folder.run(&["lint", "package.json"]).status, 2);
    let run = folder.run(&["lint", "--skip-non-policies", "--allow-empty", "package.json"]);
    assert_eq!((run.status, run.out.as_str()), (0, ""));
}

#[test]
fn standard_input_is_linted_too() {
    let run = Folder::new().run_with(&["lint", "-"], UNBOUNDED, &[]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("<stdin>:1:47"), "{}", run.out);
}

#[test]
fn a_server_can_be_named_and_a_misspelt_one_is_suggested() {
    let policy =
        r#"{"version": "1", "default": "deny", "tools": {"execute": {}, "frobnicate": {}}}"#;
    let folder = Folder::new().file("policy.json", policy);
    let run = folder.run(&["lint", "policy.json", "--server", "OctopusDeploy/mcp-server"]);
    assert!(run.out.contains("warning[stale-tool]"), "{}", run.out);
    assert!(run.out.contains("octopusdeploy/mcp-server has no tool `frobnicate`"), "{}", run.out);
    let run = folder.run(&["lint", "policy.json", "--server", "octopusdeply/mcp-server"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("did you mean `octopusdeploy/mcp-server`?"), "{}", run.err);
}

#[test]
fn a_catalogue_of_ones_own_decides_what_a_tool_is() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"frobnicate": {}}}"#;
    let catalogue = r#"{"server": "acme/frob", "tools": [
        {"name": "frobnicate", "category": "Execute", "severity": "high"}]}"#;
    let folder = Folder::new().file("policy.json", policy).file("catalogue.json", catalogue);
    let run = folder.run(&["lint", "policy.json", "--catalogue", "catalogue.json"]);
    assert!(run.out.contains("error[unbounded-execute-tool]"), "{}", run.out);
    assert!(run.out.contains("judged against acme/frob"), "{}", run.out);
    // Without it the category is a guess, and says so.
    let run = folder.run(&["lint", "policy.json"]);
    assert!(run.out.contains("info[unbounded-execute-tool]"), "{}", run.out);
    assert!(run.out.contains("seems to be") || run.out.contains("may be"), "{}", run.out);
}

#[test]
fn an_argument_is_not_unknown_where_the_schema_takes_any() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"get_x": {"require": [
        {"conditions": [{"path": "args.plce", "op": "eq", "value": "a"}]}]}}}"#;
    for (more, expected) in [
        ("", 1),
        (r#", "additionalProperties": false"#, 1),
        (r#", "additionalProperties": true"#, 0),
        (r#", "additionalProperties": {"type": "string"}"#, 0),
    ] {
        let schema = format!(r#"{{"type": "object", "properties": {{"place": {{}}}}{more}}}"#);
        let tools = format!(r#"{{"tools": [{{"name": "get_x", "inputSchema": {schema}}}]}}"#);
        let folder = Folder::new().file("policy.json", policy).file("tools.json", tools);
        let arguments = ["lint", "policy.json", "--catalogue", "tools.json", "--format", "jsonl"];
        let found = folder.run(&arguments).json_lines();
        let unknown = found.iter().filter(|finding| finding["rule"] == "unknown-argument");
        assert_eq!(unknown.count(), expected, "{schema}");
    }
}

#[test]
fn a_catalogue_that_is_none_is_refused_with_all_its_mistakes() {
    let catalogue = r#"{"server": "acme/frob", "tools": [
        {"name": "frobnicate", "category": "Exectue"}, {"category": "Read"}]}"#;
    let folder = Folder::new().file("policy.json", UNBOUNDED).file("catalogue.json", catalogue);
    let run = folder.run(&["lint", "policy.json", "--catalogue", "catalogue.json"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in
        ["did you mean `Execute`?", "catalogue.json:2:", "catalogue.json is not a valid catalogue"]
    {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn hostile_names_never_reach_the_terminal() {
    let policy = "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"delete_\\u001b[31m\\u202e\u{202e}\": {}}}";
    let folder = Folder::new().file("policy.json", policy);
    for format in ["human", "json"] {
        let run = folder.run(&["lint", "policy.json", "--format", format]);
        assert!(run.out.contains("reachable-destructive-tool"), "{}", run.out);
        assert!(!run.out.contains(['\x1b', '\u{202e}']), "{format}: {}", run.out);
    }
}

#[test]
fn a_large_file_works() {
    let tools: Vec<String> = (0..50_000).map(|number| format!("\"get_{number}\":{{}}")).collect();
    let policy =
        format!("{{\"version\":\"1\",\"default\":\"deny\",\"tools\":{{{}}}}}", tools.join(","));
    let run = Folder::new().file("policy.json", policy).run(&["lint", "policy.json"]);
    assert_eq!(run.status, 0, "{}", run.out);
}

#[test]
fn a_broken_policy_in_a_folder_is_not_passed_over() {
    let utf16: Vec<u8> = "\u{feff}{\"version\": \"1\", \"tools\": {}}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes) in [
        ("policy.json", &b"{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"a\": {}}"[..]),
        ("policy.json", &utf16[..]),
        ("policy.yaml", &b"version: \"1\"\ntools:\n\t- a\n"[..]),
    ] {
        let folder = Folder::new().file(name, bytes);
        let run = folder.run(&["lint"]);
        assert_eq!(run.status, 2, "{}", run.out);
        assert!(run.out.contains("error[syntax-error]"), "{}", run.out);
        let hook = folder.run(&["lint", "--skip-non-policies", "--allow-empty", name]);
        assert_eq!(hook.status, 2, "{}", hook.out);
    }
}
