//! `gatelint replay` as a user meets it.

mod agents;
mod assumed;
mod formats;
mod gemini;
mod partition_key;
mod parts;
mod permissions;
mod recorded;
mod servers;
mod transcripts;
mod what_if;

use crate::support::{Folder, Run, fixture};

/// A call of a tool at a second of 2026-03-01T10:00Z.
fn call(tool: &str, second: u32, grant: &str) -> String {
    let (minute, second) = (second / 60, second % 60);
    format!(
        "{{\"ts\":\"2026-03-01T10:{minute:02}:{second:02}Z\",\"grant\":\"{grant}\",\"tool\":\"{tool}\",\"args\":{{}}}}\n"
    )
}

fn seed(name: &str) -> String {
    fixture(&format!("policies/seed/{name}.json"))
}

fn replay(policy: &str, trace: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("trace.jsonl", trace);
    folder.run(&[&["replay", "--policy", policy, "trace.jsonl"], more].concat())
}

#[test]
fn twelve_calls_in_a_minute_are_ten_allowed_and_two_throttled() {
    let trace: String = (0..12).map(|index| call("run_runbook", index * 4, "ci")).collect();
    let run = replay(&seed("octopus-run-runbook"), &trace, &["--decisions"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let decisions = run.json_lines();
    assert_eq!(decisions.len(), 12);
    for (index, decision) in decisions.iter().enumerate() {
        assert_eq!(decision["n"], index + 1);
        assert_eq!(decision["outcome"], if index < 10 { "allow" } else { "throttle" });
    }
    assert_eq!(decisions[10]["rule"], "/tools/run_runbook/limits/run_runbook_rate");
    assert_eq!(decisions[10]["pointer"], "/tools/run_runbook/limits/0");
    assert_eq!(decisions[10]["retry_at"], "2026-03-01T10:01:00Z");
    assert_eq!(decisions[10]["ts"], "2026-03-01T10:00:40Z");
}

#[test]
fn the_next_window_has_room_again_and_each_grant_has_its_own() {
    let mut trace: String = (0..11).map(|_| call("run_runbook", 59, "a")).collect();
    trace += &call("run_runbook", 59, "b");
    trace += &call("run_runbook", 60, "a");
    let run = replay(&seed("octopus-run-runbook"), &trace, &["--decisions"]);
    let outcomes: Vec<_> = run.json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes[10..], ["throttle", "allow", "allow"]);
}

#[test]
fn the_summary_says_who_was_held_back_when_and_for_how_long() {
    let trace: String = (0..12).map(|index| call("run_runbook", index * 4, "ci")).collect();
    let run = replay(&seed("octopus-run-runbook"), &(trace + &call("delete_all", 50, "ci")), &[]);
    for part in [
        "13 calls of 1 grant, 2026-03-01T10:00:00Z to 2026-03-01T10:00:50Z",
        "allow                 10   76.9 %",
        "delete_all       0     1         0              0",
        "(default deny)",
        "first at 2026-03-01T10:00:40Z for grant ci, free again at 2026-03-01T10:01:00Z; 2 calls throttled, held 1 time for 20 s in all",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn fail_on_names_the_outcomes_that_fail() {
    let trace = call("find_interruptions", 0, "a") + &call("delete_all", 1, "a");
    let status = |more: &[&str]| replay(&seed("octopus-find-interruptions"), &trace, more).status;
    assert_eq!(status(&[]), 0);
    assert_eq!(status(&["--fail-on", "throttle,indeterminate"]), 0);
    assert_eq!(status(&["--fail-on", "throttle,deny"]), 1);
}

#[test]
fn bad_lines_are_named_and_everything_else_is_decided() {
    let trace = call("find_interruptions", 0, "a") + "{\"tool\":\nnonsense\n" + &call("x", 1, "a");
    let policy = seed("octopus-find-interruptions");
    let run = replay(&policy, &trace, &["--format", "json"]);
    assert_eq!(run.status, 2);
    let output = run.json();
    assert_eq!(output["calls"], 2);
    assert_eq!(output["bad_lines"], 2);
    assert_eq!(output["bad_line_examples"][0]["line"], 2);
    assert!(run.err.contains("trace.jsonl:2: not JSON"), "{}", run.err);
    assert_eq!(replay(&policy, &trace, &["--allow-bad-lines"]).status, 0);
}

#[test]
fn what_is_not_known_is_indeterminate_and_named() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
        "pay": {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 10}]}]},
        "run": {"limits": [{"counter": "r", "window": "minute", "max": 2, "scope": "grant"}]}}}"#;
    let trace = "{\"tool\":\"pay\",\"args_hash\":\"sha256:0\"}\n\
        {\"tool\":\"pay\",\"args_keys\":[\"note\"]}\n\
        {\"tool\":\"run\"}\n{\"tool\":\"run\"}\n{\"tool\":\"run\"}\n{\"tool\":\"other\",\"args_hash\":\"x\"}\n";
    let folder = Folder::new().file("policy.json", policy).file("trace.jsonl", trace);
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"]);
    let decisions = run.json_lines();
    let seen: Vec<_> = decisions
        .iter()
        .map(|line| (line["outcome"].as_str().unwrap(), line["missing"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        seen,
        [
            ("indeterminate", "hashed-arguments"),
            ("deny", ""),
            ("allow", ""),
            ("allow", ""),
            ("indeterminate", "time"),
            ("deny", ""),
        ]
    );
    // With a pace there are times, and every call is decided.
    let paced =
        ["replay", "--policy", "policy.json", "trace.jsonl", "--decisions", "--pace", "30s"];
    let outcomes: Vec<_> =
        folder.run(&paced).json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes[2..5], ["allow", "allow", "allow"]);
}

#[test]
fn a_server_error_gives_quota_back_and_a_failing_tool_does_not() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
        "run": {"limits": [{"counter": "r", "window": "hour", "max": 1, "scope": "grant"}]}}}"#;
    let line = |result: &str| format!("{{\"tool\":\"run\",\"ts\":0,\"result\":\"{result}\"}}\n");
    let trace = line("upstream_error") + &line("tool_error") + &line("ok");
    let folder = Folder::new().file("policy.json", policy).file("trace.jsonl", trace);
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"]);
    let outcomes: Vec<_> = run.json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["allow", "allow", "throttle"]);
}

#[test]
fn an_invalid_policy_is_refused_with_its_place() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"run": {"limits": [
        {"counter": "r", "window": "fortnight", "max": 1, "scope": "grant"}]}}}"#;
    let folder = Folder::new().file("policy.json", policy).file("trace.jsonl", "");
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in ["error[unknown-window]", "policy.json:2:36", "policy.json is not a valid policy"] {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn an_empty_trace_is_status_3_and_no_trace_is_status_2() {
    let policy = seed("octopus-find-interruptions");
    assert_eq!(replay(&policy, "", &[]).status, 3);
    assert_eq!(replay(&policy, "", &["--allow-empty"]).status, 0);
    let run = replay(&policy, "hello\n", &[]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("trace.jsonl is not a trace"), "{}", run.err);
}

#[test]
fn standard_input_is_a_trace_too() {
    let policy = seed("octopus-find-interruptions");
    let arguments = ["replay", "--policy", &policy, "-", "--format", "json"];
    let run = Folder::new().run_with(&arguments, &call("find_interruptions", 0, "a"), &[]);
    assert_eq!(run.json()["outcomes"]["allow"], 1, "{}", run.err);
}

#[test]
fn grants_can_be_told_apart_by_another_field() {
    let trace: String = (0..12)
        .map(|index| {
            format!("{{\"ts\":0,\"tool\":\"run_runbook\",\"session\":\"s{}\"}}\n", index % 2)
        })
        .collect();
    let policy = seed("octopus-run-runbook");
    let throttled = |more: &[&str]| {
        replay(&policy, &trace, &[&["--format", "json"], more].concat()).json()["outcomes"]["throttle"].clone()
    };
    assert_eq!(throttled(&[]), 2);
    assert_eq!(throttled(&["--grant-by", "session"]), 0);
}

#[test]
fn hostile_text_never_reaches_the_terminal() {
    let trace = "{\"tool\":\"\\u001b[31mx\\u202e\",\"grant\":\"\u{202e}\"}\n";
    for more in [&[][..], &["--decisions"], &["--format", "json"]] {
        let run = replay(&seed("octopus-find-interruptions"), trace, more);
        assert!(run.out.contains("31mx"), "{}", run.out);
        assert!(!run.out.contains(['\x1b', '\u{202e}']), "{more:?}: {}", run.out);
    }
}

/// A recorded session with the real filesystem server (see `fixtures/traces/README.md`), decided
/// by hand.
#[test]
fn a_recorded_mcp_session_is_decided_alike_in_both_dialects() {
    let trace = fixture("traces/mcp-filesystem.jsonl");
    for dialect in ["json", "yaml"] {
        let policy = fixture(&format!("policies/good/filesystem.{dialect}"));
        let run = Folder::new().run(&[
            "replay",
            "--policy",
            &policy,
            &trace,
            "--decisions",
            "--pace",
            "1s",
        ]);
        assert_eq!(run.status, 0, "{}", run.err);
        let denied: Vec<(u64, String)> = run
            .json_lines()
            .iter()
            .filter(|line| line["outcome"] != "allow")
            .map(|line| (line["n"].as_u64().unwrap(), line["tool"].as_str().unwrap().to_owned()))
            .collect();
        let expected = [
            (9, "write_file"),   // outside the project
            (10, "write_file"),  // `..` out of the project
            (11, "write_file"),  // no path at all
            (13, "delete_file"), // no such tool
            (14, "move_file"),   // hidden
            (17, "write_file"),  // a name with a space
        ];
        let expected: Vec<(u64, String)> =
            expected.into_iter().map(|(number, tool)| (number, tool.to_owned())).collect();
        assert_eq!(denied, expected, "{dialect}");
        assert_eq!(run.out.lines().count(), 17);
    }
}

#[test]
fn answers_of_the_client_to_the_server_do_not_give_quota_back() {
    // In this session client and server use the same ids for their requests, and the client
    // refuses what the server asks.
    let policy = r#"{"version": "1", "default": "allow", "tools": {"trigger-sampling-request": {
        "limits": [{"counter": "c", "window": "day", "max": 1, "scope": "grant"}]}}}"#;
    let folder = Folder::new().file("policy.json", policy);
    let trace = fixture("traces/mcp-everything.jsonl");
    let run = folder.run(&[
        "replay",
        "--policy",
        "policy.json",
        &trace,
        "--format",
        "json",
        "--pace",
        "1s",
    ]);
    assert_eq!(run.json()["outcomes"]["throttle"], 1, "{}", run.out);
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_status() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let trace: String = (0..30_000).map(|_| call("run_runbook", 0, "a")).collect();
    let folder = Folder::new().file("trace.jsonl", trace);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatelint"))
        .args([
            "replay",
            "--policy",
            &seed("octopus-run-runbook"),
            "--decisions",
            "--fail-on",
            "throttle",
        ])
        .arg(folder.path("trace.jsonl"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_grant_by_a_field_that_no_call_has_is_an_error() {
    let run = replay(
        &seed("octopus-run-runbook"),
        &call("run_runbook", 0, "a"),
        &["--grant-by", "sesion"],
    );
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("did you mean `session`?"), "{}", run.err);
}

#[test]
fn a_policy_with_a_key_twice_is_not_decided() {
    let policy = r#"{"version": "1", "default": "deny", "default": "allow", "tools": {}}"#;
    let folder = Folder::new().file("policy.json", policy).file("trace.jsonl", call("x", 0, "a"));
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("the key `default` stands twice"), "{}", run.err);
}

#[test]
fn a_pace_is_for_traces_without_times_and_never_turns_time_back() {
    let policy = seed("octopus-run-runbook");
    let untimed = "{\"tool\":\"run_runbook\"}\n";
    let times = |trace: &str| -> Vec<serde_json::Value> {
        let run = replay(&policy, trace, &["--decisions", "--pace", "90s"]);
        run.json_lines().iter().map(|line| line["ts"].clone()).collect()
    };
    assert_eq!(times(&untimed.repeat(2)), ["1970-01-01T00:00:00Z", "1970-01-01T00:01:30Z"]);
    let mixed = call("run_runbook", 0, "a") + untimed + &call("run_runbook", 1, "a");
    assert_eq!(times(&mixed)[1], serde_json::Value::Null);
}

#[test]
fn a_byte_order_mark_does_not_hide_the_first_time() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
        "t": {"limits": [{"counter": "r", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;
    let trace = "\u{feff}{\"ts\":120,\"tool\":\"t\"}\n{\"ts\":10,\"tool\":\"t\"}\n{\"ts\":130,\"tool\":\"t\"}\n";
    let folder = Folder::new().file("policy.json", policy).file("trace.jsonl", trace);
    let run = folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"]);
    let outcomes: Vec<_> = run.json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["allow", "allow", "throttle"]);
}

#[test]
fn among_several_files_a_call_without_a_time_is_not_guessed() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
        "t": {"limits": [{"counter": "r", "window": "minute", "max": 2, "scope": "grant"}]}}}"#;
    let folder = Folder::new()
        .file("policy.json", policy)
        .file("a.jsonl", "{\"ts\":0,\"tool\":\"t\"}\n{\"ts\":30,\"tool\":\"t\"}\n")
        .file("b.jsonl", "{\"ts\":10,\"tool\":\"x\"}\n{\"tool\":\"t\"}\n");
    let run =
        folder.run(&["replay", "--policy", "policy.json", "a.jsonl", "b.jsonl", "--decisions"]);
    let untimed = run.json_lines().into_iter().find(|line| line["ts"].is_null()).unwrap();
    assert_eq!(
        (&untimed["outcome"], &untimed["missing"]),
        (&"indeterminate".into(), &"time".into())
    );
}

#[test]
fn the_summary_shows_how_close_each_limit_came_and_when_calls_were_made() {
    let mut trace: String = (0..3).map(|index| call("run_runbook", index * 4, "ci")).collect();
    trace += &call("run_runbook", 130, "dev");
    trace += &call("delete_all", 600, "\u{202e}dev|2");
    let policy = seed("octopus-run-runbook");
    let run = replay(&policy, &trace, &[]);
    for part in [
        "Timeline, 1 min a row (# allowed, x refused)\n  10:00  ####",
        "  10:10  xxxx",
        "1, 1 refused\n",
        " 30 %  3 of 10 a minute  /tools/run_runbook/limits/run_runbook_rate  ci          2026-03-01T10:00:00Z",
        "at 2026-03-01T10:10:00Z, of delete_all 1, for \\u{202e}dev|2 1",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    assert!(run.out.is_ascii(), "{}", run.out);
    let folder = Folder::new().file("trace.jsonl", trace);
    let arguments = ["replay", "--policy", &policy, "trace.jsonl", "--color", "always"];
    for (locale, unicode) in [("C.UTF-8", true), ("C", false)] {
        let run = folder.run_with(&arguments, "", &[("LC_ALL", locale), ("COLUMNS", "40")]);
        assert_eq!(run.out.contains('█'), unicode, "{locale}: {}", run.out);
        let chart = run.out.split("Timeline").nth(1).unwrap().split("By tool").next().unwrap();
        let plain = chart.replace("\x1b[32m", "").replace("\x1b[31m", "").replace("\x1b[0m", "");
        let longest = plain.lines().skip(1).map(|line| line.chars().count()).max();
        assert_eq!(longest, Some(40), "{chart}");
    }
}

#[test]
fn calls_are_grouped_as_asked_and_small_groups_summed_up() {
    let trace: String = ["a", "a", "a", "b", "b", "c"]
        .iter()
        .map(|grant| call("run_runbook", 0, grant))
        .chain([call("delete_all", 3_599, "d")])
        .collect();
    let policy = seed("octopus-run-runbook");
    let run = replay(&policy, &trace, &["--by", "grant", "--top", "2"]);
    for part in [
        "By grant\n  grant                     allow  deny  throttle  indeterminate  peak  of limit",
        "  a                             3     0         0              0  30 %  /tools/run_runbook/limits/run_runbook_rate",
        "  (2 more grants together)      1     1         0              0\n",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    let groups = |by: &str| {
        let output = replay(&policy, &trace, &["--by", by, "--format", "json"]).json();
        let rows = output["groups"]["rows"].as_array().unwrap().clone();
        assert_eq!((&output["groups"]["by"], &output["calls"]), (&by.into(), &7.into()));
        let gist = |row: &serde_json::Value| (row["name"].clone(), row["calls"].as_u64().unwrap());
        rows.iter().map(gist).collect::<Vec<_>>()
    };
    assert_eq!(groups("tool"), [("run_runbook".into(), 6), ("delete_all".into(), 1)]);
    assert_eq!(groups("rule"), [(serde_json::Value::Null, 6), ("(default deny)".into(), 1)]);
    assert_eq!(groups("server"), [("".into(), 7)]);
    assert_eq!(groups("hour"), [("2026-03-01T10:00:00Z".into(), 7)]);
}

#[test]
fn a_decision_names_the_file_the_line_and_the_id_of_its_call() {
    let folder = Folder::new()
        .file(
            "a.jsonl",
            "\n{\"ts\":2,\"tool\":\"x\",\"id\":\"c-1\"}\nbroken\n{\"ts\":4,\"tool\":\"x\"}\n",
        )
        .file("b.jsonl", "{\"ts\":3,\"tool\":\"x\",\"id\":7,\"args\":{\"k\":\"s3cret\"}}\n");
    let policy = seed("octopus-run-runbook");
    let run = |more: &[&str]| {
        let arguments = ["replay", "--policy", &policy, "a.jsonl", "b.jsonl", "--decisions"];
        folder.run(&[&arguments[..], more].concat())
    };
    let decisions = run(&[]).json_lines();
    let places: Vec<_> = decisions
        .iter()
        .map(|line| (line["file"].as_str().unwrap(), line["line"].as_u64().unwrap(), &line["id"]))
        .collect();
    let (first, second, none) = ("c-1".into(), "7".into(), "".into());
    assert_eq!(places, [("a.jsonl", 2, &first), ("b.jsonl", 1, &second), ("a.jsonl", 4, &none)]);
    assert!(!run(&[]).out.contains("s3cret"));
    assert_eq!(run(&["--show-args"]).json_lines()[1]["args"]["k"], "s3cret");
    let refused = folder.run(&["replay", "--policy", &policy, "a.jsonl", "--show-args"]);
    assert_eq!(refused.status, 2, "arguments are a part of decisions alone");
}
