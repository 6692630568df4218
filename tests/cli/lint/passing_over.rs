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
        ("p.json", r#"{"tools": {"run_job": {"rate_limit": "ten/minute"}}}"#, "missing-default"),
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
exclude: [never/**, out]
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
        .file("out/x.json", GOOD)
        .file(".gitignore", "built\n")
        .file("gatelint.yaml", configuration);
    let expected = [
        ("/expect/0", "gone/**"),
        ("/exclude/0", "never/**"),
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

#[test]
fn what_may_be_something_else_is_passed_over_with_what_it_looks_like_until_it_is_named() {
    let folder = Folder::new()
        .file("p/good.json", GOOD)
        .file("p/block.yaml", "bob: {action: deny, reason: spam}\n")
        .file("p/flag.json", r#"{"default": "allow", "description": "flag"}"#)
        .file("p/values.yaml", "replicas: 2\n");
    let (status, output) = folder.run_json(&["lint", "--format", "json", "p"]);
    assert_eq!(status, 0);
    assert_eq!(
        output["summary"]["passed_over_though"],
        serde_json::json!({
            "p/block.yaml": "it may be the inside of a policy's `tools`",
            "p/flag.json": "it has fields of a policy and no `tools`",
        })
    );
    let run = folder.run(&["lint", "p"]);
    assert!(run.err.contains("note: passed over p/block.yaml: it may be"), "{}", run.err);
    assert!(!run.err.contains("values.yaml"), "{}", run.err);
    assert_eq!(folder.run(&["lint", "p/block.yaml"]).status, 2);
    let folder = folder.file("gatelint.yaml", "expect: [\"p/block.yaml\"]\n");
    assert_eq!(folder.run(&["lint", "p"]).status, 2);
}

#[test]
fn a_folder_without_a_policy_says_what_was_passed_over_also_where_that_is_no_error() {
    let folder = Folder::new().file("s/values.yaml", "replicas: 2\n");
    let run = folder.run(&["lint", "--allow-empty", "s"]);
    assert_eq!(run.status, 0);
    assert!(
        run.err.contains("note: no policy found, only 1 file that is no policy"),
        "{}",
        run.err
    );
}

#[cfg(unix)]
#[test]
fn links_to_files_are_followed_and_those_to_folders_named() {
    use std::os::unix::fs::symlink;
    let open = GOOD.replace("deny", "allow");
    let folder = Folder::new()
        .file("s/good.json", GOOD)
        .file("elsewhere/open.json", &open)
        .file("elsewhere/values.yaml", "replicas: 2\n");
    for (to, at) in [
        ("../elsewhere/open.json", "s/open.json"),
        ("good.json", "s/again.json"),
        ("../elsewhere/values.yaml", "s/values.yaml"),
        ("../elsewhere", "s/folder"),
        (".", "s/circle"),
        ("gone.json", "s/gone.json"),
        ("gone.txt", "s/gone.txt"),
    ] {
        symlink(to, folder.path(at)).unwrap();
    }
    let (_, output) = folder.run_json(&["lint", "--format", "json", "s"]);
    let files: Vec<_> = output["findings"].as_array().unwrap().iter().map(|f| &f["file"]).collect();
    assert!(!files.is_empty() && files.iter().all(|file| *file == "s/open.json"), "{files:?}");
    assert_eq!(output["summary"]["policies"], 2);
    assert_eq!(
        output["summary"]["passed_over_though"],
        serde_json::json!({
            "s/folder": "it is a link to a folder",
            "s/gone.json": "it is a link that leads nowhere",
        })
    );
    let passed = ["s/folder", "s/gone.json", "s/values.yaml"];
    assert_eq!(passed_over(&folder, &["s"]), passed);
    // What is expected is, by whichever path it is met first.
    let folder = folder.file("gatelint.yaml", "expect: [\"s/**\"]\n");
    for paths in [&["s"][..], &["elsewhere", "s"]] {
        assert_eq!(folder.run(&[&["lint"], paths].concat()).status, 2, "{paths:?}");
    }
}

#[test]
fn hidden_files_are_judged_where_the_configuration_expects_policies_and_nowhere_else() {
    let folder = Folder::new()
        .file("policies/.draft.json", r#"{"default": "allow", "description": "flag"}"#)
        .file("policies/good.json", GOOD)
        .file(".cache/p.json", GOOD.replace("deny", "allow"));
    assert_eq!(folder.run(&["lint"]).status, 0);
    let folder = folder.file("gatelint.yaml", "expect: [\"policies/**\"]\n");
    let (_, output) = folder.run_json(&["lint", "--format", "json"]);
    let files: Vec<_> = output["findings"].as_array().unwrap().iter().map(|f| &f["file"]).collect();
    assert!(!files.is_empty(), "{output}");
    assert!(files.iter().all(|file| *file == "./policies/.draft.json"), "{files:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_and_not_waited_for() {
    let folder = Folder::new().file("p/good.json", GOOD);
    let pipe = folder.path("p/pipe.json");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(&pipe, folder.path("p/to_pipe.json")).unwrap();
    let run = folder.run(&["lint", "p"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.err.contains("p/pipe.json: it is a pipe"), "{}", run.err);
    assert_eq!(passed_over(&folder, &["p"]).len(), 1);
}

#[cfg(unix)]
#[test]
fn an_ignore_file_that_does_not_end_is_an_error_and_not_waited_for() {
    let folder = Folder::new().file("a/good.json", GOOD).file("b/good.json", GOOD);
    for pipe in ["a/.gitignore", "b/.ignore"] {
        let made = std::process::Command::new("mkfifo").arg(folder.path(pipe)).status();
        assert!(made.unwrap().success());
    }
    for (path, file) in [("a", "a/.gitignore"), ("b", "b/.ignore"), (".", "./b/.ignore")] {
        let run = folder.run(&["lint", path]);
        assert_eq!(run.status, 2, "{}", run.err);
        assert!(
            run.err.contains(&format!("cannot read {file}: it is a pipe, a socket")),
            "{}",
            run.err
        );
        assert!(run.out.contains("0 errors"), "{}", run.out);
    }
}

#[cfg(unix)]
#[test]
fn an_ignore_file_that_is_a_link_says_nothing_as_to_git() {
    let folder = Folder::new().file("all", "*\n").file("s/a.json", GOOD).file("s/t/b.json", GOOD);
    for (to, at) in
        [("../all", "s/.gitignore"), ("/dev/zero", "s/.ignore"), ("../t/own", "s/t/.gitignore")]
    {
        std::os::unix::fs::symlink(to, folder.path(at)).unwrap();
    }
    std::fs::write(folder.path("s/t/own"), "*\n").unwrap();
    for path in ["s", "s/t"] {
        let (status, output) = folder.run_json(&["lint", "--format", "json", path]);
        assert_eq!((status, &output["unreadable"]), (0, &serde_json::json!([])), "{output}");
        assert_eq!(output["summary"]["policies"], if path == "s" { 2 } else { 1 });
    }
}

#[test]
fn what_is_ignored_above_a_folder_is_ignored_in_it_and_may_be_taken_in_again() {
    let folder = Folder::new()
        .file(".gitignore", "/p/a.json\n*.tmp.json\ndrafts/\n")
        .file("p/.ignore", "!kept.tmp.json\nb.json\n")
        .file(".git/info/exclude", "c.json\n");
    let names = ["a.json", "x.tmp.json", "kept.tmp.json", "b.json", "c.json", ".h.json"];
    let broad = GOOD.replace("deny", "allow");
    let folder =
        names.iter().fold(folder, |folder, name| folder.file(&format!("p/{name}"), &broad));
    let folder = folder.file("p/drafts/d.json", &broad).file("p/q/a.json", &broad);
    let (_, output) = folder.run_json(&["lint", "p", "--format", "json"]);
    let findings = output["findings"].as_array().unwrap();
    let mut files: Vec<&str> = findings.iter().map(|one| one["file"].as_str().unwrap()).collect();
    files.dedup();
    assert_eq!(files, ["p/kept.tmp.json", "p/q/a.json"]);
}

#[test]
fn a_policy_inside_of_another_document_is_named() {
    let folder = Folder::new()
        .file("p/good.json", GOOD)
        .file("p/all.yaml", format!("policies:\n  - {GOOD}\n"))
        .file("p/one.json", format!(r#"{{"policy": {GOOD}}}"#));
    let run = folder.run(&["lint", "p"]);
    for file in ["p/all.yaml", "p/one.json"] {
        assert!(run.err.contains(&format!("{file}: a policy stands inside")), "{}", run.err);
    }
}
