//! `replay --partition-key`: by what a trace may be parted.

use crate::support::{Folder, Run};

/// A policy whose limits count each grant apart.
const OF_GRANTS: &str = r#"{"version":"1","default":"deny","tools":{
    "a":{"limits":[{"counter":"x","window":"hour","max":2,"scope":"grant"}]},
    "b":{"limits":[{"counter":"x","window":"day","max":2,"scope":"grant"}]}}}"#;

/// A policy of Intercept, whose counters everybody shares, with these rules of the tools `a` and `b`.
fn shared(rules: [(&str, &str); 2]) -> String {
    let tools = rules.map(|(tool, rule)| format!("  {tool}:\n    rules:\n      - {rule}\n"));
    format!("version: \"1\"\ntools:\n{}", tools.concat())
}

const RATE: &str = "{name: r, rate_limit: 2/minute}";
const READS: &str = "{name: r, conditions: [{path: state.a.n, op: lt, value: 5}]}";
const COUNTS: &str = "{name: n, conditions: [{path: state.a.n, op: lt, value: 9}], state: {counter: n, window: day}}";
const PLAIN: &str = "{name: p, conditions: [{path: args.n, op: lt, value: 5}]}";

fn key(folder: &Folder, more: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["replay", "--partition-key", "--format", "json"], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    serde_json::from_value(run.json()["partition_by"].clone()).unwrap()
}

fn key_of(text: &str) -> Vec<String> {
    key(&Folder::with(&[("p", text)]), &["--policy", "p"])
}

#[test]
fn counters_say_what_must_stay_together() {
    assert_eq!(key_of(OF_GRANTS), ["grant", "day"]);
    for (rules, expected) in [
        ([("a", RATE), ("b", RATE)], ["tool", "day"].as_slice()),
        ([("a", COUNTS), ("b", RATE)], &["tool", "day"]),
        ([("a", COUNTS), ("b", PLAIN)], &["tool", "day"]),
        ([("a", COUNTS), ("b", READS)], &["day"]),
        ([("a", PLAIN), ("\"*\"", RATE)], &["day"]),
        ([("a", COUNTS), ("\"*\"", READS)], &["day"]),
        ([("a", PLAIN), ("b", PLAIN)], &["call"]),
    ] {
        let policy = shared(rules);
        assert_eq!(key_of(&policy), expected, "{policy}");
    }
}

#[test]
fn permission_files_of_agents_count_nothing() {
    let settings = r#"{"permissions":{"deny":["Bash(rm:*)"],"allow":["Read"]}}"#;
    let folder = Folder::new().file(".claude/settings.json", settings);
    assert_eq!(key(&folder, &["--policy", "."]), ["call"]);
}

#[test]
fn policies_of_servers_have_counters_of_their_own() {
    let shared = shared([("a", PLAIN), ("\"*\"", RATE)]);
    let folder = Folder::with(&[("s.yaml", &shared), ("t.yaml", &shared)]);
    let several = ["--policy", "s=s.yaml", "--policy", "t=t.yaml"];
    assert_eq!(key(&folder, &several), ["server", "day"]);
    assert_eq!(key(&folder, &["--policy", "s=s.yaml", "--policy", "t.yaml"]), ["day"]);
    assert_eq!(key(&folder, &["--policy", "agent=s.yaml"]), ["day"]);
}

#[test]
fn the_grant_is_the_field_that_stands_for_it() {
    let folder = Folder::with(&[("p", OF_GRANTS)]);
    let by = |field| key(&folder, &["--policy", "p", "--grant-by", field]);
    assert_eq!(by("session"), ["session", "day"]);
    assert_eq!(by("team"), ["team", "day"]);
}

#[test]
fn people_are_told_why_and_what_parts_cannot_have_is_refused() {
    let folder = Folder::with(&[("p", OF_GRANTS)]);
    let run = |more: &[&str]| -> Run {
        folder.run(&[&["replay", "--partition-key", "--policy", "p"], more].concat())
    };
    assert_eq!(
        run(&[]).out,
        "grant, day\n  because every counter is of one grant\n  day: that of `ts` in UTC, beyond which no window goes; every call needs a time\n"
    );
    for (more, said) in [
        (["--grant-by", "file"], "trace convert --grant-by file"),
        (["--pace", "1s"], "trace convert --pace"),
        (["--order", "input"], "counters of another day"),
        (["--format", "csv"], "`--format json`"),
        (["trace.jsonl", "-q"], "--partition-key"),
    ] {
        let refused = run(&more);
        assert_eq!((refused.status, refused.out.as_str()), (2, ""), "{more:?}");
        assert!(refused.err.contains(said), "{}", refused.err);
    }
}
