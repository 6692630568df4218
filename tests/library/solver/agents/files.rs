//! Files as people write them, read as the agents do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{Gate, Outcome};
use gatelint::policy::{Agent, Policy, Setting, read_agent};
use gatelint::solver::{Budget, Evidence, Said, Stated};
use serde_json::{Value, json};

use super::{Made, Tally, decided, pairs};
use crate::solver::random::Random;

pub(super) const COMMANDS: [&str; 22] = [
    "git",
    "git status",
    "git  status",
    "git push",
    "git push --force",
    "git push x && git status",
    "rm x",
    "rm -rf x",
    "/bin/rm -rf x",
    "sudo rm x",
    "ls",
    "cat .env",
    "cat src/a",
    "npm run test",
    "npm run build && rm x",
    "timeout 5 git push",
    "echo x > .env",
    "FOO=1 git push",
    "cd x && ls",
    "",
    "find . -delete",
    "bash -lc 'git push'",
];

pub(super) const PATHS: [&str; 8] =
    ["x", ".env", "src/a", "src/.env", "src/secrets/k", "/etc/hosts", "../x", "docs/a.md"];

/// Rules for Claude Code.
pub(super) const CLAUDE: [&str; 30] = [
    "Bash",
    "Bash(git:*)",
    "Bash(git *)",
    "Bash(git push:*)",
    "Bash(git push *)",
    "Bash(git status)",
    "Bash(rm:*)",
    "Bash(rm -rf:*)",
    "Bash(* x)",
    "Bash(npm run *)",
    "Bash(npm run test)",
    "Bash(find:*)",
    "Bash(find . -delete)",
    "Read",
    "Read(.env)",
    "Read(./src/**)",
    "Read(//etc/**)",
    "Read(/**)",
    "Read(~/**)",
    "Edit(/src/**)",
    "Edit(src/secrets/**)",
    "Edit(*.env)",
    "WebFetch",
    "WebFetch(domain:*.example.com)",
    "WebFetch(domain:a.example.com)",
    "mcp__hub",
    "mcp__hub__push",
    "mcp__*",
    "Web*",
    "Edit(**)",
];

pub(super) fn read(agent: Agent, files: &[(&str, String)]) -> Policy {
    let setting = Setting { home: Some("/h".to_owned()), trusted: Some(true), ..setting() };
    read_in(&setting, agent, files)
}

/// A setting of which neither the user's files are known nor whether the project is trusted.
pub(super) fn setting() -> Setting {
    Setting { start: "/p".to_owned(), reads_workspace: true, ..Setting::default() }
}

pub(super) fn read_in(setting: &Setting, agent: Agent, files: &[(&str, String)]) -> Policy {
    let disk: BTreeMap<PathBuf, Vec<u8>> =
        files.iter().map(|(path, text)| (path.into(), text.clone().into_bytes())).collect();
    let reading = read_agent(agent, setting, &disk);
    reading.policy.unwrap_or_else(|| panic!("{files:?}: {:?}", reading.failure))
}

pub(super) fn calls(tools: &[(&str, &str, &[&str])], modes: &[&str]) -> Vec<Made> {
    let arguments = tools.iter().flat_map(|(tool, name, texts)| {
        let given = |text: &&str| match name.is_empty() {
            true => json!({}),
            false => json!({ *name: text }),
        };
        texts.iter().map(move |text| (tool.to_string(), given(text).to_string()))
    });
    let arguments: Vec<(String, String)> = arguments.collect();
    let each = |(tool, arguments): &(String, String)| {
        let call = |mode: &&str| (tool.clone(), arguments.clone(), (*mode).to_owned());
        modes.iter().map(call).collect::<Vec<_>>()
    };
    arguments.iter().flat_map(each).collect()
}

/// Changes a list of rules in one of the ways in which people do.
fn changed<T: Clone>(list: &[T], random: &mut Random, fresh: impl Fn(&mut Random) -> T) -> Vec<T> {
    let mut list = list.to_vec();
    for _ in 0..=random.below(2) {
        let at = random.below(list.len() + 1);
        match random.below(4) {
            0 if at < list.len() => _ = list.remove(at),
            1 if at < list.len() => list[at] = fresh(random),
            2 if at + 1 < list.len() => list.swap(at, at + 1),
            _ => list.insert(at, fresh(random)),
        }
    }
    list
}

/// Compares random pairs of lists of rules of an agent.
pub(super) fn compare<T: Clone>(
    seed: u64,
    calls: &[Made],
    fresh: impl Fn(&mut Random) -> T,
    policy: impl Fn(&[T]) -> Policy,
) -> Tally {
    let mut random = Random(seed);
    let mut tally = Tally::default();
    for _ in 0..pairs() {
        let length = random.below(6);
        let old: Vec<T> = (0..length).map(|_| fresh(&mut random)).collect();
        let new = changed(&old, &mut random, &fresh);
        tally.compare([&policy(&old), &policy(&new)], calls);
    }
    tally
}

#[track_caller]
pub(super) fn assert_telling(tally: &Tally) {
    let least = pairs() / 10;
    assert!(tally.proved >= least && tally.shown >= least, "{tally:?}");
    assert!(tally.changed > 0 && tally.unknown < tally.proved + tally.shown, "{tally:?}");
}

const LISTS: [&str; 3] = ["allow", "ask", "deny"];

#[test]
fn what_is_proved_of_claude_code_is_so() {
    let hosts = ["https://a.example.com/", "https://b.a.example.com/x", "https://evil.test"];
    let calls = calls(
        &[
            ("Bash", "command", &COMMANDS),
            ("Read", "file_path", &PATHS),
            ("Edit", "file_path", &PATHS),
            ("Grep", "path", &PATHS),
            ("WebFetch", "url", &hosts),
            ("mcp__hub__push", "", &[""]),
            ("mcp__hub__pull", "", &[""]),
            ("mcp__other__x", "", &[""]),
            ("NotebookEdit", "notebook_path", &PATHS),
            ("WebSearch", "query", &["x"]),
        ],
        &["", "default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions"],
    );
    let modes = ["default", "acceptEdits", "dontAsk", "bypassPermissions"];
    let fresh = |random: &mut Random| match random.below(8) {
        0 => ("mode", *random.pick(&modes)),
        _ => (*random.pick(&LISTS), *random.pick(&CLAUDE)),
    };
    let policy = |rules: &[(&str, &str)]| {
        let list = |name: &str| {
            let own = rules.iter().filter(|(list, _)| *list == name);
            own.map(|(_, text)| json!(text)).collect::<Vec<Value>>()
        };
        let mut permissions = json!({
            "allow": list("allow"), "ask": list("ask"), "deny": list("deny"),
        });
        if let Some((_, mode)) = rules.iter().find(|(list, _)| *list == "mode") {
            permissions["defaultMode"] = json!(mode);
        }
        let text = json!({ "permissions": permissions }).to_string();
        read(Agent::ClaudeCode, &[("/p/.claude/settings.json", text)])
    };
    assert_telling(&compare(11, &calls, fresh, policy));
}

#[test]
fn a_tool_of_which_it_is_proved_that_it_is_allowed_is_allowed() {
    let rules = ["mcp__hub", "mcp__hub__push", "mcp__hub__*", "mcp__*", "mcp__other", "Bash"];
    let modes = ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"];
    let mut random = Random(13);
    let (mut proved, mut broken) = (0, 0);
    for _ in 0..400 {
        let mut permissions = json!({});
        for _ in 0..1 + random.below(3) {
            let list = *random.pick(&["allow", "allow", "ask", "deny"]);
            permissions[list] = json!([*random.pick(&rules), *random.pick(&rules)]);
        }
        if random.below(2) == 0 {
            permissions["defaultMode"] = json!(*random.pick(&modes));
        }
        let text = json!({ "permissions": permissions }).to_string();
        let policy = read(Agent::ClaudeCode, &[("/p/.claude/settings.json", text)]);
        let own = policy.permissions.as_ref().unwrap().mode.as_deref().unwrap_or("default");
        for tool in ["mcp__hub__push", "mcp__hub__pull", "mcp__new__x"] {
            let said = Stated {
                tool,
                said: Said::Allowed,
                meets: &|_| true,
                known: &[],
                texts: &|_| None,
            };
            let call = (tool.to_owned(), "{}".to_owned(), own.to_owned());
            let outcome = decided(&Gate::new(&policy), &call, "/p");
            match said.broken(&policy, &Budget::new(None)).unwrap() {
                None => {
                    proved += 1;
                    assert_eq!(outcome, Outcome::Allow, "{tool}: {permissions}");
                }
                Some(Evidence::Recorded(_)) => {
                    broken += 1;
                    assert!(
                        matches!(outcome, Outcome::Ask | Outcome::Deny),
                        "{tool}: {permissions}"
                    );
                }
                Some(_) => {}
            }
        }
    }
    assert!(proved > 20 && broken > 100, "{proved} proved, {broken} broken");
}

#[test]
fn what_is_proved_of_opencode_is_so() {
    let calls = calls(
        &[
            ("bash", "command", &COMMANDS),
            ("read", "filePath", &PATHS),
            ("edit", "filePath", &PATHS),
            ("todowrite", "", &[""]),
            ("task", "subagent_type", &["general", "mine"]),
            ("webfetch", "url", &["https://a.example.com/", "x"]),
            ("hub_push", "", &[""]),
            ("other", "", &[""]),
        ],
        &["", "build", "plan", "general", "explore", "mine"],
    );
    let names = [
        "bash",
        "read",
        "edit",
        "webfetch",
        "task",
        "todowrite",
        "*",
        "external_directory",
        "hub_*",
        "hub_push",
    ];
    let agents = ["", "", "", "plan", "general", "explore", "mine"];
    let patterns = [
        "*",
        "git *",
        "git push *",
        "git push",
        "rm *",
        "rm -rf *",
        "*.env",
        "src/*",
        "/etc/*",
        "g?t *",
        "https://*",
        "cat *",
    ];
    let fresh = |random: &mut Random| {
        let (agent, name) = (*random.pick(&agents), *random.pick(&names));
        let pattern = if agent.is_empty() { *random.pick(&patterns) } else { "*" };
        ((agent, name), pattern, *random.pick(&LISTS))
    };
    let policy = |rules: &[((&str, &str), &str, &str)]| {
        let block = |agent: &str| {
            let mut permission = serde_json::Map::new();
            for ((_, name), pattern, word) in rules.iter().filter(|((of, _), ..)| *of == agent) {
                // Of some tools nothing but the name is asked.
                if ["webfetch", "todowrite"].contains(name) {
                    permission.insert((*name).to_owned(), json!(word));
                    continue;
                }
                let entry = permission.entry(*name).or_insert(json!({}));
                entry[*pattern] = json!(word);
            }
            json!({ "permission": permission })
        };
        let mut all = block("");
        for agent in agents.iter().filter(|agent| !agent.is_empty()) {
            all["agent"][*agent] = block(agent);
        }
        let text = all.to_string();
        read(Agent::OpenCode, &[("/p/opencode.json", text)])
    };
    assert_telling(&compare(12, &calls, fresh, policy));
}

#[test]
fn what_is_proved_of_gemini_is_so() {
    let calls = calls(
        &[
            ("run_shell_command", "command", &COMMANDS),
            ("read_file", "file_path", &PATHS),
            ("write_file", "file_path", &PATHS),
            ("mcp_hub_push", "", &[""]),
            ("other", "", &[""]),
            ("x_tool", "a", &["b"]),
            ("invoke_agent", "agent_name", &["codebase_investigator", "mine"]),
        ],
        &["", "default", "autoEdit", "yolo", "plan"],
    );
    let heads = [
        "toolName = \"run_shell_command\"",
        "toolName = \"run_shell_command\"\ncommandPrefix = \"git\"",
        "toolName = \"run_shell_command\"\ncommandPrefix = \"git push\"",
        "toolName = \"run_shell_command\"\ncommandPrefix = [\"git status\", \"ls\"]",
        "toolName = \"run_shell_command\"\ncommandRegex = \"rm( -rf)? x\"",
        "toolName = \"read_file\"",
        "toolName = \"write_file\"\nargsPattern = '\"file_path\":\"src/'",
        "toolName = \"*\"",
        "mcpName = \"hub\"\ntoolName = \"push\"",
        "mcpName = \"hub\"\ntoolName = \"*\"",
        "toolName = \"run_shell_command\"\nallowRedirection = true",
        "toolName = \"x_tool\"\nargsPattern = \"a\"",
        "toolName = \"write_file\"\nmodes = [\"plan\"]",
        "toolName = \"*\"\nmodes = [\"plan\", \"default\"]",
        "toolName = \"codebase_investigator\"",
    ];
    let fresh = |random: &mut Random| {
        (*random.pick(&heads), *random.pick(&["allow", "ask_user", "deny"]), random.below(3) * 100)
    };
    let policy = |rules: &[(&str, &str, usize)]| {
        let rule = |(head, word, priority): &(&str, &str, usize)| {
            format!("[[rule]]\n{head}\ndecision = \"{word}\"\npriority = {priority}\n\n")
        };
        let text = rules.iter().map(rule).collect();
        read(Agent::Gemini, &[("/h/.gemini/policies/a.toml", text)])
    };
    assert_telling(&compare(14, &calls, fresh, policy));
}
