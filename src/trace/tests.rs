//! Whole traces, from files of every kind.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::*;

/// The tools of a trace in the order in which it gives its calls, with its bad lines.
fn read_paths(paths: &[PathBuf], sorted: bool) -> Vec<String> {
    let mut trace = Trace::open(paths, TraceOptions::default()).unwrap();
    if sorted {
        trace.sort().unwrap();
    }
    let mut seen = Vec::new();
    let visit = |item: Item<'_, '_>| match item {
        Item::Calls(calls) => seen.extend(calls.iter().map(|call| call.tool.to_string())),
        Item::Bad(bad) => seen.push(format!("bad line {}: {}", bad.line, bad.reason)),
    };
    trace.for_each(visit).unwrap();
    seen
}

/// The same for files of a folder; what is sorted and what need not be must not differ.
fn read(files: &[&[u8]]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (index, bytes) in files.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{index}.jsonl")), bytes).unwrap();
    }
    let paths = [folder.path().to_owned()];
    let seen = read_paths(&paths, false);
    let mut in_any_order = [seen.clone(), read_paths(&paths, true)];
    in_any_order.iter_mut().for_each(|seen| seen.sort());
    assert_eq!(in_any_order[0], in_any_order[1]);
    seen
}

fn read_text(files: &[&str]) -> Vec<String> {
    read(&files.iter().map(|text| text.as_bytes()).collect::<Vec<_>>())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_file_out_of_order_is_put_in_order_stably() {
    let file = "{\"tool\":\"c\",\"ts\":3}\n\n{\"tool\":\"a\",\"ts\":1}\n{\"tool\":\"b1\",\"ts\":2}\n{\"tool\":\"b2\",\"ts\":2}\n";
    assert_eq!(read_text(&[file]), ["a", "b1", "b2", "c"]);
}

#[test]
fn files_are_merged_by_time_and_then_by_their_order() {
    let first = "{\"tool\":\"a1\",\"ts\":1}\n{\"tool\":\"c1\",\"ts\":3}\n";
    let second = "{\"tool\":\"a2\",\"ts\":1}\n{\"tool\":\"b2\",\"ts\":2}\n{\"tool\":\"untimed\"}\n";
    assert_eq!(read_text(&[first, second]), ["a1", "a2", "b2", "untimed", "c1"]);
}

#[test]
fn files_that_follow_each_other_in_time_need_no_sorting() {
    let later = "{\"tool\":\"c\",\"ts\":3}\n{\"tool\":\"d\",\"ts\":4}\n";
    let earlier = "{\"tool\":\"a\",\"ts\":1}\n{\"tool\":\"b\",\"ts\":3}\n";
    let folder = tempfile::tempdir().unwrap();
    let paths = [
        write(folder.path(), "1", later.as_bytes()),
        write(folder.path(), "2", earlier.as_bytes()),
    ];
    let mut trace = Trace::open(&paths, TraceOptions::default()).unwrap();
    trace.ensure_order().unwrap();
    assert!(matches!(trace.state, State::Straight { .. }));
    assert_eq!(read_text(&[later, earlier]), ["a", "b", "c", "d"]);
}

#[test]
fn bad_lines_are_named_and_stop_nothing() {
    let file = "{\"tool\":\"a\"}\nnot json\n{\"tool\":\"b\"}\r\n{\"tool\":";
    let seen = read_text(&[file]);
    assert_eq!([&seen[0], &seen[2]], ["a", "b"]);
    assert!(seen[1].starts_with("bad line 2: ") && seen[3].starts_with("bad line 4: "), "{seen:?}");
}

#[test]
fn lines_that_are_not_text_are_bad_and_the_others_are_read() {
    let seen = read(&[b"{\"tool\":\"a\"}\n{\"tool\":\"\xff\"}\n\n{\"tool\":\"b\"}\n"]);
    assert_eq!(seen, ["a", "bad line 2: not UTF-8 at byte 10", "b"]);
}

#[test]
fn a_list_stands_for_its_elements_and_a_document_may_run_over_lines() {
    let call = |tool| format!("{{\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\"}}}}");
    let seen = read_text(&[&format!("[{},{{}},{}]\n", call("a"), call("b"))]);
    assert_eq!(seen[..2], ["a", "b"]);
    assert!(seen[2].starts_with("bad line 1: "), "{seen:?}");
    let document = "[\n{\"method\": \"tools/call\",\n \"params\": {\"name\": \"c\"}}]\n";
    assert_eq!(read_text(&[document]), ["c"]);
    let records = "[\n  {\"tool\": \"a\"},\n  {\"tool\": 7},\n  {\n    \"tool\": \"b\"\n  }\n]\n";
    let seen = read_text(&[records]);
    assert_eq!([&seen[0], &seen[2]], ["a", "b"]);
    assert!(seen[1].starts_with("bad line 3: "), "{seen:?}");
}

#[test]
fn an_empty_file_is_an_empty_trace_and_another_file_is_none() {
    assert_eq!(read(&[b""]), [""; 0]);
    assert_eq!(read(&[b"\n \n"]), [""; 0]);
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "notes.txt", b"hello\nworld\n");
    let error = Trace::open(&[path], TraceOptions::default()).err().unwrap();
    assert!(error.to_string().contains("is not a trace"));
}

#[test]
fn compressed_files_are_unpacked_and_what_is_cut_off_is_named() {
    let text: String = (0..40_000)
        .map(|index| format!("{{\"tool\":\"t{index}\",\"args\":{{\"a\":{}}}}}\n", index * 7_919))
        .collect();
    let expected = read_text(&[&text]);
    let folder = tempfile::tempdir().unwrap();
    let packed = gzip(&text);
    let twice = [gzip("{\"tool\":\"first\"}\n"), packed.clone()].concat();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes, extra) in [("a", &packed, 0), ("b", &twice, 1), ("c", &zstd, 0)] {
        let seen = read_paths(&[write(folder.path(), name, bytes)], false);
        assert!(seen[extra..] == expected[..], "{name}: {} calls", seen.len());
    }
    for (name, bytes) in [("d", &packed), ("e", &zstd)] {
        let cut = write(folder.path(), name, &bytes[..bytes.len() / 2]);
        for sorted in [false, true] {
            let seen = read_paths(std::slice::from_ref(&cut), sorted);
            let (bad, calls) = seen.split_last().unwrap();
            assert!(bad.contains("the compressed data ends or is damaged here"), "{bad}");
            // All that was unpacked counts but for the line that was cut off.
            let whole = calls.iter().filter(|call| !call.starts_with("bad line")).count();
            assert!(whole > 100 && calls[..whole] == expected[..whole], "{whole} calls");
        }
    }
}

#[test]
fn a_huge_line_is_read_or_named_like_any_other() {
    let long = "x".repeat(3 << 20);
    let file = format!(
        "{{\"tool\":\"a\"}}\n{{\"tool\":\"b\",\"args\":{{\"x\":\"{long}\"}}}}\n{long}\n{{\"tool\":\"c\"}}\n"
    );
    let seen = read_text(&[&file]);
    assert_eq!([&*seen[0], &*seen[1], &*seen[3]], ["a", "b", "c"]);
    assert!(seen[2].starts_with("bad line 3: "));
}

#[test]
fn a_large_document_is_read_in_parts_wherever_it_lies_and_a_torn_one_is_bad() {
    let text = r#"a text with \"quotes\" and }]\n"#.repeat(150);
    let messages: Vec<String> = (0..600)
        .map(|index| {
            format!(
                r#"{{"id":"m{index}","type":"gemini","content":"{text}","toolCalls":[{{"id":"{index}","name":"mcp_notes_t{index}","args":{{}}}}]}}"#
            )
        })
        .collect();
    // What tells the format and the session stands behind all that is large.
    let end = r#""projectHash":"h","sessionId":"s","lastUpdated":"2026-03-01T10:00:00Z"}"#;
    let line = format!("{{\"messages\":[{}],{end}\n", messages.join(","));
    let lines = format!("{{\n\"messages\": [\n{}\n],\n{end}\n", messages.join(",\n"));
    let expected: Vec<String> = (0..600).map(|index| format!("t{index}")).collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("a.json", line.clone().into_bytes()),
        ("b.json", lines.into_bytes()),
        ("c.gz", gzip(&line)),
    ] {
        let path = write(folder.path(), name, &bytes);
        assert!(read_paths(std::slice::from_ref(&path), false) == expected, "{name}");
        let trace = Trace::open(&[path], TraceOptions::default()).unwrap();
        trace
            .for_each(|item| match item {
                Item::Calls(calls) => {
                    assert!(calls.iter().all(|call| (&*call.session, call.line) == ("s", 1)));
                }
                Item::Bad(bad) => panic!("{bad:?}"),
            })
            .unwrap();
    }
    let torn = line.trim_end().strip_suffix('}').unwrap();
    let options = TraceOptions { format: Format::named("gemini-cli"), ..TraceOptions::default() };
    let trace = Trace::open(&[write(folder.path(), "d.json", torn.as_bytes())], options).unwrap();
    let (mut bad, mut count) = (Vec::new(), 0);
    trace
        .for_each(|item| match item {
            Item::Calls(calls) => {
                assert!(calls.iter().all(|call| call.session == "s"));
                count += calls.len();
            }
            Item::Bad(line) => bad.push((line.line, line.reason)),
        })
        .unwrap();
    assert_eq!(count, 600, "all that stands before the tear");
    assert!(bad.len() == 1 && bad[0].0 == 1 && bad[0].1.starts_with("not JSON"), "{bad:?}");
}

#[test]
fn packed_messages_are_known_by_a_call_that_comes_late_too() {
    let plain = format!(r#"{{"role":"user","content":"{}"}}"#, "x".repeat(20_000));
    let call = r#"{"role":"assistant","content":[{"type":"tool-call","toolCallId":"1","toolName":"late","input":{}}]}"#;
    let list = format!("[{}{call}]", format!("{plain},").repeat(200));
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.json", list.clone().into_bytes()), ("b.gz", gzip(&list))] {
        let path = write(folder.path(), name, &bytes);
        assert_eq!(read_paths(&[path], false), ["late"], "{name}");
    }
}

#[test]
fn a_transcript_that_goes_on_from_another_repeats_its_calls_and_they_count_once() {
    let line = |session: &str, id: &str, tool: &str, second: u32| {
        format!(
            "{{\"type\":\"assistant\",\"sessionId\":\"{session}\",\"timestamp\":\"2026-03-01T10:00:{second:02}Z\",\"message\":{{\"role\":\"assistant\",\"content\":[{{\"type\":\"tool_use\",\"id\":\"{id}\",\"name\":\"mcp__notes__{tool}\",\"input\":{{}}}}]}}}}\n"
        )
    };
    let first = line("s1", "toolu_1", "a", 1) + &line("s1", "toolu_2", "b", 2);
    let resumed = line("s2", "toolu_1", "a", 1) + &line("s2", "toolu_3", "c", 3);
    assert_eq!(read_text(&[&first, &resumed]), ["a", "b", "c"]);
}
