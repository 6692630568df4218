//! What an agent is told of its mistakes.

use serde_json::json;

use super::{Client, POLICY};
use crate::support::Folder;

#[test]
fn mistakes_are_answers_that_say_what_to_do() {
    let folder =
        Folder::new().file("policy.json", POLICY).file("broken.json", "{\"version\": \"1\",");
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "pay" });
    for (tool, given, told) in [
        ("lint", json!({ "pth": "x" }), "unknown field `pth`"),
        ("lint", json!({ "path": 7 }), "expected a string"),
        ("lint", json!({ "path": "gone.json" }), "No such file"),
        ("lint", json!({ "text": POLICY, "dialect": "intercep" }), "did you mean `intercept`?"),
        (
            "lint",
            json!({ "text": POLICY, "server": "octopusdeplo/mcp-server" }),
            "octopusdeploy/mcp-server",
        ),
        (
            "lint",
            json!({ "text": POLICY, "select": ["unknown-tol"] }),
            "did you mean `unknown-tool`?",
        ),
        ("explain", json!({ "path": "policy.json" }), "missing field `call`"),
        ("explain", json!({ "path": "policy.json", "call": {} }), "the call cannot be read"),
        ("explain", json!({ "call": call }), "give its `path` or `text`"),
        ("explain", json!({ "path": "broken.json", "call": call }), "broken.json"),
        (
            "explain",
            json!({ "path": "policy.json", "call": call, "assume": ["tiem=allow"] }),
            "time",
        ),
        ("diff", json!({ "old": { "text": POLICY }, "new": {} }), "new policy is missing"),
        ("rule", json!({ "name": "zzz" }), "there is no rule `zzz`"),
        ("catalogue", json!({}), "give a `server` or `words`"),
        ("lint", json!({ "path": "a\0b" }), "U+0000"),
    ] {
        let text = client.wrong(tool, given.clone());
        assert!(text.contains(told) && text.contains("help: "), "{tool} {given}: {text}");
    }
    let unknown = client.request("tools/call", json!({ "name": "lnt\u{1b}[2J", "arguments": {} }));
    assert_eq!(unknown["error"]["code"], -32602);
    assert!(unknown["error"]["message"].as_str().unwrap().contains("`lint`"));
    assert_eq!(client.request("tools/none", json!({}))["error"]["code"], -32601);
    assert_eq!(client.end(), 0);
}

#[test]
fn where_nothing_can_be_read_the_json_says_what() {
    let folder = Folder::new().file(".claude/settings.json/file", "");
    let mut client = Client::start(&folder);
    let answer = client.call("lint", json!({}));
    assert_eq!(answer["isError"], true, "{answer}");
    let unreadable = answer["structuredContent"]["unreadable"].as_array().unwrap();
    assert_eq!(unreadable.len(), 1, "{answer}");
    assert!(unreadable[0]["file"].as_str().unwrap().ends_with(".claude/settings.json"));
}
