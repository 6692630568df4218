//! `gatelint trace stats`.

use super::MIXED;
use crate::support::{Folder, fixture};

#[test]
fn stats_say_what_is_in_a_trace_and_what_is_not_known() {
    let folder = Folder::new().file("t.jsonl", MIXED.to_owned() + "nonsense\n");
    let run = folder.run(&["trace", "stats", "t.jsonl"]);
    assert_eq!(run.status, 2);
    let expected = "7 calls in 1 file, 1970-01-01T00:00:05Z to 2026-03-01T10:00:00Z

  1 grant
  1 session
  1 server
  1 client
  2 tools

Files
  format  file
  record  t.jsonl

By tool
  calls  tool
      6  pay
      1  run

By server
  calls  server
      6  (not recorded)
      1  o

By client
  calls  client
      6  (not recorded)
      1  c

By grant
  calls  grant
      4  (not recorded)
      3  a

Arguments
  number  what
       1  known
       1  none
       2  not an object, or with a number beyond a 64-bit float
       1  only their names are known
       1  the arguments were hashed
       1  the arguments were cut off

Results
  number  what
       5  ok
       1  the tool failed
       1  server error

Recorded decisions
  number  what
       1  deny

What is missing
  number  what
       2  calls without a time
       1  lines that are not valid
";
    assert_eq!(run.out, expected);
    let json = folder.run(&["trace", "stats", "t.jsonl", "--format", "json"]).json();
    assert_eq!(json["files"][0]["format"], "record");
    assert_eq!(json["bad_line_examples"][0]["line"], 8);
}

#[test]
fn stats_tell_the_format_of_each_file() {
    let run = Folder::new().run(&["trace", "stats", "--format", "json", &fixture("traces")]);
    let output = run.json();
    let mut formats: Vec<&str> = output["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| {
            ["mcp-everything", "mcp-filesystem", "runbook-burst"]
                .iter()
                .any(|name| file["file"].as_str().unwrap().contains(name))
        })
        .map(|file| file["format"].as_str().unwrap())
        .collect();
    formats.sort();
    assert_eq!(formats, ["mcp", "mcp", "record"]);
}

#[test]
fn hostile_names_are_escaped_and_an_empty_trace_is_nothing() {
    let folder = Folder::new().file("t.jsonl", "{\"tool\":\"\\u001b[31m\\u202e\"}\n");
    for more in [&["stats"][..], &["stats", "--format", "json"], &["convert"]] {
        let run = folder.run(&[&["trace"], more, &["t.jsonl"]].concat());
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(run.out.contains("[31m") && !run.out.contains(['\x1b', '\u{202e}']), "{}", run.out);
    }
    let folder = Folder::new().file("t.jsonl", "");
    for command in ["stats", "convert"] {
        let run = folder.run(&["trace", command, "t.jsonl"]);
        assert_eq!((run.status, run.out.as_str()), (3, ""), "{}", run.err);
        assert_eq!(folder.run(&["trace", command, "t.jsonl", "--allow-empty"]).status, 0);
    }
}
