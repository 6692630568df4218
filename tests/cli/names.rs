//! Names by any part that stands for one thing alone: rules, servers, tools, values of options.

use crate::support::{Folder, Run};

const OPEN: &str = r#"{"version": "1", "default": "allow", "tools": {}}"#;

fn run(arguments: &[&str]) -> Run {
    Folder::with(&[("p.json", OPEN)]).run(arguments)
}

#[test]
fn a_part_of_a_name_stands_for_what_alone_has_it() {
    for (arguments, meant) in [
        (&["rule", "evaded"][..], "evaded-deny\n"),
        (&["catalogue", "show", "omodo-mc"], "myrikld/komodo-mcp "),
        (&["catalogue", "explain", "run_pro", "--server", "komodo"], "run_procedure\n"),
        (&["init", "--server", "omodo-mc", "--tool", "run_pro"], "\"run_procedure\""),
        (
            &["lint", "p.json", "--fail-on", "none", "--select", "default-al", "--format", "conc"],
            "default-allow",
        ),
        (&["convert", "p.json", "--to=CLAUDE", "--as", "x"], "\"permissions\""),
    ] {
        let run = run(arguments);
        assert!(run.out.contains(meant), "{arguments:?}: {}{}", run.out, run.err);
    }
}

#[test]
fn a_server_by_a_part_is_the_one_that_a_policy_is_judged_against() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"run_procedure": {}}}"#;
    let folder = Folder::with(&[("p.json", policy)]);
    let (_, whole) =
        folder.run_json(&["lint", "p.json", "--server", "myrikld/komodo-mcp", "--format", "json"]);
    let (_, part) =
        folder.run_json(&["lint", "p.json", "--server", "omodo-mc", "--format", "json"]);
    assert_eq!(part["findings"], whole["findings"]);
    assert!(whole["findings"].to_string().contains("Execute"), "{whole}");
}

#[test]
fn a_part_that_several_have_names_them() {
    for (arguments, said) in [
        (&["rule", "anchored"][..], "use `misanchored-path` or `unanchored-regex`"),
        (&["init", "--server", "komodo", "--tool", "delete"], "`delete_server`"),
        (
            &["lint", "p.json", "--ignore", "anchored"],
            "use `misanchored-path` or `unanchored-regex`",
        ),
        (&["lint", "p.json", "--format", "json", "--fail-on", "r"], "possible values: error"),
        (&["lint", "p.json", "--dialect", "cod"], "invalid value 'cod'"),
    ] {
        let run = run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.out);
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn a_server_in_a_trace_is_never_taken_for_one_that_has_its_name_as_a_part() {
    let call = r#"{"at":"2026-03-01T10:00:00Z","tool":"t","server":"omodo-mc","args":{}}"#;
    let folder = Folder::with(&[("t.jsonl", call)]);
    let run = folder.run(&["init", "--trace", "t.jsonl", "--server", "omodo-mc"]);
    assert!(run.out.contains("\"t\""), "{}{}", run.out, run.err);
    assert!(run.err.contains("policy for omodo-mc: 1 tool"), "{}", run.err);
}
