//! `gatelint diff` on the permission files of agents.

use serde_json::{Value, json};

use super::git::git;
use crate::support::{Folder, Run};

/// Two projects with settings of Claude Code.
fn claude(old: &Value, new: &Value) -> Folder {
    let text = |permissions: &Value| json!({ "permissions": permissions }).to_string();
    Folder::new()
        .file("old/.claude/settings.json", text(old))
        .file("new/.claude/settings.json", text(new))
}

fn diff(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["diff", "old", "new"], more].concat())
}

/// What `explain` says of a call under a policy.
fn explained(folder: &Folder, policy: &str, call: &Value) -> String {
    let call = call.to_string();
    let run = folder.run(&["explain", "--policy", policy, "--call", &call, "--format", "json"]);
    run.json()["outcome"].as_str().unwrap().to_owned()
}

/// Every protection that is lost or new, with its tool.
fn lost<'v>(access: &'v Value, side: &str) -> Vec<(&'v str, &'v Value)> {
    let tools = access["tools"].as_array().unwrap();
    let of_tool = |tool: &'v Value| {
        let name = tool["tool"].as_str().unwrap_or_default();
        tool[side].as_array().unwrap().iter().map(move |lost| (name, lost))
    };
    tools.iter().flat_map(of_tool).collect()
}

#[test]
fn a_denial_that_goes_is_shown_by_calls_that_explain_decides_as_told() {
    let old = json!({ "allow": ["Bash(git:*)"], "deny": ["Bash(git push:*)", "Read(./.env)"] });
    let new = json!({ "allow": ["Bash(git:*)"], "ask": ["Bash(git push --force:*)"] });
    let folder = claude(&old, &new);
    let run = diff(&folder, &["--format", "json"]);
    let access = run.json()["access"].clone();
    assert_eq!(run.status, 1, "{}", run.err);
    let lost = lost(&access, "loosened");
    for (tool, rule, step) in [
        ("Bash", "deny Bash(git push:*)", ["deny", "allow"]),
        ("Read", "deny Read(./.env)", ["deny", "allow"]),
        ("Edit", "deny Read(./.env)", ["deny", "ask"]),
    ] {
        let steps = json!({ "old": step[0], "new": step[1] });
        let is_told = |(name, lost): &(&str, &Value)| {
            (*name, &lost["rule"], &lost["step"]) == (tool, &json!(rule), &steps)
        };
        assert!(lost.iter().any(is_told), "{tool} {rule}: {access:#}");
    }
    for (tool, lost) in lost {
        assert_eq!(
            (&lost["call"]["tool"], &lost["protection"]),
            (&json!(tool), &json!("permissions"))
        );
        for (policy, side) in [("old", "old"), ("new", "new")] {
            assert_eq!(explained(&folder, policy, &lost["call"]), lost["step"][side], "{lost:#}");
        }
    }
    assert_eq!(access["loosened"]["unknown"], 0, "{access:#}");
}

#[test]
fn a_denial_of_all_in_the_project_is_none_of_what_lies_outside() {
    let deny = |rule: &str| json!({ "deny": [rule] });
    for inside in ["Read(/**)", "Read(./**)", "Read(~/**)"] {
        let folder = claude(&deny("Read(//etc/passwd)"), &deny(inside));
        let run = diff(&folder, &["--format", "json"]);
        assert_eq!(run.status, 1, "{inside}: {}", run.err);
    }
    let folder = claude(&deny("Read(//etc/passwd)"), &deny("Read(//**)"));
    assert_eq!(diff(&folder, &[]).status, 0);
}

#[test]
fn what_changes_nothing_or_only_tightens_is_proved() {
    let base = json!({ "allow": ["Bash(git:*)", "Bash(npm run *)"], "deny": ["Bash(rm:*)", "Read(.env)"] });
    let order = json!({ "deny": ["Read(.env)", "Bash(rm:*)", "Bash(rm:*)"], "allow": ["Bash(npm run *)", "Bash(git:*)"] });
    let run = diff(&claude(&base, &order), &[]);
    assert_eq!(run.status, 0, "{}", run.out);
    assert!(run.out.starts_with("changes no access: proved for "), "{}", run.out);
    for (new, rule) in [
        (json!({ "allow": ["Bash(npm run *)"], "deny": ["Bash(rm:*)", "Read(.env)"] }), "git"),
        (
            json!({ "allow": ["Bash(git status:*)", "Bash(npm run test)"], "deny": ["Bash(rm:*)", "Read(.env)"] }),
            "git",
        ),
        (
            json!({ "allow": ["Bash(git:*)", "Bash(npm run *)"], "ask": ["Bash(git push:*)"], "deny": ["Bash(rm:*)", "Read(.env)"] }),
            "git push",
        ),
        (
            json!({ "allow": ["Bash(git:*)", "Bash(npm run *)"], "deny": ["Bash", "Read(.env)"] }),
            "deny Bash",
        ),
    ] {
        let run = diff(&claude(&base, &new), &[]);
        assert_eq!(run.status, 0, "{new}: {}", run.out);
        assert!(
            run.out.starts_with("loosens no access (proved); tightens access: "),
            "{}",
            run.out
        );
        assert!(run.out.contains(rule), "{new}: {}", run.out);
    }
}

#[test]
fn a_mode_and_the_order_of_rules_count() {
    let folder =
        claude(&json!({ "defaultMode": "default" }), &json!({ "defaultMode": "acceptEdits" }));
    let run = diff(&folder, &["--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.out);
    let access = run.json()["access"].clone();
    let lost = lost(&access, "loosened");
    assert!(lost.iter().any(|(tool, lost)| *tool == "Edit" && lost["call"]["mode"] == Value::Null));

    let opencode = |rules: &str| format!(r#"{{"permission": {{"bash": {{{rules}}}}}}}"#);
    let (deny, allow) = (r#""git push *": "deny""#, r#""git *": "allow""#);
    let folder = Folder::new()
        .file("old/opencode.json", opencode(&format!("{allow}, {deny}")))
        .file("new/opencode.json", opencode(&format!("{deny}, {allow}")));
    let run = diff(&folder, &[]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("deny → allow: deny bash `git push *` ("), "{}", run.out);
    assert!(run.out.contains(r#"'{"tool":"bash","args":{"command":"git push"}}'"#), "{}", run.out);
    let back = folder.run(&["diff", "new", "old"]);
    assert!(
        back.out.starts_with("loosens no access (proved); tightens access: 1 tool"),
        "{}",
        back.out
    );
}

#[test]
fn files_alone_are_compared_and_the_command_says_how_they_are_read() {
    let text = |list: &str| format!(r#"{{"permissions": {{"allow": [{list}]}}}}"#);
    let folder = Folder::new()
        .file("a.json", text(""))
        .file("b.json", text(r#""Bash(make:*)", "WebFetch(domain:x.test)", "mcp__hub__push""#));
    let run = folder.run(&["diff", "a.json", "b.json", "--dialect", "claude-code"]);
    assert_eq!(run.status, 1);
    for part in [
        "gatelint explain --policy b.json --dialect claude-code --call",
        r#"{"tool":"WebFetch","args":{"url":"https://x.test/"},"mode":"default"}"#,
        "ask → allow: no rule → allow mcp__hub__push (b.json:1)",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn what_depends_on_a_fact_that_is_not_given_is_unknown() {
    let folder = claude(&json!({ "deny": ["Read(~/.ssh/**)"] }), &json!({}));
    let run = diff(&folder, &[]);
    assert_eq!(run.status, 1);
    assert!(
        run.out.contains("unknown: the rules depend on a fact that is not given"),
        "{}",
        run.out
    );
    let run = diff(&folder, &["--home", "."]);
    assert!(run.out.contains("deny Read(~/.ssh/**)"), "{}", run.out);
    assert!(run.out.contains(" --home . --call "), "{}", run.out);
}

#[test]
fn agents_that_are_not_the_same_are_compared_by_calls_that_both_have_tools_for() {
    let folder = Folder::new()
        .file("old/.claude/settings.json", r#"{"permissions": {"deny": ["Bash(git push:*)"]}}"#)
        .file(
            "new/.codex/rules/default.rules",
            "prefix_rule(pattern = [\"git\", \"push\"], decision = \"allow\")\n",
        );
    let run = diff(&folder, &["--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.err);
    let access = run.json()["access"].clone();
    let lost = lost(&access, "loosened");
    let (_, lost) = lost
        .iter()
        .find(|(tool, lost)| *tool == "exec_command" && lost["rule"] == "deny Bash(git push:*)")
        .unwrap_or_else(|| panic!("{access:#}"));
    assert_eq!(lost["call"]["args"]["cmd"], lost["old_call"]["args"]["command"]);
    assert_eq!(explained(&folder, "old", &lost["old_call"]), lost["step"]["old"]);
    assert_eq!(explained(&folder, "new", &lost["call"]), lost["step"]["new"]);
    assert!(
        access["tools"]
            .as_array()
            .unwrap()
            .iter()
            .any(|tool| { tool["which"] == "other" && tool["loosened"][0]["why"] == "agents" })
    );
}

#[test]
fn recorded_calls_of_an_agent_are_decided_under_both() {
    let folder =
        claude(&json!({ "deny": ["Bash(git push:*)"] }), &json!({ "allow": ["Bash(git:*)"] }));
    let line = |command: &str| {
        let call = json!({ "type": "tool_use", "id": command, "name": "Bash", "input": { "command": command } });
        let message = json!({ "role": "assistant", "content": [call] });
        json!({ "type": "assistant", "sessionId": "s", "cwd": "/w", "permissionMode": "default", "message": message })
            .to_string()
    };
    let trace = format!("{}\n{}\n", line("git push"), line("ls"));
    let folder = folder.file("session.jsonl", trace);
    let run = diff(
        &folder,
        &["--trace", "session.jsonl", "--trace-format", "claude-code", "--format", "json"],
    );
    let json = run.json();
    assert_eq!((run.status, &json["calls"]), (1, &json!(2)), "{}", run.err);
    assert_eq!(json["changes"]["loosened"], 1, "{json:#}");
}

#[test]
fn a_project_without_files_is_read_as_one_of_the_other_agent() {
    let folder = Folder::new()
        .file("old/README.md", "")
        .file("new/.claude/settings.json", r#"{"permissions": {"allow": ["Bash(ls:*)"]}}"#);
    let run = diff(&folder, &[]);
    assert_eq!(run.status, 1, "{}", run.err);
    let run = folder.run(&["diff", "old", "old"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("is a folder"), "{}", run.err);
}

#[test]
fn permission_files_are_compared_between_revisions_agent_by_agent() {
    let settings = |deny: &str| {
        format!(r#"{{"permissions": {{"allow": ["Bash(git *)"], "deny": [{deny}]}}}}"#)
    };
    let folder = Folder::new()
        .file(".claude/settings.json", settings(r#""Bash(git push *)""#))
        .file("sub/opencode.json", r#"{"permission": {"bash": "ask"}}"#)
        .file("other/.claude/settings.json", settings(""));
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "one"]);
    let none = folder.run(&["diff", "--git", "main"]);
    assert_eq!((none.status, none.out.as_str()), (0, "No policy changed.\n"), "{}", none.err);
    let folder = folder
        .file(".claude/settings.json", settings(""))
        .file("sub/opencode.json", r#"{"permission": {"bash": "deny"}}"#);
    let run = folder.run(&["diff", "--git", "main"]);
    assert_eq!(run.status, 1, "{}\n{}", run.out, run.err);
    for part in [
        ".claude/settings.json: loosens access: ",
        "deny Bash(git push *) (.claude/settings.json (old):1) → allow Bash(git *) (.claude/settings.json:1)",
        "gatelint explain --policy . --dialect claude-code --call ",
        "sub/opencode.json: loosens no access (proved); tightens access: ",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}\n{}", run.out, run.err);
    }
    assert!(!run.out.contains("other/"), "{}", run.out);
    git(&folder, &["commit", "-qam", "two"]);
    let run = folder.run(&["diff", "--git", "HEAD~1..HEAD", "sub"]);
    assert_eq!(run.status, 0, "{}\n{}", run.out, run.err);
    assert!(run.out.contains("tightens access") && !run.out.contains("git push"), "{}", run.out);
    let run = folder.run(&["diff", "--git", "HEAD..HEAD~1", ".claude"]);
    assert!(run.out.contains("loosens no access (proved); tightens"), "{}", run.out);
}

/// The answer on two files of a project, each with its text.
pub(super) fn of_files(name: &str, [old, new]: [&str; 2], more: &[&str]) -> Run {
    let folder = Folder::new()
        .file(&format!("old/{name}"), old)
        .file(&format!("new/{name}"), new)
        .file("old/.git/HEAD", "")
        .file("new/.git/HEAD", "");
    diff(&folder, more)
}

#[test]
fn a_sandbox_that_depends_on_trust_is_not_proved() {
    let name = ".codex/config.toml";
    let read_only = "sandbox_mode = \"read-only\"\n";
    let roots = "[sandbox_workspace_write]\nwritable_roots = [\"/srv\"]\n";
    for (old, new) in [(read_only, ""), ("", roots)] {
        let run = of_files(name, [old, new], &[]);
        assert_eq!(run.status, 1, "{old} -> {new}: {}", run.out);
        let said = "unknown: the rules depend on a fact that is not given";
        assert!(run.out.contains("apply_patch") && run.out.contains(said), "{}", run.out);
    }
    let run = of_files(name, ["", "model = \"x\"\n"], &[]);
    assert_eq!(run.status, 0, "{}", run.out);
    assert!(run.out.starts_with("changes no access: proved for "), "{}", run.out);
    // What is said does not depend on trust.
    let write = "sandbox_mode = \"workspace-write\"\n";
    let run = of_files(name, [read_only, write], &[]);
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(run.out.contains("ask \u{2192} allow"), "{}", run.out);
    let run = of_files(name, [write, read_only], &[]);
    assert!(run.out.starts_with("loosens no access (proved)"), "{}", run.out);
}

#[test]
fn a_patch_is_not_decided_where_trust_is_not_known_but_outside_of_every_folder() {
    let folder = Folder::new().file("p/.codex/config.toml", "").file("p/.git/HEAD", "");
    let patch = |path: &str| {
        let input = format!("*** Begin Patch\n*** Add File: {path}\n+a\n*** End Patch");
        let call =
            json!({ "tool": "apply_patch", "args": { "input": input }, "mode": "on-request" });
        explained(&folder, "p", &call)
    };
    assert_eq!(
        [patch("a"), patch(".git/config"), patch("/etc/a")],
        ["indeterminate", "ask", "ask"]
    );
}

#[test]
fn a_setting_that_no_rule_stands_for_is_named_where_it_differs() {
    let claude = ".claude/settings.json";
    for (name, text, setting) in [
        (
            claude,
            r#"{"permissions": {"disableBypassPermissionsMode": "disable"}}"#,
            "permissions.disableBypassPermissionsMode",
        ),
        (
            claude,
            r#"{"permissions": {"additionalDirectories": ["/no/such"]}}"#,
            "permissions.additionalDirectories",
        ),
        (claude, r#"{"sandbox": {"enabled": true, "autoAllowBashIfSandboxed": true}}"#, "sandbox"),
        (claude, r#"{"enableAllProjectMcpServers": true}"#, "enableAllProjectMcpServers"),
        (claude, r#"{"enabledMcpjsonServers": ["hub"]}"#, "enabledMcpjsonServers"),
        (claude, r#"{"disabledMcpjsonServers": ["hub"]}"#, "disabledMcpjsonServers"),
        (claude, r#"{"hooks": {"PreToolUse": []}}"#, "hooks"),
        ("opencode.json", r#"{"plugin": ["x"]}"#, "plugin"),
        (
            "opencode.json",
            r#"{"mcp": {"hub": {"type": "local", "command": ["x"], "enabled": false}}}"#,
            "mcp",
        ),
        (".codex/config.toml", "[features]\nhooks = true\n", "features"),
        (
            ".codex/config.toml",
            "[sandbox_workspace_write]\nnetwork_access = true\n",
            "sandbox_workspace_write.network_access",
        ),
        (".gemini/settings.json", r#"{"hooks": {"BeforeTool": []}}"#, "hooks"),
        (
            ".gemini/settings.json",
            r#"{"mcpServers": {"hub": {"excludeTools": ["x"]}}}"#,
            "mcpServers.*.excludeTools",
        ),
    ] {
        // What is set to the same is no difference, nor is a server that says nothing of its tools.
        let empty = if name.ends_with("toml") { "" } else { "{}" };
        let bare =
            if text.contains("mcpServers\"") { r#"{"mcpServers": {"hub": {}}}"# } else { empty };
        for sides in [[bare, text], [text, bare]] {
            let run = of_files(name, sides, &[]);
            assert_eq!(run.status, 1, "{sides:?}: {}", run.out);
            let said = format!("is not worked out: `{setting}`");
            assert!(run.out.contains(&said), "{sides:?}: {}", run.out);
            assert!(!run.out.contains("proved"), "{sides:?}: {}", run.out);
        }
        let run = of_files(name, [text, text], &[]);
        assert_eq!(run.status, 0, "{text}: {}", run.out);
        assert!(run.out.starts_with("changes no access: proved for "), "{text}: {}", run.out);
    }
    let run = of_files(claude, ["{}", r#"{"hooks": {}}"#], &["--format", "json"]);
    let access = run.json()["access"].clone();
    assert!(
        lost(&access, "loosened").iter().all(|(_, lost)| lost["why"] == "settings"),
        "{access:#}"
    );
    assert!(!lost(&access, "loosened").is_empty(), "{access:#}");
    let alone = Folder::new()
        .file("a.json", r#"{"permissions": {"allow": []}}"#)
        .file("b.json", r#"{"permissions": {"allow": [], "additionalDirectories": ["../lib"]}}"#)
        .file("c.json", r#"{"permissions": {"allow": []}, "model": "x", "env": {"A": "b"}}"#);
    let files = |new: &str| alone.run(&["diff", "a.json", new, "--dialect", "claude-code"]);
    let run = files("b.json");
    assert!(run.out.contains("`permissions.additionalDirectories`"), "{}", run.out);
    assert_eq!((run.status, files("c.json").status), (1, 0));
}
