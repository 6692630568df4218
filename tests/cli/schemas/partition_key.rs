//! The schema of what a trace may be parted by.

use serde_json::json;

use super::replay::POLICY;
use super::{refuses, tolerated, validator};
use crate::support::Folder;

#[test]
fn what_a_trace_may_be_parted_by_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY)]);
    let arguments = ["replay", "--partition-key", "--policy", "policy.json", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!((status, &output["partition_by"]), (0, &json!(["grant", "day"])));
    let schema = validator("partition-key");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/partition_by", json!([]));
    refuses(&schema, &output, "/schema_version", json!(2));
}
