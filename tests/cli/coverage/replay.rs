//! What a trace covers.

use serde_json::json;

use super::{counts, covered, never};
use crate::support::{Folder, Run, fixture};

/// A call as a line of a trace, at a second of a minute.
pub(super) fn call(second: u32, rest: &str) -> String {
    format!("{{\"ts\":\"2026-03-01T10:00:{second:02}Z\",\"grant\":\"g\",{rest}}}\n")
}

pub(super) const INTERCEPT: &str = r#"version: "1"
default: allow
tools:
  "*":
    rules:
      - {name: all, rate_limit: 3/minute}
  pay:
    rules:
      - name: small
        conditions: [{path: args.amount, op: lte, value: 5}]
      - name: big
        action: require_approval
        conditions: [{path: args.amount, op: gt, value: 3}]
      - name: spent
        conditions: [{path: state.pay.sum, op: lte, value: 9}]
        state: {counter: sum, window: day, increment_from: args.amount}
      - name: priced
        spend: {per_call: 1}
"#;

pub(super) fn replay(policy: &str, trace: &str, options: &[&str]) -> Run {
    let folder = Folder::new().file("p.yaml", policy).file("t.jsonl", trace);
    folder.run(&[&["replay", "--policy", "p.yaml", "t.jsonl"], options].concat())
}

#[test]
fn what_no_call_can_show_is_left_out_and_the_bound_of_a_limit_counts_as_the_limit() {
    let unpriced = INTERCEPT.split("      - name: priced").next().unwrap();
    let pay = |second, amount: &str| {
        call(second, &format!(r#""tool":"pay","args":{{"amount":{amount}}}"#))
    };
    let options = ["--coverage", "--format", "json"];
    let run = replay(unpriced, &pay(0, "2"), &options);
    let coverage = covered(&run);
    assert_eq!(counts(&coverage), ["0/2", "2/4", "2/4", "1/1", "5/11"], "{}", run.err);
    let expected = [
        (6, "limit", "hit"),
        (9, "rule", "decided"),
        (10, "condition", "false"),
        (11, "rule", "decided"),
        (13, "condition", "true"),
        (14, "limit", "hit"),
    ];
    assert_eq!(never(&coverage), expected);
    let all = [pay(0, "1"), pay(1, "6"), pay(2, "4"), pay(3, "1"), pay(4, "1"), pay(5, "5")];
    let answered = [&options[..], &["--assume", "ask=allow"]].concat();
    let run = replay(unpriced, &all.concat(), &answered);
    assert_eq!(counts(&covered(&run)), ["2/2", "4/4", "4/4", "1/1", "11/11"], "{}", run.out);
    // The price of a call is in no trace.
    let run = replay(INTERCEPT, &pay(0, "2"), &options);
    assert_eq!(counts(&covered(&run))[..2], ["0/2", "2/4"], "{}", run.out);
}

#[test]
fn what_is_not_known_counts_as_neither() {
    let hashed = call(0, r#""tool":"pay","args_hash":"sha256:0""#);
    let run = replay(INTERCEPT, &hashed, &["--coverage", "--format", "json"]);
    let coverage = covered(&run);
    assert_eq!(counts(&coverage), ["0/2", "0/4", "0/4", "1/1", "1/11"], "{}", run.out);
    let assumed = ["--coverage", "--format", "json", "--assume", "hashed-arguments=deny"];
    let run = replay(INTERCEPT, &hashed, &assumed);
    assert_eq!(run.json()["outcomes"]["deny"], 1, "{}", run.out);
    assert_eq!(counts(&covered(&run))[..2], ["0/2", "0/4"], "{}", run.out);
}

#[test]
fn a_replay_tells_what_a_trace_covers_of_each_policy_whatever_the_threads() {
    let calls: String =
        (0..12).map(|index| call(index * 4, r#""tool":"run_runbook","args":{}"#)).collect();
    let others: String = (0..400)
        .map(|index| format!("{{\"ts\":\"2026-03-01T10:00:00Z\",\"grant\":\"g{index}\",\"tool\":\"run_runbook\",\"args\":{{}}}}\n"))
        .collect();
    let policy = fixture("policies/seed/octopus-run-runbook.json");
    let folder = Folder::new().file("t.jsonl", calls + &others);
    let run = |options: &[&str]| {
        folder.run(&[&["replay", "--policy", &policy, "t.jsonl"], options].concat())
    };
    let one = run(&["--coverage", "--format", "json", "--threads", "1"]);
    let coverage = covered(&one);
    assert_eq!(
        (counts(&coverage), &coverage["calls"]),
        (["0/1", "0/0", "2/2", "1/1", "3/4"].map(str::to_owned), &json!(412))
    );
    let many = run(&["--coverage", "--format", "json", "--threads", "4"]);
    assert_eq!(many.json()["coverage"], one.json()["coverage"]);
    let human = run(&["--coverage"]);
    assert!(
        human.out.contains("rule default deny") && human.out.contains("3/4  75 %"),
        "{}",
        human.out
    );
    assert_eq!(run(&["--fail-on", "deny,coverage<75"]).status, 0);
    assert_eq!(run(&["--fail-on", "deny,coverage<76"]).status, 1);
    assert_eq!(run(&["--fail-on", "coverage<76", "--decisions"]).status, 1);
    assert_eq!(run(&["--coverage", "--format", "csv"]).status, 2);
    let lcov = run(&["--format", "lcov"]).out;
    assert!(lcov.contains("BRDA:6,0,0,2\nBRDA:6,0,1,410\n"), "{lcov}");
    // Calls that are not chosen are decided, and show nothing.
    let chosen = covered(&run(&["--coverage", "--format", "json", "--tool", "other"]));
    assert_eq!(counts(&chosen)[4], "0/4");
}
