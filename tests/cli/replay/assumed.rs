//! What is assumed where a fact is missing.

use crate::support::Folder;

const CAREFUL: &str = r#"{"version": "1", "default": "deny", "tools": {
    "pay": {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 10}]}]},
    "drop": {"deny_if": [{"conditions": [{"path": "args.force", "op": "eq", "value": true}]}]},
    "run": {"limits": [{"counter": "r", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;

const UNSURE: &str = "{\"tool\":\"pay\",\"args_hash\":\"x\"}\n{\"tool\":\"drop\",\"args_keys\":[\"force\"]}\n\
    {\"tool\":\"run\"}\n{\"tool\":\"run\"}\n{\"tool\":\"pay\",\"args\":{\"amount\":1}}\n";

#[test]
fn what_is_missing_can_be_assumed_and_the_summary_says_so() {
    let folder = Folder::new().file("policy.json", CAREFUL).file("trace.jsonl", UNSURE);
    let outcomes = |more: &[&str]| {
        let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"];
        let run = folder.run(&[&arguments[..], more].concat());
        assert_eq!(run.status, 0, "{}", run.err);
        let outcome = |line: &serde_json::Value| line["outcome"].as_str().unwrap()[..1].to_owned();
        run.json_lines().iter().map(outcome).collect::<String>()
    };
    assert_eq!(outcomes(&[]), "iiaia");
    assert_eq!(outcomes(&["--assume", "arguments=absent"]), "daaia");
    assert_eq!(outcomes(&["--assume", "arguments=allow"]), "aaaia");
    assert_eq!(outcomes(&["--assume", "arguments=deny"]), "ddaia");
    assert_eq!(outcomes(&["--assume", "hashed-arguments=allow"]), "aiaia");
    assert_eq!(outcomes(&["--assume", "any=allow"]), "aaaaa");
    assert_eq!(outcomes(&["--assume", "any=deny"]), "ddata");
    assert_eq!(outcomes(&["--assume", "any=deny", "--assume", "time=allow"]), "ddaaa");

    let assuming = ["--assume", "arguments=absent", "--assume", "time=allow"];
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl"];
    let run = folder.run(&[&arguments[..], &assuming].concat());
    let expected = "What is assumed\n  time=allow: 1 call\n  hashed-arguments=absent: 1 call\n  redacted-arguments=absent: 0 calls\n";
    assert!(run.out.contains(expected), "{}", run.out);
    assert!(!run.out.contains("What is missing"), "{}", run.out);
    let json = folder.run(&[&arguments[..], &assuming, &["--format", "json"]].concat()).json();
    assert_eq!(json["assumed"][0]["assumption"], "time=allow");
    assert_eq!(json["assumed"][0]["calls"], 1);
    let wrong = folder.run(&[&arguments[..], &["--assume", "tme=allow"]].concat());
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("did you mean `time`?"), "{}", wrong.err);
}

#[test]
fn a_call_without_an_answer_succeeded_unless_it_is_assumed_to_have_failed() {
    let trace = "{\"tool\":\"run\",\"ts\":1,\"result\":\"unknown\"}\n".repeat(2);
    let folder = Folder::new().file("policy.json", CAREFUL).file("trace.jsonl", trace);
    let throttled = |more: &[&str]| {
        let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "json"];
        folder.run(&[&arguments[..], more].concat()).json()["outcomes"]["throttle"].clone()
    };
    assert_eq!(throttled(&[]), 1);
    assert_eq!(throttled(&["--assume", "upstream=ok"]), 1);
    assert_eq!(throttled(&["--assume", "upstream=error"]), 0);
}

#[test]
fn what_is_assumed_of_an_agent_is_told_and_a_mode_that_it_has_not_is_refused() {
    let call = "{\"tool\":\"Bash\",\"args\":{\"command\":\"ls\"}}\n";
    let told = "{\"tool\":\"Bash\",\"args\":{\"command\":\"ls\"},\"mode\":\"plan\"}\n";
    let folder = Folder::new()
        .file("t.jsonl", format!("{call}{told}"))
        .file("p/.claude/settings.json", r#"{"permissions": {"deny": ["Bash(rm *)"]}}"#)
        .file("o/opencode.json", r#"{"permission": {"bash": "ask"}}"#);
    let replay = |more: &[&str]| folder.run(&[&["replay", "t.jsonl", "--policy"], more].concat());
    let assumed = ["p", "--assume", "mode=acceptEdits", "--assume", "trust=yes"];
    let run = replay(&assumed);
    assert!(run.out.contains("  mode=acceptEdits: 1 call\n  trust=yes: 2 calls\n"), "{}", run.out);
    let json = replay(&[&assumed[..], &["--format", "json"]].concat()).json();
    let expected = serde_json::json!([
        {"assumption": "mode=acceptEdits", "calls": 1}, {"assumption": "trust=yes", "calls": 2}
    ]);
    assert_eq!(json["assumed"], expected);
    let run = replay(&["p", "--assume", "mode=acceptEdit"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in
        ["there is no mode of Claude Code `acceptEdit`", "did you mean `acceptEdits`?", "`dontAsk`"]
    {
        assert!(run.err.contains(part), "{}", run.err);
    }
    // Modes of OpenCode are its agents, and anybody may have some.
    let run = replay(&["o", "--assume", "mode=my-`agent`", "--format", "markdown"]);
    assert!(
        run.out.contains("Assumed: <code>mode=my-&#96;agent&#96;</code> (1 call)."),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn a_call_that_may_have_been_made_at_any_time_shows_alike_whatever_was_forgotten() {
    let limit = |key| format!(r#"{{"counter":"{key}","window":"minute","max":2,"scope":"grant"}}"#);
    let policy = format!(
        r#"{{"version":"1","default":"allow","tools":{{"a":{{"limits":[{},{}]}}}}}}"#,
        limit("x"),
        limit("y")
    );
    let folder = Folder::with(&[
        ("p.json", &policy),
        ("0.jsonl", r#"{"tool":"a","grant":"x","ts":1772378705}"#),
        (
            "1.jsonl",
            "{\"tool\":\"a\",\"grant\":\"y\",\"ts\":1772399933}\n{\"tool\":\"a\",\"grant\":\"x\"}\n",
        ),
    ]);
    for threads in ["1", "2", "3", "8", "2", "2"] {
        let run = folder.run(&[
            "replay",
            "--policy",
            "p.json",
            "--threads",
            threads,
            "0.jsonl",
            "1.jsonl",
        ]);
        assert_eq!(run.out.matches("0 to 2 of 2").count(), 2, "{threads}: {}", run.out);
    }
}
