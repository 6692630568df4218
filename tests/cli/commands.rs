//! Commands that are shown to be copied, as a shell takes them.

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Run};

const CLOSED: &str = r#"{"version": "1", "default": "deny", "tools": {}}"#;
const OPEN: &str = r#"{"version": "1", "default": "deny", "tools": {"drop": {}}}"#;

/// What a shell makes of a command.
fn shell(folder: &Folder, command: &str) -> Run {
    let program = Path::new(env!("CARGO_BIN_EXE_gatelint")).parent().unwrap().to_owned();
    let rest = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder.path(""));
    let output = shell.env("PATH", format!("{}:{rest}", program.display())).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The command that stands in a text from some words on, up to what ends it.
fn shown<'t>(text: &'t str, start: &str, end: char) -> &'t str {
    let at = text.find(start).unwrap_or_else(|| panic!("no `{start}` in {text}"));
    text[at..].split(end).next().unwrap()
}

const NAMES: [&str; 6] =
    ["b.json", "-b.json", "--policy", "-a b.json", "it's $(touch hole).json", "--home=x.json"];

#[test]
fn a_policy_is_explained_whatever_its_name_begins_with() {
    for name in NAMES {
        let folder = Folder::with(&[("a.json", CLOSED), (name, OPEN)]);
        for form in ["human", "markdown"] {
            let run = folder.run(&["diff", "--format", form, "--", "a.json", name]);
            let copied = shell(&folder, shown(&run.out, "gatelint explain", '\n'));
            assert_eq!(copied.status, 0, "{}{}", run.out, copied.err);
            assert!(copied.out.contains("\nallow"), "{}", copied.out);
        }
        let folder = folder.file("must.yaml", "statements: [{deny: drop}]");
        let run = folder.run(&["assert", "--", "must.yaml", name]);
        let copied = shell(&folder, shown(&run.out, "gatelint explain", '\n'));
        assert_eq!(copied.status, 0, "{}{}", run.out, copied.err);
        assert!(!folder.path("hole").exists());
    }
}

#[test]
fn the_home_by_which_permissions_are_read_stays_a_value() {
    let text = |list: &str| format!(r#"{{"permissions": {{"allow": [{list}]}}}}"#);
    let folder = Folder::with(&[("--call/.claude/settings.json", "{}")])
        .file("a.json", text(""))
        .file("b.json", text(r#""mcp__hub__push""#));
    let run =
        folder.run(&["diff", "--dialect=claude-code", "--home=--call", "--", "a.json", "b.json"]);
    let copied = shell(&folder, shown(&run.out, "gatelint explain", '\n'));
    assert_eq!(copied.status, 0, "{}{}{}", run.out, run.err, copied.err);
}

#[test]
fn a_baseline_is_written_where_it_is_said_to_be_missing() {
    for name in NAMES {
        let folder = Folder::with(&[("p.json", OPEN)]);
        let run = folder.run(&["lint", &format!("--baseline={name}"), "p.json"]);
        assert_eq!(run.status, 2, "{}", run.out);
        let copied = shell(&folder, shown(&run.err, "gatelint lint", '`'));
        assert!(folder.path(name).exists(), "{}{}", run.err, copied.err);
    }
}

#[test]
fn a_path_that_is_no_text_is_one_everywhere() {
    let folder = Folder::with(&[("p.json", OPEN), ("t.jsonl", "{\"tool\": \"drop\"}\n")]);
    let name = "name=$(printf 'a\\377.json'); cp p.json \"$name\"";
    for command in [
        "replay --policy \"$name\" t.jsonl",
        "explain --policy \"$name\" --trace t.jsonl --n 1",
        "diff p.json \"$name\"",
        "convert p.json --to intercept -o \"$name.out\"",
        "record -o \"$name.jsonl\" -- true",
    ] {
        let run = shell(&folder, &format!("{name}; gatelint {command}"));
        assert_eq!(run.status, 0, "{command}: {}{}", run.out, run.err);
    }
}

#[test]
fn a_server_is_shown_whatever_its_name_begins_with() {
    let catalogue = r#"{"tools": [{"name": "drop", "inputSchema": {"type": "object"}}]}"#;
    let folder = Folder::with(&[("-a b.json", catalogue)]);
    let with = "--catalogue=-a b.json";
    let run = folder.run(&["catalogue", "explain", with, "--server=-a b", "xyz"]);
    let command = shown(&run.err, "gatelint catalogue show", '`');
    let copied = shell(&folder, &command.replace("show", &format!("show '{with}'")));
    assert_eq!(
        (copied.status, copied.out.contains("drop")),
        (0, true),
        "{}{}",
        run.err,
        copied.err
    );
}
