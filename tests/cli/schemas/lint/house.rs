//! The schemas of statistics, and of what the statements of a configuration find.

use serde_json::json;

use super::super::{refuses, tolerated, validator};
use super::{POLICY_WITH_MISTAKES, alone};
use crate::support::Folder;

const CONFIG: &str = "statements:
  - {id: no-deletes, deny: 'delete_*'}
  - {id: few-jobs, limit: run_job, max: 2, window: minute}
";

const POLICY: &str =
    r#"{"version": "1", "default": "deny", "tools": {"delete_x": {}, "run_job": {}}}"#;

#[test]
fn what_breaks_a_statement_follows_the_schema() {
    let folder = Folder::with(&[
        ("gatelint.yaml", CONFIG),
        ("p.json", POLICY),
        ("q.json", POLICY_WITH_MISTAKES),
    ]);
    let select = ["--select", "no-deletes,few-jobs"];
    let arguments = [&["lint", "--format", "json"], &select[..]].concat();
    let (_, output) = folder.run_json(&arguments);
    let findings = output["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4, "{output:#}");
    let schema = validator("lint");
    for finding in findings {
        // Arguments may be anything.
        let loose = tolerated(&schema, &alone(&output, finding));
        assert!(loose.iter().all(|place| place.contains("/args ")), "{loose:?}");
    }
    let call = alone(&output, &findings[0]);
    for (place, value) in [
        ("/findings/0/rule", json!("No_Deletes")),
        ("/findings/0/facts/verdict", json!("unknown")),
        ("/findings/0/facts/why", json!("timeout")),
        ("/findings/0/facts/tools", json!([])),
        ("/findings/0/facts/witness", json!({ "tool": "x" })),
    ] {
        refuses(&schema, &call, place, value);
    }
}

#[test]
fn statistics_follow_the_schema_and_anything_else_is_refused() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES)]);
    let arguments = ["lint", "policy.json", "--statistics", "--format", "json"];
    let (status, mut output) = folder.run_json(&arguments);
    assert_eq!(status, 1);
    output["rules"].as_array_mut().unwrap().truncate(1);
    let schema = validator("lint-statistics");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/rules/0/count", json!(0));
    refuses(&schema, &output, "/rules/0/severity", json!("fatal"));
}
