//! Logs that programs of today wrote: every call in them, as it is known to have been made. How they came about
//! stands in `fixtures/traces/README.md`.

use std::path::Path;

use gatelint::trace::{CallResult, Record, RecordArguments, Trace, TraceOptions};
use serde_json::Value;

use crate::trace::formats::calls;

const SHOPPING: &str = r#"notes read_note {"title":"shopping"} ok"#;
const MISSING: &str = r#"notes read_note {"title":"missing"} tool error"#;
const TODO: &str = r#"notes write_note {"text":"water the plants","title":"todo"} ok"#;
/// What agents do with tools of their own.
const READ: &str = r#"- Read {"file_path":"/home/ann/garden/plan.txt"} ok"#;
const LIST: &str = r#"- Bash {"command":"ls","description":"List the folder"} ok"#;

/// The server, the tool, the arguments in the order of their names, and the result.
fn made(record: &Record<'_>) -> String {
    let server = if record.server.is_empty() { "-" } else { &*record.server };
    let arguments = match &record.arguments {
        RecordArguments::Unknown(_) => "?".to_owned(),
        known => {
            let read: Value = serde_json::from_str(known.json().unwrap_or("null")).unwrap();
            read.to_string()
        }
    };
    let result = match record.result {
        CallResult::Ok => "ok",
        CallResult::ToolError => "tool error",
        CallResult::UpstreamError => "upstream error",
        CallResult::Unknown => "no answer known",
    };
    format!("{server} {} {arguments} {result}", record.tool)
}

/// The same calls, of servers that the log does not name.
fn unnamed(calls: &[&str]) -> Vec<String> {
    calls.iter().map(|call| call.replacen("notes ", "- ", 1)).collect()
}

#[test]
fn claude_code() {
    let all = [SHOPPING, MISSING, READ, LIST, TODO];
    for file in ["claude-code", "claude-code-hook", "messages-claude-code-stream"] {
        assert_eq!(calls(&format!("{file}-recorded.jsonl"), made), all, "{file}");
    }
    let task = r#"- Task {"description":"Read a note","prompt":"Read the note called shopping","subagent_type":"general-purpose"} ok"#;
    assert_eq!(calls("claude-code-task-recorded.jsonl", made), [task, SHOPPING]);
    assert_eq!(calls("claude-code-subagent-recorded.jsonl", made), [SHOPPING, MISSING]);
    let around = |record: &Record<'_>| format!("{} {}", record.folder, record.mode);
    for file in ["claude-code-recorded.jsonl", "claude-code-hook-recorded.jsonl"] {
        assert_eq!(calls(file, around), ["/home/ann/garden default"; 5], "{file}");
    }
}

#[test]
fn gemini_cli() {
    let read = r#"- read_file {"file_path":"plan.txt"} ok"#;
    assert_eq!(calls("gemini-cli-recorded.jsonl", made), [SHOPPING, MISSING, TODO, read]);
}

#[test]
fn opencode() {
    let name = |call: &str| call.replacen("notes ", "- notes_", 1);
    let list = r#"- bash {"command":"ls","description":"List the folder"} ok"#.to_owned();
    let expected = [name(SHOPPING), name(MISSING), name(TODO), list];
    assert_eq!(calls("opencode-recorded.json", made), expected);
}

#[test]
fn pi() {
    let expected = [
        r#"- bash {"command":"ls"} ok"#,
        r#"- read {"path":"plan.txt"} ok"#,
        r#"- read {"path":"missing.txt"} tool error"#,
        r#"- write {"content":"water the plants","path":"todo.txt"} ok"#,
        r#"- bash {"command":"ls -a"} ok"#,
    ];
    assert_eq!(calls("pi-recorded.jsonl", made), expected);
}

#[test]
fn messages_of_the_ai_sdk_and_of_a_small_agent() {
    for file in ["model", "ui"] {
        let file = format!("vercel-messages-{file}-recorded.json");
        assert_eq!(calls(&file, made), unnamed(&[SHOPPING, MISSING, TODO]), "{file}");
    }
    // Version 4 has no word for failure but that of the tool.
    let missing = MISSING.replace("tool error", "ok");
    for file in ["4-model", "4-ui"] {
        let file = format!("vercel-messages-{file}-recorded.json");
        assert_eq!(calls(&file, made), unnamed(&[SHOPPING, &missing, TODO]), "{file}");
    }
    let expected = ["ls", "cat missing.txt", "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"];
    let expected =
        expected.map(|command| format!(r#"- bash {{"command":"{command}"}} no answer known"#));
    assert_eq!(calls("messages-mini-swe-agent-recorded.traj.json", made), expected);
}

#[test]
fn what_a_fork_copies_counts_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traces");
    for (first, fork, copied, more) in [
        ("claude-code-recorded.jsonl", "claude-code-fork-recorded.jsonl", 5, 1),
        ("opencode-recorded.json", "opencode-fork-recorded.json", 4, 1),
        ("pi-recorded.jsonl", "pi-fork-recorded.jsonl", 5, 0),
    ] {
        assert_eq!(calls(first, made).len(), copied, "{first}");
        assert_eq!(calls(fork, made).len(), copied + more, "{fork}");
        for files in [[first, fork], [fork, first]] {
            let paths = files.map(|file| folder.join(file));
            let mut count = 0;
            let trace = Trace::open(&paths, TraceOptions::default()).unwrap();
            trace.for_each(|_| count += 1).unwrap();
            assert_eq!(count, copied + more, "{files:?}");
        }
    }
}

#[test]
fn spans() {
    let positional = "- write_note ? ok".to_owned();
    let count = r#"- count_notes {"folder":"all"} ok"#.to_owned();
    for (file, calls_of_notes, others) in [
        ("agent-framework", &[SHOPPING, MISSING, TODO][..], vec![]),
        ("google-adk", &[SHOPPING, MISSING], vec![]),
        // What a model asks for has another id than the call.
        ("google-adk-messages", &[SHOPPING, MISSING], vec![]),
        ("langfuse", &[SHOPPING, MISSING], vec![positional.clone(), count.clone()]),
        ("langsmith", &[SHOPPING, MISSING, TODO], vec![count]),
        ("logfire", &[SHOPPING, MISSING], vec![]),
        ("mlflow", &[SHOPPING, MISSING, TODO], vec![]),
        ("strands", &[SHOPPING, MISSING], vec![]),
        ("strands-messages", &[SHOPPING, MISSING], vec![]),
        ("traceloop", &[SHOPPING, MISSING], vec![positional]),
    ] {
        let expected = [unnamed(calls_of_notes), others].concat();
        assert_eq!(calls(&format!("otlp-{file}-recorded.jsonl"), made), expected, "{file}");
    }
}
