//! `gatelint convert` to and from the rules of agents, as a user meets it.

use serde_json::Value;

use crate::support::{Folder, Run};

const POLICY: &str = r#"{"version": "1", "default": "deny", "hide": ["delete_job"], "tools": {
    "list_jobs": {},
    "run_job": {"limits": [{"counter": "c", "window": "minute", "max": 10, "scope": "grant"}]},
    "tag.job": {"require": [{"conditions": [{"path": "args.a", "op": "eq", "value": 1}]}]},
    "pay": {"deny_if": [{"conditions": [], "on_deny": "Requires human approval."}]}}}"#;

const TOOLS: &str = r#"{"tools": [{"name": "list_jobs"}, {"name": "run_job"}, {"name": "kill_job"},
    {"name": "delete_job"}, {"name": "tag.job"}, {"name": "pay"}]}"#;

#[test]
fn claude_code_gets_permissions_and_no_call_is_freer_than_before() {
    let folder = Folder::new().file("policy.json", POLICY).file("jobs.json", TOOLS);
    let convert = ["convert", "policy.json", "--to", "claude-code", "--as", "jobs"];
    let run = folder.run(&[&convert[..], &["--catalogue", "jobs.json"]].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    let expected = serde_json::json!({"permissions": {
        "allow": ["mcp__jobs__list_jobs"],
        "ask": ["mcp__jobs__run_job", "mcp__jobs__tag_job"],
        "deny": ["mcp__jobs__delete_job", "mcp__jobs__kill_job", "mcp__jobs__pay"]}});
    assert_eq!(run.json(), expected);
    for line in [
        "warning: `run_job`: its limits cannot be said, so a person is asked for each call",
        "warning: `tag.job`: its conditions cannot be said, so a person is asked for each call",
        "warning: what denied callers are told (`on_deny`) is lost",
        "warning: tools that are neither in the policy nor in the catalogue are asked for, not denied",
    ] {
        assert!(run.err.contains(line), "{line:?} is not in:\n{}", run.err);
    }
}

#[test]
fn a_default_to_allow_is_a_rule_for_the_whole_server() {
    let folder = Folder::new()
        .file("open.json", r#"{"version": "1", "default": "allow", "hide": ["x"], "tools": {}}"#)
        .file("shut.json", r#"{"version": "1", "default": "deny", "tools": {}}"#);
    let permissions = |policy| {
        folder.run(&["convert", policy, "--to", "claude-code", "--as", "my server"]).json()["permissions"].clone()
    };
    let open = permissions("open.json");
    assert_eq!(open["allow"], serde_json::json!(["mcp__my_server"]));
    assert_eq!(open["deny"], serde_json::json!(["mcp__my_server__x"]));
    assert_eq!(permissions("shut.json")["deny"], serde_json::json!(["mcp__my_server"]));
}

#[test]
fn codex_gets_lists_of_tools_and_approvals() {
    let folder = Folder::new().file("policy.json", POLICY);
    let run = folder.run(&["convert", "policy.json", "--to", "codex", "--as", "our jobs"]);
    let expected = r#"[mcp_servers."our jobs"]
enabled_tools = [
  "list_jobs",
  "run_job",
  "tag.job",
]
disabled_tools = [
  "delete_job",
  "pay",
]

[mcp_servers."our jobs".tools.run_job]
approval_mode = "prompt"

[mcp_servers."our jobs".tools."tag.job"]
approval_mode = "prompt"
"#;
    assert_eq!((run.status, run.out.as_str()), (0, expected));
    assert!(!run.err.contains("not denied"), "an allow-list denies the rest: {}", run.err);
}

#[test]
fn intercept_policies_are_converted_too_and_hostile_names_do_no_harm() {
    let policy = "version: \"1\"\ndefault: allow\nhide: [\"a\\e[31m\\\"]\\nx\"]\ntools: {}\n";
    let folder = Folder::new().file("policy.yaml", policy);
    for to in ["claude-code", "codex"] {
        let run = folder.run(&["convert", "policy.yaml", "--to", to, "--as", "s"]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(!run.out.contains('\u{1b}'), "{}", run.out);
    }
    let run = folder.run(&["convert", "policy.yaml", "--to", "codex", "--as", "s"]);
    assert_eq!(run.out, "[mcp_servers.s]\ndisabled_tools = [\n  \"a\\u001b[31m\\\"]\\nx\",\n]\n");
}

#[test]
fn wrong_usage_is_refused() {
    let folder = Folder::new()
        .file("bad.json", r#"{"version": "2", "tools": {}}"#)
        .file("policy.json", POLICY);
    for (arguments, message) in [
        (&["bad.json", "--to", "codex", "--as", "s"][..], "bad.json is not a valid policy"),
        (&["policy.json", "--to", "cursor", "--as", "s"], "possible values"),
        (&["policy.json", "--to", "codex"], "--as"),
        (&["policy.json", "--to", "codex", "--as", "s", "--server", "x"], "there is no server `x`"),
        (
            &["policy.json", "--to", "codex", "--as", "s", "-o", "bad.json"],
            "bad.json is there already",
        ),
    ] {
        let run = folder.run(&[&["convert"], arguments].concat());
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
    }
}

const SETTINGS: &str = r#"{
  "permissions": {
    "allow": ["Bash(npm test)", "Bash(git log *)", "Edit(src/**)", "mcp__github__get_issue", "mcp__db"],
    "ask": ["Bash(git push *)", "mcp__github__create_issue"],
    "deny": ["Read(./.env)", "Read(~/.ssh/**)", "Bash(rm *)", "mcp__github__delete_*"]
  }
}"#;

const OPENCODE: &str = r#"{
  "permission": {
    "*": "ask",
    "bash": {"*": "ask", "git status*": "allow", "npm test": "allow", "git push*": "deny"},
    "read": {"*": "allow", "*.pem": "deny"},
    "webfetch": "deny"
  }
}"#;

const GEMINI: &str = r#"
[[rule]]
toolName = "run_shell_command"
commandPrefix = "git status"
decision = "allow"
priority = 100

[[rule]]
toolName = "run_shell_command"
commandPrefix = "git push"
decision = "deny"
priority = 200
"#;

const CODEX: &str = r#"
prefix_rule(pattern = ["git", "status"], decision = "allow")
prefix_rule(pattern = ["git", ["push", "reset"]], decision = "forbidden")
"#;

pub(super) fn agents() -> Folder {
    Folder::new()
        .file("settings.json", SETTINGS)
        .file("opencode.json", OPENCODE)
        .file("own.toml", GEMINI)
        .file("own.rules", CODEX)
}

pub(super) fn converted(folder: &Folder, policy: &str, from: &str, to: &str, more: &[&str]) -> Run {
    let arguments = ["convert", policy, "--dialect", from, "--to", to];
    let run = folder.run(&[&arguments[..], more].concat());
    assert!(run.status < 2, "{from} to {to}: {}", run.err);
    run
}

/// What a policy makes of one call, in the usual mode.
pub(super) fn outcome(text: &str, dialect: &str, tool: &str, arguments: &Value) -> String {
    let name = if dialect == "gemini" { "policy.toml" } else { "policy.json" };
    let call = serde_json::json!({"tool": tool, "args": arguments, "cwd": "/work/project"});
    let folder = Folder::new().file(name, text).file("trace.jsonl", call.to_string());
    let arguments =
        ["replay", "--decisions", "--policy", name, "--dialect", dialect, "trace.jsonl"];
    let assume = ["--assume", "mode=default"];
    let run = folder.run(&[&arguments[..], &assume[..]].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines()[0]["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn rules_of_claude_code_become_no_milder_rules_of_gemini_and_of_opencode() {
    let folder = agents();
    let gemini = converted(&folder, "settings.json", "claude-code", "gemini", &[]).out;
    let command = |command: &str| {
        outcome(&gemini, "gemini", "run_shell_command", &serde_json::json!({"command": command}))
    };
    for (text, expected) in [
        ("npm test", "allow"),
        ("git log --oneline", "allow"),
        ("git log", "allow"),
        ("npm run build", "ask"),
        ("git push origin", "ask"),
        ("rm x", "deny"),
        ("sudo rm x", "deny"),
        ("/bin/rm x", "deny"),
        ("git log && rm x", "deny"),
        ("git log > x", "deny"),
        ("git log $(rm x)", "deny"),
        ("git log /etc/passwd", "deny"),
        ("cat README.md", "ask"),
    ] {
        assert_eq!(command(text), expected, "{text}");
    }
    let read = |path: &str| {
        outcome(&gemini, "gemini", "read_file", &serde_json::json!({"file_path": path}))
    };
    assert_eq!(
        ["src/a.rs", ".env", "a/.ENV", "/etc/hosts"].map(read),
        ["allow", "deny", "deny", "ask"]
    );
    let opencode = converted(&folder, "settings.json", "claude-code", "opencode", &[]).out;
    let command = |command: &str| {
        outcome(&opencode, "opencode", "bash", &serde_json::json!({"command": command}))
    };
    // A text without a command in it would pass unseen where commands are offered.
    assert_eq!(["npm test", "> x", "{rm,x}"].map(command), ["deny"; 3]);
    let read =
        |path: &str| outcome(&opencode, "opencode", "read", &serde_json::json!({"filePath": path}));
    assert_eq!([".env", "a/.ENV"].map(read), ["deny"; 2]);
}

#[test]
fn what_other_agents_allow_becomes_rules_of_claude_code_and_what_it_reads_unasked_is_named() {
    let folder = agents();
    for (policy, from) in
        [("opencode.json", "opencode"), ("own.toml", "gemini"), ("own.rules", "codex")]
    {
        let text = converted(&folder, policy, from, "claude-code", &[]).out;
        let command = |command: &str| {
            outcome(&text, "claude-code", "Bash", &serde_json::json!({"command": command}))
        };
        // What Gemini CLI allows by a prefix, it allows in forms that Claude Code cannot be told.
        if from != "gemini" {
            assert_eq!(command("git status -s"), "allow", "{from}: {text}");
            let settings: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(settings["permissions"]["defaultMode"], "default");
        }
        assert_eq!(command("git push origin"), "deny", "{from}");
        assert_eq!(command("sudo git push origin"), "deny", "{from}");
        assert_ne!(command("cargo build"), "allow", "{from}");
    }
    let text = converted(&folder, "opencode.json", "opencode", "claude-code", &[]).out;
    let command = |text: &str, command: &str| {
        outcome(text, "claude-code", "Bash", &serde_json::json!({"command": command}))
    };
    // Claude Code would not ask about it by itself.
    assert_eq!(command(&text, "ls"), "ask");
    let fetch = outcome(
        &text,
        "claude-code",
        "WebFetch",
        &serde_json::json!({"url": "https://docs.python.org"}),
    );
    assert_eq!(fetch, "deny");
    let read = outcome(
        &text,
        "claude-code",
        "Read",
        &serde_json::json!({"file_path": "/work/project/a.pem"}),
    );
    assert_eq!(read, "deny");
}

#[test]
fn default_deny_becomes_the_mode_in_which_nobody_is_asked() {
    let policy = r#"{"permission": {"*": "deny", "bash": {"*": "deny", "git status*": "allow"}}}"#;
    let folder = Folder::new().file("opencode.json", policy);
    let text = converted(&folder, "opencode.json", "opencode", "claude-code", &[]).out;
    let settings: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(settings["permissions"]["defaultMode"], "dontAsk", "{text}");
    let gateway = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
    let run = Folder::new().file("p.json", gateway).run(&[
        "convert",
        "p.json",
        "--to",
        "claude-code",
        "--as",
        "s",
    ]);
    assert!(run.err.contains("`\"defaultMode\": \"dontAsk\"` denies them"), "{}", run.err);
}

#[test]
fn every_loss_is_named_with_a_call_and_may_fail() {
    let folder = agents();
    let run =
        converted(&folder, "settings.json", "claude-code", "opencode", &["--fail-on", "loss"]);
    assert_eq!(run.status, 1);
    for part in [
        "settings.json:3: OpenCode refuses some of what `allow Bash(git log *)` is about, because",
        r#"such as '{"args":{"command":"git log"},"tool":"Bash"}', from allow to deny"#,
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
    assert_eq!(
        converted(&folder, "settings.json", "claude-code", "opencode", &["--fail-on", "none"])
            .status,
        0
    );
    let run = folder.run(&[
        "convert",
        "settings.json",
        "--dialect",
        "claude-code",
        "--to",
        "opencode",
        "--fail-on",
        "none,loss",
    ]);
    assert_eq!(run.status, 2);
    let limits = POLICY;
    let folder = Folder::new().file("policy.json", limits);
    let run = folder.run(&[
        "convert",
        "policy.json",
        "--to",
        "claude-code",
        "--as",
        "jobs",
        "--fail-on",
        "loss",
    ]);
    assert_eq!(run.status, 1);
    for part in [
        "(such as for call 11 within one minute)",
        r#"such as '{"args":{},"server":"jobs","tool":"tag.job"}', from deny to ask"#,
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
}

#[test]
fn only_tools_of_servers_go_to_codex_and_to_a_gateway() {
    let folder = agents();
    let run = converted(&folder, "settings.json", "claude-code", "codex", &[]);
    for part in [
        "[mcp_servers.db]",
        "[mcp_servers.github]",
        "enabled_tools = [\n  \"create_issue\",\n  \"get_issue\",\n]",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    assert!(run.err.contains("what is said of commands, "), "{}", run.err);
    let run = folder.run(&["convert", "opencode.json", "--dialect", "opencode", "--to", "codex"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("without letting more pass") && run.err.contains("help: "),
        "{}",
        run.err
    );
    let run = converted(&folder, "settings.json", "claude-code", "v1", &["--as", "github"]);
    assert_eq!(run.json()["default"], "deny");
    assert_eq!(run.json()["tools"]["get_issue"], serde_json::json!({}));
    assert!(run.json()["tools"]["create_issue"]["deny_if"].is_array());
    let run = converted(&folder, "settings.json", "claude-code", "intercept", &["--as", "github"]);
    assert!(run.out.contains("action: require_approval"), "{}", run.out);
    for (name, message) in
        [(None, "several servers"), (Some("gitlab"), "names the server `gitlab`")]
    {
        let named = name.map(|name| vec!["--as", name]).unwrap_or_default();
        let arguments = ["convert", "settings.json", "--dialect", "claude-code", "--to", "v1"];
        let run = folder.run(&[&arguments[..], &named].concat());
        assert_eq!(run.status, 2);
        assert!(run.err.contains(message), "{}", run.err);
    }
}

#[test]
fn prefixes_of_gemini_become_rules_of_claude_code_that_count() {
    let rule = |key: &str, decision: &str, priority: u32| {
        format!(
            "[[rule]]\ntoolName = \"run_shell_command\"\n{key}\ndecision = \"{decision}\"\npriority = {priority}\n"
        )
    };
    let policy = [
        rule("commandPrefix = [\"cargo test\", \"npm run build\"]", "allow", 100),
        rule("commandPrefix = \"git push\"", "deny", 200),
        rule("commandRegex = \"docker (rm|kill) \"", "deny", 200),
        rule("commandRegex = \"^sudo( |$)\"", "deny", 200),
    ];
    let folder = Folder::new().file("own.toml", policy.concat()).file(
        "none.toml",
        "[[rule]]\ntoolName = \"google_web_search\"\ndecision = \"deny\"\npriority = 1\n",
    );
    let run = converted(&folder, "own.toml", "gemini", "claude-code", &[]);
    let permissions = &run.json()["permissions"];
    assert_eq!(permissions["defaultMode"], "default", "{}", run.out);
    let has = |list: &str, rule: &str| {
        permissions[list].as_array().unwrap().iter().any(|listed| listed == rule)
    };
    for (list, rule) in [
        ("allow", "Bash(cargo test *)"),
        ("allow", "Bash(npm run build *)"),
        ("deny", "Bash(git push *)"),
        ("deny", "Bash(docker rm *)"),
        ("deny", "Bash(docker kill *)"),
    ] {
        assert!(has(list, rule), "{rule} is not in\n{}", run.out);
    }
    // What runs unasked is named by as few letters as tell it from what is allowed, once.
    let asked = permissions["ask"].as_array().unwrap().iter().filter_map(Value::as_str);
    let of_git: Vec<&str> = asked.filter(|rule| rule.starts_with("Bash(g")).collect();
    assert_eq!(of_git, ["Bash(g*)"], "{}", run.out);
    // Where nothing is allowed, one rule says what a hundred would.
    let run = converted(&folder, "none.toml", "gemini", "claude-code", &[]);
    let asked = run.json()["permissions"]["ask"].clone();
    let of_commands = asked.as_array().unwrap().iter().filter_map(Value::as_str);
    let of_commands: Vec<&str> = of_commands.filter(|rule| rule.starts_with("Bash")).collect();
    assert_eq!(of_commands, ["Bash"], "{}", run.out);
}

#[test]
fn what_is_refused_in_part_or_of_a_server_that_is_not_told_is_not_allowed_in_the_result() {
    let folder = Folder::new()
        .file("a/opencode.json", r#"{"permission": {"*": {"x*": "deny"}}}"#)
        .file("b/opencode.json", r#"{"permission": {"my_srv_t": "deny"}}"#);
    let run = folder.run(&["convert", "a/opencode.json", "--to", "claude-code"]);
    assert!(run.out.contains("\"WebSearch\""), "{}", run.out);
    let deny = run.json()["permissions"]["deny"].to_string();
    assert!(deny.contains("WebSearch"), "{deny}");
    let run = folder.run(&["convert", "b/opencode.json", "--to", "claude-code"]);
    let deny = run.json()["permissions"]["deny"].to_string();
    for rule in ["mcp__my__srv_t", "mcp__my_srv__t"] {
        assert!(deny.contains(rule), "{deny}");
    }
}
