//! `gatelint lsp` over standard input and output, as an editor starts it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::Folder;

/// An editor with its server.
struct Editor {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Editor {
    fn start(folder: &Folder) -> Editor {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatelint"))
            .args(["lsp", "--stdio"])
            .current_dir(folder.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Editor { child, out }
    }

    fn send(&mut self, message: Value) {
        let text = message.to_string();
        let input = self.child.stdin.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        input.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.out.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", text)) => length = text.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.out.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

#[test]
fn an_editor_is_served_until_it_says_goodbye() {
    let folder =
        Folder::new().file("gatelint.yaml", "rules:\n  default-allow: {severity: error}\n");
    let mut editor = Editor::start(&folder);
    editor.send(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
    }));
    assert_eq!(editor.receive()["result"]["capabilities"]["hoverProvider"], true);
    editor.send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let text = "version: \"1\"\ndefault: allow\ntools: {}\n";
    editor.send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
        "textDocument": { "uri": "file:///x/policy.yaml", "languageId": "yaml", "version": 1, "text": text }
    } }));
    let shown = editor.receive();
    assert_eq!(shown["method"], "textDocument/publishDiagnostics");
    let diagnostic = &shown["params"]["diagnostics"][0];
    assert_eq!(
        (&diagnostic["code"], &diagnostic["severity"]),
        (&json!("default-allow"), &json!(1))
    );
    editor.send(json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }));
    assert_eq!(editor.receive()["id"], 2);
    editor.send(json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_broken_configuration_is_shown_and_the_editor_is_served_all_the_same() {
    let folder = Folder::new().file("gatelint.yaml", "slect: []\n");
    let mut editor = Editor::start(&folder);
    editor.send(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
    }));
    assert_eq!(editor.receive()["id"], 1);
    editor.send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let shown = editor.receive();
    assert_eq!(shown["method"], "window/showMessage");
    assert!(
        shown["params"]["message"].as_str().unwrap().contains("did you mean `select`?"),
        "{shown}"
    );
    // A client that goes without a word is no reason to stay.
    drop(editor.child.stdin.take());
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_no_message_is_answered_and_an_exit_without_a_shutdown_is_no_good_one() {
    let folder = Folder::new();
    let mut editor = Editor::start(&folder);
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} });
    editor.send(json!({ "jsonrpc": "2.0", "id": 0, "method": "textDocument/hover" }));
    assert_eq!(editor.receive()["error"]["code"], -32002);
    editor.send(request);
    assert_eq!(editor.receive()["id"], 1);
    let input = editor.child.stdin.as_mut().unwrap();
    write!(input, "Content-Length: 5\r\n\r\n{{bad}}Content-Length: 0\r\n\r\n").unwrap();
    for _ in 0..2 {
        assert_eq!(editor.receive()["error"]["code"], -32700);
    }
    editor.send(json!({ "jsonrpc": "2.0", "id": 2 }));
    let answer = editor.receive();
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(2), &json!(-32600)));
    editor.send(json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_finding_of_json_is_ignored_by_an_entry_of_the_configuration_as_it_is_now() {
    let policy = "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {}}\n";
    let other = "# ours\nignores:\n  - {rule: loose-limit, reason: known}\n";
    for (before, after) in [
        ("limits: {Execute: 5}\n", "ignores:"),
        (
            other,
            "- { rule: default-allow, files: \"/a/p.json\", pointer: \"/default\", reason: \"<reason>\" }",
        ),
    ] {
        let folder = Folder::new().file("gatelint.yaml", "{}\n").file("a/p.json", policy);
        let mut editor = Editor::start(&folder);
        editor.send(json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
        }));
        editor.receive();
        // What was written meanwhile is not written over.
        let folder = folder.file("gatelint.yaml", before);
        let uri = format!("file://{}", folder.path("a/p.json").display());
        editor.send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
            "textDocument": { "uri": uri, "languageId": "json", "version": 1, "text": policy }
        } }));
        editor.receive();
        let at = json!({ "line": 0, "character": policy.find("allow").unwrap() });
        editor.send(json!({
            "jsonrpc": "2.0", "id": 2, "method": "textDocument/codeAction", "params": {
                "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
                "context": { "diagnostics": [] }
            }
        }));
        let answer = editor.receive();
        let title = "ignore: this place, in the configuration (default-allow)";
        let mut actions = answer["result"].as_array().unwrap().iter();
        let action = actions.find(|action| action["title"] == title).unwrap();
        let config = format!("file://{}", folder.path("gatelint.yaml").display());
        let edit = &action["edit"]["changes"][&config][0];
        assert_eq!(edit["range"]["start"], edit["range"]["end"], "something is put in");
        let line = usize::try_from(edit["range"]["start"]["line"].as_u64().unwrap()).unwrap();
        let column =
            usize::try_from(edit["range"]["start"]["character"].as_u64().unwrap()).unwrap();
        let start: usize = before.split_inclusive('\n').take(line).map(str::len).sum();
        let added = edit["newText"].as_str().unwrap();
        let mut text = before.to_owned();
        text.insert_str(start + column, added);
        assert!(text.contains(after), "{text}");
        drop(editor.child.stdin.take());
        editor.child.wait().unwrap();
        // It asks for a reason, and with one it hides the finding.
        let folder = folder.file("gatelint.yaml", &text);
        assert!(folder.run(&["lint"]).err.contains("the reason says nothing"), "{text}");
        let folder = folder.file("gatelint.yaml", text.replace("<reason>", "known"));
        let found = folder.run(&["lint", "--format", "json"]).json();
        assert_eq!(found["summary"]["ignored"], 1, "{found:#}");
    }
}

#[test]
fn a_permission_file_is_judged_as_it_is_typed_among_the_files_of_its_project() {
    let folder = Folder::new()
        .file(".git/HEAD", "")
        .file(".codex/config.toml", "approval_policy = \"on-request\"\n")
        .file(".codex/rules/a.rules", "prefix_rule([\"make\"])\n");
    let mut editor = Editor::start(&folder);
    editor.send(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
    }));
    editor.receive();
    editor.send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let uri = format!("file://{}", folder.path(".codex/config.toml").display());
    editor.send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
        "textDocument": { "uri": uri, "languageId": "toml", "version": 1,
            "text": "# typed\nsandbox_mode = \"read-only\"\n" }
    } }));
    let shown = editor.receive();
    let diagnostic = &shown["params"]["diagnostics"][0];
    assert_eq!(diagnostic["code"], "void-mode", "{shown}");
    assert_eq!(diagnostic["range"]["start"], json!({ "line": 1, "character": 15 }));
}

#[test]
fn the_tests_of_a_policy_are_run_in_the_editor() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
  "pay": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5}]}]}}}"#;
    let tests = "cases:\n  - {name: much, call: {tool: pay, args: {n: 5}}, expect: deny}\n";
    let folder = Folder::new().file("p.json", policy).file("p.test.yaml", tests);
    let mut editor = Editor::start(&folder);
    editor.send(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
    }));
    let capabilities = editor.receive()["result"]["capabilities"].clone();
    assert_eq!(capabilities["executeCommandProvider"]["commands"], json!(["gatelint.test"]));
    let uri = format!("file://{}", folder.path("p.json").display());
    let found = tested(&mut editor, &uri, policy);
    let expected = [
        json!(["case-fails", 2, 0, "the test `much` fails: expected deny, found allow"]),
        json!(["not-covered", 4, 0, "no test covers this rule: never decided"]),
        json!(["not-covered", 4, 1, "no test covers this rule: never decided"]),
        json!(["not-covered", 4, 1, "no test covers this condition: never true"]),
    ];
    assert_eq!(found, expected);
    let lens = json!({ "textDocument": { "uri": uri } });
    editor.send(
        json!({ "jsonrpc": "2.0", "id": 2, "method": "textDocument/codeLens", "params": lens }),
    );
    let command = editor.receive()["result"][0]["command"].clone();
    assert_eq!(command["title"], "0 of 1 cases pass, 40 % covered: run the tests");
    std::fs::write(folder.path("p.test.yaml"), tests.replace("n: 5", "n: 6")).unwrap();
    let run = json!({ "command": command["command"], "arguments": command["arguments"] });
    editor.send(
        json!({ "jsonrpc": "2.0", "id": 3, "method": "workspace/executeCommand", "params": run }),
    );
    assert_eq!(editor.receive()["method"], "textDocument/publishDiagnostics");
    let shown = editor.receive();
    let title = "1 of 1 cases pass, 60 % covered: run the tests";
    assert_eq!(shown["params"]["message"], title, "{shown}");
    assert_eq!(editor.receive()["id"], 3);
    let test = format!("file://{}", folder.path("p.test.yaml").display());
    let found = tested(&mut editor, &test, &tests.replace("expect", "expct"));
    assert_eq!(found[0][0], "test-file", "{found:?}");
    let found = tested(&mut editor, &test, tests);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0][0], "case-fails");
}

/// Opens a document and gives what of its diagnostics comes of tests.
fn tested(editor: &mut Editor, uri: &str, text: &str) -> Vec<Value> {
    let document = json!({ "uri": uri, "languageId": "json", "version": 1, "text": text });
    let params = json!({ "textDocument": document });
    editor.send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params }));
    let found = editor.receive()["params"]["diagnostics"].clone();
    let told = found.as_array().unwrap().iter().map(|one| {
        let line = &one["range"]["start"]["line"];
        json!([one["code"], one["severity"], line, one["message"]])
    });
    let of_tests = ["case-fails", "not-covered", "test-file", "not-tested"];
    told.filter(|one| of_tests.iter().any(|code| one[0] == *code)).collect()
}

fn initialized(folder: &Folder) -> Editor {
    let mut editor = Editor::start(folder);
    editor.send(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} }
    }));
    editor.receive();
    editor
}

#[test]
fn the_project_of_an_agent_is_tested_in_the_editor_with_what_is_typed() {
    let settings = |rule: &str| {
        format!(
            "{{\"permissions\": {{\n  \"allow\": [\"Bash(ls)\"],\n  \"deny\": [\n    \"{rule}\"]}}}}\n"
        )
    };
    let tests = "for: .\nhome: home\nassume: [mode=default]\ncases:\n  - {name: removal, call: {tool: Bash, args: {command: rm x}}, expect: deny}\n  - {name: make, call: {tool: Bash, args: {command: make}}, expect: allow}\n";
    let folder = Folder::new()
        .file("p/.claude/settings.json", settings("Bash(rm:*)"))
        .file("p/home/.claude/settings.json", r#"{"permissions": {"allow": ["Bash(make)"]}}"#)
        .file("p/a.test.yaml", tests);
    let mut editor = initialized(&folder);
    let uri = |name: &str| format!("file://{}", folder.path(name).display());
    let policy = uri("p/.claude/settings.json");
    let covered = json!(["not-covered", 4, 1, "no test covers this rule: never decided"]);
    let found = tested(&mut editor, &policy, &settings("Bash(rm:*)"));
    assert_eq!(found, std::slice::from_ref(&covered));
    // What is typed counts, in the policy and for the test file.
    let found = tested(&mut editor, &policy, &settings("Bash(mv:*)"));
    let fails = "the test `removal` fails: expected deny, found ask";
    let rule = json!(["not-covered", 4, 3, "no test covers this rule: never decided"]);
    assert_eq!(found, [json!(["case-fails", 2, 0, fails]), covered, rule]);
    let found = tested(&mut editor, &uri("p/a.test.yaml"), tests);
    assert_eq!((found.len(), &found[0][0], &found[0][2]), (1, &json!("case-fails"), &json!(4)));
    // So does a test file that is typed.
    tested(&mut editor, &uri("p/a.test.yaml"), &tests.replace("expect: deny", "expect: ask"));
    let found = tested(&mut editor, &policy, &settings("Bash(mv:*)"));
    assert!(found.iter().all(|one| one[0] == "not-covered"), "{found:?}");
}

#[test]
fn what_is_not_tested_in_the_editor_is_said() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"pay": {}}}"#;
    let many = "cases:\n  - {name: many, call: {tool: pay}, repeat: 30000, expect: allow}\n";
    let folder = Folder::new().file("p.json", policy).file("p.test.yaml", many);
    let folder = folder.file("q/.claude/settings.json", "{}").file("q/opencode.json", "{}");
    let mut editor = initialized(&folder);
    let uri = |name: &str| format!("file://{}", folder.path(name).display());
    let found = tested(&mut editor, &uri("p.json"), policy);
    let why = "30000 calls are too many while somebody types";
    assert!(
        found[0][0] == "not-tested" && found[0][3].as_str().unwrap().contains(why),
        "{found:?}"
    );
    let found = tested(&mut editor, &uri("p.test.yaml"), many);
    assert!(found[0][1] == 4 && found[0][3].as_str().unwrap().contains(why), "{found:?}");
    for (tests, code, line, told) in [
        (
            "for: q\ncases: [{name: a, call: {tool: Bash}, expect: deny}]\n",
            "not-tested",
            0,
            "of one agent",
        ),
        (
            "for: gone\ncases: [{name: a, call: {tool: Bash}, expect: deny}]\n",
            "test-file",
            0,
            "there is no policy",
        ),
        (
            "for: p.json\nassume: [mod=x]\ncases: [{name: a, call: {tool: pay}, expect: allow}]\n",
            "test-file",
            1,
            "mod",
        ),
        ("for: p.json\nstatements: [{deny: pay}]\n", "not-tested", 1, "statements are proved by"),
    ] {
        let found = tested(&mut editor, &uri("x.test.yaml"), tests);
        assert_eq!((&found[0][0], &found[0][2]), (&json!(code), &json!(line)), "{found:?}");
        assert!(found[0][3].as_str().unwrap().contains(told), "{found:?}");
    }
}
