//! The schema of exports.

use gatelint::export::Loss;
use serde_json::{Value, json};

use super::{schema, tolerated, validator};
use crate::support::Folder;

#[test]
fn exports_follow_their_schema() {
    let policy = r#"{"version": "1", "default": "deny", "hide": ["wipe"], "tools": {
        "free": {},
        "slow": {"limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "grant"}]}}}"#;
    let folder = Folder::with(&[("policy.json", policy)]);
    let schema = validator("export");
    for (to, losses) in [("claude-code", 2), ("codex", 1)] {
        let arguments = ["export", "policy.json", "--to", to, "--as", "s", "--format", "json"];
        let (status, output) = folder.run_json(&arguments);
        assert_eq!((status, output["lost"].as_array().unwrap().len()), (0, losses));
        assert_eq!((&output["ask"], &output["deny"]), (&json!(["slow"]), &json!(["wipe"])));
        assert_eq!(tolerated(&schema, &output), [""; 0]);
    }
    let known = json!(Loss::ALL.map(Loss::name));
    let what = &schema_of_loss()["what"]["enum"];
    assert_eq!(what, &known);
}

fn schema_of_loss() -> Value {
    schema("export")["properties"]["lost"]["items"]["properties"].clone()
}
