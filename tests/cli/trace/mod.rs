//! `gatelint trace` as a user meets it.

mod formats;
mod input;
mod stats;
mod unread;

use serde_json::Value;

use crate::support::{Folder, Run, fixture};

/// Calls of which different things are known, in no order.
const MIXED: &str = r#"{"ts":"2026-03-01T11:00:00+01:00","grant":"a","session":"s","server":"o","client":"c","tool":"pay","args":{"amount":5.0,"amount":1e999},"id":7,"decision":"deny"}
{"ts":5,"tool":"pay","grant":"a","args":{ "amount" : 3, "x": "\u202e" },"result":"upstream_error"}
{"ts":9.25,"tool":"pay","grant":"a","args_hash":"sha256:0"}
{"tool":"pay","args_keys":["amount"]}
{"tool":"pay","args_missing":"truncated","result":"tool_error"}
{"ts":6,"tool":"pay","args":[1]}
{"ts":7,"tool":"run"}
"#;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
    "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 4}]}]},
    "run": {"limits": [{"counter": "r", "window": "minute", "max": 1, "scope": "grant"}]}},
    "all_tools": {"limits": [{"counter": "all", "window": "day", "max": 3, "scope": "grant"}]}}"#;

/// What `replay --decisions` writes.
fn decisions(folder: &Folder, trace: &str) -> Run {
    folder.run(&["replay", "--policy", "policy.json", trace, "--decisions"])
}

/// Decisions without the places at which their calls stand.
fn decided(decisions: &str) -> Vec<Value> {
    let lines = decisions.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|mut decision| {
            let fields = decision.as_object_mut().unwrap();
            assert!(fields.remove("file").is_some() && fields.remove("line").is_some());
            decision
        })
        .collect()
}

#[test]
fn a_converted_trace_is_decided_as_the_original_and_converts_to_itself() {
    let folder = Folder::new().file("policy.json", POLICY).file("t.jsonl", MIXED);
    let run = folder.run(&["trace", "convert", "t.jsonl", "--output", "c.jsonl"]);
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, "", ""));
    let converted = std::fs::read_to_string(folder.path("c.jsonl")).unwrap();
    assert_eq!(converted.lines().count(), 7);
    for part in [
        r#"{"ts":"2026-03-01T10:00:00Z","grant":"a","session":"s","client":"c","server":"o","tool":"pay","args":{"amount":5.0,"amount":1e999},"id":"7","decision":"deny"}"#,
        r#""args":{"amount":3,"x":"\u202e"},"result":"upstream_error"}"#,
        r#"{"ts":"1970-01-01T00:00:09.25Z","grant":"a","tool":"pay","args_missing":"hashed"}"#,
        r#""args_keys":["amount"]}"#,
        r#""args_missing":"truncated","result":"tool_error"}"#,
    ] {
        assert!(converted.contains(part), "{part} is not in:\n{converted}");
    }
    let original = decisions(&folder, "t.jsonl");
    assert_eq!(original.out.lines().count(), 7);
    assert!(original.out.contains("huge-number") && original.out.contains("hashed-arguments"));
    assert_eq!(decided(&decisions(&folder, "c.jsonl").out), decided(&original.out));
    assert_eq!(folder.run(&["trace", "convert", "c.jsonl"]).out, converted);
}

#[test]
fn a_recorded_session_is_decided_alike_before_and_after_converting() {
    let policy = fixture("policies/good/filesystem.json");
    let trace = fixture("traces/mcp-filesystem.jsonl");
    let folder = Folder::new();
    let run = folder.run(&["trace", "convert", &trace, "--pace", "1s", "--output", "c.jsonl"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let replay = |trace: &str, more: &[&str]| {
        let arguments = ["replay", "--policy", &policy, trace, "--decisions"];
        folder.run(&[&arguments, more].concat()).out
    };
    let original = replay(&trace, &["--pace", "1s"]);
    assert_eq!(original.lines().count(), 17);
    assert_eq!(decided(&replay("c.jsonl", &[])), decided(&original));
}

#[test]
fn the_grant_that_was_chosen_is_written() {
    let folder = Folder::new().file("t.jsonl", "{\"tool\":\"t\",\"team\":\"red\"}\n");
    let run = folder.run(&["trace", "convert", "t.jsonl", "--grant-by", "team"]);
    assert_eq!(run.json()["grant"], "red");
}

#[test]
fn bad_lines_are_named_and_everything_else_is_converted() {
    let folder = Folder::new().file("t.jsonl", "{\"tool\":\"a\"}\nnonsense\n{\"tool\":\"b\"}\n");
    let run = folder.run(&["trace", "convert", "t.jsonl", "--output", "c.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("t.jsonl:2: not a call"), "{}", run.err);
    let converted = std::fs::read_to_string(folder.path("c.jsonl")).unwrap();
    assert_eq!(converted, "{\"tool\":\"a\"}\n{\"tool\":\"b\"}\n");
    let run = folder.run(&["trace", "convert", "t.jsonl", "--allow-bad-lines"]);
    assert_eq!((run.status, run.out.as_str()), (0, converted.as_str()));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = Folder::new()
        .file("a.jsonl", "{\"ts\":1,\"tool\":\"a\"}\n")
        .file("b.jsonl", "{\"tool\":\"b\"}\n")
        .file("c.jsonl", "what stood here\n");
    let of_both = ["trace", "convert", "a.jsonl", "b.jsonl"];
    let run = folder.run(&[&of_both[..], &["--output", "c.jsonl", "--force"]].concat());
    assert_eq!(run.status, 2);
    assert!(run.err.contains("call 1 has no time, so its place"), "{}", run.err);
    let kept = std::fs::read_to_string(folder.path("c.jsonl")).unwrap();
    assert_eq!(kept, "what stood here\n");
    let files = std::fs::read_dir(folder.path("")).unwrap().count();
    assert_eq!(files, 3, "nothing is left lying about");
    // A file may be converted in its own place.
    let run = folder.run(&["trace", "convert", "a.jsonl", "-o", "a.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("a.jsonl is there already"), "{}", run.err);
    let run = folder.run(&["trace", "convert", "a.jsonl", "-o", "a.jsonl", "--force"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let converted = std::fs::read_to_string(folder.path("a.jsonl")).unwrap();
    assert_eq!(converted, "{\"ts\":\"1970-01-01T00:00:01Z\",\"tool\":\"a\"}\n");
    let run = folder.run(&["trace", "convert", "a.jsonl", "--output", "none/c.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("cannot write none/c.jsonl"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_device_stays_a_device() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let folder = Folder::new().file("a.jsonl", "{\"tool\":\"a\"}\n").file("to.jsonl", "");
    std::os::unix::fs::symlink(folder.path("to.jsonl"), folder.path("link.jsonl")).unwrap();
    let mode = PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(folder.path("to.jsonl"), mode).unwrap();
    for output in ["link.jsonl", "/dev/null"] {
        let run = folder.run(&["trace", "convert", "a.jsonl", "--output", output, "--force"]);
        assert_eq!(run.status, 0, "{}", run.err);
    }
    assert!(folder.path("link.jsonl").symlink_metadata().unwrap().is_symlink());
    let written = folder.path("to.jsonl");
    assert_eq!(std::fs::read_to_string(&written).unwrap(), "{\"tool\":\"a\"}\n");
    assert_eq!(written.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let device = std::fs::metadata("/dev/null").unwrap();
    assert!(device.file_type().is_char_device());
}
