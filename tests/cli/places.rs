//! Folders of projects that are given for a policy: whose files count, which do not, and what cannot be read.

use crate::support::Folder;

const CALL: &str = "{\"tool\":\"Bash\",\"args\":{\"command\":\"git push\"}}\n";
const SETTINGS: &str = r#"{"permissions": {"deny": ["Bash(git push *)"]}}"#;

#[test]
fn every_agent_with_files_in_a_folder_is_named_with_the_option_that_chooses() {
    let folder = Folder::new()
        .file("t.jsonl", CALL)
        .file("p/.claude/settings.json", SETTINGS)
        .file("p/.codex/rules/a.rules", "prefix_rule([\"git\"], \"prompt\")\n")
        .file("p/.gemini/settings.json", r#"{"tools": {"exclude": ["glob"]}}"#)
        .file("p/opencode.json", r#"{"permission": {"bash": "ask"}}"#);
    for command in [vec!["config"], vec!["replay", "t.jsonl"]] {
        let run = folder.run(&[&command[..], &["--policy", "p"]].concat());
        assert_eq!(run.status, 2);
        for part in [
            "OpenCode, Codex, Gemini CLI, Claude Code",
            "--dialect `opencode`, `codex`, `gemini` or `claude-code`",
        ] {
            assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
        }
        let run = folder.run(&[&command[..], &["--policy", "p", "--dialect", "codex"]].concat());
        assert_eq!(run.status, 0, "{}", run.err);
    }
}

#[test]
fn a_file_that_is_named_is_said_to_be_judged_alone() {
    let folder = Folder::new().file("t.jsonl", CALL).file("p/.claude/settings.json", SETTINGS);
    let run = folder.run(&["replay", "t.jsonl", "--policy", "p/.claude/settings.json"]);
    let told = "note: p/.claude/settings.json is judged alone: no other file of Claude Code counts\n  help: --policy p takes in what else applies there\n";
    assert!(run.err.contains(told), "{}", run.err);
    let run = folder.run(&["replay", "t.jsonl", "--policy", "p"]);
    assert!(!run.err.contains("alone"), "{}", run.err);
    // A gateway's policy is all there is.
    let folder = Folder::new()
        .file("t.jsonl", CALL)
        .file("a.json", r#"{"version": "1", "default": "deny", "tools": {}}"#);
    assert_eq!(folder.run(&["replay", "t.jsonl", "--policy", "a.json"]).err, "");
}

#[test]
fn policies_that_the_agent_does_not_read_are_told_where_its_files_are_put_together() {
    let rule = "[[rule]]\ntoolName = \"glob\"\ndecision = \"deny\"\npriority = 5\n";
    let folder = Folder::new()
        .file("p/.gemini/policies/a.toml", rule)
        .file("p/.gemini/settings.json", r#"{"tools": {"exclude": ["web_fetch"]}}"#);
    let run = folder.run(&["config", "--policy", "p"]);
    assert!(run.err.contains("p/.gemini/policies/a.toml is not read: Gemini CLI"), "{}", run.err);
    assert!(!run.out.contains("a.toml"), "{}", run.out);
    let run = folder.run(&["config", "--policy", "p", "--home", "p"]);
    assert!(!run.err.contains("is not read") && run.out.contains("a.toml:1"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_at_the_place_of_a_permission_file_is_named_and_nothing_hangs() {
    use std::fs;
    use std::os::unix::fs::symlink;
    type Make = fn(&std::path::Path);
    let cases: [(Make, &str); 5] = [
        (
            |path| symlink("gone", path.join(".claude")).unwrap(),
            "p/.claude: it is a link that leads nowhere",
        ),
        (
            |path| symlink(".claude", path.join(".claude")).unwrap(),
            "p/.claude: it is a link that leads in a circle",
        ),
        (
            |path| {
                fs::create_dir_all(path.join(".claude")).unwrap();
                symlink("settings.json", path.join(".claude/settings.json")).unwrap();
            },
            "p/.claude/settings.json: it is a link that leads in a circle",
        ),
        (
            |path| fs::create_dir_all(path.join(".claude/settings.json")).unwrap(),
            "p/.claude/settings.json: it is a folder, where a file is looked for",
        ),
        (
            |path| {
                fs::create_dir_all(path.join(".claude")).unwrap();
                let pipe = path.join(".claude/settings.json");
                assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
            },
            "p/.claude/settings.json: it is a pipe, a socket or a device",
        ),
    ];
    for (make, told) in cases {
        let folder = Folder::new().file("t.jsonl", CALL).file("p/readme", "");
        make(&folder.path("p"));
        for command in [
            vec!["config", "--policy", "p"],
            vec!["replay", "t.jsonl", "--policy", "p"],
            vec!["diff", "p", "p", "--dialect", "claude-code"],
            vec!["lint", "p"],
            vec!["lint", "p/.claude/settings.json"],
        ] {
            let run = folder.run(&command);
            let is_named = command == ["lint", "p/.claude/settings.json"];
            if !is_named {
                assert!(
                    run.err.contains(&format!("cannot read {told}")),
                    "{command:?}: {}",
                    run.err
                );
                assert!(run.err.contains("  help: remove it, or put"), "{}", run.err);
            }
            assert!(run.status >= 2, "{command:?}: {} {}", run.status, run.err);
        }
    }
}

#[test]
fn a_project_that_the_home_does_not_trust_is_said_not_to_count() {
    let rules = "prefix_rule(pattern=[\"npm\",\"publish\"], decision=\"forbidden\")\n";
    let folder =
        Folder::new().file("p/.codex/rules/d.rules", rules).file("h/.codex/config.toml", "");
    let arguments = ["config", "--policy", "p", "--dialect", "codex"];
    let told = "no file of the project counts";
    let run = folder.run(&[&arguments[..], &["--home", "h"]].concat());
    assert!(
        run.err.contains(told) && !run.out.contains("`npm` `publish`"),
        "{}{}",
        run.out,
        run.err
    );
    let run = folder.run(&arguments);
    assert!(
        !run.err.contains(told) && run.out.contains("`npm` `publish`"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn a_permission_file_that_is_too_large_to_be_read_is_an_error_and_never_left_out() {
    let large = format!("{SETTINGS}{}", " ".repeat(8 << 20));
    let folder = Folder::new()
        .file("t.jsonl", CALL)
        .file("p/.claude/settings.json", large)
        .file("p/.claude/settings.local.json", r#"{"permissions": {"allow": ["Bash(*)"]}}"#);
    for command in [vec!["replay", "t.jsonl", "--policy", "p"], vec!["diff", "p", "p"]] {
        let run = folder.run(&command);
        assert_eq!(run.status, 2, "{}", run.out);
        let told = "cannot read p/.claude/settings.json: it is larger than 8388608 bytes";
        assert!(run.err.contains(told), "{}", run.err);
    }
}

/// A file of rules that is no text is refused by Codex, with every other; a byte-order mark stands before all that is
/// shown.
#[test]
fn files_of_agents_that_cannot_be_read_are_found_whatever_their_bytes_are() {
    let rule = &b"prefix_rule(pattern=[\"git\"], decision=\"forbidden\")\n\xff\xfe"[..];
    let marked = &b"\xef\xbb\xbf{\"tools\": {\"exclude\": [\"run_shell_command\"]}}"[..];
    let folder =
        Folder::new().file("c/.codex/rules/a.rules", rule).file("g/.gemini/settings.json", marked);
    for project in ["c", "g"] {
        let run = folder.run(&["lint", project]);
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        assert!(run.out.starts_with("error[file-dropped]"), "{}", run.out);
        assert!(!run.out.contains("Failed to read"), "{}", run.out);
    }
}
