//! One concept, one word, one option: what all commands have in common.

use crate::support::{Folder, fixture};

const OPEN: &str = r#"{"version":"1","default":"allow","tools":{}}"#;
const CLOSED: &str = r#"{"version":"1","default":"deny","tools":{"a":{}}}"#;
const INTERCEPT: &str = "version: \"1\"\ndefault: deny\ntools: {a: {rules: []}}\n";

#[test]
fn an_option_of_earlier_builds_names_what_says_the_same_now() {
    for (arguments, now) in [
        (&["lint", "--exit-zero"][..], "`--exit-zero` is now `--fail-on none`"),
        (&["diff", "a", "b", "--one-grant"], "`--one-grant` is now `--assume grants=one`"),
        (&["convert", "a", "--one-grant"], "`--one-grant` is now `--assume grants=one`"),
        (&["init", "--dialect", "v1"], "`--dialect` is now `--to NAME[@VERSION]`"),
        (&["init", "--what-if"], "`--what-if` is now `replay --what-if`"),
        (&["export", "a", "--to", "codex"], "`export` is now `convert --to claude-code|codex`"),
    ] {
        let run = Folder::new().run(arguments);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(now), "{arguments:?}: {}", run.err);
    }
    let unknown = Folder::new().run(&["lint", "--exit-one"]);
    assert!(unknown.status == 2 && unknown.err.contains("unexpected argument"), "{}", unknown.err);
}

#[test]
fn every_gate_takes_a_list_and_none() {
    let folder = Folder::new().file("open.json", OPEN).file("closed.json", CLOSED);
    for (arguments, failing, passing) in [
        (&["lint", "open.json"][..], "error,warning", "error"),
        (&["diff", "closed.json", "open.json"], "tightened,loosened", "tightened"),
        (
            &["explain", "--policy", "closed.json", "--call", r#"{"tool":"b"}"#],
            "throttle,deny",
            "throttle,indeterminate",
        ),
    ] {
        let status = |list: &str| folder.run(&[arguments, &["--fail-on", list]].concat()).status;
        assert_eq!([failing, passing, "none"].map(status), [1, 0, 0], "{arguments:?}");
        let unknown = folder.run(&[arguments, &["--fail-on", "everything"]].concat());
        assert_eq!(unknown.status, 2);
        assert!(unknown.err.contains("[possible values: "), "{}", unknown.err);
        let both = folder.run(&[arguments, &["--fail-on", &format!("{passing},none")]].concat());
        assert_eq!((both.status, both.out.as_str()), (2, ""), "{arguments:?}");
        assert!(both.err.contains("`--fail-on none` stands alone"), "{}", both.err);
    }
}

#[test]
fn every_timeout_is_a_time_or_a_number_of_seconds() {
    let folder = Folder::new()
        .file("open.json", OPEN)
        .file("tools.json", r#"{"tools": [{"name": "get_x"}]}"#)
        .file("s.yaml", "assertions: [{never: {tool: a}}]\n");
    for arguments in [
        &["diff", "open.json", "open.json"][..],
        &["convert", "open.json", "--to", "intercept"],
        &["catalogue", "import", "tools.json", "--server", "x"],
    ] {
        let run = |time: &str| folder.run(&[arguments, &["--timeout", time]].concat());
        for time in ["9", "9s", "900ms", "1m"] {
            assert!(!run(time).err.contains("--timeout"), "{arguments:?}: {}", run(time).err);
        }
        for time in ["0", "s", "9 s", "-1", "9days"] {
            assert_eq!(run(time).status, 2, "{arguments:?} {time}");
        }
    }
}

#[test]
fn calls_without_a_grant_are_counted_as_those_of_one_only_with_a_word() {
    let limited = r#"{"version": "1", "default": "deny", "tools": {"a": {"limits": [
        {"counter": "c", "window": "minute", "max": 30, "scope": "grant"}]}}}"#;
    let shared =
        "version: \"1\"\ndefault: deny\ntools: {a: {rules: [{name: r, rate_limit: 5/minute}]}}\n";
    let call = |grant: &str, second: u32| {
        format!(
            "{{\"tool\": \"a\", \"ts\": {second}, \"session\": \"s\"{grant}, \"args\": {{}}}}\n"
        )
    };
    let named = |name: &str| format!(", \"grant\": \"{name}\"");
    let folder = Folder::new()
        .file("p.json", limited)
        .file("q.yaml", shared)
        .file("none.jsonl", call("", 1) + &call("", 2))
        .file("some.jsonl", call("", 1) + &call("", 2) + &call(&named("x"), 3))
        .file("one.jsonl", call("", 1) + &call(&named("x"), 3))
        .file("all.jsonl", call(&named("y"), 1) + &call(&named("x"), 3));
    let said = |policy: &str, trace: &str, more: &[&str]| -> Vec<Option<String>> {
        let commands = [
            &["replay", "--policy", policy, trace][..],
            &["diff", policy, policy, "--trace", trace],
            &["explain", "--policy", policy, "--trace", trace, "--n", "2"],
            &["init", "--trace", trace],
        ];
        let note = |arguments: &&[&str]| {
            let run = folder.run(&[arguments, more].concat());
            let line =
                run.err.lines().find(|line| line.starts_with("note: ") && line.contains("grant"));
            assert_eq!(line.is_some(), run.err.contains("--grant-by"), "{}", run.err);
            line.map(str::to_owned)
        };
        commands.iter().map(note).collect()
    };
    let all = "note: no call names a grant, so that the limits count all of them as those of one";
    assert_eq!(said("p.json", "none.jsonl", &[]), vec![Some(all.to_owned()); 4]);
    let some =
        "note: 2 of 3 calls name no grant, so that the limits count these together as those of one";
    assert_eq!(said("p.json", "some.jsonl", &[]), vec![Some(some.to_owned()); 4]);
    for trace in ["one.jsonl", "all.jsonl"] {
        assert_eq!(said("p.json", trace, &[]), vec![None; 4]);
    }
    assert_eq!(said("p.json", "none.jsonl", &["--grant-by", "session"]), vec![None; 4]);
    // Counters that everybody shares do not ask whose a call is.
    assert_eq!(said("q.yaml", "none.jsonl", &[])[..3], [None, None, None]);
}

#[test]
fn a_dialect_is_named_with_or_without_its_version_wherever_a_policy_is_read() {
    let folder = Folder::new().file("p.yaml", INTERCEPT).file("t.jsonl", r#"{"tool":"a"}"#);
    for arguments in [
        &["lint", "p.yaml", "--fail-on", "error"][..],
        &["replay", "t.jsonl", "--policy", "p.yaml"],
        &["explain", "--policy", "p.yaml", "--call", r#"{"tool":"a"}"#],
        &["diff", "p.yaml", "p.yaml"],
        &["convert", "p.yaml", "--to", "v1@1"],
        &["convert", "p.yaml", "--to", "codex", "--as", "x"],
    ] {
        let run = |name: &str| folder.run(&[arguments, &["--dialect", name]].concat());
        for name in ["intercept", "intercept@1.1"] {
            assert_eq!(run(name).status, 0, "{arguments:?}: {}", run(name).err);
        }
        let other = run("v1");
        assert!(other.status > 0, "read as another dialect it is refused: {arguments:?}");
        let unknown = run("intercept@7");
        assert_eq!(unknown.status, 2);
        assert!(unknown.err.contains("intercept@1.1"), "{}", unknown.err);
    }
}

#[test]
fn a_policy_is_a_file_a_folder_or_that_of_a_server() {
    let folder = Folder::new()
        .file("one/policy.json", CLOSED)
        .file("one/package.json", "{}")
        .file("two/a.json", CLOSED)
        .file("two/b.json", OPEN)
        .file("none/package.json", "{}")
        .file("t.jsonl", "{\"server\":\"x\",\"tool\":\"b\"}\n{\"server\":\"y\",\"tool\":\"b\"}\n");
    let outcomes = |policy: &str| {
        let run = folder.run(&["replay", "t.jsonl", "--decisions", "--policy", policy]);
        assert_eq!(run.status, 0, "{}", run.err);
        run.json_lines().iter().map(|line| line["outcome"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes("one"), ["deny", "deny"]);
    assert_eq!(outcomes("x=one"), ["deny"], "the other server has no policy");
    let explained = |policy: &str, server: &str| {
        let call = format!(r#"{{"server":"{server}","tool":"b"}}"#);
        folder.run(&["explain", "--policy", policy, "--policy", "y=two/b.json", "--call", &call])
    };
    assert!(explained("x=one", "x").out.contains("deny"));
    assert!(explained("x=one", "y").out.contains("allow"));
    let uncovered = explained("x=one", "z");
    assert_eq!(uncovered.status, 2);
    assert!(uncovered.err.contains("the call is to server `z`, which has no policy"));
    for (policy, why) in [
        ("two", "two holds several policies, such as two/a.json and two/b.json"),
        ("none", "none holds no policy"),
        ("absent", "cannot read absent"),
    ] {
        let run = folder.run(&["replay", "t.jsonl", "--policy", policy]);
        assert_eq!(run.status, 2);
        assert!(run.err.contains(why), "{policy}: {}", run.err);
    }
    let config = "policies: [{files: two/a.json, server: x}, {files: two/b.json, server: y}]\n";
    let folder = folder.file("gatelint.yaml", config);
    let run = |policy: &str| folder.run(&["replay", "t.jsonl", "--decisions", "--policy", policy]);
    let outcomes: Vec<_> =
        run("two").json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["deny", "allow"]);
    let named = run("z=two");
    assert!(named.status == 2 && named.err.contains("two holds several policies"), "{}", named.err);
}

#[test]
fn a_result_goes_to_a_file_that_is_not_there_or_to_standard_output() {
    let policy = fixture("policies/seed/octopus-run-runbook.json");
    let trace = fixture("traces/runbook-burst.jsonl");
    for arguments in [
        &["convert", &policy, "--to", "intercept"][..],
        &["trace", "convert", &trace],
        &["init", "--server", "octopusdeploy/mcp-server"],
        &["convert", &policy, "--to", "codex", "--as", "x"],
    ] {
        let folder = Folder::new().file("there", "kept");
        let plain = folder.run(arguments);
        let run = |more: &[&str]| folder.run(&[arguments, more].concat());
        assert_eq!(run(&["-o", "-"]).out, plain.out, "{arguments:?}");
        assert!(!folder.path("-").exists());
        let refused = run(&["-o", "there"]);
        assert_eq!((refused.status, refused.out.as_str()), (2, ""), "{arguments:?}");
        assert!(refused.err.contains("there is there already"), "{}", refused.err);
        assert_eq!(std::fs::read_to_string(folder.path("there")).unwrap(), "kept");
        assert_eq!(run(&["-o", "there", "--force"]).status, plain.status);
        assert_eq!(std::fs::read_to_string(folder.path("there")).unwrap(), plain.out);
    }
}
