//! `gatelint diff` where the permission files of an agent ask about what it refuses by itself, and where what they say
//! depends on settings beside the rules.

use serde_json::{Value, json};

use super::agents::of_files;
use crate::support::Folder;

/// How many tools have something lost that a call shows from a denial to a question, in a mode.
fn asked_in(access: &Value, mode: &str) -> usize {
    let is_so = |lost: &Value| {
        let step = (&lost["step"]["old"], &lost["step"]["new"]);
        step == (&json!("deny"), &json!("ask")) && lost["call"]["mode"] == mode
    };
    let tools = access["tools"].as_array().unwrap().iter();
    tools.filter(|tool| tool["loosened"].as_array().unwrap().iter().any(is_so)).count()
}

#[test]
fn a_question_in_the_place_of_what_an_agent_refuses_is_shown() {
    let opencode = |permission: Value| json!({ "permission": permission }).to_string();
    let agent = |name: &str, permission: Value| {
        json!({ "agent": { name: { "permission": permission } } }).to_string()
    };
    let empty = "{}".to_owned();
    for (old, new, mode) in [
        (empty.clone(), agent("plan", json!({ "edit": "ask" })), "plan"),
        (empty.clone(), agent("general", json!({ "todowrite": "ask" })), "general"),
        (empty.clone(), agent("plan", json!({ "task": { "general": "ask" } })), "plan"),
        (
            opencode(json!({ "edit": { "src/*": "allow" } })),
            opencode(json!({ "edit": { "*": "ask", "src/*": "allow" } })),
            "explore",
        ),
    ] {
        let run = of_files("opencode.json", [&old, &new], &["--format", "json"]);
        assert_eq!(run.status, 1, "{old} -> {new}: {}", run.out);
        assert!(asked_in(&run.json()["access"], mode) > 0, "{old} -> {new}: {}", run.out);
    }
    let rule = |more: &str| format!("[[rule]]\n{more}\npriority = 100\n");
    let base = rule("toolName = \"glob\"\ndecision = \"allow\"");
    for more in [
        "toolName = \"x_tool\"\nargsPattern = \"a\"\ndecision = \"ask_user\"",
        "toolName = \"write_file\"\nargsPattern = \"a\"\nmodes = [\"plan\"]\ndecision = \"ask_user\"",
    ] {
        let folder = Folder::new()
            .file("old.toml", base.clone())
            .file("new.toml", format!("{base}{}", rule(more)));
        let run = folder.run(&["diff", "old.toml", "new.toml", "--format", "json"]);
        assert_eq!(run.status, 1, "{more}: {}", run.out);
        assert!(asked_in(&run.json()["access"], "plan") > 0, "{more}: {}", run.out);
    }
}

#[test]
fn a_question_where_no_tool_is_called_or_a_classifier_answers_is_none() {
    let run = of_files("opencode.json", ["{}", r#"{"permission": {"webfetch": "ask"}}"#], &[]);
    assert_eq!(run.status, 0, "{}", run.out);
    assert!(run.out.starts_with("loosens no access (proved); tightens access: 1 tool"));
    // What Claude Code refuses in its mode `auto` is its classifier's, in the proof and in a trace alike.
    let asked = r#"{"permissions": {"ask": ["Bash(rm:*)"]}}"#;
    let name = ".claude/settings.json";
    let run = of_files(name, ["{}", asked], &[]);
    assert!(run.out.starts_with("loosens no access (proved); tightens access: "), "{}", run.out);
    let call =
        |mode: &str| json!({ "tool": "Bash", "args": { "command": "rm -rf /" }, "mode": mode });
    let folder = Folder::new()
        .file(&format!("old/{name}"), "{}")
        .file(&format!("new/{name}"), asked)
        .file("t.jsonl", format!("{}\n{}\n", call("auto"), call("default")));
    let trace = ["--trace", "t.jsonl", "--trace-format", "record", "--format", "json"];
    let run = folder.run(&[&["diff", "old", "new"], &trace[..]].concat());
    let changes = run.json()["changes"].clone();
    assert_eq!((run.status, &changes["loosened"]), (0, &json!(0)), "{changes:#}");
    assert_eq!(changes["reworded"], 2, "{changes:#}");
}

#[test]
fn what_of_a_server_a_host_or_the_environment_no_rule_stands_for_is_named() {
    let config = ".codex/config.toml";
    let rules = ".codex/rules/a.rules";
    let server = |command: &str| format!("[mcp_servers.x]\ncommand = \"{command}\"\n");
    let host = |word: &str| {
        format!("network_rule(host = \"a.test\", protocol = \"https\", decision = \"{word}\")\n")
    };
    let claude = |path: &str| format!(r#"{{"env": {{"PATH": "{path}"}}}}"#);
    let gemini =
        |command: &str| format!(r#"{{"mcpServers": {{"x": {{"command": "{command}"}}}}}}"#);
    for (name, texts, setting) in [
        (config, ["a", "b"].map(server), "mcp_servers.*"),
        (rules, ["forbidden", "allow"].map(host), "network_rule"),
        (".claude/settings.json", ["/a", "/b"].map(claude), "env.PATH"),
        (".gemini/settings.json", ["a", "b"].map(gemini), "mcpServers.*"),
    ] {
        let [one, other] = &texts;
        for sides in [[one, other], [other, one]] {
            let run = of_files(name, sides.map(String::as_str), &[]);
            assert_eq!(run.status, 1, "{sides:?}: {}", run.out);
            let said = format!("is not worked out: `{setting}`");
            assert!(run.out.contains(&said), "{sides:?}: {}", run.out);
        }
        let run = of_files(name, [one, one], &[]);
        assert!(run.out.starts_with("changes no access: proved for "), "{one}: {}", run.out);
    }
    // A server that goes is told of by its rules.
    let run = of_files(config, [&server("a"), ""], &[]);
    assert!(!run.out.contains("is not worked out"), "{}", run.out);
}

#[test]
fn rules_of_a_project_of_which_the_user_has_not_said_whether_it_is_trusted_prove_nothing() {
    let rule = |word: &str| format!("prefix_rule(pattern = [\"git\"], decision = \"{word}\")\n");
    let others = "[projects.\"/elsewhere\"]\ntrust_level = \"trusted\"\n";
    let folder = Folder::new()
        .file("h/.codex/config.toml", others)
        .file("old/.codex/rules/a.rules", rule("forbidden"))
        .file("new/.codex/rules/a.rules", rule("allow"));
    let run = folder.run(&["diff", "old", "new", "--home", "h"]);
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(run.out.contains("`projects.*.trust_level`"), "{}", run.out);
    assert_eq!(folder.run(&["diff", "old", "old", "--home", "h"]).status, 0);
}

#[test]
fn tools_that_are_meant_by_a_pattern_or_called_as_agents_are_listed() {
    let run = of_files(
        ".claude/settings.json",
        [r#"{"permissions": {"deny": ["Web*"]}}"#, "{}"],
        &["--format", "json"],
    );
    let access = run.json()["access"].clone();
    let tools = access["tools"].as_array().unwrap().iter();
    let names: Vec<&str> = tools.filter_map(|tool| tool["tool"].as_str()).collect();
    assert!(names.contains(&"WebSearch") && names.contains(&"WebFetch"), "{names:?}");
    let rule = |word: &str| {
        format!(
            "[[rule]]\ntoolName = \"codebase_investigator\"\ndecision = \"{word}\"\npriority = 900\n"
        )
    };
    let folder = Folder::new().file("old.toml", rule("deny")).file("new.toml", rule("allow"));
    let run = folder.run(&["diff", "old.toml", "new.toml", "--format", "json"]);
    let access = run.json()["access"].clone();
    let tools = access["tools"].as_array().unwrap();
    let agents = tools.iter().find(|tool| tool["tool"] == "invoke_agent");
    let call = &agents.unwrap_or_else(|| panic!("{access:#}"))["loosened"][0]["call"];
    assert_eq!(call["args"], json!({ "agent_name": "codebase_investigator" }), "{access:#}");
}
