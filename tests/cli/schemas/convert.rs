//! The schema of converted policies.

use gatelint::convert::ToolLoss;
use gatelint::policy::Dialect;
use serde_json::{Value, json};

use super::{schema, tolerated, validator};
use crate::support::Folder;

#[test]
fn converted_policies_follow_their_schema() {
    let policy = r#"{"version": "1", "default": "deny", "hide": ["wipe"], "tools": {
        "free": {},
        "picky": {"require": [{"conditions": [{"path": "args.a", "op": "eq", "value": 1}]}]},
        "slow": {"limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "grant"}]}}}"#;
    let folder = Folder::with(&[("policy.json", policy)]);
    let schema = validator("convert");
    for (to, losses) in [("claude-code", 3), ("codex", 2)] {
        let arguments = ["convert", "policy.json", "--to", to, "--as", "s", "--format", "json"];
        let (status, output) = folder.run_json(&arguments);
        assert_eq!((status, output["lost"].as_array().unwrap().len()), (0, losses));
        assert_eq!(tolerated(&schema, &output), [""; 0]);
    }
    let (_, output) =
        folder.run_json(&["convert", "policy.json", "--to", "intercept", "--format", "json"]);
    assert_eq!((&output["compared"], &output["lost"][0]["what"]), (&Value::Null, &json!("unsaid")));
    assert_eq!(tolerated(&schema, &output), [""; 0]);
}

#[test]
fn the_schema_knows_every_loss_and_every_dialect() {
    let schema = schema("convert");
    let what = &schema["properties"]["lost"]["items"]["properties"]["what"]["enum"];
    let known: Vec<&str> =
        what.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert!(ToolLoss::ALL.iter().all(|loss| known.contains(&loss.name())));
    let dialects = schema["$defs"]["dialect"]["enum"].as_array().unwrap();
    let is_known = |dialect: Dialect| dialects.contains(&json!(dialect.code()));
    assert!(Dialect::NAMES.into_iter().all(|(_, dialect, _)| is_known(dialect)));
}
