//! The schema of comparisons.

use serde_json::{Value, json};

use super::replay::{POLICY, TRACE};
use super::{accepts, refuses, tolerated, validator};
use crate::support::Folder;

const NEW_POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": [],
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 1, "scope": "grant"}]},
    "deploy": {
      "require": [{
        "conditions": [{"path": "args.env", "op": "in", "value": ["test", "prod"]}],
        "on_deny": "Only test."}],
      "limits": [{"counter": "deploy_rate", "window": "hour", "max": 1, "scope": "grant"}]},
    "export": {},
    "import": {"require": [{"conditions": [{"path": "args.of", "op": "eq", "value": "disk"}]}]}
  }
}
"#;

fn diff(old: &str, new: &str) -> (i32, Value) {
    let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", TRACE)]);
    let policies = ["diff", "old.json", "new.json"];
    let trace = ["--trace", "trace.jsonl", "--allow-bad-lines", "--format", "json"];
    folder.run_json(&[&policies[..], &trace[..]].concat())
}

#[test]
fn a_comparison_follows_the_schema_and_gives_every_change_to_its_edit() {
    let (status, output) = diff(POLICY, NEW_POLICY);
    assert_eq!(status, 1, "loosened calls make the exit status 1");
    assert_eq!(output["calls"], 8);
    assert_eq!(
        output["changes"],
        json!({
            "loosened": 1, "maybe-loosened": 1, "tightened": 2, "maybe-tightened": 1, "reworded": 1
        })
    );
    let edits: Vec<Value> = output["edits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| json!([edit["kind"], edit["old"], edit["new"], edit["before"], edit["after"]]))
        .collect();
    let max = "/tools/run_job/limits/0/max";
    let envs = "/tools/deploy/require/0/conditions/0/value";
    let condition =
        |argument| json!([{ "conditions": [{ "path": argument, "op": "eq", "value": "disk" }] }]);
    let expected = [
        json!(["removed", "/hide/0", "/hide", "drop_all", null]),
        json!(["changed", max, max, 2, 1]),
        json!(["added", envs, format!("{envs}/1"), null, "prod"]),
        json!(["removed", "/tools/export/require", "/tools/export", condition("args.to"), null]),
        json!(["added", "/tools/import", "/tools/import/require", null, condition("args.of")]),
    ];
    assert_eq!(edits, expected);

    let groups: Vec<Value> = output["groups"].as_array().unwrap().iter().map(group_gist).collect();
    let expected = [
        json!(["loosened", 2, [4]]),
        json!(["maybe-loosened", 3, [6]]),
        json!(["tightened", 1, [2]]),
        json!(["tightened", 2, [5]]),
        json!(["maybe-tightened", 4, [7]]),
        json!(["reworded", 0, [8]]),
    ];
    assert_eq!(groups, expected);
    // Call 5 meets a limit that was not edited; call 4, now allowed, took the room in it. Calls 6
    // and 7 cannot be told on one side, but the rules of their own tools were edited.
    assert_eq!(consequences(&output), [0, 0, 0, 1, 0, 0]);
    let tightened = &output["groups"][2];
    assert_eq!((&tightened["grants"], &tightened["tools"]), (&json!(["ci"]), &json!(["run_job"])));
    assert_eq!(tightened["first"], "2026-03-01T10:00:01Z");
    assert_eq!(
        tightened["flips"][0]["new"],
        json!({
            "outcome": "throttle",
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "message": "Rate limit exceeded for run_job_rate",
            "missing": null
        })
    );
    assert_eq!(output["groups"][1]["flips"][0]["old"]["missing"], "hashed-arguments");
    assert_eq!(output["groups"][4]["flips"][0]["new"]["missing"], "hashed-arguments");
    let sum: u64 =
        output["matrix"].as_array().unwrap().iter().map(|c| c["calls"].as_u64().unwrap()).sum();
    assert_eq!(sum, 8);
    assert!(output["text_diff"].as_str().unwrap().contains("\n-  \"hide\": [\"drop_all\"],\n"));
}

/// A group's change, its edit, and the numbers of its calls.
fn group_gist(group: &Value) -> Value {
    let flips = group["flips"].as_array().unwrap();
    assert_eq!(group["calls"], flips.len());
    let numbers: Vec<&Value> = flips.iter().map(|flip| &flip["n"]).collect();
    json!([group["change"], group["edit"], numbers])
}

/// How many calls of each group are only a consequence.
fn consequences(output: &Value) -> Vec<u64> {
    let groups = output["groups"].as_array().unwrap();
    groups.iter().map(|group| group["consequences"].as_u64().unwrap()).collect()
}

/// The changes of a comparison that its schema does not mind, without those of values: what stood
/// in a policy and was changed, added or removed may be anything, and so may the arguments of a
/// call.
fn tolerated_but_for_values(output: &Value) -> Vec<String> {
    let is_value = |what: &String| {
        let (place, change) = what.split_once(' ').unwrap();
        let parts: Vec<&str> = place.split('/').collect();
        if let Some(at) = parts.iter().position(|part| *part == "args") {
            return parts[1] == "access" && (at + 1 < parts.len() || change == "extended");
        }
        let inside = parts.len() > 4 || change != "removed";
        inside && matches!(parts[..], ["", "edits", _, "before" | "after", ..])
    };
    tolerated(&validator("diff"), output).into_iter().filter(|what| !is_value(what)).collect()
}

#[test]
fn a_comparison_with_anything_changed_is_refused_but_for_the_values_of_policies() {
    let (_, output) = diff(POLICY, NEW_POLICY);
    let schema = validator("diff");
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
    let tolerated = tolerated(&schema, &output);
    assert!(tolerated.contains(&"/edits/0/before replaced".to_owned()), "{tolerated:?}");
    for (place, value) in [
        ("/schema_version", json!(0)),
        ("/changes/loosened", json!(-1)),
        ("/matrix/0/calls", json!(0)),
        ("/matrix/0/old", json!("allowed")),
        ("/groups/0/change", json!("maybe_loosened")),
        ("/groups/0/edit", json!(-1)),
        ("/groups/0/grants", json!([])),
        ("/groups/0/grants", json!(["ann", "ann"])),
        ("/groups/0/tools", json!([])),
        ("/groups/0/tools", json!(["deploy", "deploy"])),
        ("/groups/0/flips", json!([])),
        ("/groups/0/first", json!("")),
        ("/groups/0/first", Value::Null),
        ("/groups/0/last", Value::Null),
        ("/groups/0/flips/0/n", json!(0)),
        ("/groups/0/flips/0/new/rule", json!("somebody")),
        ("/groups/0/flips/0/new/pointer", json!("/default")),
        ("/groups/0/flips/0/new/message", json!("Welcome.")),
        ("/groups/0/flips/0/old/rule", json!("")),
        ("/groups/0/flips/0/old/pointer", json!("")),
        ("/groups/0/flips/0/old/pointer", json!("hide/0")),
        ("/groups/0/flips/0/new/outcome", json!("indeterminate")),
        ("/groups/1/flips/0/old/outcome", json!("allow")),
        ("/groups/1/flips/0/old/outcome", json!("deny")),
        ("/groups/1/flips/0/old/missing", json!("no timestamps")),
        ("/groups/1/flips/0/old/missing", Value::Null),
        ("/groups/0/flips/0/old/missing", json!("time")),
        ("/groups/0/flips/0/new/missing", json!("time")),
        ("/edits/0/kind", json!("moved")),
        ("/edits/0/after", json!(1)),
        ("/edits/2/before", json!(1)),
        ("/edits/0/old", json!("hide/0")),
        ("/edits/0/new", json!("hide")),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn what_is_shown_for_all_calls_follows_the_schema_and_contradicts_nothing() {
    // What lies so deep is not looked for.
    let deep = |text: &str| text.replace("DEEP", &format!("args{}", ".a".repeat(100)));
    let old = deep(
        r#"{"version": "1", "default": "deny", "hide": ["drop"], "tools": {
      "pay": {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 5}]}]},
      "run": {"limits": [{"counter": "c", "window": "hour", "max": 3, "scope": "grant"}]},
      "odd": {"require": [{"conditions": [{"path": "DEEP", "op": "eq", "value": 1}]}]}}}"#,
    );
    let new = deep(
        r#"{"version": "1", "default": "deny", "tools": {"drop": {}, "pay": {},
      "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]},
      "odd": {"require": [{"conditions": [{"path": "DEEP", "op": "eq", "value": 2}]}]}}}"#,
    );
    let folder = Folder::with(&[("old.json", &*old), ("new.json", &*new)]);
    let (status, output) = folder.run_json(&["diff", "old.json", "new.json", "--format", "json"]);
    assert_eq!(status, 1);
    let access = &output["access"];
    assert_eq!((&output["traced"], &output["calls"]), (&json!(false), &json!(0)));
    assert_eq!(access["loosened"], json!({"certain": 3, "unknown": 1}));
    let shown: Vec<Value> = access["tools"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|tool| tool["loosened"].as_array().unwrap().iter().map(move |lost| (tool, lost)))
        .map(|(tool, lost)| {
            json!([
                tool["tool"],
                lost["protection"],
                lost["args"],
                lost["burst"]["calls"],
                lost["why"]
            ])
        })
        .collect();
    let expected = [
        json!(["pay", "require", {}, null, null]),
        json!(["drop", "hide", {}, null, null]),
        json!(["run", "limit", null, 4, null]),
        json!(["odd", "require", null, null, "too-many-cases"]),
    ];
    assert_eq!(shown, expected);
    let batches = &access["tools"][2]["loosened"][0]["burst"]["batches"];
    assert_eq!(
        (&batches[0]["calls"], &batches[1]["ts"]),
        (&json!(2), &json!("2026-01-01T00:01:00Z"))
    );
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
    let schema = validator("diff");
    let lost = "/access/tools/1/loosened/0";
    for (place, value) in [
        ("/access/tools/1/tool", Value::Null),
        ("/access/tools/1/which", json!("all")),
        ("/access/tools/1/category", json!("Dangerous")),
        ("/fate", json!("gone")),
        (&format!("{lost}/evidence"), json!("unknown")),
        (&format!("{lost}/args"), Value::Null),
        (&format!("{lost}/why"), json!("timeout")),
        (&format!("{lost}/pointer"), json!("")),
        ("/access/tools/2/loosened/0/burst", Value::Null),
        ("/access/tools/2/loosened/0/burst/batches", json!([])),
        ("/access/tools/3/loosened/0/why", Value::Null),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn comparing_a_policy_with_itself_gives_an_empty_comparison_that_follows_the_schema() {
    let (status, output) = diff(POLICY, POLICY);
    assert_eq!(status, 0);
    assert_eq!((&output["groups"], &output["edits"]), (&json!([]), &json!([])));
    assert_eq!(output["text_diff"], "");
    assert_eq!(tolerated(&validator("diff"), &output), [""; 0]);
}

#[test]
fn a_change_that_cannot_be_told_is_given_to_an_edit_in_the_rules_of_its_tool() {
    let old = r#"{"version": "1", "default": "deny", "tools": {"export": {}, "import": {}}}"#;
    let new = r#"version: "1"
default: deny
tools:
  export:
    rules: []
  import:
    rules: [{name: disk, conditions: [{path: args.of, op: eq, value: disk}]}]
"#;
    let call = r#"{"tool":"import","args_hash":"sha256:0"}"#;
    let folder = Folder::with(&[("old.json", old), ("new.yaml", new), ("trace.jsonl", call)]);
    let arguments = ["diff", "old.json", "new.yaml", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    // What is no object passes now, whatever the tool.
    assert_eq!(status, 1);
    let group = &output["groups"][0];
    assert_eq!(group_gist(group), json!(["maybe-tightened", 1, [1]]));
    assert_eq!(output["edits"][1]["new"], "/tools/import/rules");
    assert_eq!(consequences(&output), [0]);
    assert_eq!((&group["first"], &group["last"]), (&Value::Null, &Value::Null));
    accepts(&validator("diff"), &output);
}

#[test]
fn a_change_that_no_single_edit_explains_has_none() {
    let old = r#"{"version": "1", "default": "allow", "hide": ["a", "b"],
  "all_tools": {"limits": [{"counter": "calls", "window": "day", "max": 1, "scope": "grant"}]}}"#;
    let new = old.replace(r#"["a", "b"]"#, "[]");
    let trace = ["a", "b", "c"].map(|tool| format!("{{\"tool\":\"{tool}\",\"ts\":0}}")).join("\n");
    let folder = Folder::with(&[("old.json", old), ("new.json", &new), ("trace.jsonl", &trace)]);
    let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(status, 1);
    assert_eq!(output["edits"].as_array().unwrap().len(), 2);
    let groups: Vec<Value> = output["groups"].as_array().unwrap().iter().map(group_gist).collect();
    // Each of the two that are hidden no more would take the room of `c` without the other.
    let expected =
        [json!(["loosened", 0, [1]]), json!(["tightened", null, [3]]), json!(["reworded", 1, [2]])];
    assert_eq!(groups, expected);
    assert_eq!(consequences(&output), [0, 1, 0]);
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
}

#[test]
fn a_group_starts_at_its_first_known_time() {
    let old = r#"{"version": "1", "default": "deny", "hide": ["a"]}"#;
    let new = r#"{"version": "1", "default": "deny", "hide": []}"#;
    let trace = r#"{"tool":"a"}
{"tool":"a","ts":"2026-03-01T10:00:00Z"}
{"tool":"a","ts":"2026-03-01T11:00:00Z"}
{"tool":"a"}
"#;
    let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", trace)]);
    let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(status, 0);
    let group = &output["groups"][0];
    assert_eq!(group_gist(group), json!(["reworded", 0, [1, 2, 3, 4]]));
    assert_eq!((&group["flips"][0]["ts"], &group["flips"][3]["ts"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&group["first"], &group["last"]),
        (&json!("2026-03-01T10:00:00Z"), &json!("2026-03-01T11:00:00Z"))
    );
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
}

#[test]
fn a_tool_that_is_listed_or_no_longer_is_decides_its_calls_itself() {
    let few = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
    let more = r#"{"version": "1", "default": "deny", "tools": {"a": {}, "b": {}, "c": {}}}"#;
    for (old, new, change, fails) in [(few, more, "loosened", 1), (more, few, "tightened", 0)] {
        let trace = "{\"tool\":\"a\"}\n{\"tool\":\"c\"}\n{\"tool\":\"c\"}\n";
        let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", trace)]);
        let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
        let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
        assert_eq!(status, fails);
        assert_eq!(group_gist(&output["groups"][0]), json!([change, 1, [2, 3]]));
        assert_eq!(consequences(&output), [0]);
        accepts(&validator("diff"), &output);
    }
}
