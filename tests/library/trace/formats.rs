//! Every format of traces by a file in it: what each call of it is known to be. How the files came
//! about stands in `fixtures/traces/README.md`.

use std::path::Path;

use gatelint::engine::Outcome;
use gatelint::trace::{CallResult, Item, Record, RecordArguments, Trace, TraceOptions};

/// The calls of a fixture, each turned into a line.
pub(super) fn calls(name: &str, line: impl Fn(&Record<'_>) -> String) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traces").join(name);
    let mut lines = Vec::new();
    let trace = Trace::open(&[path], TraceOptions::default()).unwrap();
    let visit = |item: Item<'_, '_>| match item {
        Item::Calls(records) => lines.extend(records.iter().map(&line)),
        Item::Bad(bad) => panic!("line {}: {}", bad.line, bad.reason),
    };
    trace.for_each(visit).unwrap();
    lines
}

/// The time of day, the server, the tool, what is known of the arguments, and the result.
pub(super) fn facts(record: &Record<'_>) -> String {
    let time = record.time.map_or("-".to_owned(), |time| time.to_string());
    let time = time.split_once('T').map_or(&*time, |(_, time)| time).trim_end_matches('Z');
    let server = if record.server.is_empty() { "-" } else { &*record.server };
    let arguments = match &record.arguments {
        RecordArguments::Json(_) | RecordArguments::Members { .. } => "known".to_owned(),
        RecordArguments::Absent => "none".to_owned(),
        RecordArguments::Names(_) => "names".to_owned(),
        RecordArguments::Unknown(missing) => format!("({missing})"),
    };
    let result = match record.result {
        CallResult::Ok => "ok",
        CallResult::ToolError => "tool error",
        CallResult::UpstreamError => "upstream error",
        CallResult::Unknown => "no answer known",
    };
    format!("{time} {server} {}: {arguments}, {result}", record.tool)
}

/// Who called in which session, and by what id the call goes there.
fn names(record: &Record<'_>) -> String {
    let session = record.session.rsplit('/').next().unwrap_or_default();
    format!("{} {session} {}", record.client, record.id)
}

#[test]
fn mcp_tape() {
    let expected = [
        "22:28:11.541 everything trigger-sampling-request: known, tool error",
        "22:28:11.546 everything trigger-sampling-request: known, tool error",
        "22:28:11.548 everything echo: known, ok",
        "22:28:11.626 everything echo: (the arguments were redacted), ok",
        "22:28:11.628 everything get-sum: known, tool error",
        "22:28:11.629 everything trigger-url-elicitation: known, upstream error",
    ];
    assert_eq!(calls("mcp-tape.jsonl", facts), expected);
    let names = calls("mcp-tape.jsonl", names);
    assert_eq!(names[0], "demo-client mcp-tape.jsonl#1 2");
    assert_eq!(names[5], "demo-client mcp-tape.jsonl#1 8");
}

#[test]
fn mcp_tap() {
    let expected = [
        "22:30:07.246431 files list_allowed_directories: none, ok",
        "22:30:07.28852 files read_text_file: known, ok",
        "22:30:07.29084 files write_file: known, ok",
        "22:30:07.293345 files write_file: (the arguments were redacted), ok",
        "22:30:07.294805 files read_text_file: known, tool error",
        "22:30:07.295704 files delete_file: known, tool error",
    ];
    assert_eq!(calls("mcp-tap.jsonl", facts), expected);
    assert_eq!(calls("mcp-tap.jsonl", names)[0], "demo-client demo-run-1 2");
}

#[test]
fn github_workflow() {
    let expected = [
        "22:30:08.658 files list_allowed_directories: none, ok",
        "22:30:08.773 files read_text_file: known, ok",
        "22:30:08.777 files write_file: known, ok",
        "22:30:08.78 files write_file: (the arguments were redacted), ok",
        "22:30:08.785 files read_text_file: known, tool error",
        "22:30:08.785 files delete_file: known, tool error",
        "22:30:09.431 everything trigger-sampling-request: known, tool error",
        "22:30:09.435 everything trigger-sampling-request: known, tool error",
        "22:30:09.437 everything echo: known, ok",
        "22:30:09.448 everything echo: (the arguments were redacted), ok",
        "22:30:09.449 everything get-sum: known, tool error",
        "22:30:09.45 everything trigger-url-elicitation: known, upstream error",
    ];
    assert_eq!(calls("github-workflow.jsonl", facts), expected);
}

#[test]
fn claude_desktop() {
    let expected = [
        "09:00:05.125 files list_directory: known, ok",
        "10:00:10.5 files read_text_file: known, tool error",
        "10:00:10.501 shell run: known, upstream error",
        "10:00:20 files write_file: (the arguments were cut off), ok",
        "10:00:30 files edit_file: (the arguments were cut off), ok",
    ];
    assert_eq!(calls("claude-desktop.log", facts), expected);
    let expected = [
        "claude-ai claude-desktop.log#1 1",
        "claude-ai claude-desktop.log#2 1",
        "claude-ai claude-desktop.log#3 1",
        "claude-ai claude-desktop.log#2 2",
        "claude-ai claude-desktop.log#2 3",
    ];
    assert_eq!(calls("claude-desktop.log", names), expected);
}

#[test]
fn claude_code() {
    let expected = [
        "11:58:02.25 - Read: known, ok",
        "11:58:02.3 - Bash: known, tool error",
        "11:58:05 github create_issue: known, ok",
        "11:58:07 linear create_comment: known, tool error",
        "11:58:10 - Task: known, ok",
        "11:58:11 - Grep: known, ok",
        "11:58:12 github search_issues: known, ok",
        "11:58:31 - Glob: known, ok",
        "11:58:32 github create_issue: known, no answer known",
    ];
    assert_eq!(calls("claude-code.jsonl", facts), expected);
    let first = "claude-code 5f0c6d2e-8a41-4f7b-9d53-2b1f3f0c7a10 toolu_010000000000000000000001";
    assert_eq!(calls("claude-code.jsonl", names)[0], first);
}

#[test]
fn claude_code_hook() {
    let expected = [
        "- - Bash: known, ok",
        "- github create_issue: known, ok",
        "- github delete_repo: known, tool error",
        "- - Write: known, ok",
    ];
    assert_eq!(calls("claude-code-hook.jsonl", facts), expected);
}

#[test]
fn intercept_events() {
    let expected = [
        "22:29:15.707225018 shop-mcp list_customers: none, ok",
        "22:29:16.007682557 shop-mcp list_customers: none, ok",
        "22:29:16.308192514 shop-mcp list_customers: none, ok",
        "22:29:16.608864173 shop-mcp create_refund: (the arguments were hashed), ok",
        "22:29:16.909407349 shop-mcp create_refund: (the arguments were hashed), ok",
        "22:29:17.209914022 shop-mcp delete_customer: (the arguments were hashed), ok",
        "22:29:17.510479121 shop-mcp list_customers: none, ok",
        "22:29:17.810975408 shop-mcp list_customers: none, ok",
        "22:29:18.111494619 shop-mcp get_balance: none, ok",
    ];
    assert_eq!(calls("intercept-events.jsonl", facts), expected);
    let decided = calls("intercept-events.jsonl", |call| match call.decision {
        Some(Outcome::Allow) => "allow".to_owned(),
        Some(Outcome::Deny) => "deny".to_owned(),
        other => format!("{other:?}"),
    });
    let expected = ["allow", "allow", "allow", "allow", "deny", "deny", "deny", "deny", "allow"];
    assert_eq!(decided, expected);
}
