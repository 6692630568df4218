//! Input that means harm: nothing crashes, leaks, or gets through.

use std::io::{Seek, SeekFrom, Write};

use crate::support::Folder;

/// An empty policy of version 1.
const NOTHING: &str = r#"{"version":"1","default":"deny","tools":{}}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn call(args: &str) -> String {
    format!(
        "{{\"ts\":\"2026-03-01T10:00:00Z\",\"grant\":\"g\",\"tool\":\"send\",\"args\":{args}}}\n"
    )
}

#[test]
fn a_finding_on_a_long_line_is_shown_around_its_places() {
    let tools: String = (0..6_000).map(|n| format!("\"get_item_{n}\":{{}},")).collect();
    let policy = format!(
        r#"{{"version":"1","default":"deny","hide":["delete_item"],"tools":{{{tools}"delete_item":{{}}}}}}"#
    );
    let folder = Folder::new().file("p.json", &policy);
    let run = folder.run(&["lint", "p.json", "--select", "hidden-and-listed"]);
    assert!(run.out.contains("[hidden-and-listed]"), "{} {}", run.status, run.err);
    assert!(run.out.len() < 2_000 && run.out.matches("delete_item").count() >= 3, "{}", run.out);
    let column = policy.rfind("\"delete_item\"").unwrap().to_string();
    assert!(run.out.contains('…') && column.len() == 6, "{}", run.out);
}

#[test]
fn text_of_every_script_is_cut_between_characters_and_one_odd_file_silences_no_other() {
    let umlauts = "Überweisung|".repeat(40);
    let odd = format!(
        "version: \"1\"\ndefault: deny\ntools:\n  pay:\n    rules:\n      - {{name: a, conditions: [{{path: args.a, op: gt, value: \"{umlauts}\"}}]}}\n"
    );
    let open = r#"{"version":"1","default":"allow","tools":{}}"#;
    let folder = Folder::new().file("b/odd.yaml", odd).file("b/open.json", open);
    let run = folder.run(&["lint", "b"]);
    assert_eq!(run.status, 1, "{}", run.err);
    for part in ["odd.yaml", "invalid-value", "open.json", "default-allow"] {
        assert!(run.out.contains(part), "{part} is not in\n{}", run.out);
    }
}

#[test]
fn nothing_is_asked_about_a_policy_of_many_large_patterns() {
    let entry = |pattern: &str| {
        format!(r#"{{"conditions":[{{"path":"args.a","op":"regex","value":"{pattern}"}}]}}"#)
    };
    let is_found = |large: usize| {
        let one = |n: usize| {
            format!(r#""x{n}":{{"deny_if":[{}]}},"#, entry(&format!(r"\\pL{{{}}}", 60 + n)))
        };
        let tools: String = (0..large).map(one).collect();
        let dead = format!(r#""get_a":{{"deny_if":[{},{}]}}"#, entry("^a+$"), entry("^aa$"));
        let policy = format!(r#"{{"version":"1","default":"deny","tools":{{{tools}{dead}}}}}"#);
        let run = Folder::new().file("p.json", policy).run(&["lint", "p.json"]);
        assert!(run.out.contains("get_a") || large > 3, "{}{}", run.out, run.err);
        run.out.contains("[shadowed-rule]")
    };
    assert!(is_found(0) && is_found(3));
    assert!(!is_found(17));
}

#[test]
fn a_long_name_does_not_widen_every_row() {
    let long = call("{}").replace("send", &"n".repeat(5_000));
    let folder = Folder::new().file("p.json", NOTHING).file("t.jsonl", long + &call("{}"));
    let run = folder.run(&["replay", "--policy", "p.json", "t.jsonl"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let widest = run.out.lines().filter(|line| !line.contains("nnn")).map(str::len).max();
    assert!(widest < Some(200), "{widest:?}");
}

#[test]
fn what_may_be_a_secret_is_in_no_policy_and_in_no_error() {
    let secret = "S3CRETtoken0123456789";
    let args = format!(
        r##"{{"to":"https://a.example/x?token={secret}","run":"curl -H 'Authorization: Bearer {secret}'","key":"{secret}","api_key":"S3CRET","channel":"#ops"}}"##
    );
    let trace = call(&args).repeat(12) + &call("7").replace("\"send\"", "{\"a\":\"S3CRET\"}");
    let folder = Folder::new().file("t.jsonl", &trace);
    let run = folder.run(&["init", "--trace", "t.jsonl", "--allow-bad-lines"]);
    assert!(run.out.contains("#ops"), "{}{}", run.out, run.err);
    assert!(!run.out.contains("S3CRET") && !run.err.contains("S3CRET"), "{}{}", run.out, run.err);
    assert!(run.err.contains("api_key, key, run, to"), "{}", run.err);
    assert!(run.err.contains("t.jsonl:13: "), "{}", run.err);
}

#[test]
fn passwords_of_addresses_are_in_no_error() {
    let url = "http://u:hunt3r2@127.0.0.1:1/x?key=hunt3r2";
    let client = format!(
        r#"{{"mcpServers":{{"x":{{"url":"{url}","args":["hunt3r2"],"env":{{"A":"hunt3r2"}}}}}}}}"#
    );
    let folder = Folder::new().file("p.json", NOTHING).file("t.jsonl", call("{}"));
    let folder = folder.file("mcp.json", client);
    for arguments in [
        &["lint", url][..],
        &["lint", "--format", "json", url],
        &["lint", "--format", "github", url],
        &["lint", "--baseline", url, "p.json"],
        &["lint", "--fail-on", url],
        &["lint", "mcp.json"],
        &["diff", url, "p.json"],
        &["explain", "--policy", url, "--call", "{}"],
        &["explain", "--policy", "p.json", url],
        &["init", "--from", url],
        &["record", "-o", "r.jsonl", "--", url],
        &["catalogue", "import", url],
        &["trace", "convert", "t.jsonl", "-o", url],
        &["replay", "--policy", "mcp.json", "t.jsonl"],
        &["replay", "--policy", "p.json", url],
        &[url],
    ] {
        let run = folder.run(arguments);
        assert_ne!(run.status, 0, "{arguments:?}");
        assert!(!run.err.is_empty() || !run.out.is_empty(), "{arguments:?}");
        assert!(!(run.out + &run.err).contains("hunt3r2"), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn converted_traces_are_for_their_owner_alone_and_replace_nothing_unasked() {
    use std::os::unix::fs::PermissionsExt;
    let folder =
        Folder::new().file("in.jsonl", call("{}")).file("none.jsonl", "").file("old", "keep");
    let convert = |trace: &str, output: &str, more: &[&str]| {
        folder.run(&[&["trace", "convert", trace, "-o", output], more].concat()).status
    };
    let text = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    assert_eq!(convert("in.jsonl", "old", &[]), 2);
    assert_eq!(convert("none.jsonl", "old", &["--force"]), 3);
    assert_eq!(text("old"), "keep");
    assert_eq!(convert("in.jsonl", "old", &["--force"]), 0);
    assert_eq!(convert("in.jsonl", "new", &[]), 0);
    assert_eq!((text("old"), text("new")), (call("{}"), call("{}")));
    assert_eq!(folder.path("new").metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_baseline_of_nothing_replaces_none_and_one_outside_the_repository_is_not_used() {
    let folder = Folder::new()
        .file("open.json", r#"{"version":"1","default":"allow","tools":{}}"#)
        .file("a/gatelint.yaml", "baseline: ../base.json\n")
        .file("a/p.json", NOTHING)
        .file("b/notes.txt", "no policy");
    assert_eq!(folder.run(&["lint", "open.json", "--write-baseline=base.json"]).status, 0);
    let written = std::fs::read_to_string(folder.path("base.json")).unwrap();
    let run = folder.run_in("a", &["lint", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("the baseline lies outside the repository"), "{}", run.err);
    let run = folder.run(&["lint", "b", "--write-baseline=base.json"]);
    assert_eq!(run.status, 3, "{}", run.err);
    assert_eq!(std::fs::read_to_string(folder.path("base.json")).unwrap(), written);
}

#[test]
fn a_record_that_is_too_long_is_named_and_the_next_one_is_read() {
    let folder = Folder::new();
    // A file with a hole takes no room on the disk.
    let mut file = std::fs::File::create(folder.path("t.jsonl")).unwrap();
    file.write_all(b"{\"tool\":\"a\",\"args\":{\"a\":\"").unwrap();
    file.seek(SeekFrom::Start(600 << 20)).unwrap();
    file.write_all(format!("\"}}}}\n{}", call("{}")).as_bytes()).unwrap();
    let run = folder.run(&["trace", "stats", "t.jsonl"]);
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("t.jsonl:1: longer than 256 MB"), "{}", run.err);
    assert!(run.out.contains("send"), "{}", run.out);
}

#[test]
fn damaged_data_is_told_alike_by_every_number_of_threads() {
    let mut packed = gzip(call("{}").repeat(14).as_bytes());
    let checksum = packed.len() - 6;
    packed[checksum] ^= 1;
    let folder = Folder::new().file("t.jsonl.gz", packed).file("p.json", NOTHING);
    for threads in ["1", "2", "5"] {
        let run = folder.run(&["replay", "--policy", "p.json", "t.jsonl.gz", "--threads", threads]);
        assert!(run.err.contains("t.jsonl.gz:15: the compressed data"), "{}", run.err);
    }
}

#[cfg(unix)]
mod sessions {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";

    fn message(args: &str) -> String {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"t\",\"arguments\":{args}}}}}\n"
        )
    }

    #[test]
    fn a_session_does_not_wait_for_a_pipe_that_nobody_reads() {
        let folder = Folder::new();
        assert!(Command::new("mkfifo").arg(folder.path("f")).status().unwrap().success());
        let begun = Instant::now();
        let run = folder.run_with(&["record", "-o", "f", "--", "cat"], PING, &[]);
        assert_eq!(run.status, 2);
        assert!(run.err.contains("cannot write f"), "{}", run.err);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn what_was_no_session_leaves_no_file() {
        let folder = Folder::new().file("there.jsonl", "");
        for (output, command) in
            [("a", "./no-such-server"), ("b", "false"), ("there.jsonl", "./no-such-server")]
        {
            folder.run(&["record", "-o", output, "--", command]);
            assert_eq!(folder.path(output).exists(), output == "there.jsonl", "{output}");
        }
    }

    #[test]
    fn values_that_are_not_to_be_kept_are_not_written() {
        let folder = Folder::new();
        let args = r#"{"q":"w","login":{"Token":"S3CRET"}}"#;
        for redact in ["token", "*"] {
            let options = ["record", "-o", "t.jsonl", "--redact", redact, "--", "cat"];
            let run = folder.run_with(&options, &message(args), &[]);
            assert_eq!(run.status, 0, "{}", run.err);
            assert!(run.out.contains("S3CRET"), "the session itself has it");
        }
        let run = folder.run_with(
            &["record", "-o", "t.jsonl", "--redact", "other", "--", "cat"],
            &message(r#"{"q":"w"}"#),
            &[],
        );
        assert_eq!(run.status, 0, "{}", run.err);
        let trace = std::fs::read_to_string(folder.path("t.jsonl")).unwrap();
        assert!(!trace.contains("S3CRET"), "{trace}");
        assert_eq!(trace.matches(r#""args_keys":["login","q"]"#).count(), 2, "{trace}");
        assert_eq!(trace.matches(r#""args":{"q":"w"}"#).count(), 1, "{trace}");
    }

    #[test]
    fn an_interrupted_conversion_leaves_nothing() {
        let folder = Folder::new();
        assert!(Command::new("mkfifo").arg(folder.path("p")).status().unwrap().success());
        for signal in ["-TERM", "-INT"] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_gatelint"))
                .args(["trace", "convert", "p", "--order", "input", "-o", "out"])
                .current_dir(folder.path(""))
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut pipe = std::fs::OpenOptions::new().write(true).open(folder.path("p")).unwrap();
            pipe.write_all(call("{}").repeat(100).as_bytes()).unwrap();
            let files = || std::fs::read_dir(folder.path("")).unwrap().count();
            let begun = Instant::now();
            while files() < 2 && begun.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(10));
            }
            assert_eq!(files(), 2, "a temporary file");
            Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
            child.wait().unwrap();
            let names = std::fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap());
            let is_left = |name: std::ffi::OsString| name.to_string_lossy().starts_with('.');
            assert!(!names.map(|entry| entry.file_name()).any(is_left), "{signal}");
            _ = std::fs::remove_file(folder.path("out"));
        }
    }
}

#[test]
fn a_lone_carriage_return_ends_no_line_of_an_excerpt_and_none_of_a_difference() {
    let command = "::error::pwned";
    let json = format!(
        "{{\"version\":\"1\",\"default\":\"deny\",\n\"tools\":{{\"run_job\":{{}}, \r{command}\r\"run_b\":{{}}}}}}\n"
    );
    let fixable = "{\"version\":\"1\",\"default\":\"deny\",\r\"tools\":{\"find_x\":{\"limits\":[{\"counter\":\"c\",\r\"window\":\"minuet\",\r\"max\":1,\"scope\":\"grant\"}]}}}\n";
    let toml = format!("approval_policy = \"never\" # {command}\r{command}\r\nfoo = 1\n");
    let folder = Folder::with(&[("p.json", &json), ("f.json", fixable)])
        .file("a/.codex/config.toml", toml)
        .file("m.yaml", format!("statements: [{{deny: run_job, x: 1}}] # \r{command}\r\n"))
        .file("g.yaml", format!("ruels: 1 #\r{command}\r\n"));
    for arguments in [
        &["lint", "p.json"][..],
        &["lint", "a"],
        &["assert", "m.yaml", "f.json"],
        &["test", "m.yaml", "--policy", "f.json"],
        &["lint", "f.json", "--config", "g.yaml"],
        &["diff", "p.json", "f.json"],
        &["replay", "p.json", "--policy", "p.json"],
        &["lint", "f.json", "--fix", "--unsafe-fixes", "--diff"],
    ] {
        let run = folder.run(arguments);
        assert!(!run.out.contains('\r') && !run.err.contains('\r'), "{arguments:?}: {run:?}");
    }
    let run = folder.run(&["lint", "f.json", "--fix", "--unsafe-fixes", "--diff"]);
    let changed = run.out.lines().filter(|line| line.starts_with(['+', '-'])).count();
    assert_eq!(changed, 4, "{}", run.out);
}

#[cfg(unix)]
#[test]
fn words_that_are_no_text_are_refused_in_every_place() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let word = OsStr::from_bytes(b"q\xff.json");
    for lead in [&["replay", "t.jsonl", "--policy"][..], &["rule"], &["lint", "--select"], &["x"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gatelint"));
        let output = command.args(lead).arg(word).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{lead:?}: {output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
    }
}

#[test]
fn a_byte_order_mark_is_neither_shown_nor_counted() {
    let policy =
        "\u{feff}{\"version\":\"1\",\"default\":\"deny\",\"tools\":{\"create_issue\":{}}}\n";
    let folder = Folder::with(&[("p.json", policy)]);
    for format in ["human", "concise", "github"] {
        let run = folder.run(&["lint", "p.json", "--format", format]);
        let place = if format == "github" { ",col=42," } else { "p.json:1:42" };
        assert!(run.out.contains(place), "{format}: {}", run.out);
        assert!(!run.out.contains(['\u{feff}', '\u{fffd}']), "{format}: {}", run.out);
    }
    let run = folder.run(&["lint", "p.json"]);
    let column = |needle: &str| run.out.lines().find_map(|line| line.find(needle));
    assert_eq!(column("\"create_issue\""), column("^^^^"), "{}", run.out);
}
