//! Decisions held against those that a trace recorded.

use super::{call, replay, seed};
use crate::support::Folder;

#[test]
fn what_the_gateway_recorded_is_compared_with_what_is_decided_here() {
    let recorded = |second: u32, tool: &str, decision: &str| {
        call(tool, second, "ci").replace("}}\n", "}") + &format!(",\"decision\":\"{decision}\"}}\n")
    };
    let mut trace: String = (0..10).map(|index| recorded(index, "run_runbook", "allow")).collect();
    trace += &recorded(10, "run_runbook", "deny");
    trace += &recorded(11, "delete_all", "allow");
    let policy = seed("octopus-run-runbook");
    let run = replay(&policy, &trace, &["--compare-recorded"]);
    assert_eq!(run.status, 0, "{}", run.err);
    for part in [
        "12 of 12 calls recorded: 11 agree, 1 disagrees\n",
        "  the record has no throttled calls, so one that it denied agrees with one throttled here\n",
        "  recorded  allow  deny  throttle  indeterminate\n  allow        10     1         0              0\n",
        "  call 12  2026-03-01T10:00:11Z  ci  delete_all  recorded allow, replayed deny by (default deny)\n",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    assert_eq!(replay(&policy, &trace, &["--fail-on", "disagree"]).status, 1);
    let junit = replay(&policy, &trace, &["--compare-recorded", "--format", "junit"]).out;
    assert!(junit.contains("name=\"(recorded decisions)\""), "{junit}");
    let markdown = replay(&policy, &trace, &["--compare-recorded", "--format", "markdown"]).out;
    assert!(markdown.contains("record: 12 of 12 calls recorded: 11 agree"), "{markdown}");

    // Once it throttles anywhere, a denial of it is another thing.
    let knowing = trace.clone() + &recorded(12, "run_runbook", "throttle");
    let run = replay(&policy, &knowing, &["--compare-recorded", "--format", "json"]);
    let compared = &run.json()["recorded"];
    assert_eq!((&compared["agree"], &compared["disagree"]), (&11.into(), &2.into()));
    assert_eq!(compared["examples"][0]["n"], 11);
}

#[test]
fn comparing_with_a_record_that_has_no_decision_checks_nothing() {
    let trace = call("run_runbook", 0, "ci");
    let policy = seed("octopus-run-runbook");
    let run = replay(&policy, &trace, &["--compare-recorded"]);
    assert_eq!(run.status, 3);
    assert!(run.out.contains("no call has a recorded decision"), "{}", run.out);
    assert!(run.err.contains("no call has a recorded decision"), "{}", run.err);
    assert_eq!(replay(&policy, &trace, &["--fail-on", "disagree", "--allow-empty"]).status, 0);
}

#[test]
fn what_the_gateway_told_the_caller_is_shown_where_it_disagrees_and_hostile_text_stays_text() {
    let ask = |id: u32| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"list_jobs","arguments":{{}}}}}}"#
        )
    };
    let long = "x".repeat(9_000);
    let refused = |id: u32, text: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"isError":true,"content":[{{"type":"text","text":"[POLICY DENIED] {text}"}}]}}}}"#
        )
    };
    let asked = r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32003,"message":"[INTERCEPT APPROVAL REQUIRED] over 500"}}"#;
    let lines = [
        ask(1),
        refused(1, r"closed \u001b[31m\u202e today"),
        ask(2),
        refused(2, &long),
        ask(3),
        asked.to_owned(),
    ];
    let trace = lines.join("\n") + "\n";
    let folder = Folder::new().file("open.json", r#"{"version": "1", "default": "allow"}"#);
    let open = folder.path("open.json").display().to_string();
    let run = replay(&open, &trace, &["--compare-recorded"]);
    for part in [
        r"recorded deny ([POLICY DENIED] closed \u{1b}[31m\u{202e} today), replayed allow",
        "recorded ask ([INTERCEPT APPROVAL REQUIRED] over 500), replayed allow",
        "x…), replayed allow",
    ] {
        let out = run.out.replace("\n    ", " ");
        assert!(out.contains(part), "{part:?} is not in:\n{out}");
    }
    let output = replay(&open, &trace, &["--compare-recorded", "--format", "json"]).json();
    let examples = output["recorded"]["examples"].as_array().unwrap();
    assert_eq!(examples[2]["message"], "[INTERCEPT APPROVAL REQUIRED] over 500");
    assert!(examples[1]["message"].as_str().unwrap().len() < 1_000);

    let event = r#"{"ts":"2026-11-20T22:29:16Z","type":"tool_call","instance":"a","tool":"pay","result":"denied","rule":"cap","message":"too much"}"#;
    let run = replay(&open, &format!("{event}\n"), &["--compare-recorded"]);
    assert!(run.out.contains("recorded deny (too much), replayed allow"), "{}", run.out);
    // What tells no reason is shown without one.
    let silent = event.replace(r#","message":"too much""#, "");
    let run = replay(&open, &format!("{silent}\n"), &["--compare-recorded"]);
    assert!(run.out.contains("recorded deny, replayed allow"), "{}", run.out);
}
