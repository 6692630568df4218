//! What is passed over, and that nothing is in silence: files that look like no policy, broken and
//! partial policies, what the configuration names and nobody has.

use crate::support::Folder;

const GOOD: &str = r#"{"version": "1", "default": "deny", "tools": {"list_pages": {}}}"#;

fn passed_over(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["lint", "--format", "json"], arguments].concat());
    let list = run.json()["summary"]["passed_over"].clone();
    list.as_array().unwrap().iter().map(|file| file.as_str().unwrap().to_owned()).collect()
}

/// The messages of a rule, and the places of what they are about.
fn found(folder: &Folder, rule: &str, arguments: &[&str]) -> Vec<(String, String)> {
    let lines = folder.run(&[&["lint", "--format", "jsonl"], arguments].concat()).json_lines();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let of_rule = lines.iter().filter(|finding| finding["rule"] == rule);
    of_rule.map(|finding| (text(&finding["pointer"]), text(&finding["message"]))).collect()
}

#[test]
fn what_a_folder_passes_over_is_counted_and_listed() {
    let folder = Folder::new()
        .file("p/good.json", GOOD)
        .file("p/package.json", r#"{"name": "desk", "version": "1.0.0"}"#)
        .file("p/deep/values.yml", "replicas: 2\n")
        .file("p/.gitignore", "built\n")
        .file("p/built/values.yaml", "replicas: 2\n")
        .file("p/notes.txt", "none");
    assert_eq!(passed_over(&folder, &["p"]), ["p/deep/values.yml", "p/package.json"]);
    let run = folder.run(&["lint", "p"]);
    assert!(run.out.contains("passed over: 2 files that are no policies"), "{}", run.out);
    // A hook that names every file hears of it too.
    let named = ["--skip-non-policies", "p/good.json", "p/package.json"];
    assert_eq!(passed_over(&folder, &named), ["p/package.json"]);
    // What is judged although it is none is not passed over.
    assert_eq!(passed_over(&folder, &["p/package.json"]), [""; 0]);
    let run = folder.run(&["lint", "p/deep"]);
    assert_eq!(run.status, 3);
    assert!(run.err.contains("no policy found, only 1 file that is no policy"), "{}", run.err);
}

#[test]
fn what_the_program_reads_beside_policies_is_not_passed_over() {
    let folder = Folder::new()
        .file("good.json", GOOD)
        .file("tools.json", r#"{"tools": [{"name": "list_pages"}]}"#)
        .file(
            "more.json",
            r#"{"server": "acme/x", "tools": [{"name": "get_x", "category": "Read"}]}"#,
        )
        .file("seen.json", r#"{"version": 1, "findings": []}"#)
        .file("gatelint.yaml", "baseline: seen.json\ncatalogues: [more.json]\n");
    assert_eq!(passed_over(&folder, &[]), ["./tools.json"]);
    let other = ["--no-config", "--catalogue", "tools.json", "--baseline", "seen.json"];
    assert_eq!(passed_over(&folder, &other), ["./gatelint.yaml", "./more.json"]);
}

#[test]
fn its_own_output_is_neither_linted_nor_passed_over() {
    let folder = Folder::new().file("good.json", GOOD);
    let program = env!("CARGO_BIN_EXE_gatelint");
    let command = format!("{program} lint --format json > found.json");
    let run = std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path(""))
        .status()
        .unwrap();
    assert!(run.success());
    let text = std::fs::read_to_string(folder.path("found.json")).unwrap();
    let output: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(output["summary"]["passed_over"], serde_json::json!([]));
}

#[test]
fn a_part_of_a_policy_and_a_broken_one_are_passed_over_by_no_hook() {
    for (name, text, rule) in [
        ("p.json", r#"{"version": "1"}"#, "missing-default"),
        ("p.yaml", "version: \"1\"\ntools:\n  drop_table:\n    hide: true\n", "missing-default"),
        ("p.json", r#"{"tools": {"run_job": {"action": "deny"}}}"#, "missing-default"),
        ("p.json", "{'version': '1', 'default': 'deny', 'tools': {}}", "syntax-error"),
        ("p.yaml", "tools:\n\trun_job:\n\t\trules:\n\t\t- action: deny\n", "syntax-error"),
        ("p.json", "{\"version\": \"1\",\n<<<<<<< ours\n", "syntax-error"),
        ("p.json", r#"{"run_job": {"deny_if": [{"conditions": []}]}}"#, "not-a-policy"),
    ] {
        let folder = Folder::new().file(name, text);
        for arguments in [&["."][..], &["--skip-non-policies", "--allow-empty", name]] {
            let run = folder.run(&[&["lint"], arguments].concat());
            assert!([1, 2].contains(&run.status), "{text}: {}", run.status);
            assert!(!found(&folder, rule, arguments).is_empty(), "{text}: {}", run.out);
        }
    }
}

#[test]
fn a_fragment_is_named_as_one_and_what_to_do_with_it() {
    let fragment = r#"{"run_job": {"limits": [
        {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}"#;
    let folder = Folder::new().file("p.json", fragment);
    let run = folder.run(&["lint"]);
    assert_eq!(run.status, 2);
    for part in ["a fragment of one, the inside of `tools`", "put it under `tools`", "\"deny\""] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    let finding = &folder.run(&["lint", "--format", "json"]).json()["findings"][0];
    assert_eq!(finding["facts"]["fragment"], "tools");
}

#[test]
fn each_file_that_the_configuration_expects_is_to_be_a_policy() {
    let folder = Folder::new()
        .file("policies/good.json", GOOD)
        .file("policies/values.yaml", "replicas: 2\n")
        .file("policies/empty.json", "")
        .file("policies/README.md", "about them")
        .file("other/values.yaml", "replicas: 2\n")
        .file("gatelint.yaml", "expect: [\"policies/**\"]\ninclude: [policies/good.json, other]\n");
    let (status, output) = folder.run_json(&["lint", "--format", "json"]);
    assert_eq!(status, 2);
    let findings = output["findings"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let gist: Vec<_> =
        findings.map(|finding| [&finding["file"], &finding["rule"]].map(text)).collect();
    assert_eq!(
        gist,
        [["./policies/empty.json", "syntax-error"], ["./policies/values.yaml", "not-a-policy"]]
    );
    assert_eq!(output["summary"]["passed_over"], serde_json::json!(["./other/values.yaml"]));
    // Neither does the hook pass over one.
    let hook = ["lint", "--skip-non-policies", "--allow-empty"];
    assert_eq!(folder.run(&[&hook[..], &["policies/values.yaml"]].concat()).status, 2);
    assert_eq!(folder.run(&[&hook[..], &["other/values.yaml"]].concat()).status, 0);
    let shown = folder.run(&["config"]).out;
    assert!(shown.contains("expect: [\"policies/**\"]  (gatelint.yaml:1)"), "{shown}");
}

#[test]
fn patterns_of_the_configuration_that_match_no_file_are_findings_at_their_places() {
    let configuration = "expect: [gone/**, s]
policies:
  - {files: \"moved/*.json\", server: octopusdeploy/mcp-server}
  - {files: [s/p.json, /lost.json], server: octopusdeploy/mcp-server}
ignores:
  - {rule: default-allow, files: [s/*.json, none.yaml], reason: known}
  - {rule: default-allow, files: \"built/**\", reason: known}
";
    let folder = Folder::new()
        .file("s/p.json", GOOD.replace("deny", "allow"))
        .file("other/q.json", GOOD)
        .file("built/r.json", GOOD)
        .file(".gitignore", "built\n")
        .file("gatelint.yaml", configuration);
    let expected = [
        ("/expect/0", "gone/**"),
        ("/policies/0/files", "moved/*.json"),
        ("/policies/1/files/1", "/lost.json"),
        ("/ignores/0/files/1", "none.yaml"),
    ]
    .map(|(place, pattern)| {
        (place.to_owned(), format!("there is no file that `{pattern}` matches"))
    });
    // It does not matter which files are linted: those that are there are there.
    for paths in [&["."][..], &["other/q.json"]] {
        assert_eq!(found(&folder, "unused-ignore", paths), expected, "{paths:?}");
    }
    let run = folder.run(&["lint", "other/q.json"]);
    assert_eq!(run.status, 1);
    assert_eq!(found(&folder, "unused-ignore", &["--no-config"]), []);
}

#[test]
fn what_may_not_be_ignored_is_not_switched_off_beside_it() {
    let folder = Folder::new().file("p.json", GOOD.replace("deny", "allow")).file(
        "gatelint.yaml",
        "rules: {default-allow: {ignorable: false}}
ignore: [loose-limit, default-allow]
ignores: [{rule: default-allow, reason: we like it}]
",
    );
    assert_eq!(found(&folder, "default-allow", &[]).len(), 1);
    let places: Vec<String> =
        found(&folder, "unused-ignore", &[]).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/ignore/1", "/ignores/0"]);
}
