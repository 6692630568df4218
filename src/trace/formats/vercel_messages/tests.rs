use super::*;
use crate::engine::Missing;
use crate::trace::formats::common::outline::outline;
use crate::trace::formats::common::reader::calls_in;
use crate::trace::record::{CallResult, RecordArguments};

fn message(role: &str, key: &str, parts: &str) -> String {
    format!(r#"{{"{key}":[{{"type":"text","text":"x"}},{parts}],"role":"{role}"}}"#)
}

fn call(id: &str) -> String {
    format!(r#"{{"input":{{"a":1}},"toolCallId":"{id}","toolName":"add","type":"tool-call"}}"#)
}

fn result(id: &str, more: &str) -> String {
    format!(r#"{{"type":"tool-result","toolCallId":"{id}","toolName":"add",{more}}}"#)
}

/// The ids and results of the calls, and how many were refused.
fn read(units: &[String]) -> (Vec<(String, CallResult)>, u64) {
    let mut reader = Messages::default();
    let mut calls = Calls::default();
    for unit in units {
        reader.take(unit, &mut calls).unwrap();
    }
    reader.finish(&mut calls);
    let made = std::iter::from_fn(|| calls.pop()).map(|call| (call.id.to_string(), call.result));
    (made.collect(), calls.refused)
}

#[test]
fn results_say_what_came_of_a_call_and_a_refused_one_is_none() {
    let made: Vec<_> = ["1", "2", "3", "4", "5"].map(call).to_vec();
    let results = [
        result("3", r#""output":{"type":"execution-denied","reason":"no"}"#),
        result("2", r#""output":{"type":"error-json","value":{}}"#),
        result("1", r#""output":{"type":"content","value":[]}"#),
        result("4", r#""result":"x","isError":true"#),
    ];
    let (calls, refused) = read(&[
        message("assistant", "content", &made.join(",")),
        message("tool", "content", &results.join(",")),
    ]);
    let expected = [
        ("1", CallResult::Ok),
        ("2", CallResult::ToolError),
        ("4", CallResult::ToolError),
        ("5", CallResult::Unknown),
    ];
    assert_eq!(calls, expected.map(|(id, result)| (id.to_owned(), result)));
    assert_eq!(refused, 1);
}

#[test]
fn parts_of_the_interface_say_how_far_a_call_has_come() {
    let part = |id: &str, state: &str| {
        format!(r#"{{"type":"tool-add-all","toolCallId":"{id}","state":"{state}","input":{{}}}}"#)
    };
    let old = r#"{"type":"tool-invocation","toolInvocation":{"state":"result","toolCallId":"6","toolName":"add","args":{"a":1},"result":"x"}}"#;
    let parts = [
        part("1", "output-available"),
        part("2", "output-error"),
        part("3", "input-streaming"),
        part("4", "output-denied"),
        part("5", "approval-requested"),
        old.to_owned(),
    ];
    let unit = message("assistant", "parts", &parts.join(","));
    let calls = calls_in(Messages::default(), None, std::slice::from_ref(&unit));
    assert_eq!(calls[0].tool, "add-all");
    let cut = RecordArguments::Unknown(Missing::TruncatedArguments);
    assert_eq!((&*calls[2].id, &calls[2].arguments), ("3", &cut));
    assert_eq!(calls[4].arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
    let (calls, refused) = read(&[unit]);
    let results: Vec<_> = calls.iter().map(|(_, result)| *result).collect();
    let unknown = CallResult::Unknown;
    assert_eq!(results, [CallResult::Ok, CallResult::ToolError, unknown, unknown, CallResult::Ok]);
    assert_eq!(refused, 1);
}

#[test]
fn what_the_provider_ran_is_no_call_and_a_call_without_a_name_says_so() {
    let provided = call("1").replacen('{', "{\"providerExecuted\":true,", 1);
    let units = [message("assistant", "content", &provided)];
    assert_eq!(read(&units), (vec![], 0));
    let unnamed = message("assistant", "content", &call("1").replace("toolName", "name"));
    let why = Messages::default().take(&unnamed, &mut Calls::default()).unwrap_err();
    assert!(why.contains("names no tool"), "{why}");
}

#[test]
fn only_what_the_sdk_writes_is_known_wherever_in_a_conversation_it_stands() {
    let is_known = |unit: &str| recognises(&outline(unit).unwrap());
    let made = message("assistant", "content", &call("1"));
    let plain = r#"{"role":"user","content":"x"}"#;
    assert!(is_known(&made));
    assert!(is_known(&format!(r#"{{"id":"c","messages":[{plain},{plain},{made}]}}"#)));
    assert!(is_known(r#"{"role":"user","parts":[{"type":"text","text":"x"}]}"#));
    for unit in [
        plain,
        r#"{"role":"model","parts":[{"text":"x"}]}"#,
        r#"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"add"}]}"#,
    ] {
        assert!(!is_known(unit), "{unit}");
    }
}

#[test]
fn only_a_common_beginning_is_a_repetition() {
    let user = |text: &str| format!(r#"{{"role":"user","content":"{text}"}}"#);
    let made = message("assistant", "content", &call("call_0"));
    let failed = message(
        "tool",
        "content",
        &result("call_0", r#""output":{"type":"error-text","value":"x"}"#),
    );
    let conversation = |messages: &[&String]| {
        let messages: Vec<_> = messages.iter().map(|message| message.as_str()).collect();
        format!(r#"{{"messages":[{}]}}"#, messages.join(","))
    };
    let (one, two) = (user("one"), user("two"));
    let results =
        |units: &[String]| read(units).0.into_iter().map(|(_, result)| result).collect::<Vec<_>>();
    let (error, unknown) = (CallResult::ToolError, CallResult::Unknown);
    // It grows: the second request repeats the first and has its answer.
    let grows = [conversation(&[&one, &made]), conversation(&[&one, &made, &failed, &made])];
    assert_eq!(results(&grows), [error, unknown]);
    // Others use its ids again.
    let other = [conversation(&[&one, &made, &failed]), conversation(&[&two, &made])];
    assert_eq!(results(&other), [error, unknown]);
    // A message a line is one conversation.
    assert_eq!(results(&[one, made.clone(), failed, made]), [error, unknown]);
}
