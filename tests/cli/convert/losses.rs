//! What `gatelint convert` says and does of what another agent cannot be told.

use super::agents::{agents, converted, outcome};
use crate::support::Folder;

#[test]
fn what_may_not_be_changed_is_refused_to_commands_as_well() {
    let policy = r#"{"permissions": {"deny": ["Edit(secret/**)"], "allow": ["Bash(npm test)"]}}"#;
    let folder = Folder::new().file("settings.json", policy);
    let text = converted(&folder, "settings.json", "claude-code", "gemini", &[]).out;
    let command = |command: &str| {
        outcome(&text, "gemini", "run_shell_command", &serde_json::json!({"command": command}))
    };
    for denied in ["rm secret/x", "echo x > secret/a", "cp a secret/b", "touch SECRET/c"] {
        assert_eq!(command(denied), "deny", "{denied}");
    }
    assert_eq!(command("npm test"), "allow");
}

#[test]
fn denials_of_tools_of_whichever_server_are_written_or_named() {
    let policy =
        r#"{"permission": {"*_drop": "deny", "bash": {"*": "ask", "git log *": "allow"}}}"#;
    let folder = Folder::new()
        .file("opencode.json", policy)
        .file("codex/opencode.json", r#"{"permission": {"*_drop": "deny", "db_query": "ask"}}"#);
    let of_claude = converted(&folder, "opencode.json", "opencode", "claude-code", &[]);
    assert_eq!(of_claude.json()["permissions"]["deny"], serde_json::json!(["mcp__*_drop"]));
    let of_gemini = converted(&folder, "opencode.json", "opencode", "gemini", &[]).out;
    assert!(
        of_gemini.contains("mcpName = \"*\"\ntoolName = \"*\"\ndecision = \"deny\""),
        "{of_gemini}"
    );
    // Codex is told of servers by their names, so that a server nobody named is not met.
    let run = converted(&folder, "codex/opencode.json", "opencode", "codex", &[]);
    assert_eq!(run.status, 1, "{}", run.err);
    assert!(run.err.contains("denials of `*_drop` hold for those alone"), "{}", run.err);
    assert!(run.err.contains(r#""tool":"drop"}', from deny to "#), "{}", run.err);
}

#[test]
fn what_runs_unasked_is_named_by_few_letters_that_no_allowed_command_begins_with() {
    let folder = agents();
    let run = converted(&folder, "opencode.json", "opencode", "claude-code", &[]);
    let settings = run.json();
    let list = |name: &str| -> Vec<String> {
        let rules = settings["permissions"][name].as_array().unwrap().iter();
        rules.map(|rule| rule.as_str().unwrap().to_owned()).collect()
    };
    let of_commands = list("ask").iter().filter(|rule| rule.starts_with("Bash(")).count();
    assert!((10..40).contains(&of_commands), "{:?}", list("ask"));
    for allowed in ["git status", "npm test"] {
        let covers = |rule: &String| {
            let pattern = rule.strip_prefix("Bash(").and_then(|rule| rule.strip_suffix("*)"));
            pattern.is_some_and(|letters| !letters.contains('*') && allowed.starts_with(letters))
        };
        assert!(!list("ask").iter().any(covers), "{allowed}: {:?}", list("ask"));
    }
    assert!(
        run.err.contains("commands are named that Claude Code runs without a question"),
        "{}",
        run.err
    );
}

#[test]
fn other_ways_to_write_a_command_are_named_and_make_the_exit_status_1() {
    let folder = agents();
    let run = converted(&folder, "own.toml", "gemini", "claude-code", &[]);
    assert_eq!(run.status, 1, "{}", run.err);
    let first = run.err.lines().next().unwrap();
    assert!(
        first.contains("in other blanks or quotes") && first.ends_with("from ask to allow"),
        "{first}"
    );
    assert!(
        run.err.contains("what passes more easily in the result is named above"),
        "{}",
        run.err
    );
    assert!(
        run.json()["permissions"]["allow"].to_string().contains("Bash(git status *)"),
        "{}",
        run.out
    );
    let none = ["--fail-on", "none"];
    assert_eq!(converted(&folder, "own.toml", "gemini", "claude-code", &none).status, 0);
}

#[test]
fn an_address_that_is_no_longer_allowed_is_named() {
    let policy = r#"{"permissions": {"allow": ["WebFetch(domain:github.com)"]}}"#;
    let folder = Folder::new().file("settings.json", policy);
    let run =
        converted(&folder, "settings.json", "claude-code", "opencode", &["--fail-on", "loss"]);
    assert_eq!(run.status, 1);
    let line = run.err.lines().find(|line| line.contains("`allow WebFetch(domain:github.com)`"));
    let witness =
        r#"such as '{"args":{"url":"https://github.com/a"},"tool":"WebFetch"}', from allow to ask"#;
    assert!(line.is_some_and(|line| line.ends_with(witness)), "{}", run.err);
}

#[test]
fn what_could_not_be_read_is_named_as_a_loss() {
    let policy =
        "{\"permissions\": {\"allow\": [\"Bash(npm test)\"],\n\"deny\": [7, \"Bash( rm *)\"]}}";
    let folder = Folder::new().file("settings.json", policy);
    let run = converted(&folder, "settings.json", "claude-code", "gemini", &["--format", "json"]);
    let lost = run.json()["lost"].clone();
    let unread = lost.as_array().unwrap().iter().filter(|loss| loss["what"] == "unread");
    let messages: Vec<&str> = unread.map(|loss| loss["message"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|message| message.contains("for no rule")), "{messages:?}");
    assert!(messages.len() > 1, "{messages:?}");
    assert!(run.err.contains("settings.json:2: "), "{}", run.err);
}

#[test]
fn hostile_rules_are_shown_as_text_on_one_line() {
    let policy = "{\"permissions\": {\"allow\": [\"Bash(a`b\\u001b[31m\\nwarning: x *)\"]}}";
    let folder = Folder::new().file("settings.json", policy);
    let run = converted(&folder, "settings.json", "claude-code", "opencode", &[]);
    assert!(!run.err.contains('\u{1b}') && run.err.contains("`allow Bash(a'b"), "{}", run.err);
    assert!(run.err.lines().all(|line| !line.starts_with("warning: x")), "{}", run.err);
}

/// Settings with this many rules that allow.
fn many(rules: usize) -> String {
    let rules: Vec<String> =
        (0..rules).map(|number| format!("\"Bash(tool{number} run *)\"")).collect();
    format!("{{\"permissions\": {{\"allow\": [{}]}}}}", rules.join(","))
}

#[test]
fn what_there_is_no_time_for_is_refused_and_what_was_not_tried_is_said() {
    let folder = Folder::new().file("some.json", many(200)).file("most.json", many(100_000));
    let run = |policy: &str, timeout: &str| {
        let arguments = ["convert", policy, "--dialect", "claude-code", "--to", "gemini"];
        folder.run(&[&arguments[..], &["--timeout", timeout]].concat())
    };
    let short = run("some.json", "1ms");
    assert_eq!((short.status, short.out.as_str()), (2, ""), "{}", short.err);
    assert!(short.err.contains("could not be held against the policy within 1ms"), "{}", short.err);
    let long = run("some.json", "120s");
    assert!(
        long.err.contains("more calls that the rules are about were not tried"),
        "{}",
        long.err
    );
    let most = run("most.json", "10s");
    assert_eq!((most.status, most.out.as_str()), (2, ""));
    assert!(most.err.contains("at most 5000 are converted"), "{}", most.err);
}

#[test]
fn denials_of_searches_skills_and_lists_of_tasks_stay_denials() {
    let claude = r#"{"permissions": {"deny": ["Grep", "Glob"]}}"#;
    let opencode = r#"{"permission": {"grep": "deny", "glob": {"*": "deny"}, "skill": "deny",
        "todowrite": "deny"}}"#;
    let gemini = "[[rule]]\ntoolName = [\"search_file_content\", \"glob\", \"list_directory\", \"activate_skill\", \"write_todos\"]\ndecision = \"deny\"\npriority = 500\n";
    let folder = Folder::new()
        .file("settings.json", claude)
        .file("opencode.json", opencode)
        .file("own.toml", gemini);
    for (policy, from, to, denied, others) in [
        (
            "settings.json",
            "claude-code",
            "gemini",
            &["grep_search", "glob"][..],
            &["activate_skill", "write_todos", "read_file"][..],
        ),
        ("settings.json", "claude-code", "opencode", &["grep", "glob"], &["skill", "todowrite"]),
        (
            "opencode.json",
            "opencode",
            "claude-code",
            &["Grep", "Glob", "Skill", "TodoWrite", "TaskCreate"],
            &["Read", "Agent"],
        ),
        (
            "opencode.json",
            "opencode",
            "gemini",
            &["grep_search", "glob", "activate_skill", "write_todos"],
            &["list_directory", "read_file", "invoke_agent"],
        ),
        (
            "own.toml",
            "gemini",
            "claude-code",
            &["Grep", "Glob", "Skill", "TodoWrite"],
            &["Read", "Agent"],
        ),
        (
            "own.toml",
            "gemini",
            "opencode",
            &["grep", "glob", "list", "skill", "todowrite"],
            &["read", "task"],
        ),
    ] {
        let run = converted(&folder, policy, from, to, &[]);
        assert_eq!(run.status, 0, "{from} to {to}: {}", run.err);
        let arguments = serde_json::json!({"path": "src", "dir_path": "src", "pattern": "x", "file_path": "src/a.rs",
            "filePath": "src/a.rs", "skill": "review", "name": "review", "subagent_type": "helper"});
        for tool in denied {
            assert_eq!(outcome(&run.out, to, tool, &arguments), "deny", "{tool}: {}", run.out);
        }
        for tool in others {
            assert_ne!(outcome(&run.out, to, tool, &arguments), "deny", "{tool}: {}", run.out);
        }
    }
}

#[test]
fn what_is_denied_by_default_or_all_but_one_stays_denied_of_searches_and_skills() {
    let folder = Folder::new()
        .file("settings.json", r#"{"permissions": {"defaultMode": "dontAsk", "allow": ["Read"]}}"#)
        .file("shut.json", r#"{"permission": {"*": "deny", "bash": {"npm test": "allow"}}}"#)
        .file("one.json", r#"{"permission": {"skill": {"*": "deny", "review": "allow"}, "grep": {"secret*": "deny"}}}"#);
    let inside = serde_json::json!({"dir_path": "src", "pattern": "x", "name": "review"});
    let gemini = converted(&folder, "settings.json", "claude-code", "gemini", &[]).out;
    for (tool, expected) in [
        ("grep_search", "allow"),
        ("glob", "allow"),
        ("list_directory", "allow"),
        ("replace", "deny"),
    ] {
        assert_eq!(outcome(&gemini, "gemini", tool, &inside), expected, "{tool}: {gemini}");
    }
    let inside = serde_json::json!({"path": "src", "pattern": "secrets", "skill": "other"});
    for (policy, denied) in [
        ("shut.json", &["Grep", "Glob", "Skill", "TodoWrite"][..]),
        ("one.json", &["Grep", "Skill"]),
    ] {
        let text = converted(&folder, policy, "opencode", "claude-code", &[]).out;
        for tool in denied {
            assert_eq!(outcome(&text, "claude-code", tool, &inside), "deny", "{tool}: {text}");
        }
    }
}

#[test]
fn a_denial_of_the_tools_of_all_servers_is_one_key_in_opencode() {
    let rule = |more: &str| {
        format!("[[rule]]\ntoolName = \"*\"\n{more}decision = \"deny\"\npriority = 500\n")
    };
    let folder = Folder::new()
        .file("settings.json", r#"{"permissions": {"deny": ["mcp__*"]}}"#)
        .file("all.toml", rule(""))
        .file("servers.toml", rule("mcpName = \"*\"\n"));
    for (policy, from, read) in [
        ("settings.json", "claude-code", "ask"),
        ("all.toml", "gemini", "deny"),
        ("servers.toml", "gemini", "ask"),
    ] {
        let text = converted(&folder, policy, from, "opencode", &[]).out;
        assert_eq!(text.matches("\n    \"*\": ").count(), 1, "{text}");
        let call = |tool: &str| {
            outcome(&text, "opencode", tool, &serde_json::json!({"filePath": "/etc/hosts"}))
        };
        assert_eq!([call("github_delete_repo"), call("read")], ["deny", read], "{policy}: {text}");
    }
}

#[test]
fn what_find_does_and_where_a_text_goes_first_is_not_let_pass_unsaid() {
    let folder = Folder::new()
        .file("settings.json", r#"{"permissions": {"allow": ["Bash(find *)"]}}"#)
        .file("opencode.json", r#"{"permission": {"bash": {"git*": "allow"}}}"#);
    let command = |text: &str, dialect: &str, tool: &str, command: &str| {
        outcome(text, dialect, tool, &serde_json::json!({"command": command}))
    };
    let gemini = converted(&folder, "settings.json", "claude-code", "gemini", &[]).out;
    for (text, expected) in [
        ("find . -name a.rs", "allow"),
        ("find . -delete", "ask"),
        ("find . -fprint a", "ask"),
        ("find . -type f -ok ls", "ask"),
    ] {
        assert_eq!(command(&gemini, "gemini", "run_shell_command", text), expected, "{text}");
    }
    for (to, tool) in [("claude-code", "Bash"), ("gemini", "run_shell_command")] {
        let text = converted(&folder, "opencode.json", "opencode", to, &[]).out;
        for led in ["cd .. && git push", "cd /etc && git push"] {
            assert_eq!(command(&text, to, tool, led), "ask", "{to}: {led}: {text}");
        }
        assert_eq!(command(&text, to, tool, "git push"), "allow", "{to}: {text}");
    }
}

#[test]
fn of_a_folder_nothing_is_unread_that_is_read_and_what_is_no_rule_is() {
    let unread = |settings: &str| {
        let folder = Folder::new().file("p/.claude/settings.json", settings);
        let run = folder.run(&["convert", "p", "--to", "gemini", "--format", "json"]);
        assert!(run.status < 2, "{}", run.err);
        !run.err.contains("the file is empty")
            && run.json()["lost"].as_array().unwrap().iter().any(|loss| loss["what"] == "unread")
    };
    assert!(!unread(r#"{"permissions": {"deny": ["Grep"]}}"#));
    assert!(unread(r#"{"permissions": {"deny": ["Grep"], "allow": ["Agent(x*)", "Bash("]}}"#));
}
