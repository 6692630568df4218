use super::*;
use crate::trace::formats::common::reader::calls_in;
use crate::trace::record::{CallResult, Record, RecordArguments};

/// A part of a response: its id, its tool, the arguments if they are known, and what else it says.
fn made(id: &str, tool: &str, input: Option<&str>, more: &str) -> String {
    let source = match tool.starts_with("mcp_") {
        true => r#"{"type":"mcp","label":"Notes","serverLabel":"notes"}"#,
        false => r#"{"type":"internal"}"#,
    };
    let details = input.map_or(String::new(), |input| {
        format!(r#","resultDetails":{{"input":{},"isError":false}}"#, Value::from(input))
    });
    format!(
        r#"{{"kind":"toolInvocationSerialized","toolCallId":"{id}","toolId":"{tool}","source":{source}{details}{more}}}"#
    )
}

fn wish(id: &str, name: &str, arguments: &str) -> String {
    format!(r#"{{"id":"{id}","name":"{name}","arguments":{}}}"#, Value::from(arguments))
}

fn chat(made: &[String], wishes: &[String]) -> String {
    format!(
        r#"{{"requests":[{{"timestamp":1772359201000,"response":[{{"value":"x"}},{}],"result":{{"metadata":{{"toolCallRounds":[{{"toolCalls":[{}],"timestamp":1772359202000}}]}}}}}}],"sessionId":"s","responderUsername":"r"}}"#,
        made.join(","),
        wishes.join(",")
    )
}

fn read(units: &[&str]) -> Vec<Record<'static>> {
    calls_in(Chats::default(), None, units)
}

fn facts(calls: &[Record<'_>]) -> Vec<(String, String, String, CallResult)> {
    let own = |call: &Record<'_>| {
        let arguments = call.arguments.json().unwrap_or("?").to_owned();
        (call.server.to_string(), call.tool.to_string(), arguments, call.result)
    };
    calls.iter().map(own).collect()
}

#[test]
fn a_call_of_an_older_version_is_joined_by_its_tool_and_arguments_or_by_its_order() {
    let made = [
        made("u-1", "copilot_other", None, ""),
        made("u-2", "mcp_notes_add", Some("{\n \"a\": 2}"), ""),
        made("u-3", "mcp_notes_add", Some("{\"a\":1}"), r#","isError":7"#),
        made("u-4", "run_in_terminal", Some("ls"), ""),
    ];
    let wishes = [
        wish("1__vscode-1", "mcp_notes_add", r#"{"a":1}"#),
        wish("2__vscode-2", "mcp_notes_add", r#"{"a":2}"#),
        wish("3__vscode-3", "run_in_terminal", r#"{"command":"ls"}"#),
        wish("4__vscode-4", "renamed", "{}"),
        wish("5__vscode-5", "mcp_notes_list", "{}"),
    ];
    let calls = read(&[&chat(&made, &wishes)]);
    let known = |server: &str, tool: &str, arguments: &str, result| {
        (server.to_owned(), tool.to_owned(), arguments.to_owned(), result)
    };
    assert_eq!(
        facts(&calls),
        [
            known("Notes", "add", r#"{"a":1}"#, CallResult::Ok),
            known("Notes", "add", r#"{"a":2}"#, CallResult::Ok),
            known("", "run_in_terminal", r#"{"command":"ls"}"#, CallResult::Ok),
            known("", "renamed", "{}", CallResult::Unknown),
            // Its server is known from the other calls.
            known("Notes", "list", "{}", CallResult::Unknown),
        ]
    );
    assert_eq!((&*calls[0].id, &*calls[0].session), ("1", "s"));
    assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_202);
}

#[test]
fn a_call_that_the_model_s_rounds_do_not_have_is_one_and_a_refused_one_is_none() {
    let made = [
        made("1", "mcp_notes_add", Some("{\"a\":1}"), ""),
        made("2", "mcp_notes_add", Some("{}"), r#","isConfirmed":{"type":0}"#),
        made("3", "mcp_notes_add", None, r#","isConfirmed":false"#),
        made("4", "run_in_terminal", Some("ls"), r#","isConfirmed":{"type":4}"#),
    ];
    let wishes = [wish("2__vscode-7", "mcp_notes_add", "{}")];
    let mut reader = Chats::default();
    let mut calls = Calls::default();
    reader.take(&chat(&made, &wishes), &mut calls).unwrap();
    reader.finish(&mut calls);
    let found: Vec<_> = std::iter::from_fn(|| calls.pop()).collect();
    assert_eq!(found.iter().map(|call| &*call.id).collect::<Vec<_>>(), ["1", "4"]);
    assert_eq!(found[0].time.unwrap().seconds, 1_772_359_201);
    assert!(matches!(found[1].arguments, RecordArguments::Unknown(_)));
    assert_eq!(calls.refused, 2);
}

#[test]
fn a_log_of_changes_is_the_document_that_they_make() {
    let part = |result: &str| made("1", "mcp_notes_add", Some("{}"), result);
    let lines = [
        r#"{"kind":0,"v":{"sessionId":"s","requests":[],"responderUsername":"r"}}"#.to_owned(),
        r#"{"kind":2,"k":["requests"],"v":[{"timestamp":1772359201000,"response":[]}]}"#.to_owned(),
        format!(r#"{{"kind":2,"k":["requests",0,"response"],"v":[{{"value":"x"}},{}]}}"#, part("")),
        r#"{"kind":1,"k":["requests",0,"response",1,"resultDetails"],"v":{"input":"{\"a\":1}","isError":true}}"#
            .to_owned(),
        format!(r#"{{"kind":2,"k":["requests",0,"response"],"i":2,"v":[{}]}}"#, made("2", "mcp_notes_add", None, "")),
        r#"{"kind":2,"k":["requests",0,"response"],"i":2}"#.to_owned(),
        r#"{"kind":1,"k":["inputState","text"],"v":"x"}"#.to_owned(),
        r#"{"kind":3,"k":["customTitle"]}"#.to_owned(),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let calls = read(&lines);
    let expected =
        ("Notes".to_owned(), "add".to_owned(), r#"{"a":1}"#.to_owned(), CallResult::ToolError);
    assert_eq!(facts(&calls), [expected]);
    // Another chat in the same file.
    assert_eq!(read(&[lines.clone(), lines].concat()).len(), 2);
}

#[test]
fn a_change_of_what_is_not_there_says_so() {
    let mut reader = Chats::default();
    let mut take = |unit: &str| reader.take(unit, &mut Calls::default());
    take(r#"{"kind":0,"v":{"requests":[]}}"#).unwrap();
    let far = r#"{"kind":1,"k":["requests",9999999999,"response"],"v":[]}"#;
    assert!(take(far).unwrap_err().contains("does not have"));
    assert!(take(r#"{"kind":9,"k":[]}"#).unwrap_err().contains("unknown kind"));
    assert!(take(r#"{"tool":"add"}"#).unwrap_err().contains("neither a chat"));
    assert!(take("[]").is_err() && take("{\"kind\":1}").is_ok());
}
