//! What of a trace is not read, and what is chosen of it.

use serde_json::{Value, json};

use crate::support::{Folder, Run, fixture};

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
    "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}],
            "limits": [{"counter": "r", "window": "hour", "max": 1, "scope": "grant"}]}}}"#;

/// A folder of traces of which some hold no call.
fn folder() -> Folder {
    Folder::new()
        .file("policy.json", POLICY)
        .file("t/calls.jsonl", "{\"ts\":1,\"tool\":\"pay\",\"args\":{\"amount\":1}}\n")
        .file("t/talk.txt", "hello\n")
        .file("t/deep/chat.json", r#"{"messages":[{"role":"user","content":"hi"}]}"#)
        .file("t/deep/empty.har", "")
        .file("t/readme.md", "no trace by its name\n")
}

#[test]
fn every_file_that_gave_no_call_is_named_with_its_reason() {
    let (status, stats) = folder().run_json(&["trace", "stats", "--format", "json", "t"]);
    let names = |list: &Value| -> Vec<String> {
        let names = list.as_array().unwrap().iter();
        let mut names: Vec<String> = names.map(|at| at["file"].as_str().unwrap().into()).collect();
        names.sort();
        names
    };
    assert_eq!(status, 0);
    assert_eq!(
        names(&stats["passed_over"]),
        ["t/deep/chat.json", "t/deep/empty.har", "t/talk.txt"]
    );
    assert_eq!(names(&stats["files"]), ["t/calls.jsonl"]);
    let run = folder().run(&["replay", "--policy", "policy.json", "t"]);
    assert_eq!(run.status, 0);
    for part in [
        "t/talk.txt was passed over: none of its",
        "`messages` and holds no call",
        "empty.har was passed over: it is empty",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn a_gate_may_insist_that_every_file_was_read() {
    for command in [&["replay", "--policy", "policy.json"][..], &["trace", "stats"]] {
        let run = |trace| folder().run(&[command, &["--fail-on", "passed-over", trace]].concat());
        assert_eq!((run("t").status, run("t/calls.jsonl").status), (1, 0), "{command:?}");
    }
    let run = folder().run(&["trace", "stats", "--fail-on", "none,passed-over", "t"]);
    assert_eq!(run.status, 2);
}

#[test]
fn all_files_that_were_named_and_cannot_be_read_are_named() {
    let run = folder().run(&["trace", "stats", "t/talk.txt", "t/readme.md", "t/none.jsonl"]);
    assert_eq!(run.status, 2);
    for name in ["t/talk.txt", "t/readme.md", "t/none.jsonl"] {
        assert!(run.err.contains(name), "{name} is not in:\n{}", run.err);
    }
}

#[test]
fn fields_that_a_record_does_not_know_make_the_arguments_unknown() {
    let line = r#"{"tool":"pay","arguments":{"amount":500},"who":"ann"}"#;
    let folder = Folder::new().file("policy.json", POLICY).file("a.jsonl", format!("{line}\n"));
    let replay = |more: &[&str]| {
        let words = ["replay", "--policy", "policy.json", "--format", "json", "a.jsonl"];
        folder.run_json(&[&words[..], more].concat()).1
    };
    let output = replay(&[]);
    assert_eq!(output["outcomes"]["indeterminate"], 1);
    assert_eq!(output["unknown_fields"], json!({"arguments": 1, "who": 1}));
    let mapped = replay(&["--map", "args=arguments"]);
    assert_eq!((&mapped["outcomes"]["deny"], &mapped["unknown_fields"]), (&json!(1), &json!({})));
    let run = folder.run(&["trace", "stats", "a.jsonl"]);
    assert!(run.err.contains("you may want `--map args=arguments`"), "{}", run.err);
    let words = ["explain", "--policy", "policy.json", "--call", line];
    let run = folder.run(&words);
    assert!(run.out.contains("they may stand in `arguments`, `who`"), "{}", run.out);
    let run = folder.run(&[&words[..], &["--map", "args=arguments"]].concat());
    assert!(run.out.contains("\ndeny"), "{}", run.out);
}

#[test]
fn a_map_that_maps_nothing_is_refused_or_said_to_change_nothing() {
    let folder = folder().file(
        "mcp.jsonl",
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay"}}"#,
    );
    let stats = |map, trace| folder.run(&["trace", "stats", "--map", map, trace]);
    let run = stats("arsg=input", "t/calls.jsonl");
    assert_eq!(run.status, 2);
    assert!(run.err.contains("did you mean `args`?"), "{}", run.err);
    assert_eq!(stats("args", "t/calls.jsonl").status, 2);
    let run = stats("args=input", "mcp.jsonl");
    assert!(run.err.contains("--map changes nothing"), "{}", run.err);
}

#[test]
fn a_map_reads_a_list_on_a_line_and_says_which_field_no_line_has() {
    let list = r#"[{"what":"pay","with":{"n":1}},{"what":"list","with":{}}]"#;
    let folder = Folder::new()
        .file("list.json", list)
        .file("plain.json", r#"[{"tool":"pay","args":{"n":1}},{"tool":"list"}]"#);
    let convert = |more: &[&str]| folder.run(&[&["trace", "convert"], more].concat());
    let calls = |run: &Run| -> Vec<_> {
        run.json_lines().iter().map(|call| (call["tool"].clone(), call["args"].clone())).collect()
    };
    let run = convert(&["list.json", "--map", "tool=what", "--map", "args=with"]);
    let expected = [(json!("pay"), json!({"n": 1})), (json!("list"), json!({}))];
    assert_eq!((calls(&run), &*run.err), (expected.to_vec(), ""));
    assert_eq!(calls(&convert(&["plain.json"])).len(), 2);
    let run = convert(&["list.json", "--map", "tool=what", "--map", "args=withs"]);
    assert!(run.err.contains("warning: --map args=withs: no line has `withs`"), "{}", run.err);
    assert!(run.err.contains("did you mean `with`?"), "{}", run.err);
    let run = convert(&["list.json", "--map", "tool=what", "--map", "tool=with"]);
    assert_eq!((run.status, &*run.out), (2, ""));
    assert!(run.err.contains("twice where `tool` stands"), "{}", run.err);
}

#[test]
fn calls_of_the_ai_sdk_are_read_wherever_the_first_stands_and_up_to_a_tear() {
    let plain: Vec<String> = (0..200)
        .map(|n| format!(r#"{{"role":"user","content":"{n} {}"}}"#, "x".repeat(2_000)))
        .collect();
    let calls: Vec<String> = (0..9_000)
        .map(|n| {
            format!(
                r#"{{"role":"assistant","content":[{{"type":"tool-call","toolCallId":"c{n}","toolName":"pay","input":{{"n":{n}}}}}]}}"#
            )
        })
        .collect();
    let late: Vec<&str> = plain.iter().chain(&calls[..3]).map(String::as_str).collect();
    let torn = |open: &str, between: &str, count: usize| {
        let text = format!("{open}{}", calls[..count].join(between));
        text[..text.len() - 9].to_owned()
    };
    let folder = Folder::new()
        .file("lines.jsonl", late.join("\n"))
        .file("list.json", format!("[\n{}\n]", late.join(",\n")))
        .file("line.json", format!("[{}]", late.join(",")))
        .file("document.json", format!("{{\"messages\":[{}]}}", late.join(",")))
        .file("torn-list.json", torn("[", ",", 9_000))
        .file("torn-lines.json", torn("[\n", ",\n", 30))
        .file("torn-document.json", torn("{\"messages\":[", ",", 9_000))
        .file("torn-small.json", torn("{\n\"messages\":[", ",", 30));
    let stats = |file: &str| {
        let (_, stats) = folder.run_json(&["trace", "stats", "--format", "json", file]);
        let facts = ["calls", "sessions", "bad_lines"].map(|key| stats[key].as_u64().unwrap());
        (stats["files"][0]["format"].as_str().unwrap().to_owned(), facts)
    };
    for file in ["lines.jsonl", "list.json", "line.json", "document.json"] {
        assert_eq!(stats(file), ("vercel-messages".to_owned(), [3, 1, 0]), "{file}");
    }
    for (file, count) in [
        ("torn-list.json", 8_999),
        ("torn-lines.json", 29),
        ("torn-document.json", 8_999),
        ("torn-small.json", 29),
    ] {
        assert_eq!(stats(file), ("vercel-messages".to_owned(), [count, 1, 1]), "{file}");
    }
    let words = ["trace", "convert", "-"];
    let run = Folder::new().run_with(&words, &late.join("\n"), &[]);
    assert_eq!(run.json_lines().len(), 3, "{}", run.err);
}

#[test]
fn a_log_in_nobodys_format_is_read_by_its_map_also_out_of_order() {
    let line =
        |at, name| format!("{{\"at\":{at},\"do\":{{\"what\":\"{name}\",\"with\":\"{{}}\"}}}}\n");
    let folder = Folder::new().file("log.jsonl", line(2, "b") + &line(1, "a"));
    let map = ["tool=do.what", "args=do.with", "ts=at"].map(|map| ["--map", map]).concat();
    let run = folder.run(&[&["trace", "convert", "log.jsonl"], &map[..]].concat());
    let calls: Vec<_> =
        run.json_lines().iter().map(|call| (call["tool"].clone(), call["args"].clone())).collect();
    assert_eq!(calls, [(json!("a"), json!({})), (json!("b"), json!({}))], "{}", run.err);
}

#[test]
fn calls_that_are_not_chosen_use_up_limits_all_the_same() {
    let calls: String = ["01:00", "01:30", "02:10", "02:20"]
        .iter()
        .map(|at| format!("{{\"ts\":\"2026-03-01T{at}:00Z\",\"tool\":\"pay\",\"args\":{{}}}}\n"))
        .collect();
    let folder = Folder::new().file("policy.json", POLICY).file("a.jsonl", calls);
    let outcomes = |more: &[&str]| {
        let words = ["replay", "--policy", "policy.json", "--decisions", "a.jsonl"];
        let lines = folder.run(&[&words[..], more].concat()).json_lines();
        lines.iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&[]), ["allow", "throttle", "allow", "throttle"]);
    let span = ["--since", "2026-03-01T01:10:00Z", "--until", "2026-03-01T02:20:00Z"];
    assert_eq!(outcomes(&span), ["throttle", "allow"]);
    let run = folder.run(&["trace", "convert", "a.jsonl", "--since", "2026-03-01T02:00:00Z"]);
    assert_eq!(run.json_lines().len(), 2);
    let untimed = r#"{"tool":"pay","args":{}}"#;
    let timed = r#"{"ts":"2026-03-01T02:00:00Z","tool":"pay","args":{}}"#;
    // Where calls turn out not to be in order they are read once more, and not counted once more.
    let early = timed.replace("02:00", "01:00");
    let folder = folder.file("b.jsonl", format!("{untimed}\n{timed}\n{early}\n"));
    for command in [&["replay", "--policy", "policy.json"][..], &["trace", "stats"]] {
        let run = folder.run(&[command, &["b.jsonl", "--since", "2026-03-01"]].concat());
        assert!(run.err.contains("1 call without a time is in no span of time"), "{}", run.err);
        let run = folder.run(&[command, &["a.jsonl", "--tool", "refund"]].concat());
        assert_eq!(run.status, 3);
        assert!(run.err.contains("no call of the trace is among those"), "{}", run.err);
    }
}

#[test]
fn one_policy_for_several_servers_and_only_tools_of_the_agent_are_said() {
    let calls = r#"{"tool":"pay","server":"bank"}
{"tool":"pay","server":"shop"}
"#;
    let folder = Folder::new().file("policy.json", POLICY).file("a.jsonl", calls);
    let run = folder.run(&["replay", "--policy", "policy.json", "a.jsonl"]);
    assert!(run.out.contains("several servers: bank, shop"), "{}", run.out);
    let run = folder.run(&["replay", "--policy", "bank=policy.json", "a.jsonl"]);
    assert!(!run.out.contains("several servers"), "{}", run.out);
    let own =
        r#"{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{}}"#;
    let folder = folder.file("hook.jsonl", own);
    let run = folder.run(&["replay", "--policy", "policy.json", "hook.jsonl"]);
    assert_eq!(run.status, 3);
    assert!(run.err.contains("--policy agent=PATH"), "{}", run.err);
}

#[test]
fn what_a_copy_in_another_file_tells_is_kept_whatever_the_order() {
    let line = |kind: &str, second: u32, content: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"sessionId\":\"s\",\"timestamp\":\"2026-03-01T10:00:0{second}Z\",\"message\":{{\"content\":[{content}]}}}}\n"
        )
    };
    let asked =
        line("assistant", 1, r#"{"type":"tool_use","id":"1","name":"mcp__bank__pay","input":{}}"#);
    let failed = line("user", 2, r#"{"type":"tool_result","tool_use_id":"1","is_error":true}"#);
    let earlier =
        line("assistant", 0, r#"{"type":"tool_use","id":"0","name":"mcp__bank__pay","input":{}}"#);
    let folder = Folder::new()
        .file("t/a.jsonl", asked.clone())
        .file("t/b.jsonl", asked + &failed + &earlier);
    for order in ["time", "input"] {
        let run = folder.run(&["trace", "convert", "t", "--order", order]);
        let mut results: Vec<_> = run
            .json_lines()
            .iter()
            .map(|call| (call["id"].clone(), call["result"].clone()))
            .collect();
        results.sort_by_key(|(id, _)| id.to_string());
        assert_eq!(results, [(json!("0"), json!("unknown")), (json!("1"), json!("tool_error"))]);
    }
    let stats = folder.run_json(&["trace", "stats", "--format", "json", "t"]).1;
    assert_eq!((&stats["calls"], &stats["passed_over"]), (&json!(2), &json!([])));
}

#[test]
fn conversations_and_files_are_sessions() {
    let trace = fixture("traces/openai-chat.jsonl");
    let folder = Folder::new();
    let sessions = |more: &[&str]| {
        let words = ["trace", "stats", "--format", "json", &trace];
        folder.run_json(&[&words[..], more].concat()).1
    };
    let stats = sessions(&["--grant-by", "session"]);
    assert_eq!((&stats["calls"], &stats["sessions"]), (&json!(10), &json!(2)));
    assert_eq!(stats["grants"].as_array().unwrap().len(), 2);
    assert_eq!(sessions(&["--grant-by", "file"])["grants"], json!([{"name": trace, "calls": 10}]));
}
