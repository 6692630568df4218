//! `replay --format part` and `replay --merge`: a trace in parts.

use crate::support::{Folder, Run};

const POLICY: &str = r#"{"version":"1","default":"deny","tools":{
    "a":{"limits":[{"counter":"x","window":"minute","max":2,"scope":"grant"}]},
    "b":{"deny_if":[{"conditions":[{"path":"args.n","op":"gt","value":1}]}]}}}"#;

/// Two days of calls of many grants, which stand out of order; a line of a grant's day is in one of two parts.
fn folder() -> Folder {
    let (mut whole, mut parts) = (String::new(), [String::new(), String::new()]);
    for number in (0..600).rev() {
        let (day, grant, tool) = (1 + number % 2, number * 7 % 30, ["a", "b", "c"][number % 3]);
        let line = format!(
            "{{\"ts\":\"2026-03-0{day}T10:{:02}:00Z\",\"grant\":\"g{grant}\",\"tool\":\"{tool}\",\"args\":{{\"n\":{}}}}}\n",
            number / 60,
            number % 4
        );
        whole += &line;
        parts[(grant / 2 + day) % 2] += &line;
    }
    let [one, two] = parts;
    Folder::with(&[("p.json", POLICY), ("w.jsonl", &whole), ("1.jsonl", &one), ("2.jsonl", &two)])
}

fn replay(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["replay", "--policy", "p.json"], more].concat())
}

/// Writes what a trace comes to as a part.
fn written(folder: Folder, name: &str, more: &[&str]) -> Folder {
    let trace = name.replace("part", "jsonl");
    let run = replay(&folder, &[&[trace.as_str(), "--format", "part"], more].concat());
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    folder.file(name, &run.out)
}

fn parts(more: &[&str]) -> Folder {
    ["1.part", "2.part"].into_iter().fold(folder(), |folder, name| written(folder, name, more))
}

#[test]
fn every_format_of_parts_together_is_that_of_the_whole() {
    for by in ["grant", "tool", "rule", "server", "hour", "day"] {
        let folder = parts(&["--by", by]);
        for format in ["json", "jsonl", "csv", "junit", "markdown", "html", "human"] {
            let more = ["--by", by, "--format", format];
            let merged = replay(&folder, &[&more[..], &["--merge", "2.part", "1.part"]].concat());
            let whole = replay(&folder, &[&more[..], &["w.jsonl"]].concat());
            assert!(!whole.out.is_empty());
            assert_eq!((merged.status, merged.err.as_str()), (0, ""));
            assert_eq!(merged.out, whole.out, "{by} {format}");
        }
    }
}

#[test]
fn parts_are_the_same_whatever_the_threads_and_parts_of_parts_are_parts() {
    let folder = parts(&["--threads", "1"]);
    let again = replay(&folder, &["1.jsonl", "--format", "part", "--threads", "3"]);
    assert_eq!(again.out, std::fs::read_to_string(folder.path("1.part")).unwrap());
    let both = replay(&folder, &["--merge", "1.part", "2.part", "--format", "part"]);
    let folder = folder.file("both.part", &both.out);
    let whole = replay(&folder, &["w.jsonl", "--format", "json"]).out;
    assert_eq!(replay(&folder, &["--merge", "both.part", "--format", "json"]).out, whole);
}

#[test]
fn the_gates_of_a_merge_are_those_of_a_replay() {
    let folder = parts(&[]);
    let merged = |gate: &str| replay(&folder, &["--merge", "1.part", "2.part", "--fail-on", gate]);
    assert_eq!((merged("deny").status, merged("ask").status), (1, 0));
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let folder = parts(&[]);
    let summary = replay(&folder, &["1.jsonl", "--format", "json"]).out;
    let by_day = replay(&folder, &["1.jsonl", "--format", "part", "--by", "day"]).out;
    let part = std::fs::read_to_string(folder.path("1.part")).unwrap();
    let other = folder
        .file("q.json", POLICY.replace("\"max\":2", "\"max\":3"))
        .file("summary", &summary)
        .file("day", &by_day)
        .file("cut", &part[..part.len() / 2])
        .file("changed", part.replacen("\"untimed\":0", "\"untimed\":7000000", 1))
        .file("old", part.replacen("\"gatelint ", "\"gatelint 9", 1))
        .file("copy", &part)
        .file("none", "{}");
    let refused = |parts: &[&str], message: &str| {
        let run = replay(&other, &[&["--merge"], parts].concat());
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{parts:?}");
        assert!(run.err.contains(message), "{}", run.err);
    };
    refused(&["1.part", "2.part", "./1.part"], "1.part is named twice");
    refused(&["1.part", "copy"], "is in both 1.part and copy");
    refused(&["1.part", "summary"], "write parts with `gatelint replay --format part`");
    refused(&["1.part", "day"], "day was written with --by `day`, and this is with `tool`");
    refused(&["1.part", "cut"], "cut is no part of a summary");
    refused(&["1.part", "none"], "none is no part of a summary");
    refused(&["1.part", "changed"], "changed is damaged");
    refused(&["1.part", "old"], "old was written by gatelint 9");
    refused(&["1.part", "gone"], "gone");
    let run = other.run(&["replay", "--policy", "q.json", "--merge", "1.part"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("was written with --policy"), "{}", run.err);
}

#[test]
fn what_only_a_whole_trace_tells_is_refused() {
    let folder = parts(&[]);
    for (more, option) in [
        (["1.jsonl", "--format", "part", "--grant-by=file"], "--grant-by file"),
        (["1.jsonl", "--format", "part", "--coverage"], "--coverage"),
        (["1.jsonl", "--format", "part", "--what-if"], "--what-if"),
        (["1.jsonl", "--format", "part", "--compare-recorded"], "--compare-recorded"),
        (["--merge", "1.part", "2.part", "--decisions"], "--decisions"),
        (["--merge", "1.part", "--fail-on", "disagree"], "--compare-recorded"),
    ] {
        let run = replay(&folder, &more);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{more:?}");
        assert!(run.err.contains(option), "{}", run.err);
    }
}

#[test]
fn a_part_of_other_numbers_is_damaged() {
    for more in [&[][..], &["--tool", "a"]] {
        let folder = written(folder(), "w.part", more);
        let part = std::fs::read_to_string(folder.path("w.part")).unwrap();
        let read = format!("\"calls\":{}", 600);
        assert!(part.contains(&read), "{part}");
        let folder = folder.file("w.part", part.replacen(&read, "\"calls\":900", 1));
        let run = replay(&folder, &[&["--merge", "w.part"], more].concat());
        // Of some of the calls that were read there may be any number of others.
        let status = if more.is_empty() { 2 } else { 0 };
        assert_eq!(run.status, status, "{}", run.err);
    }
}

#[test]
fn only_grants_are_counted_whose_calls_are() {
    let calls = r#"{"ts":1,"grant":"g","tool":"a"}
{"ts":2,"grant":"h","tool":"b"}
{"ts":3,"grant":"i","tool":"b"}
"#;
    let folder = Folder::with(&[("p.json", POLICY), ("t.jsonl", calls)]);
    for (more, said) in [
        (["--tool", "a"], "1 call of 1 grant"),
        (["--since", "2"], "2 calls of 2 grants"),
        (["--policy", "other=p.json"], "3 calls of 3 grants"),
    ] {
        for threads in ["1", "2"] {
            let run = replay(&folder, &[&["t.jsonl", "--threads", threads], &more[..]].concat());
            assert!(run.out.contains(said), "{more:?}: {}", run.out);
        }
        let folder = Folder::with(&[("p.json", POLICY), ("t.jsonl", calls)]);
        let folder = written(folder, "t.part", &more);
        let run = replay(&folder, &[&["--merge", "t.part"], &more[..]].concat());
        assert!(run.out.contains(said), "{more:?}: {}", run.out);
    }
}

#[test]
fn what_was_wrong_with_parts_is_said_of_all_together() {
    let folder = folder().file("bad.jsonl", "{\"ts\":0,\"tool\":\"b\"}\n{\"tool\":7}\n");
    let part = replay(&folder, &["bad.jsonl", "--format", "part"]);
    assert_eq!(part.status, 2, "{}", part.err);
    assert!(part.err.starts_with("error: bad.jsonl:2: "), "{}", part.err);
    let folder = folder.file("bad.part", &part.out);
    let merged = replay(&folder, &["--merge", "bad.part"]);
    assert_eq!((merged.status, &merged.err), (2, &part.err));
    assert_eq!(replay(&folder, &["--merge", "bad.part", "--allow-bad-lines"]).status, 0);
}
