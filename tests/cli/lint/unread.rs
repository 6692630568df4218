//! What is not judged because a part of it was not read.

use serde_json::{Value, json};

use crate::support::Folder;

/// The places of what a rule finds in a document.
fn places(rule: &str, name: &str, text: &str) -> Vec<String> {
    let folder = Folder::new().file(name, text);
    let run = folder.run(&["lint", "--format", "jsonl", name]);
    let lines = run.json_lines();
    let of_rule = lines.iter().filter(|finding| finding["rule"] == rule);
    of_rule.map(|finding| finding["pointer"].as_str().unwrap().to_owned()).collect()
}

fn policy(tool: &Value) -> Value {
    json!({ "version": "1", "default": "deny", "tools": { "move_box": tool } })
}

/// Whether a rule finds something in a policy of one tool, before and after a field that nobody
/// knows is added to each object of its list.
fn with_and_without(rule: &str, list: &str, tool: &Value) -> (bool, bool) {
    let finds = |tool: &Value| !places(rule, "p.json", &policy(tool).to_string()).is_empty();
    let mut unread = tool.clone();
    for entry in unread[list].as_array_mut().unwrap() {
        entry["during"] = json!("nights");
    }
    (finds(tool), finds(&unread))
}

#[test]
fn an_entry_of_which_a_part_was_not_read_is_not_said_to_be_in_vain() {
    let condition =
        |path: &str, op: &str, value: Value| json!({ "path": path, "op": op, "value": value });
    let entry = |conditions: Value| json!([{ "conditions": conditions }]);
    let clash =
        json!([condition("args.size", "gt", json!(5)), condition("args.size", "lt", json!(2))]);
    let always = json!([condition("args.size", "not_in", json!([]))]);
    let slippery = json!([condition("args.size", "gt", json!(5))]);
    for (rule, list, conditions) in [
        ("contradictory-conditions", "deny_if", &clash),
        ("contradictory-conditions", "require", &clash),
        ("always-true-condition", "deny_if", &always),
        ("missing-argument-bypass", "deny_if", &slippery),
    ] {
        let tool = json!({ list: entry(conditions.clone()) });
        assert_eq!(with_and_without(rule, list, &tool), (true, false), "{rule} in {list}");
    }
}

#[test]
fn what_may_be_lifted_by_an_unread_part_beside_all_tools_is_not_unreachable() {
    let limit = |counter: &str, window: &str, max: u32| json!({ "counter": counter, "window": window, "max": max, "scope": "grant" });
    let limits = json!({ "limits": [limit("rate", "minute", 10), limit("quota", "hour", 1000)] });
    let shut = json!({ "deny_if": [{ "conditions": [] }],
        "require": [{ "conditions": [{ "path": "args.size", "op": "lte", "value": 5 }] }] });
    for (rule, tool) in [("unreachable-limit", limits), ("unreachable-tool", shut)] {
        let whole = policy(&tool);
        assert!(!places(rule, "p.json", &whole.to_string()).is_empty(), "{rule}");
        let mut beside = whole.clone();
        beside["description"] = json!("ours");
        beside["version"] = json!(1);
        assert!(!places(rule, "p.json", &beside.to_string()).is_empty(), "{rule}");
        let mut unread = whole.clone();
        unread["exceptions"] = json!(["move_box"]);
        assert_eq!(places(rule, "p.json", &unread.to_string()), [""; 0], "{rule}");
        let mut unread = whole;
        unread["all_tools"] = json!({ "unless": "nights" });
        assert_eq!(places(rule, "p.json", &unread.to_string()), [""; 0], "{rule}");
    }
}

#[test]
fn rules_that_differ_in_what_was_read_are_no_duplicates() {
    let places = |timeout: &str| {
        let ask = |name| format!("name: {name}, action: require_approval, approval_timeout");
        let (first, second) = (ask("first"), ask("second"));
        let rules = format!("[{{{first}: 5m}}, {{{second}: {timeout}}}]");
        let tools = format!("tools:\n  move_box:\n    rules: {rules}\n");
        places("duplicate-rule", "p.yaml", &format!("version: \"1\"\ndefault: deny\n{tools}"))
    };
    assert_eq!(places("1h"), [""; 0]);
    assert_eq!(places("5m"), ["/tools/move_box/rules/1"]);
}
