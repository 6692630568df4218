//! Traces in the formats of other programs, as a user replays them.

use serde_json::Value;

use crate::support::{Folder, fixture};

/// Replays a fixture under a policy, a decision a line.
fn decisions(policy: &str, trace: &str, more: &[&str]) -> Vec<Value> {
    let folder = Folder::new().file("policy", policy);
    let trace = fixture(&format!("traces/{trace}"));
    let run =
        folder.run(&[&["replay", "--policy", "policy", &trace, "--decisions"], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines()
}

/// What was decided of each call, and what was missing.
fn outcomes(decisions: &[Value]) -> Vec<(&str, &str, &str)> {
    decisions
        .iter()
        .map(|line| {
            let missing = line["missing"].as_str().unwrap_or("");
            (line["tool"].as_str().unwrap(), line["outcome"].as_str().unwrap(), missing)
        })
        .collect()
}

/// A policy in which a tool may be called once an hour, and one needs an argument.
const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {
    "trigger-url-elicitation": {"limits": [
        {"counter": "links", "window": "hour", "max": 1, "scope": "grant"}]},
    "create_issue": {"limits": [
        {"counter": "issues", "window": "hour", "max": 1, "scope": "grant"}]},
    "write_file": {"require": [{"conditions": [
        {"path": "args.path", "op": "regex", "value": "^/srv/shop/"}]}]},
    "echo": {"require": [{"conditions": [
        {"path": "args.message", "op": "exists", "value": true}]}]},
    "delete_file": {"deny_if": [{"conditions": [
        {"path": "args.path", "op": "exists", "value": true}]}]}}}"#;

#[test]
fn what_a_log_leaves_out_is_indeterminate_and_everything_else_is_decided() {
    for (trace, unknown, missing) in [
        ("mcp-tape.jsonl", "echo", "redacted-arguments"),
        ("mcp-tap.jsonl", "write_file", "redacted-arguments"),
        ("github-workflow.jsonl", "echo", "redacted-arguments"),
        ("claude-desktop.log", "write_file", "truncated-arguments"),
    ] {
        let decisions = decisions(POLICY, trace, &[]);
        let outcomes = outcomes(&decisions);
        assert!(outcomes.contains(&(unknown, "indeterminate", missing)), "{trace}: {outcomes:?}");
        for (tool, outcome, missing) in outcomes {
            match outcome {
                "allow" => assert_ne!(tool, "delete_file", "{trace}"),
                "deny" => assert_eq!(tool, "delete_file", "{trace}"),
                other => assert!(!missing.is_empty(), "{trace}: {tool} {other}"),
            }
        }
    }
}

#[test]
fn a_session_stands_for_the_grant_and_so_does_a_field_of_the_line() {
    let create = |by: &str| -> Vec<(String, String)> {
        decisions(POLICY, "claude-code.jsonl", &["--grant-by", by])
            .iter()
            .filter(|line| line["tool"] == "create_issue")
            .map(|line| {
                (line["grant"].as_str().unwrap().into(), line["outcome"].as_str().unwrap().into())
            })
            .collect()
    };
    let session = "5f0c6d2e-8a41-4f7b-9d53-2b1f3f0c7a10".to_owned();
    let expected = [(session.clone(), "allow".to_owned()), (session, "throttle".to_owned())];
    assert_eq!(create("session"), expected);
    let versions =
        [("2.1.12".to_owned(), "allow".to_owned()), ("2.1.40".to_owned(), "allow".to_owned())];
    assert_eq!(create("version"), versions);
    let agents: Vec<_> = decisions(
        POLICY,
        "claude-code.jsonl",
        &["--grant-by", "agentId", "--behind-gateway", "agent"],
    )
    .iter()
    .map(|line| line["grant"].as_str().unwrap().to_owned())
    .collect();
    assert_eq!(agents, ["", "", "", "", "", "a1b2c3d", "a1b2c3d", "e4f5a6b", ""]);
}

#[test]
fn the_events_of_intercept_are_decided_as_it_did_where_no_argument_matters() {
    let policy = "version: \"1\"\ntools:\n  list_customers:\n    rules:\n      - name: lists\n        \
        rate_limit: 3/minute\n        on_deny: Three lists a minute are enough\n  create_refund:\n    \
        rules:\n      - name: cap\n        conditions:\n          - path: args.amount\n            \
        op: lte\n            value: 500\n        on_deny: Refunds over 500 need a person\n  \
        delete_customer:\n    rules:\n      - name: never\n        action: deny\n        \
        on_deny: Customers are not deleted\n";
    let decisions = decisions(policy, "intercept-events.jsonl", &["--grant-by", "server"]);
    let expected = [
        ("list_customers", "allow", ""),
        ("list_customers", "allow", ""),
        ("list_customers", "allow", ""),
        ("create_refund", "indeterminate", "hashed-arguments"),
        ("create_refund", "indeterminate", "hashed-arguments"),
        ("delete_customer", "deny", ""),
        ("list_customers", "throttle", ""),
        ("list_customers", "throttle", ""),
        ("get_balance", "allow", ""),
    ];
    assert_eq!(outcomes(&decisions), expected);
    assert_eq!(decisions[0]["grant"], "shop-mcp");
    assert_eq!(decisions[0]["ts"], "2026-11-20T22:29:15.707225018Z");
}

#[test]
fn hook_input_has_no_times_so_that_only_a_limit_out_of_reach_is_decided() {
    let decisions = decisions(POLICY, "claude-code-hook.jsonl", &["--behind-gateway", "agent"]);
    let expected = ["Bash", "create_issue", "delete_repo", "Write"].map(|tool| (tool, "allow", ""));
    assert_eq!(outcomes(&decisions), expected, "one issue is below the limit at any time");
    let twice = std::fs::read_to_string(fixture("traces/claude-code-hook.jsonl")).unwrap();
    let twice = twice.clone() + &twice.replace("toolu_01", "toolu_02");
    let folder = Folder::new().file("policy", POLICY).file("hook.jsonl", twice);
    let run = folder.run(&["replay", "--policy", "policy", "hook.jsonl", "--decisions"]);
    assert_eq!(outcomes(&run.json_lines())[2], ("create_issue", "indeterminate", "time"));
}

#[test]
fn messages_in_an_unknown_envelope_are_named_with_their_key() {
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#;
    let line = format!("{{\"at\":1,\"msg\":{message}}}\n");
    let folder = Folder::new().file("policy", POLICY).file("trace.jsonl", line);
    let run = folder.run(&["replay", "--policy", "policy", "trace.jsonl"]);
    assert_eq!(run.status, 2);
    for part in ["trace.jsonl:1: a JSON-RPC message under `msg`", "jq -c .msg"] {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn a_call_that_a_log_does_not_tell_is_a_bad_line() {
    let log = "2026-07-22T20:23:53.215Z [files] [info] Server started and connected successfully\n\
        2026-07-22T20:23:54.000Z [files] [info] Message from client: method=\"tools/list\" id=1 params\n\
        2026-07-22T20:23:55.000Z [files] [info] Message from client: method=\"tools/call\" id=2 params\n";
    let folder = Folder::new().file("policy", POLICY).file("mcp.log", log);
    let run = folder.run(&["replay", "--policy", "policy", "mcp.log"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("mcp.log:3: a call of which this version"), "{}", run.err);
    assert!(!run.err.contains("mcp.log:2"), "{}", run.err);
}

#[test]
fn a_call_that_a_person_refused_is_counted_apart() {
    let parts = |state: &str| {
        format!(
            r#"{{"role":"assistant","parts":[{{"type":"tool-pay","toolCallId":"c","state":"{state}","input":{{}}}}]}}"#
        )
    };
    let trace = format!("{}\n", parts("output-denied"));
    let folder = Folder::new().file("refused.jsonl", &trace);
    let run = folder.run(&["trace", "stats", "--format", "json", "--allow-empty", "refused.jsonl"]);
    assert_eq!(
        (run.status, &run.json()["refused"], &run.json()["calls"]),
        (0, &1.into(), &0.into())
    );
    assert!(run.err.contains("1 more call was refused"), "{}", run.err);
    let folder = Folder::new().file("made.jsonl", parts("output-available"));
    let run = folder.run(&["trace", "stats", "--format", "json", "made.jsonl"]);
    assert_eq!((&run.json()["refused"], &run.json()["calls"]), (&0.into(), &1.into()));
    assert!(!run.err.contains("refused"), "{}", run.err);
}

#[test]
fn a_server_that_a_policy_is_for_ends_where_its_name_does() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"lend_book": {}}}"#;
    let folder = Folder::new().file("policy", policy);
    let trace = fixture("traces/opencode.json");
    let run = folder.run(&["replay", "--policy", "library=policy", &trace, "--decisions"]);
    let lines = run.json_lines();
    assert_eq!(outcomes(&lines), [("lend_book", "allow", ""), ("lend_book", "allow", "")]);
}

#[test]
fn logs_without_arguments_are_refused_by_their_names() {
    let line = "2026-03-01T10:00:01Z\tinfo\trequest gateway=default/mcp mcp.method.name=tools/call gen_ai.tool.name=add\n";
    let run = Folder::new().file("a.log", line).run(&["trace", "convert", "a.log"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("agentgateway") && run.err.contains("gatelint record"), "{}", run.err);
}
