use super::*;
use crate::trace::formats::common::outline::outline;
use crate::trace::formats::common::reader::calls_in;
use crate::trace::record::RecordArguments;

fn read_by(field: Option<&str>, units: &[&str]) -> Vec<Record<'static>> {
    assert!(units.iter().all(|unit| recognises(&outline(unit).unwrap())));
    calls_in(Messages::default(), field, units)
}

fn read(units: &[&str]) -> Vec<Record<'static>> {
    read_by(None, units)
}

fn why(unit: &str) -> String {
    Messages::default().take(unit, &mut Calls::default()).unwrap_err()
}

const ASKS: &str = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c-1","type":"function","function":{"name":"mcp__notes__add","arguments":"{\"a\":1}"}}]}"#;

#[test]
fn a_call_comes_once_with_the_time_of_its_answer_however_often_it_is_repeated() {
    let answer = format!(
        r#"{{"object":"chat.completion","created":1772359200,"choices":[{{"message":{ASKS}}}]}}"#
    );
    let request = format!(
        r#"{{"model":"m","user":"ana","messages":[{{"role":"user","content":"hi"}},{ASKS},{{"role":"tool","tool_call_id":"c-1","content":"ok"}}]}}"#
    );
    let first =
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#;
    let calls = read(&[first, &answer, &request, &request]);
    assert_eq!(calls.len(), 1);
    assert_eq!((&*calls[0].tool, &*calls[0].server, &*calls[0].id), ("add", "notes", "c-1"));
    assert_eq!(calls[0].arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
    assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_200);
    // A request was made after the calls that it repeats, and nothing tells how long after.
    let calls = read(&[&request]);
    assert_eq!((calls[0].time, &*calls[0].grant), (None, "ana"));
}

#[test]
fn messages_of_anthropic_tell_servers_and_failures() {
    let answer = r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"t-1","name":"add","input":{"a":1e999}},{"type":"mcp_tool_use","id":"t-2","name":"get","server_name":"notes","input":{}},{"type":"server_tool_use","id":"t-3","name":"web_search","input":{}}]}"#;
    let request = r#"{"metadata":{"user_id":"ana","team":"red"},"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t-1","is_error":true,"content":"no"}]}]}"#;
    let result = r#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t-1","is_error":true,"content":"no"}]}"#;
    let calls = read(&[answer, result]);
    assert_eq!(calls.len(), 2);
    assert_eq!((&*calls[0].tool, calls[0].result), ("add", CallResult::ToolError));
    assert_eq!(calls[0].arguments, RecordArguments::Json(r#"{"a":1e999}"#.into()));
    assert_eq!((&*calls[1].server, calls[1].result), ("notes", CallResult::Unknown));
    let whole = format!(r#"{{"request":{},"response":{answer}}}"#, request);
    assert_eq!(read_by(Some("team"), &[&whole])[0].field, "", "it is the request's alone");
    let within = request.replace(
        r#"[{"type":"tool_result""#,
        r#"[{"type":"tool_use","id":"u","name":"x"},{"type":"tool_result""#,
    );
    assert_eq!(read_by(Some("team"), &[&within])[0].field, "red");
}

#[test]
fn items_of_responses_are_read_in_requests_answers_and_alone() {
    let call = r#"{"type":"function_call","call_id":"c-1","name":"add","arguments":"{}"}"#;
    let mcp = r#"{"type":"mcp_call","id":"m-1","server_label":"notes","name":"get","arguments":"{}","error":{"type":"mcp_protocol_error"}}"#;
    let answer = format!(
        r#"{{"object":"response","created_at":1772359200.5,"conversation":{{"id":"conv"}},"output":[{call},{mcp}]}}"#
    );
    let request =
        format!(r#"{{"model":"m","input":[{{"role":"user","content":"hi"}},{call},{mcp}]}}"#);
    let first = r#"{"model":"m","input":[{"role":"user","content":"hi"}]}"#;
    let calls = read(&[first, &answer, &request]);
    assert_eq!(calls.len(), 2);
    assert_eq!(read(&[call]).len(), 1);
    assert_eq!((&*calls[0].session, &*calls[1].session), ("conv", "conv"));
    assert_eq!((&*calls[1].server, calls[1].result), ("notes", CallResult::UpstreamError));
    assert_eq!(calls[1].time.unwrap().nanoseconds, 500_000_000);
}

#[test]
fn files_of_batches_and_other_providers_hold_the_same() {
    let batch = format!(
        r#"{{"id":"b","custom_id":"1","response":{{"status_code":200,"body":{{"object":"chat.completion","created":1,"choices":[{{"message":{ASKS}}}]}}}}}}"#
    );
    let asked = format!(
        r#"{{"custom_id":"1","method":"POST","url":"/v1","body":{{"messages":[{ASKS}]}}}}"#
    );
    assert_eq!(read(&[&asked, &batch]).len(), 2, "the answer goes on from the request");
    let anthropic = r#"{"custom_id":"1","result":{"type":"succeeded","message":{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"add","input":{}}]}}}"#;
    assert_eq!(read(&[anthropic]).len(), 1);
    let ollama = r#"{"model":"m","created_at":"2026-03-01T10:00:00Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"add","arguments":{"a":1}}}]},"done":true}"#;
    let calls = read(&[ollama, ollama]);
    assert_eq!(calls.len(), 2, "without ids every answer is one of its own");
    assert_eq!(calls[0].time.unwrap().to_string(), "2026-03-01T10:00:00Z");
}

#[test]
fn what_cannot_be_counted_says_why() {
    for (unit, part) in [
        ("7", "an object is expected"),
        (r#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, "piece of a streamed answer"),
        (
            r#"{"type":"content_block_start","content_block":{"type":"tool_use","id":"t","name":"add","input":{}}}"#,
            "piece of a streamed answer",
        ),
        (r#"{"role":"assistant","content":[{"type":"toolCall","id":"c"}]}"#, "a block `toolCall`"),
        (r#"{"role":"assistant","tool_calls":[{"id":"c"}]}"#, "names no tool"),
        (r#"{"role":"assistant","content":[{"type":"tool_use","id":"c"}]}"#, "names no tool"),
    ] {
        assert!(why(unit).contains(part), "{unit}: {}", why(unit));
    }
}

#[test]
fn a_bad_call_costs_no_other() {
    let mut reader = Messages::default();
    let mut calls = Calls::default();
    let unit = ASKS.replace("\"tool_calls\":[", "\"tool_calls\":[{\"id\":\"c\"},");
    assert!(reader.take(&unit, &mut calls).is_err());
    reader.finish(&mut calls);
    assert_eq!(calls.pop().unwrap().tool, "add");
}

fn told(calls: &[Record<'_>]) -> Vec<(String, String, CallResult)> {
    let one = |call: &Record<'_>| (call.id.to_string(), call.session.to_string(), call.result);
    calls.iter().map(one).collect()
}

#[test]
fn an_id_that_is_used_again_is_another_call_but_in_a_beginning_that_was_told() {
    let conversation = |who: &str, more: &str| {
        format!(
            r#"{{"messages":[{{"role":"user","content":"{who}"}},{ASKS},{{"role":"tool","tool_call_id":"c-1","content":"ok"}}{more}]}}"#
        )
    };
    let again = format!(",{ASKS}");
    let units = [conversation("a", ""), conversation("b", ""), conversation("a", &again)];
    let calls = read(&units.each_ref().map(String::as_str));
    let unknown = |session: &str| ("c-1".to_owned(), session.to_owned(), CallResult::Unknown);
    let expected = ["file#0", "file#0.2", "file#0"].map(unknown);
    assert_eq!(told(&calls), expected, "lines are counted by who cuts the file");
    let keys: std::collections::HashSet<u64> = calls.iter().map(|call| call.copy_key).collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn every_answer_to_a_request_goes_on_from_it() {
    let ask = |id: &str| ASKS.replace("c-1", id);
    let request = r#"{"metadata":{"session_id":"s"},"messages":[{"role":"user","content":"hi"}]}"#;
    let (one, other) = (ask("1"), ask("2"));
    let answers = format!(r#"{{"choices":[{{"message":{one}}},{{"message":{other}}}]}}"#);
    let next = format!(r#"{{"messages":[{{"role":"user","content":"hi"}},{other}]}}"#);
    let calls = read(&[request, &answers, &next]);
    let ids: Vec<_> = calls.iter().map(|call| (&*call.id, call.copy_key != 0)).collect();
    assert_eq!(ids, [("1", true), ("2", true)]);
}

#[test]
fn calls_without_ids_are_calls_and_are_answered_in_order() {
    let ask = r#"{"role":"assistant","content":"","tool_calls":[{"function":{"name":"add","arguments":{"a":1}}}]}"#;
    let short = format!(r#"{{"messages":[{{"role":"user","content":"x"}},{ask}]}}"#);
    let long = short.replace(
        "]}]}",
        &format!(r#"]}},{{"role":"tool","content":"","error":"no such note"}},{ask}]}}"#),
    );
    let calls = read(&[&short, &long]);
    let results: Vec<CallResult> = calls.iter().map(|call| call.result).collect();
    assert_eq!(results, [CallResult::ToolError, CallResult::Unknown], "{long}");
    assert_eq!(calls[0].session, "file");
}

#[test]
fn calls_of_past_versions_and_of_others_are_calls() {
    let units = [
        r#"{"role":"assistant","content":null,"function_call":{"name":"add","arguments":"{\"a\":1}"}}"#,
        r#"{"role":"function","name":"add","content":"ok"}"#,
        r#"{"role":"assistant","tool_calls":[{"id":"2","name":"add","args":{"a":1},"type":"tool_call"}]}"#,
        r#"{"role":"assistant","tool_calls":[{"id":"3","function":"add","args":{"a":1}}]}"#,
    ];
    let calls = read(&units);
    assert_eq!(calls.len(), 3);
    for call in calls {
        assert_eq!(call.tool, "add");
        assert_eq!(call.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
    }
}

#[test]
fn messages_have_their_own_times_and_sessions() {
    let line = |id: &str, session: &str| {
        format!(
            r#"{{"type":"assistant","session_id":"{session}","message":{{"role":"assistant","timestamp":"2026-03-01T10:00:0{id}Z","content":[{{"type":"tool_use","id":"{id}","name":"mcp__plugin_pay_bank__pay","input":{{}}}}]}}}}"#
        )
    };
    let calls = read(&[&line("1", "s1"), &line("2", "s2")]);
    let sessions: Vec<_> = calls.iter().map(|call| (&*call.session, &*call.server)).collect();
    assert_eq!(sessions, [("s1", "bank"), ("s2", "bank")]);
    assert_eq!(calls[1].time.unwrap().to_string(), "2026-03-01T10:00:02Z");
}

#[test]
fn other_formats_are_not_taken_for_conversations() {
    for unit in [
        r#"{"jsonrpc":"2.0","id":1,"result":{"messages":[]}}"#,
        r#"{"type":"assistant","sessionId":"s","message":{"role":"assistant","content":[]}}"#,
        r#"{"tool":"add"}"#,
        r#"{"type":"tool_call"}"#,
    ] {
        assert!(!recognises(&outline(unit).unwrap()), "{unit}");
    }
}
