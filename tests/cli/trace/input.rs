//! Traces as all commands take them: streams, order, threads, what is compressed.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use crate::support::{Folder, Run, fixture};

fn policy() -> String {
    fixture("policies/seed/octopus-run-runbook.json")
}

/// Calls of several grants, second by second; each eleventh in a minute is one too many.
fn trace(seconds: u64) -> Vec<String> {
    (0..seconds)
        .map(|second| {
            let (grant, tool) =
                (second % 7, ["run_runbook", "run_runbook", "other"][second as usize % 3]);
            let ts = 1_772_359_200 + second / 2;
            format!("{{\"ts\":{ts},\"grant\":\"g{grant}\",\"tool\":\"{tool}\",\"args\":{{}}}}\n")
        })
        .collect()
}

fn replay(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["replay", "--policy", &policy(), "--format", "json"], more].concat())
}

#[test]
fn the_number_of_threads_the_cut_into_files_and_the_order_change_nothing() {
    let lines = trace(3_000);
    let text = lines.concat();
    let backwards: String = lines.iter().rev().cloned().collect();
    let (odd, even): (Vec<_>, Vec<_>) =
        lines.iter().enumerate().partition(|(index, _)| index / 2 % 2 == 1);
    let join =
        |part: Vec<(usize, &String)>| part.into_iter().map(|(_, line)| &**line).collect::<String>();
    let folder = Folder::new()
        .file("all.jsonl", &text)
        .file("split/1.jsonl", join(even))
        .file("split/2.jsonl", join(odd))
        .file("halves/b.jsonl", lines[..1_500].concat())
        .file("halves/a.jsonl", lines[1_500..].concat());
    let expected = replay(&folder, &["--threads", "1", "all.jsonl"]);
    assert_eq!(expected.status, 0, "{}", expected.err);
    let summary = expected.json();
    assert!(summary["outcomes"]["throttle"].as_u64() > Some(0), "{summary}");
    for more in [
        &["--threads", "2", "all.jsonl"][..],
        &["--threads", "5", "all.jsonl"],
        &["split"],
        &["--threads", "1", "split"],
        &["--threads", "3", "halves"],
    ] {
        assert_eq!(replay(&folder, more).json(), summary, "{more:?}");
    }
    let streamed =
        folder.run_with(&["replay", "--policy", &policy(), "--format", "json", "-"], &text, &[]);
    assert_eq!(streamed.json(), summary);
    // Calls of one time change places when the lines are turned round, and so may what is throttled
    // among them, but not how much.
    let folder = folder.file("backwards.jsonl", backwards);
    let turned = replay(&folder, &["backwards.jsonl"]).json();
    assert_eq!(turned["outcomes"], summary["outcomes"]);
}

#[test]
fn in_the_order_of_the_input_a_clock_that_goes_back_begins_a_new_window() {
    let call = |second: u32| {
        format!("{{\"ts\":{},\"grant\":\"g\",\"tool\":\"run_runbook\"}}\n", 1_772_359_200 + second)
    };
    let text: String = (0..8)
        .map(|_| call(5))
        .chain((0..1).map(|_| call(65)))
        .chain((0..8).map(|_| call(6)))
        .collect();
    let folder = Folder::new().file("t.jsonl", text);
    let throttled = |more: &[&str]| replay(&folder, more).json()["outcomes"]["throttle"].clone();
    assert_eq!(throttled(&["t.jsonl"]), 6, "sixteen calls in one minute");
    assert_eq!(throttled(&["--order", "input", "t.jsonl"]), 0);
}

#[test]
fn compressed_files_are_read_and_a_damaged_one_is_named() {
    use flate2::{Compression, write::GzEncoder};
    let text = trace(2_000).concat();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let folder = Folder::new()
        .file("t.jsonl", &text)
        .file("packed/t.jsonl.gz", &packed)
        .file("t.jsonl.zst", zstd::encode_all(text.as_bytes(), 1).unwrap())
        .file("cut.jsonl.gz", &packed[..packed.len() - 100]);
    let summary = replay(&folder, &["t.jsonl"]).json();
    assert_eq!(replay(&folder, &["packed"]).json(), summary, "a folder with a compressed file");
    assert_eq!(replay(&folder, &["t.jsonl.zst"]).json(), summary);
    let cut = replay(&folder, &["cut.jsonl.gz"]);
    assert_eq!(cut.status, 2);
    assert!(cut.err.contains("cut.jsonl.gz:") && cut.err.contains("damaged here"), "{}", cut.err);
    assert!(cut.json()["calls"].as_u64() > Some(1_000), "what came before counts");
}

/// The program with a stream for its standard input.
fn streaming(more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gatelint"))
        .args(["replay", "--policy", &policy()])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_an_endless_stream_with_its_summary() {
    let mut child = streaming(&["--format", "json", "-"]);
    let mut input = child.stdin.take().unwrap();
    let lines = trace(100);
    input.write_all(lines.concat().as_bytes()).unwrap();
    input.write_all(b"{\"ts\":17").unwrap();
    input.flush().unwrap();
    // Long enough for the lines to arrive; the stream stays open.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(input);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["calls"], 100);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn decisions_on_a_stream_come_as_soon_as_its_calls_do() {
    let mut child = streaming(&["--decisions", "--order", "input", "-"]);
    let mut input = child.stdin.take().unwrap();
    let mut decisions = BufReader::new(child.stdout.take().unwrap()).lines();
    for (index, line) in trace(3).iter().enumerate() {
        input.write_all(line.as_bytes()).unwrap();
        input.flush().unwrap();
        // Without the decision this waits for ever, since the stream stays open.
        let decision: serde_json::Value =
            serde_json::from_str(&decisions.next().unwrap().unwrap()).unwrap();
        assert_eq!(decision["n"], index + 1);
    }
    drop(input);
    assert!(decisions.next().is_none());
    assert!(child.wait().unwrap().success());
}
