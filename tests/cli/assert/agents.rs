//! Statements under permission files of agents.

use crate::support::{Folder, Run};

/// What statements come to under settings of Claude Code.
fn under_claude(permissions: &str, statements: &str) -> Run {
    let settings = format!("{{\"permissions\": {permissions}}}");
    let folder = Folder::new()
        .file("app/.claude/settings.json", settings)
        .file("must.yaml", format!("assert:\n{statements}"));
    folder.run(&["assert", "must.yaml", "app", "--format", "json"])
}

#[test]
fn statements_hold_under_permission_files_where_a_tool_is_denied_or_asked_about_as_a_whole() {
    let permissions = r#"{"deny": ["WebFetch", "mcp__hub"], "ask": ["Bash"]}"#;
    let statements = "  - deny: WebFetch\n  - deny: mcp__hub__*\n  - ask: WebFetch\n  - deny: Bash\n  - limit: WebFetch\n    max: 1\n    window: day\n";
    let run = under_claude(permissions, statements);
    let answers = run.json()["policies"][0]["answers"].clone();
    let verdicts: Vec<&str> = (0..5).map(|at| answers[at]["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["proved", "proved", "proved", "fails", "proved"], "{answers:#}");
    assert_eq!((run.status, &answers[3]["call"]["tool"]), (1, &"Bash".into()));
}

#[test]
fn a_statement_about_commands_is_answered_with_one_that_runs_unasked() {
    let statements = "  - name: no push unasked\n    ask: Bash\n    when: [{path: args.command, op: contains, value: git push}]\n";
    for (permissions, verdict) in [
        (r#"{"allow": ["Bash(git:*)"]}"#, "fails"),
        (r#"{"allow": ["Bash(git:*)"], "ask": ["Bash(git push:*)"]}"#, "fails"),
        (r#"{"deny": ["Bash"]}"#, "proved"),
        (r#"{"ask": ["Bash"], "disableBypassPermissionsMode": "disable"}"#, "proved"),
    ] {
        let run = under_claude(permissions, statements);
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], verdict, "{permissions}: {answer:#}");
        if verdict == "fails" {
            let command = answer["call"]["args"]["command"].as_str().unwrap();
            assert!(command.contains("git push"), "{command}");
        }
    }
}

#[test]
fn what_is_allowed_or_left_to_the_default_is_asked_of_permission_files_too() {
    let permissions = r#"{"allow": ["mcp__hub__read", "Bash(git status)"], "deny": ["mcp__hub__drop", "WebFetch"]}"#;
    let status = "[{path: args.command, op: eq, value: git status}]";
    for (statement, verdict) in [
        ("allow: mcp__hub__read".to_owned(), "proved"),
        ("allow: mcp__hub__write".to_owned(), "fails"),
        ("allow: [mcp__hub__read, mcp__hub__drop]".to_owned(), "fails"),
        ("deny: [WebFetch, mcp__hub__drop]".to_owned(), "proved"),
        ("allow: Bash".to_owned(), "fails"),
        // What becomes of a command is more than rules say.
        (format!("allow: Bash\n    when: {status}"), "unknown"),
        (format!("deny: Bash\n    unless: {status}"), "fails"),
        ("limit: {category: Execute}\n    max: 3\n    window: day".to_owned(), "fails"),
        ("default: deny".to_owned(), "fails"),
    ] {
        let run = under_claude(permissions, &format!("  - {statement}\n"));
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], verdict, "{statement}: {answer:#}");
        if statement.contains("unless") {
            assert_ne!(answer["args"]["command"], "git status");
        }
    }
}

#[test]
fn a_denial_of_the_highest_priority_is_proved_of_calls_as_a_whole() {
    let rule = |tool: &str, more: &str| {
        format!("[[rule]]\ntoolName = \"{tool}\"\n{more}\npriority = 999\n\n")
    };
    let deny = "decision = \"deny\"";
    let statements = "assert:\n  - deny: run_shell_command\n  - ask: write_file\n  - deny: \"*\"\n";
    for (rules, verdicts) in [
        (rule("run_shell_command", deny), ["proved", "fails", "fails"]),
        (rule("write_file", "decision = \"ask_user\""), ["fails", "proved", "fails"]),
        (rule("*", deny), ["proved", "proved", "proved"]),
        // What is not denied in every mode, or not with all arguments, runs.
        (
            rule("run_shell_command", &format!("{deny}\nmodes = [\"default\"]")),
            ["fails", "fails", "fails"],
        ),
        (
            rule("run_shell_command", &format!("{deny}\ncommandPrefix = \"git\"")),
            ["fails", "fails", "fails"],
        ),
    ] {
        let folder = Folder::new().file("a.toml", &rules).file("must.yaml", statements);
        let run = folder.run(&["assert", "must.yaml", "a.toml", "--format", "json"]);
        let answers = run.json()["policies"][0]["answers"].clone();
        let said: Vec<&str> = (0..3).map(|at| answers[at]["verdict"].as_str().unwrap()).collect();
        assert_eq!(said, verdicts, "{rules}: {answers:#}");
    }
}

#[test]
fn what_permission_files_do_not_deny_is_shown_by_a_call_that_the_statement_suggests() {
    // `curlx` is another program, which no rule names.
    let download = "deny: Bash\n    when: [{path: args.command, op: regex, value: ^curl}]";
    let permissions = r#"{"allow": ["Bash(git:*)"], "deny": ["Bash(curl:*)"]}"#;
    for statement in [download, "limit: Bash\n    max: 5\n    window: minute"] {
        let run = under_claude(permissions, &format!("  - {statement}\n"));
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], "fails", "{statement}: {answer:#}");
        assert_eq!(answer["call"]["mode"], "default", "{answer:#}");
        let command = answer["args"]["command"].as_str().unwrap();
        assert_eq!(command.starts_with("curl"), statement == download, "{command}");
    }
}
