//! `--statistics`: how often each rule found something.

use serde_json::{Value, json};

use crate::support::Folder;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
  "run_job": {}, "start_job": {},
  "list_jobs": {"limits": [{"counter": "n", "window": "minuet", "max": 5, "scope": "grant"}]}}}"#;

#[test]
fn rules_are_counted_the_most_frequent_first_with_what_can_be_mended() {
    let folder = Folder::with(&[("p.json", POLICY)]);
    let run = folder.run(&["lint", "--statistics", "--format", "json"]);
    assert_eq!(run.status, 1, "as without it");
    let output = run.json();
    let findings = folder.run(&["lint", "--format", "json"]).json();
    let findings = findings["findings"].as_array().unwrap();
    assert_eq!(output["findings"], findings.len());
    let rows = output["rules"].as_array().unwrap();
    let count = |row: &Value| row["count"].as_u64().unwrap();
    assert!(rows.is_sorted_by(|a, b| count(a) >= count(b)), "{output:#}");
    for row in rows {
        let own = || findings.iter().filter(|found| found["rule"] == row["rule"]);
        assert_eq!(row["count"], own().count());
        let severities = ["error", "warning", "info"];
        for severity in severities {
            assert_eq!(row[severity], own().filter(|found| found["severity"] == severity).count());
        }
        let gravest = severities.into_iter().find(|severity| row[severity] != 0).unwrap();
        assert_eq!(row["severity"], gravest);
        let fixable = |safety: &str| own().filter(|found| found["fix"]["safety"] == safety).count();
        assert_eq!(row["fixable"], fixable("safe"));
        assert_eq!(row["fixable_unsafely"], fixable("unsafe"));
    }
    let row = |rule: &str| rows.iter().find(|row| row["rule"] == rule).unwrap();
    assert_eq!(row("unbounded-execute-tool")["count"], 2);
    assert_eq!(row("unknown-window")["fixable"], 1);
}

#[test]
fn people_read_a_line_a_rule_and_the_summary() {
    let folder = Folder::with(&[("p.json", POLICY)]);
    let run =
        folder.run(&["lint", "--statistics", "--select", "unknown-window,unbounded-execute-tool"]);
    assert_eq!(
        run.out,
        "2  warning  unbounded-execute-tool  2 with `--fix --unsafe-fixes`\n1  error    unknown-window          1 with `--fix`\n1 error, 2 warnings, 0 info\n"
    );
    let clean = folder.run(&["lint", "--statistics", "--select", "default-allow"]);
    assert_eq!((clean.status, clean.out.as_str()), (0, "0 errors, 0 warnings, 0 info\n"));
}

#[test]
fn what_has_no_place_for_them_is_refused() {
    let folder = Folder::with(&[("p.json", POLICY)]);
    for format in ["concise", "sarif", "junit", "markdown"] {
        let run = folder.run(&["lint", "--statistics", "--format", format]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{format}");
        assert!(run.err.contains("`human` or `json`"), "{}", run.err);
    }
    assert_eq!(folder.run(&["lint", "--statistics", "--fix"]).status, 2);
    let unchanged = std::fs::read_to_string(folder.path("p.json")).unwrap();
    assert_eq!(unchanged, POLICY);
    let hidden =
        folder.run(&["lint", "--statistics", "--format", "json", "--ignore", "unknown-window"]);
    assert!(
        hidden.json()["rules"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["rule"] != json!("unknown-window"))
    );
}
