//! `gatelint.yaml`: found, read, heeded, printed.

use crate::support::Folder;

const OPEN: &str = r#"{"version": "1", "default": "allow", "tools": {"list_jobs": {}}}"#;
const RUN: &str =
    r#"{"version": "1", "default": "deny", "tools": {"run_job": {}, "list_jobs": {}}}"#;

fn rules(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let named = ["lint", "--server", "aap-enterprise", "--format", "jsonl"];
    let run = folder.run(&[&named[..], arguments].concat());
    run.json_lines().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rules_are_selected_and_ignored_by_name_and_a_misspelt_one_is_an_error() {
    let folder = Folder::new().file("a.json", OPEN).file("b.json", RUN);
    let all = rules(&folder, &[]);
    assert!(all.contains(&"default-allow".to_owned()), "{all:?}");
    assert_eq!(rules(&folder, &["--select", "default-allow"]), ["default-allow"]);
    let left = rules(
        &folder,
        &["--ignore", "default-allow,unvalidated-execute-argument,unlisted-risky-tool"],
    );
    assert_eq!(left, ["unbounded-execute-tool"]);
    // What is off runs when it is selected.
    assert_eq!(rules(&folder, &["b.json", "--select", "uncovered-tool"]), ["uncovered-tool"]);
    let run = folder.run(&["lint", "--select", "default-alow"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("did you mean `default-allow`?"), "{}", run.err);
}

#[test]
fn findings_do_not_fail_under_none_but_unreadable_input_does() {
    let folder = Folder::new().file("a.json", OPEN);
    assert_eq!(folder.run(&["lint"]).status, 1);
    assert_eq!(folder.run(&["lint", "--fail-on", "none"]).status, 0);
    assert_eq!(folder.run(&["lint", "--fail-on", "none", "a.json", "missing.json"]).status, 2);
}

#[test]
fn the_configuration_is_found_above_and_heeded() {
    let folder = Folder::new()
        .file(".git/HEAD", "")
        .file(
            "gatelint.yaml",
            "ignore: [unvalidated-execute-argument, unlisted-risky-tool]\nrules:\n  default-allow: {severity: info}\nlimits: {Execute: 3}\n",
        )
        .file("policies/a.json", OPEN)
        .file("policies/b.json", RUN);
    let run =
        folder.run_in("policies", &["lint", "--server", "aap-enterprise", "--format", "json"]);
    let output = run.json();
    let findings = output["findings"].as_array().unwrap();
    let gist: Vec<_> = findings
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap(), finding["severity"].as_str().unwrap()))
        .collect();
    assert_eq!(gist, [("default-allow", "info"), ("unbounded-execute-tool", "error")]);
    assert_eq!(findings[1]["facts"]["recommended_per_minute"], 3);
    let run = folder.run_in("policies", &["lint", "--no-config", "--format", "jsonl"]);
    assert!(run.out.contains("unvalidated-execute-argument"), "{}", run.out);
}

#[test]
fn a_broken_configuration_is_an_error_with_every_mistake_and_its_place() {
    let folder = Folder::new()
        .file("a.json", OPEN)
        .file("gatelint.yaml", "slect: [x]\nrules:\n  default-alow: {severity: warn}\n");
    let run = folder.run(&["lint"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in [
        "did you mean `select`?",
        "did you mean `default-allow`?",
        "gatelint.yaml:1:1",
        "gatelint.yaml:3:3",
        "`warn` is not",
        "gatelint.yaml is not a valid configuration",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
    assert_eq!(folder.run(&["lint", "--no-config"]).status, 1);
    assert_eq!(folder.run(&["lint", "--config", "absent.yaml"]).status, 2);
}

#[test]
fn files_are_included_and_excluded_and_hooks_can_enforce_it() {
    let folder = Folder::new()
        .file("gatelint.yaml", "include: ['policies/**']\nexclude: [old]\n")
        .file("policies/a.json", OPEN)
        .file("policies/old/b.json", OPEN)
        .file("elsewhere/c.json", OPEN);
    let files = |arguments: &[&str]| -> Vec<String> {
        let output = folder.run(&[&["lint", "--format", "json"], arguments].concat()).json();
        let policies = output["policies"].as_array().unwrap();
        policies.iter().map(|policy| policy["file"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(files(&[]), ["./policies/a.json"]);
    assert_eq!(files(&["policies/old/b.json"]), ["policies/old/b.json"]);
    let hook = ["policies/old/b.json", "policies/a.json", "--force-exclude"];
    assert_eq!(files(&hook), ["policies/a.json"]);
}

#[test]
fn the_server_of_a_policy_is_found_from_the_configuration() {
    let folder = Folder::new()
        .file(
            "gatelint.yaml",
            "policies:\n  - {files: 'aap/*.json', server: sibilleb/aap-enterprise-mcp-server}\n",
        )
        .file("aap/a.json", r#"{"version": "1", "default": "deny", "tools": {"frobnicate": {}}}"#);
    let output = folder.run(&["lint", "--format", "json"]).json();
    assert_eq!(output["policies"][0]["server"], "sibilleb/aap-enterprise-mcp-server");
    assert_eq!(output["policies"][0]["server_named"], true);
    let folder = folder.file(
        "gatelint.yaml",
        "policies:\n  - {files: '*', server: siblleb/aap-enterprise-mcp-server}\n",
    );
    let run = folder.run(&["lint"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("did you mean `sibilleb/aap-enterprise-mcp-server`?"), "{}", run.err);
}

#[test]
fn config_prints_what_is_in_force_and_from_where() {
    let folder = Folder::new()
        .file("gatelint.yaml", "ignore: [loose-limit]\nlimits: {Write: 5}\nbaseline: base.json\nignores: [{rule: stale-tool, files: old/*.json, reason: gone}]\n");
    let run = folder.run(&["config"]);
    assert_eq!(run.status, 0);
    for part in [
        "the configuration is gatelint.yaml",
        "ignore: [\"loose-limit\"]  (gatelint.yaml:1)",
        "limits: {\"Execute\":10,\"Write\":5}  (gatelint.yaml:2)",
        "select: \"every rule\"  (default)",
        "\"files\":[\"old/*.json\"],\"pointer\":null,\"reason\":\"gone\",\"rule\":\"stale-tool\"",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    assert!(run.out.contains("base.json\"  (gatelint.yaml:3)"), "{}", run.out);
    assert!(Folder::new().run(&["config"]).out.starts_with("no configuration is used\n"));
}

#[test]
fn a_dialect_is_named_for_policies_and_the_command_line_wins() {
    let policy = "version: \"1\"\ndefault: deny\ntools:\n  pay:\n    rules:\n      - {name: a, action: require_approval}\n";
    let folder = Folder::new()
        .file("old/p.yaml", policy)
        .file("new/p.yaml", policy)
        .file("calls.jsonl", "{\"tool\":\"pay\",\"args\":{}}\n")
        .file(
            "gatelint.yaml",
            "policies:\n  - {files: 'old/*', dialect: intercept@1.1}\n  - {files: '*/*.yaml', server: octopusdeploy/mcp-server}\n",
        );
    let call = r#"{"tool":"pay","args":{}}"#;
    for (dialect, old) in [(None, 2), (Some("intercept@latest"), 0)] {
        let more: Vec<&str> = dialect.iter().flat_map(|name| ["--dialect", *name]).collect();
        for (path, status) in [("old/p.yaml", old), ("new/p.yaml", 0)] {
            for command in [
                &["explain", "--policy", path, "--call", call][..],
                &["replay", "--policy", path, "calls.jsonl"],
                &["diff", path, path],
            ] {
                let run = folder.run(&[command, &more].concat());
                assert_eq!(run.status, status, "{command:?} {more:?}: {}{}", run.out, run.err);
                assert!(status == 0 || run.err.contains("unknown to Intercept 1.1"), "{}", run.err);
            }
            let run = folder.run(&[&["lint", path, "--format", "concise"][..], &more].concat());
            assert_eq!(run.out.contains("unknown to Intercept 1.1"), status == 2, "{}", run.out);
        }
    }
    let unread = ["explain", "--no-config", "--policy", "old/p.yaml", "--call", call];
    assert_eq!(folder.run(&unread).status, 0);
    let shown = folder.run(&["config"]).out;
    assert!(shown.contains(r#""dialect":"intercept@1.1""#), "{shown}");
    assert!(shown.contains(r#""server":"octopusdeploy/mcp-server""#), "{shown}");
}

#[test]
fn an_entry_of_policies_says_something_and_a_dialect_exists() {
    for (entry, message) in [
        ("{files: a.yaml}", "this entry says nothing of its policies"),
        ("{files: a.yaml, dialect: intercept@1.0}", "intercept@1.1"),
    ] {
        let folder = Folder::new().file("gatelint.yaml", format!("policies: [{entry}]\n"));
        let run = folder.run(&["config"]);
        assert_eq!(run.status, 2, "{}", run.out);
        assert!(run.err.contains(message), "{}", run.err);
    }
}

#[test]
fn the_rules_of_an_agent_are_shown_as_they_are_in_force_with_their_places() {
    let folder = Folder::with(&[
        ("home/.config/opencode/opencode.json", "{\"permission\": {\"bash\": {\"*\": \"ask\"}}}"),
        (
            "project/opencode.json",
            "{\"permission\":\n{\"bash\": {\"git *\": \"allow\", \"*\": \"deny\"}}}",
        ),
        ("project/.git/HEAD", ""),
    ]);
    let run = folder.run(&["config", "--policy", "project", "--home", "home"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.contains("last-match"), "{}", run.out);
    // A key that comes again keeps its place.
    let [all, git] = ["deny bash  (", "allow bash `git *`  ("].map(|text| run.out.find(text));
    assert!(all.unwrap() < git.unwrap(), "{}", run.out);
    assert!(run.out.contains("project/opencode.json:2)"), "{}", run.out);
    assert!(run.out.contains("in plan deny edit"), "{}", run.out);
    let run = folder
        .file("p.json", "{\"version\":\"1\",\"default\":\"deny\"}")
        .run(&["config", "--policy", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("policy of a gateway"), "{}", run.err);
}
