//! A folder that a stranger wrote, and a client that sends what it should not.

use serde_json::{Value, json};

use super::{BROAD, Client, POLICY};
use crate::support::Folder;

const DENIES: &str = r#"{"permissions": {"deny": ["Bash(rm *)"]}}"#;
const ALLOWS: &str = r#"{"permissions": {"allow": ["Bash(*)"]}}"#;

/// What a file may have at most, and a byte.
const TOO_LARGE: usize = (4 << 20) + 1;

#[cfg(unix)]
fn pipe(path: std::path::PathBuf) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_file_that_counts_and_cannot_be_read_is_an_error_and_never_left_out() {
    use std::os::unix::fs::symlink;
    let rules = "prefix_rule([\"rm\"], \"forbidden\")\n";
    let outside = Folder::new().file("denies.json", DENIES).file("rules/a.rules", rules);
    let outside = outside.file("agent.md", "---\npermission:\n  bash: deny\n---\n");
    let folder = Folder::new()
        .file("linked/.claude/settings.local.json", ALLOWS)
        .file("large/.claude/settings.local.json", ALLOWS)
        .file("large/.claude/settings.json", format!("{DENIES}{}", " ".repeat(TOO_LARGE)))
        .file("rules/.codex/config.toml", "")
        .file("deep/opencode.json", "{}")
        .file("deep/.opencode/agents/a/b/c/one.md", "")
        .file("above/.claude/settings.json", ALLOWS);
    let at = |name: &str| folder.path(name);
    symlink(outside.path("denies.json"), at("linked/.claude/settings.json")).unwrap();
    symlink(outside.path("rules"), at("rules/.codex/rules")).unwrap();
    symlink(outside.path("agent.md"), at("deep/.opencode/agents/a/b/c/two.md")).unwrap();
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "Bash", "args": { "command": "rm -r x" } });
    for (path, file, told) in [
        ("linked", "linked/.claude/settings.json", "leads out of the folder"),
        ("large", "large/.claude/settings.json", "larger than 4194304 bytes"),
        ("rules", "rules/.codex/rules", "leads out of the folder"),
        ("deep", "deep/.opencode/agents/a/b/c/two.md", "leads out of the folder"),
    ] {
        let policy = json!({ "path": path });
        let answers = [
            client.wrong("explain", json!({ "path": path, "call": call })),
            client.wrong("diff", json!({ "old": policy, "new": policy })),
        ];
        for answer in answers {
            assert!(
                answer.contains(&format!("cannot read {file}: it is"))
                    || answer.contains(&format!("cannot read {file}: it leads")),
                "{answer}"
            );
            assert!(answer.contains(told), "{answer}");
        }
    }
    // Alone, such a file is refused as well.
    let path = "large/.claude/settings.json";
    assert!(client.wrong("explain", json!({ "path": path, "call": call })).contains("larger than"));
    // What counts from above the folder is not known, and that is said.
    let text = client.text("explain", json!({ "path": "above", "call": call }));
    assert!(text.contains("folders outside of the one that is served"), "{text}");
    std::fs::create_dir(at(".git")).unwrap();
    let text = client.text("explain", json!({ "path": "above", "call": call }));
    assert!(!text.contains("outside of the one that is served"), "{text}");
}

#[cfg(unix)]
#[test]
fn what_is_ignored_is_read_from_files_that_end_and_lie_within() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new().file("all", "*\n").file("git/info/exclude", "*\n");
    let folder = Folder::new()
        .file(".gitignore", "served\npolicy.json\n")
        .file("served/policy.json", BROAD)
        .file("served/zero/policy.json", BROAD)
        .file("served/pipe/policy.json", BROAD)
        .file("served/large/policy.json", BROAD)
        .file("served/large/.gitignore", "x".repeat((1 << 20) + 1))
        .file("served/out/policy.json", BROAD)
        .file("served/own/.gitignore", "policy.json\n")
        .file("served/own/policy.json", BROAD)
        .file("served/tree/.git", format!("gitdir: {}\n", outside.path("git").display()))
        .file("served/tree/policy.json", BROAD)
        .file("served/common/.git", "gitdir: own\n")
        .file("served/common/own/policy.json", BROAD);
    let at = |name: &str| folder.path("served").join(name);
    symlink("/dev/zero", at("zero/.gitignore")).unwrap();
    pipe(at("pipe/.ignore"));
    pipe(at("common/own/commondir"));
    symlink(outside.path("all"), at("out/.ignore")).unwrap();
    let mut client = Client::start_with(&folder, &["--root", "served"]);
    let answer = client.call("lint", json!({}));
    let text = answer["content"][0]["text"].as_str().unwrap();
    for told in ["./pipe/.ignore: it is a pipe", "./large/.gitignore: it is larger than"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // As for git, a link says nothing, wherever it leads.
    assert!(!text.contains("./zero/.gitignore") && !text.contains("./out/.ignore"), "{text}");
    let findings = answer["structuredContent"]["findings"].as_array().unwrap();
    let files: std::collections::BTreeSet<&str> =
        findings.iter().map(|finding| finding["file"].as_str().unwrap()).collect();
    let judged: Vec<&str> = files.into_iter().collect();
    assert_eq!(judged.len(), 7, "{judged:?}");
    assert!(!judged.contains(&"./own/policy.json"), "{judged:?}");
}

#[test]
fn words_that_nobody_would_write_are_refused_by_their_length_and_their_number() {
    let mut client = Client::start(&Folder::new());
    let long = "a/".repeat(1 << 19);
    for (tool, given) in [
        ("lint", json!({ "path": long })),
        ("lint", json!({ "text": POLICY, "select": vec!["x"; 300] })),
        ("lint", json!({ "text": POLICY, "select": [long] })),
        ("explain", json!({ "path": long, "call": { "tool": "pay" } })),
        ("explain", json!({ "text": POLICY, "call": { "tool": "x".repeat(TOO_LARGE) } })),
        ("diff", json!({ "old": { "path": long }, "new": { "text": POLICY } })),
        ("rule", json!({ "name": long })),
        ("catalogue", json!({ "words": [long] })),
    ] {
        let told = client.wrong(tool, given);
        assert!(told.contains("is larger than") && told.contains("help: "), "{tool}: {told}");
    }
}

#[test]
fn every_request_is_answered_with_its_id_or_with_none() {
    let mut client = Client::start(&Folder::new());
    let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":{}"#, "[".repeat(10_000));
    for (line, code) in [
        ("{bad}", -32700),
        (r#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, -32700),
        (&deep, -32700),
        ("[]", -32600),
    ] {
        client.line(line);
        let answer = client.next();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &Value::Null));
        assert!(answer.as_object().unwrap().contains_key("id"), "{answer}");
    }
    client.line(r#"{"id": 70}"#);
    assert_eq!(client.wait(70)["error"]["code"], -32600);
    let listed = client.request("tools/call", json!({ "name": "lint", "arguments": [1] }));
    assert_eq!(listed["error"]["code"], -32602);
    assert!(listed["error"]["message"].as_str().unwrap().contains("`arguments`"), "{listed}");
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_said_of_files_is_named_from_the_root() {
    let outside = Folder::new().file("prompt.txt", "deny");
    let reference = format!("{{file:{}}}", outside.path("prompt.txt").display());
    let config = json!({ "permission": { "bash": reference } }).to_string();
    let folder = Folder::new()
        .file("out/opencode.json", config)
        .file("gone/opencode.json", r#"{"permission": {"bash": "{file:./gone.txt}"}}"#)
        .file("p/.claude/settings.json", r#"{"permissions": {"deny": ["Bash(rm *)", 7]}}"#)
        .file("c/.git/HEAD", "")
        .file("c/.codex/config.toml", "")
        .file("c/.codex/rules/a.rules", "prefix_rule(pattern=[\"rm\"], decision=\"forbidden\")\n")
        .file("c/sub/readme", "");
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "bash", "args": { "command": "ls" } });
    let told = client.wrong("explain", json!({ "path": "out", "call": call }));
    assert!(told.contains("outside of the folder that is served"), "{told}");
    assert!(!told.contains("there is no file"), "{told}");
    let told = client.wrong("explain", json!({ "path": "gone", "call": call }));
    assert!(told.contains("there is no file `gone/gone.txt`"), "{told}");
    let call = json!({ "tool": "Bash", "args": { "command": "rm -r x" } });
    let answer = client.call("explain", json!({ "path": "p", "call": call })).to_string();
    assert!(answer.contains("p/.claude/settings.json"), "{answer}");
    let root = folder.path("").canonicalize().unwrap().display().to_string();
    let root = root.trim_end_matches('/');
    assert!(!answer.contains(&format!("{root}/p/.claude")), "{answer}");
    let text = client.text("explain", json!({ "text": POLICY, "call": { "tool": "pay" } }));
    assert!(!text.contains("<the>"), "{text}");
    let call = json!({ "tool": "shell", "args": { "command": ["rm", "x"] } });
    let answer =
        client.call("explain", json!({ "path": "c/sub", "dialect": "codex", "call": call }));
    let answer = answer.to_string();
    assert!(answer.contains("c/.codex/rules/a.rules") && !answer.contains(root), "{answer}");
}

#[test]
fn secrets_are_withheld_wherever_they_stand() {
    let secret = "correct7horse8battery";
    let policy = json!({ "version": "1", "default": "deny", "tools": {
        "send": { "require": [{ "conditions": [
            { "path": "args.password", "op": "eq", "value": secret },
            { "path": "args.note", "op": "eqq", "value": secret },
            { "path": format!("args.{secret}"), "op": "lte", "value": 7 }
        ], "on_deny": "no" }],
        "limits": [{ "counter": secret, "max": 1, "window": "minute", "scope": "grant" }] }
    } })
    .to_string();
    let sound = policy.replace("eqq", "eq");
    let mut client = Client::start(&Folder::new());
    let arguments = json!({ "password": secret, "note": secret, secret: 8 });
    for (tool, given) in [
        ("lint", json!({ "text": policy })),
        ("lint", json!({ "text": sound })),
        ("explain", json!({ "text": policy, "call": { "tool": "send" } })),
        ("explain", json!({ "text": sound, "call": { "tool": "send", "args": arguments } })),
        ("diff", json!({ "old": { "text": sound }, "new": { "text": BROAD } })),
        ("diff", json!({ "old": { "text": BROAD }, "new": { "text": sound } })),
    ] {
        let answer = client.call(tool, given).to_string();
        assert!(!answer.contains(secret), "{tool}: {answer}");
    }
}

#[test]
fn what_turns_a_line_around_is_escaped_as_in_all_json() {
    let mut client = Client::start(&Folder::new());
    let policy = BROAD.replace("{}", "{\"pay\u{202e}\": {}, \"b\u{200b}\": {}}");
    client.send("tools/call", json!({ "name": "lint", "arguments": { "text": policy } }));
    let line = client.next_line();
    assert!(!line.contains(['\u{202e}', '\u{200b}']) && line.contains(r"\u202e"), "{line}");
}

#[test]
fn what_an_agent_drops_is_in_the_text_and_in_the_json() {
    let folder = Folder::new()
        .file("p/.codex/config.toml", "")
        .file("p/.codex/rules/a.rules", "prefix_rule(pattern=[\"rm\"], decision=\"forbiden\")\n")
        .file("p/.codex/rules/b.rules", "prefix_rule(pattern=[\"ls\"], decision=\"allow\")\n");
    let mut client = Client::start(&folder);
    let call = json!({ "tool": "shell", "args": { "command": ["rm", "-r", "x"] } });
    let path = json!({ "path": "p" });
    for (tool, given) in [
        ("explain", json!({ "path": "p", "call": call })),
        ("diff", json!({ "old": path, "new": path })),
    ] {
        let answer = client.call(tool, given);
        let notes = answer["structuredContent"]["notes"].to_string();
        let text = answer["content"][0]["text"].to_string();
        for said in [notes, text] {
            assert!(said.contains("p/.codex/rules/a.rules:1: "), "{tool}: {said}");
            assert!(said.contains("drops this file, and every other file of rules"), "{said}");
        }
    }
}

#[test]
fn of_many_tools_that_are_found_some_are_shown_and_all_counted() {
    let mut client = Client::start(&Folder::new());
    let answer = client.call("catalogue", json!({ "words": ["e"] }));
    let text = answer["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("tools have all of these words: the first 400 are shown"), "{text}");
    let servers = answer["structuredContent"]["servers"].as_array().unwrap();
    let tools = servers.iter().map(|server| server["tools"].as_array().unwrap().len());
    assert!((100..=400).contains(&tools.sum::<usize>()));
}
