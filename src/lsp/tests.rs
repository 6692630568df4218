use std::path::Path;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use super::{Setup, serve};
use crate::catalogue::Catalogue;
use crate::config::Config;

/// A client with a document of its own.
struct Client {
    connection: Connection,
    number: i32,
}

/// The day that it is.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 1, 31);

const URI: &str = "file:///srv/policy.json";

impl Client {
    fn notify(&self, method: &str, params: Value) {
        let message = Notification::new(method.to_owned(), params);
        self.connection.sender.send(message.into()).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let request = Request::new(RequestId::from(self.number), method.to_owned(), params);
        self.connection.sender.send(request.into()).unwrap();
        loop {
            match self.connection.receiver.recv().unwrap() {
                Message::Response(response) => {
                    return response.response_result.unwrap();
                }
                Message::Notification(_) | Message::Request(_) => {}
            }
        }
    }

    /// Opens a document and gives its diagnostics.
    fn open(&self, text: &str) -> Vec<Value> {
        self.open_at(URI, text)
    }

    fn open_at(&self, uri: &str, text: &str) -> Vec<Value> {
        let document = json!({ "uri": uri, "languageId": "json", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        self.diagnostics()
    }

    fn diagnostics(&self) -> Vec<Value> {
        loop {
            if let Message::Notification(notification) = self.connection.receiver.recv().unwrap()
                && notification.method == "textDocument/publishDiagnostics"
            {
                return notification.params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn at(line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } })
    }
}

/// Runs a client against the server.
fn session(talk: impl FnOnce(&mut Client)) {
    session_with(Config::default(), talk);
}

fn session_with(config: Config, talk: impl FnOnce(&mut Client)) {
    let (ours, theirs) = Connection::memory();
    let server = std::thread::spawn(move || {
        let set_up = |_: Option<&Path>| Setup {
            config,
            catalogue: Catalogue::builtin(),
            trouble: None,
            today: Some(TODAY),
        };
        assert!(serve(&ours, set_up).unwrap());
    });
    let mut client = Client { connection: theirs, number: 0 };
    let answer = client.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(answer["capabilities"]["hoverProvider"], true);
    client.notify("initialized", json!({}));
    talk(&mut client);
    client.ask("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    server.join().unwrap();
}

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "run_job": { "limits": [{ "counter": "run_job_rate", "window": "minuet", "max": 5, "scope": "grant" }] },
    "list_jobs": { "deny_if": [{ "conditions": [{ "path": "args.", "op": "eq", "value": 1 }] }] }
  }
}
"#;

#[test]
fn findings_are_shown_while_a_policy_is_typed() {
    session(|client| {
        let found = client.open(POLICY);
        let window = found.iter().find(|found| found["code"] == "unknown-window").unwrap();
        assert_eq!(window["range"]["start"], json!({ "line": 4, "character": 67 }));
        assert_eq!(window["severity"], 1);
        let mended = POLICY.replace("minuet", "minute");
        let change = json!({
            "textDocument": { "uri": URI, "version": 2 },
            "contentChanges": [{ "text": mended }],
        });
        client.notify("textDocument/didChange", change);
        assert!(client.diagnostics().iter().all(|found| found["code"] != "unknown-window"));
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
        assert_eq!(client.diagnostics(), [Value::Null; 0]);
        // What is no policy has no diagnostics.
        assert_eq!(client.open(r#"{"name": "x"}"#), [Value::Null; 0]);
    });
}

#[test]
fn hovers_explain_fields_and_tools() {
    session(|client| {
        client.open(POLICY);
        let text = |answer: Value| answer["contents"]["value"].as_str().unwrap_or("").to_owned();
        let field = text(client.ask("textDocument/hover", Client::at(2, 5)));
        assert!(field.contains("**default**") && field.contains("safe choice"), "{field}");
        let tool = text(client.ask("textDocument/hover", Client::at(4, 8)));
        for part in [
            "**`run_job`** · Execute",
            "sibilleb/aap-enterprise-mcp-server",
            "10 calls a minute",
            "`template_id`",
        ] {
            assert!(tool.contains(part), "{part:?} is not in {tool}");
        }
        let nothing = client.ask("textDocument/hover", Client::at(0, 0));
        assert_eq!(nothing, Value::Null);
    });
}

#[test]
fn words_are_completed_also_where_the_document_is_not_finished() {
    session(|client| {
        client.open(POLICY);
        let labels = |answer: Value| -> Vec<String> {
            let items = answer.as_array().unwrap().iter();
            items.map(|item| item["label"].as_str().unwrap().to_owned()).collect()
        };
        let line = POLICY.lines().nth(5).unwrap();
        let column =
            |needle: &str| u32::try_from(line.find(needle).unwrap() + needle.len()).unwrap();
        let operators =
            labels(client.ask("textDocument/completion", Client::at(5, column("\"op\": \"e"))));
        assert_eq!(operators.len(), 11);
        let unfinished = "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"run_job\": {\n      \"require\": [{ \"conditions\": [{ \"path\": \"ar";
        let change = json!({
            "textDocument": { "uri": URI, "version": 2 },
            "contentChanges": [{ "text": unfinished }],
        });
        client.notify("textDocument/didChange", change);
        let column = u32::try_from(unfinished.lines().last().unwrap().len()).unwrap();
        let answer = client.ask("textDocument/completion", Client::at(5, column));
        assert_eq!(answer[0]["textEdit"]["range"]["start"]["character"], column - 2);
        assert!(labels(answer).contains(&"args.template_id".to_owned()));
        let tools = labels(client.ask("textDocument/completion", Client::at(4, 5)));
        assert!(tools.contains(&"run_adhoc_command".to_owned()), "{tools:?}");
    });
}

#[test]
fn nothing_is_completed_in_what_is_something_else() {
    session(|client| {
        let offered = |client: &mut Client, uri: &str, text: &str, character: u32| {
            client.open_at(uri, text);
            let at = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": character } });
            client.ask("textDocument/completion", at).as_array().unwrap().len()
        };
        let (json, yaml) = ("file:///srv/a.json", "file:///srv/a.yaml");
        // What says nothing yet may become a policy.
        assert!(offered(client, json, "", 0) > 0);
        assert!(offered(client, json, "{", 1) > 0);
        assert!(offered(client, yaml, "ver", 3) > 0);
        assert_eq!(offered(client, json, r#"{"name": "x", "scripts": {}}"#, 1), 0);
        // It stays something else where it cannot be read for a while.
        assert_eq!(offered(client, json, r#"{"name": "x", "scripts": {}, "#, 29), 0);
        assert_eq!(offered(client, yaml, "services: {web: {image: x}}", 0), 0);
        assert_eq!(offered(client, "file:///srv/Cargo.toml", "[package]\n", 9), 0);
    });
}

#[test]
fn fixes_are_offered_as_actions() {
    session(|client| {
        client.open(POLICY);
        let range = json!({ "start": { "line": 4, "character": 70 }, "end": { "line": 4, "character": 70 } });
        let params = json!({
            "textDocument": { "uri": URI }, "range": range, "context": { "diagnostics": [] },
        });
        let actions = client.ask("textDocument/codeAction", params);
        let titles: Vec<&str> = actions
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action["title"].as_str().unwrap())
            .collect();
        assert_eq!(
            titles,
            [
                "unknown-window: write `minute`",
                "gatelint: mend everything that can be mended safely"
            ]
        );
        let edit = &actions[0]["edit"]["changes"][URI][0];
        assert_eq!(edit["newText"], "\"minute\"");
        assert_eq!(edit["range"]["start"], json!({ "line": 4, "character": 67 }));
        for (only, kinds) in [
            (json!(["quickfix"]), json!(["quickfix"])),
            (json!(["source.fixAll"]), json!(["source.fixAll"])),
            (json!(["refactor", "source"]), json!(["source.fixAll"])),
            (json!([""]), json!(["quickfix", "source.fixAll"])),
            (json!(["source.fix"]), json!([])),
            (json!([]), json!([])),
        ] {
            let params = json!({
                "textDocument": { "uri": URI }, "range": range,
                "context": { "diagnostics": [], "only": only },
            });
            let actions = client.ask("textDocument/codeAction", params);
            let given: Vec<&Value> =
                actions.as_array().unwrap().iter().map(|action| &action["kind"]).collect();
            assert_eq!(json!(given), kinds, "{only}");
        }
    });
}

#[test]
fn a_line_is_ignored_by_a_comment_above_it_which_has_a_place_for_a_reason_that_is_required() {
    let text = "version: \"1\"\ndefault: deny\ntools:\n  run_job: {}\n  list_jobs: {}\n";
    for (require_reasons, comment) in [
        (false, "  # gatelint: ignore[unbounded-execute-tool] \n"),
        (true, "  # gatelint: ignore[unbounded-execute-tool] <reason>\n"),
    ] {
        session_with(Config { require_reasons, ..Config::default() }, |client| {
            let shown = |found: &[Value], code: &str| found.iter().any(|one| one["code"] == code);
            let uri = "file:///srv/policy.yaml";
            assert!(shown(&client.open_at(uri, text), "unbounded-execute-tool"));
            let at = json!({ "line": 3, "character": 4 });
            let params = json!({
                "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
                "context": { "diagnostics": [] },
            });
            let actions = client.ask("textDocument/codeAction", params);
            let title = "ignore: this line (unbounded-execute-tool)";
            let mut actions = actions.as_array().unwrap().iter();
            let action = actions.find(|action| action["title"] == title).unwrap();
            let edit = &action["edit"]["changes"][uri][0];
            assert_eq!(edit["newText"], comment);
            let line = json!({ "line": 3, "character": 0 });
            assert_eq!(edit["range"], json!({ "start": line, "end": line }));
            // What it writes hides the finding, but for a reason that is still to be written.
            let commented = text.replace("  run_job", &format!("{comment}  run_job"));
            let found = client.open_at(uri, &commented);
            assert_eq!(shown(&found, "unbounded-execute-tool"), require_reasons);
            assert_eq!(shown(&found, "invalid-ignore"), require_reasons);
        });
    }
}

#[test]
fn requests_that_nobody_knows_get_an_error_and_the_server_lives() {
    session(|client| {
        client.number += 1;
        let request = Request::new(
            RequestId::from(client.number),
            "textDocument/rename".to_owned(),
            json!({}),
        );
        client.connection.sender.send(request.into()).unwrap();
        let Message::Response(response) = client.connection.receiver.recv().unwrap() else {
            panic!("a response is expected")
        };
        assert!(response.response_result.is_err());
        assert!(!client.open(POLICY).is_empty());
    });
}

#[test]
fn notifications_that_cannot_be_read_change_nothing_and_the_server_lives() {
    session(|client| {
        let found = client.open(POLICY);
        for method in ["didOpen", "didChange", "didClose"] {
            for params in [Value::Null, json!({}), json!({ "textDocument": { "uri": 7 } })] {
                client.notify(&format!("textDocument/{method}"), params);
            }
        }
        let hover = client.ask("textDocument/hover", Client::at(2, 5));
        assert!(hover["contents"]["value"].as_str().unwrap().contains("**default**"));
        assert_eq!(client.open(POLICY), found);
    });
}
