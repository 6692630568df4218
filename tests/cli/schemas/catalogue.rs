//! The schemas of the catalogue, of its answers, and of locks.

use std::fs;

use gatelint::catalogue::LockChange;
use serde_json::{Value, json};

use super::{accepts, schema, tolerated, validator};
use crate::support::Folder;

#[test]
fn every_record_that_is_shown_found_or_imported_follows_the_schema_of_catalogues() {
    let folder = Folder::with(&[("weather.json", r#"{"tools": [{"name": "get_x"}]}"#)]);
    let schema = validator("catalogue");
    for arguments in
        [["show", "@paretools/http"], ["search", "runbook"], ["import", "weather.json"]]
    {
        let arguments = [&["catalogue"], &arguments[..], &["--format", "json"]].concat();
        let (status, output) = folder.run_json(&arguments);
        assert_eq!(status, 0);
        accepts(&schema, &output);
    }
}

#[test]
fn the_list_of_servers_follows_its_schema() {
    let folder = Folder::with(&[]);
    let (_, mut output) = folder.run_json(&["catalogue", "list", "--format", "json"]);
    let servers = output["servers"].as_array_mut().unwrap();
    servers.retain(|server| server["server"] == "@paretools/http");
    assert_eq!(servers[0]["categories"]["Execute"], 3);
    assert_eq!(tolerated(&validator("catalogue-list"), &output), [""; 0]);
}

#[test]
fn explanations_follow_their_schema() {
    let folder = Folder::with(&[]);
    let (_, output) = folder.run_json(&["catalogue", "explain", "run_runbook", "--format", "json"]);
    assert_eq!(output["records"][0]["judgement"]["confidence"], 1.0);
    assert_eq!(output["by_name"]["evidence"], json!(["name: run"]));
    // A map by names has as many entries as there are names.
    let mut tolerated = tolerated(&validator("catalogue-explain"), &output);
    tolerated.retain(|change| change != "/records/0/judgement/holds/gitRef removed");
    assert_eq!(tolerated, [""; 0]);
}

#[test]
fn locks_and_what_changed_since_follow_their_schemas() {
    let before = r#"{"tools": [
        {"name": "a_get", "description": "Gets.", "inputSchema": {"properties": {"x": {"type": "string"}}, "required": ["x"]}, "annotations": {"readOnlyHint": true}},
        {"name": "b_list"}]}"#;
    let after = before
        .replace("b_list", "delete_everything")
        .replace("\"Gets.\"", "\"Deletes the thing.\"")
        .replace("\"x\"", "\"y\"");
    let folder = Folder::with(&[("before.json", before), ("after.json", &after)]);
    let check = |file: &'static str, more: &[&str]| {
        let arguments = ["catalogue", "check", file, "--server", "s", "--format", "json"];
        folder.run(&[&arguments[..], more].concat())
    };
    let written = check("before.json", &["--write-lock"]);
    assert_eq!((written.status, &*written.out), (0, ""));
    let lock = fs::read_to_string(folder.path("gatelint.lock")).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    assert_eq!(lock["servers"][0]["tools"][0]["arguments"]["x"]["required"], true);
    let expected = [
        "/servers/0/tools/0/arguments/x/type removed",
        "/servers/0/tools/0/arguments/x/required removed",
    ];
    let loose = tolerated(&validator("catalogue-lock"), &lock);
    let optional = |what: &&String| !what.ends_with(" removed");
    assert_eq!(loose.iter().filter(optional).collect::<Vec<_>>(), [""; 0]);
    assert!(expected.iter().all(|what| loose.iter().any(|found| found == what)), "{loose:?}");

    let run = check("after.json", &[]);
    let output = run.json();
    let changes = output["changes"].as_array().unwrap();
    let names: Vec<&Value> = changes.iter().map(|change| &change["change"]).collect();
    let expected =
        ["new-tool", "vanished-tool", "raised-risk", "changed-arguments", "changed-description"];
    assert_eq!(
        (run.status, names),
        (1, expected.iter().map(|name| json!(name)).collect::<Vec<_>>().iter().collect())
    );
    assert_eq!(tolerated(&validator("catalogue-check"), &output), [""; 0]);
    let known = json!(LockChange::ALL.map(LockChange::name));
    let schema = schema("catalogue-check");
    assert_eq!(schema["properties"]["changes"]["items"]["properties"]["change"]["enum"], known);
}
