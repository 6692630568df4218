//! `gatelint record` between a client (the test) and small servers.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::support::Folder;

/// A server in `sh` that answers every call: `fail` with `isError`, `error` with a JSON-RPC error,
/// `late` only after the next one, `quiet` not at all.
const SERVER: &str = r#"
answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$1" "$2"; }
ok='"result":{"content":[]}'
while IFS= read -r line; do
  id=${line#*'"id":'}; id=${id%%,*}
  case $line in
    *'"fail"'*) answer "$id" '"result":{"isError":true}' ;;
    *'"error"'*) answer "$id" '"error":{"code":-32000,"message":"no"}' ;;
    *'"late"'*) late=$id ;;
    *'"quiet"'*) ;;
    *'"exit"'*) exit 7 ;;
    *'"kill"'*) kill -9 $$ ;;
    *) answer "$id" "$ok"; [ -n "$late" ] && answer "$late" "$ok"; late= ;;
  esac
done
"#;

/// A session under way.
struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

/// How a session ended: its exit status, what was left to read, and what was said.
struct Ended {
    status: Option<i32>,
    rest: String,
    err: String,
}

impl Session {
    fn start(folder: &Folder, options: &[&str], server: &[&str]) -> Session {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatelint"))
            .args([&["record"], options, &["--"], server].concat())
            .current_dir(folder.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().map(BufReader::new);
        Session { input: child.stdin.take(), output, child }
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).and_then(|()| input.flush()).unwrap();
    }

    fn call(&mut self, id: u32, tool: &str) {
        self.send(&call(id, tool));
    }

    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.output.as_mut().unwrap().read_line(&mut line).unwrap();
        line
    }

    /// Sends no more, and reads to the end.
    fn end(mut self) -> Ended {
        self.input.take();
        let mut rest = String::new();
        if let Some(mut output) = self.output.take() {
            output.read_to_string(&mut rest).unwrap();
        }
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Ended { status: self.child.wait().unwrap().code(), rest, err }
    }
}

fn call(id: u32, tool: &str) -> String {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\",\"arguments\":{{\"n\":{id}.0}}}}}}\n"
    )
}

fn records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The tools of the recorded calls with their results.
fn recorded(folder: &Folder) -> Vec<(String, String)> {
    let text = |record: &Value, name: &str| record[name].as_str().unwrap_or("ok").to_owned();
    let records = records(&folder.path("trace.jsonl"));
    records.iter().map(|record| (text(record, "tool"), text(record, "result"))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(tool, result)| ((*tool).to_owned(), (*result).to_owned())).collect()
}

#[test]
fn calls_are_recorded_with_their_times_and_results_and_can_be_replayed() {
    let folder = Folder::new().file("policy.json", r#"{"version":"1","default":"allow"}"#);
    let options = ["--grant", "ci", "--server", "files", "--output", "t.jsonl"];
    let mut session = Session::start(&folder, &options, &["sh", "-c", SERVER]);
    session.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"clientInfo\":{\"name\":\"me\"}}}\n");
    assert!(session.read_line().contains("\"id\":0"));
    for (id, tool) in [(1, "a"), (2, "fail"), (3, "error")] {
        session.call(id, tool);
        assert!(session.read_line().contains(&format!("\"id\":{id}")));
    }
    session.call(4, "late");
    session.call(5, "b");
    let ended = session.end();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert_eq!(ended.rest.lines().count(), 2);
    let records = records(&folder.path("t.jsonl"));
    let results: Vec<_> = records
        .iter()
        .map(|record| (record["tool"].as_str().unwrap(), &record["result"]))
        .collect();
    let (tool_error, server_error) = ("tool_error".into(), "upstream_error".into());
    let null = Value::Null;
    let expected = [
        ("a", &null),
        ("fail", &tool_error),
        ("error", &server_error),
        ("late", &null),
        ("b", &null),
    ];
    assert_eq!(results, expected);
    for record in &records {
        assert_eq!([&record["grant"], &record["server"], &record["client"]], ["ci", "files", "me"]);
        assert!(record["ts"].is_string() && record["session"].is_string(), "{record}");
    }
    assert_eq!(records[1]["args"].to_string(), r#"{"n":2.0}"#);
    let replay = ["replay", "--policy", "policy.json", "t.jsonl", "--format", "json"];
    assert_eq!(folder.run(&replay).json()["outcomes"]["allow"], 5);
}

#[test]
fn every_byte_passes_unchanged_however_much_and_whatever_it_is() {
    let folder = Folder::new();
    let mut session = Session::start(&folder, &[], &["cat"]);
    // No message, no line break, no text, and more than any pipe holds.
    let sent: Vec<u8> =
        (0..5_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut input = session.input.take().unwrap();
    let mut output = session.output.take().unwrap();
    let copy = sent.clone();
    let writer = std::thread::spawn(move || input.write_all(&copy).unwrap());
    let mut received = Vec::new();
    output.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == sent, "{} bytes of {}", received.len(), sent.len());
    assert_eq!(session.end().status, Some(0));
}

#[test]
fn part_of_a_message_passes_before_the_rest_is_there() {
    let folder = Folder::new();
    let mut session = Session::start(&folder, &[], &["cat"]);
    let message = call(1, "a");
    let (first, rest) = message.split_at(20);
    session.send(first);
    let mut received = [0; 20];
    session.output.as_mut().unwrap().read_exact(&mut received).unwrap();
    assert_eq!(received, first.as_bytes());
    session.send(rest);
    assert_eq!(session.read_line(), rest);
    session.end();
    assert_eq!(recorded(&folder), pairs(&[("a", "unknown")]));
}

#[test]
fn a_huge_message_is_recorded_whole() {
    let folder = Folder::new();
    let mut session = Session::start(&folder, &[], &["sh", "-c", "cat > /dev/null"]);
    let value = "x".repeat(10 << 20);
    session.send(&format!("{{\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"a\",\"arguments\":{{\"v\":\"{value}\"}}}}}}\n"));
    assert_eq!(session.end().status, Some(0));
    let records = records(&folder.path("trace.jsonl"));
    assert_eq!(records[0]["args"]["v"].as_str().unwrap().len(), value.len());
}

#[test]
fn a_server_that_ends_gives_its_exit_status_and_loses_no_call() {
    for (tool, status) in [("exit", 7), ("kill", 128 + 9)] {
        let folder = Folder::new();
        let mut session = Session::start(&folder, &[], &["sh", "-c", SERVER]);
        session.call(1, "a");
        session.read_line();
        session.call(2, "quiet");
        session.call(3, tool);
        // The client sends nothing more and keeps the session open: it is over all the same.
        let status_of = session.child.wait().unwrap().code();
        assert_eq!(status_of, Some(status));
        assert_eq!(
            recorded(&folder),
            pairs(&[("a", "ok"), ("quiet", "unknown"), (tool, "unknown")])
        );
    }
}

#[test]
fn what_a_server_says_last_reaches_a_client_that_reads_late() {
    let folder = Folder::new();
    let say = "head -c 60000 /dev/zero | tr '\\0' x; echo; echo done >&2";
    let mut session = Session::start(&folder, &[], &["sh", "-c", say]);
    let mut said = String::new();
    let mut err = BufReader::new(session.child.stderr.take().unwrap());
    err.read_line(&mut said).unwrap();
    assert_eq!(said, "done\n");
    assert_eq!(session.read_line().len(), 60_001);
}

#[test]
fn a_client_that_is_gone_leaves_the_answers_to_be_recorded() {
    let folder = Folder::new();
    // The server answers only when it is told that its input has ended.
    let server = "read -r line; cat > /dev/null; sleep 0.2; \
        echo '{\"id\":1,\"result\":{\"isError\":true}}'; echo '{}'; exit 3";
    let mut session = Session::start(&folder, &[], &["sh", "-c", server]);
    session.call(1, "a");
    session.input.take();
    session.output.take();
    assert_eq!(session.end().status, Some(3));
    assert_eq!(recorded(&folder), pairs(&[("a", "tool_error")]));
}

#[test]
fn a_signal_is_for_the_server_and_the_recording_ends_with_it() {
    let folder = Folder::new();
    let server = "trap 'exit 5' TERM; read -r line; echo ready; while :; do sleep 0.02; done";
    let mut session = Session::start(&folder, &[], &["sh", "-c", server]);
    session.call(1, "a");
    assert_eq!(session.read_line(), "ready\n");
    let id = session.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(session.child.wait().unwrap().code(), Some(5));
    assert_eq!(recorded(&folder), pairs(&[("a", "unknown")]));
}

#[test]
fn a_full_disk_breaks_no_session_and_is_said_at_once_and_at_the_end() {
    let folder = Folder::new();
    let full = ["--output", "/dev/full"];
    let mut session = Session::start(&folder, &full, &["sh", "-c", SERVER]);
    for id in 1..=3 {
        session.call(id, "a");
        assert!(session.read_line().contains(&format!("\"id\":{id}")));
    }
    let ended = session.end();
    assert_eq!(ended.status, Some(2));
    assert_eq!(ended.err.lines().count(), 2, "{}", ended.err);
    assert!(ended.err.contains("cannot write /dev/full"), "{}", ended.err);
    assert!(ended.err.contains("3 calls are missing from /dev/full"), "{}", ended.err);
    // The status of a server that failed is told rather.
    let mut session = Session::start(&folder, &full, &["sh", "-c", SERVER]);
    session.call(1, "exit");
    assert_eq!(session.end().status, Some(7));
}

#[test]
fn sessions_are_appended_behind_whatever_stands_there() {
    let folder = Folder::new().file("trace.jsonl", "{\"tool\":\"torn\"}");
    for _ in 0..2 {
        let mut session = Session::start(&folder, &[], &["sh", "-c", SERVER]);
        session.call(1, "a");
        session.read_line();
        assert_eq!(session.end().status, Some(0));
    }
    assert_eq!(recorded(&folder), pairs(&[("torn", "ok"), ("a", "ok"), ("a", "ok")]));
    let records = records(&folder.path("trace.jsonl"));
    assert_ne!(records[1]["session"], records[2]["session"]);
}

#[test]
fn a_call_is_written_as_soon_as_it_is_answered() {
    let folder = Folder::new();
    let mut session = Session::start(&folder, &[], &["sh", "-c", SERVER]);
    session.call(1, "a");
    session.read_line();
    // Only the disk is waited for.
    while !folder.path("trace.jsonl").metadata().is_ok_and(|file| file.len() > 0) {
        std::thread::yield_now();
    }
    // Killed, we write nothing any more.
    session.child.kill().unwrap();
    session.end();
    assert_eq!(recorded(&folder), pairs(&[("a", "ok")]));
}

#[test]
fn what_cannot_be_recorded_is_passed_on_and_said() {
    let folder = Folder::new();
    let mut session = Session::start(&folder, &[], &["cat"]);
    let broken = "{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":7}}\n";
    session.send(broken);
    assert_eq!(session.read_line(), broken);
    let ended = session.end();
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("a call of the session cannot be recorded"), "{}", ended.err);
}

#[test]
fn what_cannot_begin_is_an_error_before_anything_is_run() {
    let folder = Folder::new();
    let none = folder.run(&["record", "--output", "t.jsonl", "--", "./no-such-server"]);
    assert_eq!(none.status, 2);
    assert!(none.err.contains("cannot start ./no-such-server"), "{}", none.err);
    let unwritable = folder.run(&["record", "--output", "none/t.jsonl", "--", "touch", "ran"]);
    assert_eq!(unwritable.status, 2);
    assert!(unwritable.err.contains("cannot write none/t.jsonl"), "{}", unwritable.err);
    assert!(!folder.path("ran").exists());
    let stdout = folder.run(&["record", "--output", "-", "--", "cat"]);
    assert!(stdout.err.contains("standard output belongs to the session"), "{}", stdout.err);
    assert_eq!(folder.run(&["record", "--output", "t.jsonl"]).status, 2);
}
