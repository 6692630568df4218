//! What is not shown: comments, entries of the configuration, baselines; and that it is counted.

use crate::support::Folder;

const RUN: &str = "version: \"1\"
default: deny
tools:
  # gatelint: ignore[unbounded-execute-tool] the server has its own limit
  run_job: {}
  list_jobs: {}
";

fn rules(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["lint", "--format", "jsonl"], arguments].concat());
    run.json_lines().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_comment_on_the_line_or_above_ignores_its_rules_and_is_counted() {
    let folder = Folder::new().file("a.yaml", RUN);
    assert_eq!(rules(&folder, &[]), ["unvalidated-execute-argument"]);
    let beside = RUN
        .replace("  # gatelint: ignore[unbounded-execute-tool] the server has its own limit\n", "")
        .replace("run_job: {}", "run_job: {}  # gatelint: ignore[unbounded-execute-tool, unvalidated-execute-argument] ok");
    let folder = folder.file("b.yaml", beside);
    assert_eq!(rules(&folder, &["b.yaml"]), [""; 0]);
    let run = folder.run(&["lint", "b.yaml"]);
    assert_eq!(run.status, 0);
    assert!(run.out.contains("0 errors, 0 warnings, 0 info; hidden: 2 ignored"), "{}", run.out);
    // A gate shows everything.
    assert_eq!(folder.run(&["lint", "b.yaml", "--no-ignores"]).status, 1);
    let shown = rules(&folder, &["b.yaml", "--no-ignores"]);
    assert_eq!(shown, ["unbounded-execute-tool", "unvalidated-execute-argument"]);
}

#[test]
fn an_unused_comment_is_a_finding_only_if_its_rule_ran() {
    let folder = Folder::new().file(
        "a.yaml",
        "version: \"1\"\ndefault: deny  # gatelint: ignore[default-allow] once\ntools:\n  list_jobs: {}\n",
    );
    assert_eq!(rules(&folder, &[]), ["unused-ignore"]);
    assert_eq!(rules(&folder, &["--ignore", "default-allow"]), [""; 0]);
    assert_eq!(rules(&folder, &["--no-ignores"]), [""; 0]);
}

#[test]
fn the_configuration_ignores_by_file_pointer_and_rule_with_a_reason() {
    let policy =
        r#"{"version": "1", "default": "deny", "tools": {"run_job": {}, "launch_job": {}}}"#;
    let entry = |file: &str, pointer: &str| {
        format!(
            "ignore: [unvalidated-execute-argument, stale-tool, unknown-tool]\nignores:\n  - rule: unbounded-execute-tool\n    files: {file}\n    pointer: {pointer}\n    reason: held elsewhere\n"
        )
    };
    let folder = Folder::new()
        .file("p/a.json", policy)
        .file("gatelint.yaml", entry("p/*.json", "/tools/run_job"));
    let shown = folder.run(&["lint", "--format", "jsonl"]).json_lines();
    let pointers: Vec<_> =
        shown.iter().map(|finding| finding["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/tools/launch_job"]);
    // An entry that matches nothing is a finding at its place, though not where its files were not judged.
    let folder = folder.file("gatelint.yaml", entry("p/*.json", "/tools/none"));
    let run = folder.run(&["lint", "--format", "json"]);
    let output = run.json();
    let unused = output["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"] == "unused-ignore");
    let unused = unused.expect("the entry is unused");
    assert_eq!(
        (unused["file"].as_str(), unused["line"].as_u64()),
        (Some("gatelint.yaml"), Some(3))
    );
    assert_eq!(output["policies"].as_array().unwrap().len(), 1, "the configuration is no policy");
    assert_eq!(run.status, 1);
    let folder =
        folder.file("q/b.json", policy).file("gatelint.yaml", entry("q/*.json", "/tools/none"));
    assert!(!rules(&folder, &["p"]).contains(&"unused-ignore".to_owned()));
}

#[test]
fn what_may_not_be_ignored_is_shown_all_the_same() {
    let folder = Folder::new()
        .file("a.yaml", RUN)
        .file("gatelint.yaml", "rules:\n  unbounded-execute-tool: {ignorable: false}\n");
    let shown = rules(&folder, &[]);
    assert_eq!(shown, ["unbounded-execute-tool", "unvalidated-execute-argument"]);
}

#[test]
fn a_long_run_of_comments_is_about_the_line_below_it() {
    let comments =
        format!("{}{}", "# gatelint: ignore[default-allow] known\n", "# x\n".repeat(20_000));
    let folder = Folder::new().file(
        "a.yaml",
        format!("version: \"1\"\n{comments}default: allow\ntools: {{list_jobs: {{}}}}\n"),
    );
    let shown = rules(&folder, &[]);
    assert!(!shown.contains(&"default-allow".to_owned()), "{shown:?}");
    assert!(!shown.contains(&"unused-ignore".to_owned()), "{shown:?}");
}

#[test]
fn a_comment_that_ignores_no_rule_says_so() {
    for names in ["", " ", " , "] {
        let policy = RUN.replace("unbounded-execute-tool", names);
        let folder = Folder::new().file("a.yaml", policy);
        let shown = rules(&folder, &[]);
        assert!(shown.contains(&"invalid-ignore".to_owned()), "{shown:?}");
    }
}

#[test]
fn that_a_document_is_broken_is_never_ignored() {
    let entry = |rule: &str| format!("ignores:\n  - {{rule: {rule}, reason: later}}\n");
    for (rule, policy) in [("syntax-error", "{\"version\": "), ("not-a-policy", "[1]")] {
        let folder = Folder::new().file("a.json", policy).file("gatelint.yaml", entry(rule));
        let shown = rules(&folder, &["a.json"]);
        assert!(shown.contains(&rule.to_owned()), "{shown:?}");
    }
}

const OPEN: &str =
    "{\n  \"version\": \"1\",\n  \"default\": \"allow\",\n  \"tools\": {\"run_job\": {}}\n}\n";

#[test]
fn a_baseline_hides_exactly_what_it_was_written_for() {
    let folder = Folder::new().file("p/a.json", OPEN);
    let run = folder.run(&["lint", "p", "--write-baseline"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.starts_with("gatelint-baseline.json: "), "{}", run.out);
    let hidden = ["p", "--baseline", "gatelint-baseline.json"];
    assert_eq!(rules(&folder, &hidden), [""; 0]);
    let summary = folder.run(&["lint", "p", "--baseline", "gatelint-baseline.json"]);
    assert_eq!(summary.status, 0);
    assert!(summary.out.contains("in the baseline"), "{}", summary.out);
    // Lines may move; a new finding of the same rule is shown.
    let folder = folder.file("p/a.json", OPEN.replace("\"tools\"", "\n\n  \"tools\""));
    assert_eq!(rules(&folder, &hidden), [""; 0]);
    let folder =
        folder.file("p/a.json", OPEN.replace("{\"run_job\"", "{\"stop_job\": {}, \"run_job\""));
    let new = folder
        .run(&["lint", "p", "--baseline", "gatelint-baseline.json", "--format", "jsonl"])
        .json_lines();
    assert!(
        !new.is_empty() && new.iter().all(|finding| finding["pointer"] != "/default"),
        "{new:?}"
    );
    // The same finding in another file is new as well.
    let folder = folder.file("p/a.json", OPEN).file("p/b.json", OPEN);
    assert!(rules(&folder, &hidden).contains(&"default-allow".to_owned()));
}

#[test]
fn a_baseline_means_the_same_files_from_everywhere() {
    let folder = Folder::new()
        .file(".git/HEAD", "")
        .file("gatelint.yaml", "baseline: base/lint.json\n")
        .file("base/.keep", "")
        .file("p/a.json", OPEN);
    assert_eq!(folder.run(&["lint", "--write-baseline"]).status, 0);
    let text = std::fs::read_to_string(folder.path("base/lint.json")).unwrap();
    assert!(text.contains("\"../p/a.json\""), "{text}");
    for below in [".", "p"] {
        let run = folder.run_in(below, &["lint"]);
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{}", run.out);
    }
    // A gate does not trust what lies in the repository.
    assert_eq!(folder.run(&["lint", "--no-ignores"]).status, 1);
}

#[test]
fn what_no_longer_occurs_is_reported_and_pruned() {
    let folder = Folder::new().file("a.json", OPEN);
    folder.run(&["lint", "a.json", "--write-baseline=base.json"]);
    let count = |text: &str| text.matches("\"rule\"").count();
    let before = std::fs::read_to_string(folder.path("base.json")).unwrap();
    let folder = folder.file("a.json", OPEN.replace("allow", "deny"));
    let output =
        folder.run(&["lint", "a.json", "--baseline", "base.json", "--format", "json"]).json();
    // The default that allowed, and the tools that it opened.
    assert_eq!(output["summary"]["stale_baseline"], 2);
    let run = folder.run(&["lint", "a.json", "--baseline", "base.json"]);
    assert!(run.out.contains("2 findings of the baseline no longer occur"), "{}", run.out);
    let run = folder.run(&["lint", "a.json", "--write-baseline=base.json"]);
    assert!(run.out.contains("; 2 that no longer occurred went"), "{}", run.out);
    let after = std::fs::read_to_string(folder.path("base.json")).unwrap();
    assert_eq!(count(&before), count(&after) + 2);
    assert!(before.contains("default-allow") && !after.contains("default-allow"));
}

#[test]
fn a_baseline_of_another_version_is_an_error_and_nothing_is_written() {
    let other = "{\"version\": 2, \"findings\": []}\n";
    let folder = Folder::new().file("a.json", OPEN).file("base.json", other);
    for arguments in [
        ["lint", "a.json", "--baseline=base.json"],
        ["lint", "a.json", "--write-baseline=base.json"],
    ] {
        let run = folder.run(&arguments);
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        assert!(run.err.contains("is of version 2"), "{}", run.err);
        assert!(run.err.contains("help: write it again"), "{}", run.err);
        assert_eq!(std::fs::read_to_string(folder.path("base.json")).unwrap(), other);
    }
    let folder = folder.file("base.json", "[]");
    assert_eq!(folder.run(&["lint", "a.json", "--baseline=base.json"]).status, 2);
    // With something that cannot be judged nothing is written either.
    let run = folder.run(&["lint", "a.json", "missing.json", "--write-baseline=new.json"]);
    assert_eq!(run.status, 2);
    assert!(!folder.path("new.json").exists());
}

#[test]
fn a_baseline_keeps_what_it_has_of_rules_that_did_not_run() {
    let folder = Folder::new().file("a.json", OPEN);
    folder.run(&["lint", "a.json", "--write-baseline=base.json"]);
    let before = std::fs::read_to_string(folder.path("base.json")).unwrap();
    for few in [["--select", "unbounded-execute-tool"], ["--ignore", "default-allow"]] {
        let run = folder.run(&[&["lint", "a.json", "--baseline", "base.json"], &few[..]].concat());
        assert!(!run.out.contains("no longer occur"), "{}", run.out);
        let run =
            folder.run(&[&["lint", "a.json", "--write-baseline=base.json"], &few[..]].concat());
        assert_eq!(run.status, 0);
        assert!(!run.out.contains("no longer occurred"), "{}", run.out);
        assert_eq!(std::fs::read_to_string(folder.path("base.json")).unwrap(), before);
    }
}

#[test]
fn what_a_baseline_has_of_a_deleted_file_no_longer_occurs() {
    let folder = Folder::new().file("p/a.json", OPEN).file("p/b.json", OPEN);
    folder.run(&["lint", "p", "--write-baseline=base.json"]);
    let stale = |folder: &Folder| {
        let arguments = ["lint", "p/a.json", "--baseline", "base.json", "--format", "json"];
        folder.run(&arguments).json()["summary"]["stale_baseline"].as_u64().unwrap()
    };
    assert_eq!(stale(&folder), 0, "a file that was not asked for is not stale");
    std::fs::remove_file(folder.path("p/b.json")).unwrap();
    let all = std::fs::read_to_string(folder.path("base.json")).unwrap();
    let of_b = all.matches("\"p/b.json\"").count();
    assert!(of_b > 0);
    assert_eq!(stale(&folder), u64::try_from(of_b).unwrap());
}

#[test]
fn a_file_that_is_named_twice_is_judged_once() {
    let folder = Folder::new().file("p/a.json", OPEN).file("p/none.json", "[1]");
    let once = rules(&folder, &["p/a.json"]);
    assert!(!once.is_empty());
    assert_eq!(rules(&folder, &["p/a.json", "./p/../p/a.json", "p"]), once);
    // One that is named is judged, whatever folder it was met in before.
    assert!(rules(&folder, &["p", "p/none.json"]).contains(&"not-a-policy".to_owned()));
}

#[test]
fn what_may_not_be_ignored_is_in_no_baseline_and_a_configured_severity_holds() {
    let open = r#"{"version":"1","default":"allow","tools":{"delete_database":{}}}"#;
    let config = "rules: {default-allow: {severity: error, ignorable: false}, reachable-destructive-tool: {severity: error}}\n";
    let folder = Folder::new().file("p.json", open).file("gatelint.yaml", config);
    folder.run(&["lint", "p.json", "--no-config", "--write-baseline=b.json"]);
    let run = folder.run(&["lint", "p.json", "--baseline", "b.json", "--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.err);
    let shown = run.json()["findings"].clone();
    let rules: Vec<_> = shown.as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert_eq!(rules, ["default-allow"], "the others are hidden");
    let bare = folder.run(&["lint", "p.json", "--format", "json"]).json();
    let severity = |rule: &str| {
        let found = bare["findings"].as_array().unwrap().iter().find(|one| one["rule"] == rule);
        found.unwrap()["severity"].clone()
    };
    assert_eq!(severity("reachable-destructive-tool"), "error", "although it is guessed");
}

#[test]
fn a_baseline_that_is_not_there_says_how_to_get_one() {
    let folder = Folder::new().file("p.json", "{}").file("gatelint.yaml", "baseline: b.json\n");
    let run = folder.run(&["lint", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("gatelint lint --write-baseline="), "{}", run.err);
}
