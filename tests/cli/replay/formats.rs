//! The formats of `gatelint replay`.

use super::{call, replay, seed};
use crate::support::Folder;

/// A call of a tool with a hostile name, which the policy does not list.
const HOSTILE: &str = r#"{"ts":0,"grant":"@team","tool":"=1+1|`</failure>\"\n\u001b[2J,<script>"}"#;

fn written(format: &str, more: &[&str]) -> String {
    let trace = call("run_runbook", 0, "ci").repeat(12) + HOSTILE;
    let run = replay(&seed("octopus-run-runbook"), &trace, &[&["--format", format], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(!run.out.contains(['\x1b', '\u{202e}']), "{}", run.out);
    run.out
}

#[test]
fn a_row_of_csv_is_a_group_and_no_cell_a_formula() {
    let csv = written("csv", &[]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].starts_with("by,name,rest,calls,allow,ask,deny,throttle,indeterminate,"),
        "{csv}"
    );
    assert_eq!(lines[1], "tool,run_runbook,0,12,10,0,0,2,0,,,,");
    assert!(
        lines[2].starts_with("tool,\"'=1+1|`</failure>\"\"\\u{a}\\u{1b}[2J,<script>\",0,1,0,0,1,")
    );
    assert_eq!(lines.len(), 3);
    let by_grant = written("csv", &["--by", "grant", "--top", "1"]);
    let lines: Vec<&str> = by_grant.lines().collect();
    let limit = "/tools/run_runbook/limits/run_runbook_rate,/tools/run_runbook/limits/0,10,10";
    assert_eq!(lines[1], format!("grant,ci,0,12,10,0,0,2,0,{limit}"));
    assert_eq!(lines[2], "grant,(the rest),1,1,0,0,1,0,0,,,,");
}

#[test]
fn a_line_of_json_is_a_group() {
    let lines = written("jsonl", &["--by", "rule"]);
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let gist = |row: &serde_json::Value| (row["name"].clone(), row["calls"].clone());
    let expected = [
        (serde_json::Value::Null, 10.into()),
        ("/tools/run_runbook/limits/run_runbook_rate".into(), 2.into()),
        ("(default deny)".into(), 1.into()),
    ];
    assert_eq!(rows.iter().map(gist).collect::<Vec<_>>(), expected);
}

#[test]
fn a_junit_test_case_fails_where_calls_were_refused() {
    let xml = written("junit", &[]);
    for part in [
        "<testsuites name=\"gatelint replay\" tests=\"2\" skipped=\"0\" failures=\"2\" errors=\"0\">",
        "<testcase name=\"run_runbook\" classname=\"gatelint.replay.tool\">",
        "<failure message=\"2 of 12 calls refused\" type=\"refused\">",
        "throttle 2: /tools/run_runbook/limits/run_runbook_rate at /tools/run_runbook/limits/0<",
        "deny 1: (default deny) at /default<",
        "name=\"=1+1|`&lt;/failure&gt;&quot;\\u{a}\\u{1b}[2J,&lt;script&gt;\"",
    ] {
        assert!(xml.contains(part), "{part:?} is not in:\n{xml}");
    }
    let by_grant = written("junit", &["--by", "grant"]);
    assert!(by_grant.contains("<testcase name=\"ci\" "), "{by_grant}");
    let hashed = "{\"tool\":\"run\",\"args_hash\":\"x\"}\n";
    let policy = r#"{"version": "1", "default": "deny", "tools": {"ok": {}, "run": {
        "require": [{"conditions": [{"path": "args.n", "op": "exists", "value": true}]}]}}}"#;
    let folder = Folder::new()
        .file("policy.json", policy)
        .file("trace.jsonl", hashed.to_owned() + "{\"tool\":\"ok\"}\n");
    let run =
        folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--format", "junit"]);
    for part in [
        "tests=\"2\" skipped=\"0\" failures=\"0\" errors=\"1\"",
        "<error message=\"1 of 1 call cannot be decided\" type=\"indeterminate\">",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn markdown_is_short_folds_its_details_and_lets_no_name_mean_anything() {
    let markdown = written("markdown", &[]);
    assert!(
        markdown.starts_with("<!-- gatelint:replay ")
            && markdown.contains(" -->\n\n### gatelint replay: 3 of 13 calls refused\n\n"),
        "{markdown}"
    );
    assert!(markdown.contains("\n| 10 | 1 | 2 | 0 |\n"), "{markdown}");
    let name = "<code>=1+1&#124;&#96;&#60;/failure&#62;\"&#92;u{a}&#92;u{1b}&#91;2J,&#60;script&#62;</code>";
    assert!(markdown.contains(&format!("| {name} | 0 | 1 | 0 | 0 |\n")), "{markdown}");
    assert!(markdown.contains("<code>&#64;team</code>") && !markdown.contains("@team"));
    let (opened, closed) = (markdown.matches("<details>"), markdown.matches("</details>"));
    assert_eq!((opened.count(), closed.count()), (2, 2));
    let columns = |line: &str| line.matches('|').count();
    for table in markdown.split("\n\n").filter(|part| part.starts_with('|')) {
        let all: Vec<usize> = table.lines().map(columns).collect();
        assert!(all.iter().all(|count| *count == all[0]), "{table}");
    }
    let top = written("markdown", &["--top", "1"]);
    assert!(top.contains("| 1 more tool together | 0 | 1 | 0 | 0 |\n"), "{top}");
}

#[test]
fn a_junit_test_case_in_which_a_person_is_asked_passes_and_counts_it() {
    let policy = "version: \"1\"\ndefault: deny\ntools:\n  pay:\n    rules:\n      - {name: a person, action: require_approval}\n  list:\n    rules: []\n";
    let folder = Folder::new().file("p.yaml", policy).file(
        "trace.jsonl",
        "{\"tool\":\"pay\",\"args\":{}}\n{\"tool\":\"pay\",\"args\":{}}\n{\"tool\":\"list\",\"args\":{}}\n",
    );
    let arguments = ["replay", "--policy", "p.yaml", "trace.jsonl", "--format", "junit"];
    let run = folder.run(&[&arguments[..], &["--fail-on", "ask"]].concat());
    assert_eq!(run.status, 1);
    assert!(run.out.contains("failures=\"0\" errors=\"0\""), "{}", run.out);
    assert!(run.out.contains("<system-out>allow 0, ask 2, deny 0"), "{}", run.out);
    assert_eq!(run.out.matches("<system-out>").count(), 1, "{}", run.out);
}
