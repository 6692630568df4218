//! Decisions held against those that a trace recorded.

use super::{call, replay, seed};

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
