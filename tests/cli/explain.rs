//! `gatelint explain` as a user meets it.

use crate::support::{Folder, Run, fixture};

const POLICY: &str = r#"{"version": "1", "default": "deny", "hide": ["drop"], "tools": {
    "pay": {
        "require": [{"conditions": [
            {"path": "args.amount", "op": "gt", "value": 0},
            {"path": "args.amount", "op": "lte", "value": 10},
            {"path": "args.note", "op": "regex", "value": "^x"}], "on_deny": "Too much."}],
        "deny_if": [{"conditions": [{"path": "args.to.iban", "op": "exists", "value": true}]}],
        "limits": [{"counter": "pay_rate", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;

fn explain(call: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("policy.json", POLICY);
    folder.run(&[&["explain", "--policy", "policy.json", "--call", call], more].concat())
}

#[test]
fn every_step_of_a_decision_is_shown_in_words_with_what_was_found() {
    let run = explain(r#"{"tool":"pay","args":{"amount":11,"note":"x"}}"#, &[]);
    let expected = "pay, at an unknown time

  1. the tool is not hidden
  2. the tool is listed
  3. /tools/pay/require/0 requires that every condition holds
       holds          args.amount is more than 0; found 11
       does not hold  args.amount is at most 10; found 11
       not asked      args.note matches `^x`; found \"x\"
     the call is refused
  4. /tools/pay/deny_if/0 denies if every condition holds
       not asked      args.to.iban is there; there is none
     not asked
  5. /tools/pay/limits/0 lets 1 pass each minute
       not asked      0 used; the call takes 1

deny by /tools/pay/require/args.amount-gt
  place: policy.json:3 /tools/pay/require/0
  message: Too much.
";
    assert_eq!((run.status, run.out.as_str()), (0, expected), "{}", run.err);
}

#[test]
fn what_settles_a_call_before_the_rules_is_shown_alone() {
    let of = |tool: &str| explain(&format!("{{\"tool\":\"{tool}\"}}"), &[]).out;
    assert!(of("drop").contains("  1. the tool is hidden by /hide/0\n\ndeny by (hidden)"));
    let unlisted = of("x\\u001b");
    assert!(unlisted.contains("  2. the tool is not listed, and the default denies it\n\ndeny"));
    assert!(!unlisted.contains('\x1b'));
}

#[test]
fn what_is_not_known_is_named_at_its_condition() {
    let run = explain(r#"{"tool":"pay","args_keys":["amount","note"]}"#, &[]);
    for part in [
        "cannot be told args.amount is more than 0; only the names of the arguments were recorded",
        "cannot be told: only the names of the arguments were recorded",
        "does not hold  args.to.iban is there; there is none",
        "indeterminate: only the names",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn a_call_of_a_trace_meets_the_counters_as_they_stood() {
    let policy = fixture("policies/seed/octopus-run-runbook.json");
    let trace = fixture("traces/runbook-burst.jsonl");
    let explain = |which: &[&str]| {
        Folder::new().run(&[&["explain", "--policy", &policy, "--trace", &trace], which].concat())
    };
    let by_number = explain(&["--n", "12"]);
    for part in [
        "runbook-burst.jsonl:12: run_runbook, grant ci-runner, 2026-03-01T10:00:42Z",
        "is full        10 used from 2026-03-01T10:00:00Z to 2026-03-01T10:01:00Z; the call takes 1",
        "throttle by /tools/run_runbook/limits/run_runbook_rate",
        "the same call finds room at 2026-03-01T10:01:00Z",
    ] {
        assert!(by_number.out.contains(part), "{part:?} is not in:\n{}", by_number.out);
    }
    assert_eq!(explain(&["--line", "12"]).out, by_number.out);
    assert!(explain(&["--n", "2"]).out.contains("has room       0 used"));
}

#[test]
fn the_line_and_the_number_of_a_call_differ_in_a_trace_out_of_order() {
    let trace = "{\"ts\":9,\"tool\":\"c\"}\n\n{\"ts\":1,\"tool\":\"a\"}\n";
    let folder = Folder::new().file("policy.json", POLICY).file("t.jsonl", trace);
    let tool = |which: [&str; 2]| {
        let call = ["--trace", "t.jsonl", which[0], which[1], "--format", "json"];
        let run = folder.run(&[&["explain", "--policy", "policy.json"], &call[..]].concat());
        let output = run.json();
        (output["tool"].clone(), output["n"].as_u64(), output["line"].as_u64())
    };
    assert_eq!(tool(["--n", "1"]), ("a".into(), Some(1), Some(3)));
    assert_eq!(tool(["--line", "1"]), ("c".into(), Some(2), Some(1)));
}

#[test]
fn a_call_that_is_not_in_the_trace_is_an_error_that_says_what_is() {
    let batch = "[{\"method\":\"tools/call\",\"params\":{\"name\":\"a\"}},{\"method\":\"tools/call\",\"params\":{\"name\":\"b\"}}]\n";
    let folder = Folder::new().file("policy.json", POLICY).file("t.jsonl", batch);
    let run = |which: &[&str]| {
        let trace = ["explain", "--policy", "policy.json", "--trace", "t.jsonl"];
        let run = folder.run(&[&trace, which].concat());
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        run.err
    };
    assert!(run(&["--n", "3"]).contains("number 3 holds no call; the trace has 2"));
    assert!(run(&["--line", "1"]).contains("line 1 holds more than one call: 1, 2"));
    assert!(run(&["--line", "1", "--trace", "t.jsonl"]).contains("more than one file"));
    assert!(run(&[]).contains("--line <LINE>"));
}

#[test]
fn the_call_may_stand_in_a_file_or_on_standard_input() {
    let call = "{\n  \"tool\": \"pay\",\n  \"args\": {\"amount\": 1, \"note\": \"x\"}\n}\n";
    let folder = Folder::new().file("policy.json", POLICY).file("call.json", call);
    let arguments = |call| ["explain", "--policy", "policy.json", "--call", call];
    let from_file = folder.run(&arguments("@call.json"));
    assert!(from_file.out.ends_with("\nallow\n"), "{}{}", from_file.out, from_file.err);
    assert_eq!(folder.run_with(&arguments("-"), call, &[]).out, from_file.out);
    for (call, part) in [
        ("@none.json", "none.json cannot be read"),
        ("{\"tool\":", "not JSON"),
        ("{}", "missing field `tool`"),
        ("pay", "an object is expected"),
    ] {
        let run = folder.run(&arguments(call));
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        assert!(run.err.contains(part) && run.err.contains("write it as a record"), "{}", run.err);
    }
}

#[test]
fn the_exit_status_tells_only_what_was_asked_for() {
    let call = r#"{"tool":"pay"}"#;
    assert_eq!(explain(call, &[]).status, 0);
    assert_eq!(explain(call, &["--fail-on", "throttle,indeterminate"]).status, 0);
    assert_eq!(explain(call, &["--fail-on", "deny"]).status, 1);
    assert_eq!(explain(call, &["--fail-on", "deny", "--format", "json"]).status, 1);
}

#[test]
fn hostile_values_are_escaped_and_long_ones_are_cut_off_for_people_only() {
    let call = format!(
        "{{\"tool\":\"pay\",\"args\":{{\"amount\":\"\\u001b[31m\u{202e}{}\"}}}}",
        "a".repeat(500)
    );
    let human = explain(&call, &[]).out;
    assert!(human.contains(r#"found "\u001b[31m\u202eaaa"#), "{human}");
    assert!(human.contains("a… (518 characters)") && human.len() < 2_000, "{human}");
    let json = explain(&call, &["--format", "json"]);
    assert!(!json.out.contains(['\x1b', '\u{202e}']), "{}", json.out);
    let value = json.json()["checks"][0]["conditions"][0]["found"]["value"].clone();
    assert_eq!(value.as_str().unwrap(), format!("\x1b[31m\u{202e}{}", "a".repeat(500)));
}

#[test]
fn a_mode_that_there_is_not_is_no_mode_and_one_may_be_assumed() {
    let settings = r#"{"permissions":{"allow":["Bash(*)"],"deny":["Bash(rm -rf *)"],"ask":["Bash(git push *)"]}}"#;
    let call = |mode: &str| {
        format!(r#"{{"tool":"Bash","mode":"{mode}","args":{{"command":"rm -fr /"}}}}"#)
    };
    let folder = Folder::with(&[("app/.claude/settings.json", settings)])
        .file("t.jsonl", ["standard", "Default", ""].map(call).join("\n"));
    for (mode, near) in [("standard", "name `default`"), ("Default", "did you mean `default`?")] {
        let run = folder.run(&["explain", "--policy", "app", "--call", &call(mode)]);
        assert_eq!(run.status, 2, "{}", run.out);
        assert!(run.err.contains(&format!("no mode of Claude Code `{mode}`")), "{}", run.err);
        assert!(run.err.contains(near), "{}", run.err);
    }
    let explain = ["explain", "--policy", "app", "--call", &call("")];
    let run = folder.run(&explain);
    assert!(run.out.contains("indeterminate: the permission mode is not known"), "{}", run.out);
    let run = folder.run(&[&explain[..], &["--assume", "mode=default"]].concat());
    assert!(run.out.contains("ask by"), "{}", run.out);

    let replay = ["replay", "t.jsonl", "--policy", "app", "--decisions", "--no-config"];
    let outcomes = |more: &[&str]| {
        let run = folder.run(&[&replay[..], more].concat());
        run.json_lines().iter().map(|line| line["outcome"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&[]), [r#""indeterminate""#; 3]);
    assert_eq!(outcomes(&["--assume", "mode=default"]), [r#""ask""#; 3]);
}
