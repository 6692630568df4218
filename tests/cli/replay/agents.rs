//! `gatelint replay` on what agents and their libraries record of themselves
//! (see `fixtures/traces/README.md`). What is expected was judged by hand from the files.

use serde_json::Value;

use crate::support::{Folder, Run, fixture};

/// Denies the deletion of the plan, whatever the arguments else are, and allows everything else.
const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {
    "delete_note": {"deny_if": [{"conditions": [{"path": "args.title", "op": "eq", "value": "plan"}]}]}}}"#;

fn replay(trace: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("policy.json", POLICY);
    let trace = fixture(&format!("traces/{trace}"));
    let behind = ["--behind-gateway", "agent"];
    folder.run(&[&["replay", "--policy", "policy.json", &trace], &behind[..], more].concat())
}

/// The tool, outcome and missing fact of every call, in the order of time.
fn decided(trace: &str, more: &[&str]) -> Vec<String> {
    let mut decisions = decisions(trace, more);
    decisions.sort_by_key(|decision| decision["ts"].to_string());
    decisions
        .iter()
        .map(|decision| {
            let words = ["tool", "outcome", "missing"].map(|key| decision[key].as_str());
            words.into_iter().flatten().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn decisions(trace: &str, more: &[&str]) -> Vec<Value> {
    let run = replay(trace, &[&["--decisions"], more].concat());
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    run.json_lines()
}

/// The grants of all calls, each once.
fn grants(trace: &str, by: &str) -> Vec<String> {
    let mut grants: Vec<String> = decisions(trace, &["--grant-by", by])
        .iter()
        .map(|decision| decision["grant"].as_str().unwrap().to_owned())
        .collect();
    grants.sort();
    grants.dedup();
    grants
}

fn times(trace: &str) -> Vec<String> {
    let mut times: Vec<String> = decisions(trace, &[])
        .iter()
        .map(|decision| decision["ts"].as_str().unwrap().to_owned())
        .collect();
    times.sort();
    times
}

#[test]
fn the_three_spans_that_a_call_makes_in_fastmcp_are_one_call() {
    let expected = [
        "add_note allow",
        "list_notes allow",
        "delete_note indeterminate unrecorded-arguments",
        "delete_note indeterminate unrecorded-arguments",
        "export_notes allow",
        "no_such_tool allow",
        "delete_note indeterminate unrecorded-arguments",
        "add_note allow",
    ];
    assert_eq!(decided("otlp-fastmcp.jsonl", &[]), expected);
    assert_eq!(times("otlp-fastmcp.jsonl")[0], "2026-11-20T22:12:52.052931985Z");
    assert_eq!(grants("otlp-fastmcp.jsonl", "service.name"), ["notes-agent"]);
    assert_eq!(grants("otlp-fastmcp.jsonl", "server"), ["notes"]);
    // Since protocol 2026-07-28 every call is a session of its own.
    assert_eq!(grants("otlp-fastmcp.jsonl", "mcp.session.id").len(), 8);
}

#[test]
fn a_call_knows_the_arguments_and_the_conversation_that_the_span_of_its_agent_has() {
    let expected = [
        "add_note allow",
        "list_notes allow",
        "delete_note allow",
        "get_weather allow",
        "delete_note deny",
    ];
    assert_eq!(decided("otlp-pydantic-ai.jsonl", &[]), expected);
    assert_eq!(grants("otlp-pydantic-ai.jsonl", "session").len(), 1);
    assert_eq!(grants("otlp-pydantic-ai.jsonl", "gen_ai.agent.name"), ["librarian"]);
    assert_eq!(grants("otlp-pydantic-ai.jsonl", "server"), ["", "notes"]);
}

#[test]
fn spans_of_open_inference_name_who_called() {
    let expected = [
        "add_note allow",
        "list_notes allow",
        "delete_note allow",
        "get_weather allow",
        "delete_note deny",
    ];
    assert_eq!(decided("openinference.jsonl", &[]), expected);
    assert_eq!(grants("openinference.jsonl", "grant"), ["ana"]);
    assert_eq!(grants("openinference.jsonl", "session"), ["chat-7"]);
}

#[test]
fn calls_of_a_codex_rollout_have_the_names_of_their_servers_and_tools() {
    let expected = [
        "exec_command allow",
        "add_note allow",
        "list_notes allow",
        "delete_note allow",
        "export_notes allow",
        "apply_patch allow",
        "delete_note deny",
        "no_such_tool allow",
        "exec_command allow",
    ];
    assert_eq!(decided("codex.jsonl", &[]), expected);
    assert_eq!(times("codex.jsonl")[0], "2026-11-20T22:06:12.018Z");
    assert_eq!(grants("codex.jsonl", "session"), ["01a1fafe-e4b1-74d0-909b-68844115cdf9"]);
    assert_eq!(grants("codex.jsonl", "server"), ["", "notes"]);
    assert_eq!(grants("codex.jsonl", "client"), ["codex_exec"]);
    assert_eq!(grants("codex.jsonl", "model_provider"), ["stub"]);
}

#[test]
fn tools_of_the_agent_itself_are_not_covered_by_a_policy_for_servers() {
    let folder = Folder::new().file("policy.json", POLICY);
    let trace = fixture("traces/codex.jsonl");
    let of = |more: &[&str]| {
        let words = ["replay", "--format", "json", &trace];
        let (status, output) = folder.run_json(&[&words[..], more].concat());
        assert_eq!(status, 0);
        (output["calls"].as_u64().unwrap(), output["not_covered"].to_string())
    };
    let uncovered = r#"[{"calls":4,"name":"agent"}]"#;
    assert_eq!(of(&["--policy", "policy.json"]), (5, uncovered.to_owned()));
    assert_eq!(of(&["--policy", "notes=policy.json"]), (5, uncovered.to_owned()));
    assert_eq!(of(&["--policy", "agent=policy.json"]).0, 4);
    assert_eq!(of(&["--policy", "policy.json", "--behind-gateway", "agent"]), (9, "[]".to_owned()));
}

/// The calls of two conversations with five calls each.
const TWO_CONVERSATIONS: [&str; 10] = [
    "add_note allow",
    "list_notes allow",
    "delete_note allow",
    "get_weather allow",
    "delete_note deny",
    "add_note allow",
    "list_notes allow",
    "delete_note allow",
    "get_weather allow",
    "delete_note deny",
];

#[test]
fn a_conversation_that_every_request_repeats_has_each_call_once() {
    for trace in ["openai-chat.jsonl", "openai-responses.jsonl"] {
        assert_eq!(decided(trace, &[]), TWO_CONVERSATIONS, "{trace}");
    }
    assert_eq!(times("openai-chat.jsonl")[0], "2026-11-20T22:11:26Z");
    assert_eq!(decided("anthropic.jsonl", &[]), TWO_CONVERSATIONS[..5]);
    // Only the requests name the user, and the calls are first seen in the answers.
    assert_eq!(grants("anthropic.jsonl", "grant"), ["ana"]);
}

#[test]
fn spans_of_the_agents_sdk_hide_arguments_where_the_user_chose_so() {
    let expected = [
        "add_note allow",
        "list_notes allow",
        "delete_note allow",
        "get_weather allow",
        "delete_note deny",
        "add_note allow",
        "list_notes allow",
        "delete_note indeterminate unrecorded-arguments",
        "get_weather allow",
        "delete_note indeterminate unrecorded-arguments",
    ];
    assert_eq!(decided("openai-agents.jsonl", &[]), expected);
    assert_eq!(grants("openai-agents.jsonl", "session"), ["chat-7"]);
    assert_eq!(grants("openai-agents.jsonl", "server"), ["", "notes"]);
    assert_eq!(grants("openai-agents.jsonl", "workflow_name"), ["tidy notes"]);
}

#[test]
fn a_log_of_inspect_is_one_document_with_the_calls_of_its_samples() {
    let expected = [
        "add_note allow",
        "delete_note allow",
        "delete_note allow",
        "delete_note deny",
        "no_such_tool allow",
    ];
    assert_eq!(decided("inspect.json", &[]), expected);
    assert_eq!(grants("inspect.json", "task"), ["notes"]);
}

#[test]
fn an_inspect_log_that_is_a_zip_is_refused_with_what_to_do() {
    let folder = Folder::new().file("policy.json", POLICY).file("log.eval", b"PK\x03\x04\x2d\x00");
    let run = folder.run(&["replay", "--policy", "policy.json", "log.eval"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("inspect log convert --to json"), "{}", run.err);
}

#[test]
fn long_arguments_of_an_inspect_log_are_put_back_in_their_places() {
    let policy = r#"{"version": "1", "default": "allow", "tools": {"add_note": {"deny_if": [
        {"conditions": [{"path": "args.body", "op": "contains", "value": "write tests write tests"}]}]}}}"#;
    let folder = Folder::new().file("policy.json", policy);
    let trace = fixture("traces/inspect.json");
    let run = folder.run(&["replay", "--policy", "policy.json", &trace, "--decisions"]);
    assert_eq!(run.json_lines()[0]["outcome"], "deny", "{}", run.out);
}

#[test]
fn events_of_copilot_name_server_and_tool_and_arguments_that_were_no_json() {
    let expected = [
        "bash allow",
        "add_note allow",
        "list_notes allow",
        "delete_note allow",
        "export_notes allow",
        "delete_note deny",
        "no_such_tool allow",
        "bash allow",
    ];
    assert_eq!(decided("copilot.jsonl", &[]), expected);
    assert_eq!(times("copilot.jsonl")[0], "2026-11-20T22:06:20.192Z");
    assert_eq!(grants("copilot.jsonl", "server"), ["", "notes"]);
    assert_eq!(grants("copilot.jsonl", "session"), ["bbc18526-6059-4132-babc-944b3baaad7d"]);
    assert_eq!(grants("copilot.jsonl", "mcpTransport"), ["", "stdio"]);
    // The last call stands there with `{}`, though the model wrote half an object.
    let policy = r#"{"version": "1", "default": "allow", "tools": {"bash": {"deny_if": [
        {"conditions": [{"path": "args.command", "op": "eq", "value": "x"}]}]}}}"#;
    let folder = Folder::new().file("policy.json", policy);
    let trace = fixture("traces/copilot.jsonl");
    let run = folder.run(&["replay", "--policy", "agent=policy.json", &trace, "--decisions"]);
    let last = run.json_lines().pop().unwrap();
    assert_eq!((&last["tool"], &last["missing"]), (&"bash".into(), &"unreadable-arguments".into()));
}
