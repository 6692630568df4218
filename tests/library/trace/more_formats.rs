//! Formats by samples of them: what each call in them is known to be.

use crate::trace::formats::{calls, facts};

/// What is known of the two calls to lend a book that most samples have.
const LENT: [&str; 2] = ["lend_book: known, ok", "lend_book: known, tool error"];

/// The time of day and the server are checked by name; the rest is that of `LENT`.
fn lends(file: &str, places: [&str; 2], others: &[&str]) {
    let mut expected: Vec<_> =
        places.iter().zip(LENT).map(|(place, lent)| format!("{place} {lent}")).collect();
    expected.extend(others.iter().map(|&other| other.to_owned()));
    assert_eq!(calls(file, facts), expected, "{file}");
}

#[test]
fn sessions_of_agents() {
    let shell = "10:00:10 - run_shell_command: known, ok";
    lends("gemini-cli-document.json", ["10:00:06 library", "10:00:07 library"], &[shell]);
    lends("gemini-cli.jsonl", ["10:00:06 library", "10:00:17 library"], &[]);
    let shell = "10:00:04 developer shell: known, no answer known";
    for file in ["goose.jsonl", "goose-export.json"] {
        lends(file, ["10:00:02 library", "10:00:02 library"], &[shell]);
    }
    let bash = "10:00:06 - bash: known, no answer known";
    lends("pi.jsonl", ["10:00:02 -", "10:00:02 -"], &[bash]);
    let expected = [
        "10:00:02 - library_lend_book: known, ok",
        "10:00:04 - library_lend_book: known, tool error",
        "10:00:06 - bash: known, ok",
    ];
    assert_eq!(calls("opencode.json", facts), expected);
    assert_eq!(calls("cursor.jsonl", facts), ["10:00:01 x lend_book: known, ok"]);
    assert_eq!(calls("openhands.json", facts), ["10:00:01 - lend_book: known, no answer known"]);
    assert_eq!(calls("swe-agent.traj", facts), ["- - lend_book: known, no answer known"]);
}

#[test]
fn chats_and_servers_of_vs_code() {
    for file in ["copilot-chat.jsonl", "copilot-chat-document.json"] {
        let own = "10:00:04 - read_file: known, no answer known";
        lends(file, ["10:00:02 library", "10:00:04 library"], &[own]);
    }
    lends("vscode-mcp.log", ["10:00:02 library", "10:00:03 library"], &[]);
    assert_eq!(calls("mcp-server-logger.log", facts), ["10:00:01 - lend_book: known, ok"]);
    assert_eq!(calls("har.har", facts), ["10:00:01 - lend_book: known, ok"]);
}

#[test]
fn traces_and_exports_of_platforms() {
    for file in ["tempo-batches.json", "tempo-v2.json"] {
        lends(file, ["10:00:02 -", "10:00:05 -"], &[]);
    }
    // The first call has two spans, of which the inner one is nearer to the server.
    lends("jaeger.json", ["10:00:02.1 -", "10:00:05 -"], &[]);
    for file in ["langsmith.jsonl", "langfuse.jsonl"] {
        assert_eq!(calls(file, facts), ["10:00:01 - lend_book: known, ok"], "{file}");
    }
}

#[test]
fn spans_of_all_writers() {
    for file in ["strands", "google-adk", "traceloop", "mlflow", "langsmith", "logfire-old"] {
        let expected = ["10:00:01 - pay: known, ok", "10:00:02 - pay: known, ok"];
        assert_eq!(calls(&format!("otlp-{file}.jsonl"), facts), expected, "{file}");
    }
    let wish = ["10:00:01 - pay: known, no answer known"];
    assert_eq!(calls("otlp-genai-messages.jsonl", facts), wish);
    let expected = ["pay c1", "pay c2"];
    assert_eq!(
        calls("otlp-vercel-ai.jsonl", |call| format!("{} {}", call.tool, call.id)),
        expected
    );
}

#[test]
fn messages_of_the_ai_sdk() {
    for file in ["vercel-messages-model.json", "vercel-messages-ui.json"] {
        lends(file, ["- -", "- -"], &["- - lend_book: known, no answer known"]);
    }
}
