//! Links: what they lead to outside makes no difference, and none that leads nowhere is passed over.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};

use super::{BROAD, Client, POLICY};
use crate::support::Folder;

const ALLOWS: &str = r#"{"permissions": {"allow": ["Bash(*)"]}}"#;
const DENIES: &str = r#"{"permissions": {"deny": ["Bash(rm *)"]}}"#;

/// What a server answers on a folder with links to files and folders outside.
fn answers(outside: &Path) -> Vec<Value> {
    let folder = Folder::new()
        .file("policy.json", POLICY)
        .file("local/.claude/settings.local.json", ALLOWS)
        .file("mixed/opencode.json", "{}");
    let at = |name: &str| folder.path(name);
    for (to, from) in [
        ("policy.json", "link.json"),
        ("policy.json", "again.json"),
        ("policy.json", "link.txt"),
        ("folder", "folder"),
        ("folder", "mixed/.claude"),
        ("policy.json", "local/.claude/settings.json"),
        ("ignored", ".gitignore"),
    ] {
        symlink(outside.join(to), at(from)).unwrap();
    }
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "Bash", "args": { "command": "rm -r x" } });
    let mut answers = Vec::new();
    for path in
        [".", "link.json", "folder", "folder/settings.json", "mixed/.claude", "local", "mixed"]
    {
        answers.push(client.call("lint", json!({ "path": path })));
        let named = json!({ "path": path });
        answers.push(client.call("explain", json!({ "path": path, "call": call })));
        answers.push(client.call("diff", json!({ "old": named, "new": { "text": POLICY } })));
        answers.push(client.call("lint", json!({ "path": path, "text": BROAD })));
    }
    let root = at("").canonicalize().unwrap().display().to_string();
    let answers = Value::from(answers).to_string().replace(root.trim_end_matches('/'), "ROOT");
    serde_json::from_str(&answers).unwrap()
}

#[test]
fn what_lies_outside_makes_no_difference() {
    let outside = Folder::new()
        .file("policy.json", BROAD)
        .file("folder/settings.json", DENIES)
        .file("ignored", "*\n");
    let (there, gone) = (answers(&outside.path("")), answers(&outside.path("gone")));
    assert_eq!(there.len(), gone.len());
    for (there, gone) in there.iter().zip(&gone) {
        assert_eq!(there, gone);
    }
    assert!(there.iter().filter(|answer| answer["isError"] == true).count() > 20);
}

#[test]
fn a_link_that_leads_nowhere_is_an_error_and_not_passed_over() {
    let folder = Folder::new()
        .file("file/.claude/settings.local.json", ALLOWS)
        .file("folder/.claude/settings.local.json", ALLOWS)
        .file("rules/.codex/config.toml", "")
        .file("kept/settings.json", DENIES)
        .file("within/.claude/settings.local.json", ALLOWS);
    let at = |name: &str| folder.path(name);
    symlink("gone.json", at("file/.claude/settings.json")).unwrap();
    std::fs::rename(at("folder/.claude"), at("folder/old")).unwrap();
    symlink("gone", at("folder/.claude")).unwrap();
    symlink("../../gone", at("rules/.codex/rules")).unwrap();
    symlink("../../kept/settings.json", at("within/.claude/settings.json")).unwrap();
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "Bash", "args": { "command": "rm -r x" } });
    for (path, file) in [
        ("file", "file/.claude/settings.json"),
        ("folder", "folder/.claude"),
        ("rules", "rules/.codex/rules"),
    ] {
        let named = json!({ "path": path });
        for (tool, given) in [
            ("lint", named.clone()),
            ("explain", json!({ "path": path, "call": call })),
            ("diff", json!({ "old": named, "new": named })),
        ] {
            let told = client.wrong(tool, given);
            let expected = format!("cannot read {file}: it is a link that leads nowhere");
            assert!(told.contains(&expected), "{tool} {path}: {told}");
        }
    }
    let text = client.text("explain", json!({ "path": "within", "call": call }));
    assert!(text.contains("deny"), "{text}");
}
