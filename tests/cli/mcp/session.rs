//! The session: what comes beside each other, is cancelled, or is too much.

use serde_json::{Value, json};

use super::{BROAD, Client, POLICY};
use crate::support::Folder;

#[test]
fn a_server_outlives_what_it_is_sent() {
    let folder = Folder::new().file("policy.json", POLICY);
    let mut client = Client::connect(&folder, &[]);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines = [
        "{bad}",
        "[]",
        "1",
        "{\"id\": 1}",
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        &deep,
    ];
    lines.iter().for_each(|line| client.line(line));
    assert!(
        client.request("tools/call", json!({ "name": "lint" }))["error"].is_object(),
        "no session"
    );
    let opened = client.request("initialize", json!({ "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } }));
    assert_eq!(opened["result"]["protocolVersion"], "2024-11-05");
    lines.iter().for_each(|line| client.line(line));
    client.line(&format!(r#"{{"jsonrpc":"2.0","id":99,"method":"{}"}}"#, "x".repeat(17 << 20)));
    let told = client.wrong("lint", json!({ "text": " ".repeat((4 << 20) + 1) }));
    assert!(told.contains("larger than"), "{told}");
    client.call("lint", json!({ "text": deep }));
    let text = client.text("lint", json!({ "path": "policy.json" }));
    assert!(text.contains("0 errors"), "{text}");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_long_answer_is_cut_and_says_so() {
    let tools: Vec<String> = (0..300)
        .map(|n| format!(r#""tool_{n}": {{"limits": [{{"max": 1, "window": "minuet"}}]}}"#))
        .collect();
    let policy =
        format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(","));
    let mut client = Client::start(&Folder::new());
    let result = client.call("lint", json!({ "text": policy }));
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("the answer is cut here"), "{}", &text[text.len() - 200..]);
    // What it comes to stands behind the cut.
    assert!(text.contains("\n600 errors"), "{}", &text[text.len() - 200..]);
    assert!(result.to_string().len() < 300_000);
    assert_eq!(result["structuredContent"]["summary"]["error"], 600);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told_however_much_is_found() {
    let tools: Vec<String> = (0..300)
        .map(|n| format!(r#""tool_{n}": {{"limits": [{{"max": 1, "window": "minuet"}}]}}"#))
        .collect();
    let policy =
        format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(","));
    let folder = Folder::new().file("p/a.json", policy).file("p/good.json", POLICY);
    for n in 0..400 {
        let at = folder.path(&format!("p/gone_{n}/.claude"));
        std::fs::create_dir_all(&at).unwrap();
        std::os::unix::fs::symlink("gone", at.join("settings.json")).unwrap();
    }
    let mut client = Client::start(&folder);
    let result = client.call("lint", json!({ "path": "p" }));
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.len() < 50_000 && text.contains("the answer is cut here"), "{}", text.len());
    assert!(text.contains("\n600 errors, 0 warnings"), "{}", &text[text.len() - 12_000..]);
    assert!(text.contains("could not be read: 400"), "{}", &text[text.len() - 12_000..]);
    assert!(
        text.contains(
            "cannot read p/gone_0/.claude/settings.json: it is a link that leads nowhere"
        )
    );
    // As the command ends with exit status 2.
    assert_eq!(result["isError"], true);
    assert_eq!(result["structuredContent"]["unreadable"].as_array().unwrap().len(), 400);
    let sound = client.call("lint", json!({ "path": "p/good.json" }));
    assert_eq!(
        (&sound["isError"], &sound["structuredContent"]["notes"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(client.call("lint", json!({ "text": "{" }))["isError"], true);
}

#[test]
fn calls_run_beside_each_other() {
    let mut client = Client::start(&Folder::new());
    let texts = [POLICY, BROAD];
    let calls: Vec<i64> = (0..24)
        .map(|n| {
            client.send(
                "tools/call",
                json!({ "name": "lint", "arguments": { "text": texts[n % 2] } }),
            )
        })
        .collect();
    client.line(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9999 } }).to_string());
    for (n, id) in calls.into_iter().enumerate().rev() {
        let answer = client.wait(id).to_string();
        assert_eq!(answer.contains("default-allow"), n % 2 == 1, "{answer}");
    }
    assert_eq!(client.end(), 0);
}

/// A change that takes as long to prove as a proof may take.
fn hard() -> Value {
    let policy = |most: u32| {
        let tools = (0..300).map(|n| {
            let pattern = json!({ "path": "args.a", "op": "regex", "value": format!("(a|b{n})*c{{1,{most}}}") });
            (format!("t{n}"), json!({ "require": [{ "conditions": [pattern], "on_deny": "no" }] }))
        });
        let tools: serde_json::Map<String, Value> = tools.collect();
        json!({ "text": json!({ "version": "1", "default": "deny", "tools": tools }).to_string() })
    };
    json!({ "name": "diff", "arguments": { "old": policy(500), "new": policy(501) } })
}

#[test]
fn work_that_is_cancelled_keeps_no_other_call_waiting() {
    let mut client = Client::start(&Folder::new());
    let hard = hard();
    // More than are done in the time for which a call may wait.
    let calls: Vec<i64> = (0..60).map(|_| client.send("tools/call", hard.clone())).collect();
    for id in calls {
        let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
        client.line(&cancelled.to_string());
    }
    assert!(client.text("rule", json!({ "name": "loose-limit" })).contains("loose-limit"));
    assert!(client.early.is_empty(), "what is cancelled is not answered");
}

#[test]
fn of_more_calls_than_may_wait_some_are_refused_at_once() {
    let mut client = Client::start(&Folder::new());
    let hard = hard();
    let calls: Vec<i64> = (0..400).map(|_| client.send("tools/call", hard.clone())).collect();
    let refused = client.next()["result"].take();
    assert_eq!(refused["isError"], true);
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("too many calls") && text.contains("help: "), "{text}");
    assert_eq!(calls.len(), 400);
}

#[test]
fn a_request_with_the_id_of_one_that_is_not_answered_is_refused() {
    let mut client = Client::start(&Folder::new());
    let id = client.send("tools/call", hard());
    let again = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }).to_string();
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
    for _ in 0..2 {
        client.line(&again);
        let refused = client.next();
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(-32600)));
        assert!(refused["error"]["message"].as_str().unwrap().contains(&format!("the id {id} ")));
        client.line(&cancelled.to_string());
    }
    // That of what was answered is free.
    for _ in 0..2 {
        client.line(&json!({ "jsonrpc": "2.0", "id": 77, "method": "ping" }).to_string());
        assert_eq!(client.next(), json!({ "jsonrpc": "2.0", "id": 77, "result": {} }));
    }
}

#[test]
fn the_last_line_counts_where_nothing_ends_it() {
    use std::io::{Read, Write};
    let mut client = Client::start(&Folder::new());
    let mut input = client.child.stdin.take().unwrap();
    input.write_all(br#"{"jsonrpc":"2.0","id":9,"method":"ping"}"#).unwrap();
    drop(input);
    let mut rest = String::new();
    client.out.read_to_string(&mut rest).unwrap();
    let answer: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": 9, "result": {} }));
}

#[test]
fn the_version_without_initialize_is_spoken_by_what_each_request_says() {
    let folder = Folder::new();
    let mut client = Client::connect(&folder, &[]);
    let told = client.request("tools/list", json!({}))["error"]["message"].to_string();
    assert!(told.contains("a session of an older version begins with `initialize`"), "{told}");
    let about = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let given = json!({ "name": "rule", "arguments": { "name": "loose-limit" }, "_meta": about });
    let answer = client.request("tools/call", given);
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    let mut client = Client::connect(&folder, &[]);
    let mut hard = hard();
    hard["_meta"] = about.clone();
    let id = client.send("tools/call", hard);
    client.line(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id, "_meta": about } }).to_string());
    let given = json!({ "name": "rule", "arguments": { "name": "loose-limit" }, "_meta": about });
    let answer = client.request("tools/call", given);
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    assert!(client.early.is_empty(), "the first request can be cancelled too");
    let mut client = Client::connect(&folder, &[]);
    let params = json!({ "protocolVersion": "2026-07-28", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let opened = client.request("initialize", params);
    assert_eq!(opened["result"]["protocolVersion"], "2025-11-25");
}
