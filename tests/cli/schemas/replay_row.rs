//! The schema of a group of calls, as a row.

use gatelint::replay::By;
use serde_json::json;

use super::replay::{POLICY, TRACE};
use super::{refuses, tolerated, validator};
use crate::support::Folder;

#[test]
fn every_row_of_groups_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let arguments =
        ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "jsonl", "--by"];
    let schema = validator("replay-row");
    for by in By::ALL.map(By::name) {
        let run = folder.run(&[&arguments[..], &[by, "--top", "2"]].concat());
        let rows = run.json_lines();
        let calls: u64 = rows.iter().map(|row| row["calls"].as_u64().unwrap()).sum();
        assert_eq!(calls, 8, "{}", run.out);
        for row in &rows {
            assert_eq!(tolerated(&schema, row), [""; 0]);
            assert_eq!(row["by"], by);
        }
        let rest = rows.iter().map(|row| row["rest"].as_u64().unwrap()).sum::<u64>();
        let expected = match by {
            "grant" => 2,
            "tool" => 3,
            "rule" => 2,
            _ => 0,
        };
        assert_eq!((rows.len(), rest), (if expected > 0 { 3 } else { rows.len() }, expected));
    }
    let first = folder.run(&[&arguments[..], &["grant"]].concat());
    let row = first.json_lines().remove(0);
    for (place, value) in [
        ("/by", json!("week")),
        ("/rest", json!(-1)),
        ("/calls", json!(0)),
        ("/closest_used", json!(0)),
        ("/closest_pointer", json!("")),
    ] {
        refuses(&schema, &row, place, value);
    }
}
