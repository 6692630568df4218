//! Converted rules on the calls of the conformance sets: whatever the agents' own programs were asked, the
//! result lets no more pass than what it was made from, but what is named.

use serde_json::{Value, json};

use crate::support::{Folder, fixture};

/// A set: a settings file that stands alone, and calls of the agent's own tools.
struct Set {
    name: String,
    policy: String,
    calls: Vec<(String, Value)>,
}

/// Some of the sets of an agent that consist of one file of the project.
fn sets(agent: &str, file: &str, wanted: usize) -> Vec<Set> {
    let text =
        std::fs::read_to_string(fixture(&format!("conformance/{agent}/sets.jsonl"))).unwrap();
    let all: Vec<Set> = text.lines().filter_map(|line| set(line, file)).collect();
    let step = (all.len() / wanted).max(1);
    all.into_iter().step_by(step).collect()
}

fn set(line: &str, file: &str) -> Option<Set> {
    let row: Value = serde_json::from_str(line).unwrap();
    let files = row["files"].as_object()?;
    let is_alone = files.keys().all(|name| name == file || name == "fs.json");
    let policy = files.get(file)?.as_str()?;
    let is_sound = file.ends_with(".toml") || {
        let parsed: Value = serde_json::from_str(policy).ok()?;
        let key = if file == "project.json" { "permissions" } else { "permission" };
        parsed[key].is_object() && parsed[key].get("defaultMode").is_none()
    };
    let is_usual = row["meta"].get("agent").is_none_or(|agent| agent == "build");
    let calls = row["calls"].as_array()?.iter();
    let calls = calls.map(|call| (call["tool"].as_str().unwrap().to_owned(), call["args"].clone()));
    let name = row["name"].as_str()?.to_owned();
    // Files that are read in two ways are refused.
    let is_valid = !name.contains("invalid");
    (is_alone && is_sound && is_usual && is_valid).then(|| Set {
        name,
        policy: policy.to_owned(),
        calls: calls.collect(),
    })
}

/// What the tools of the agents are called, and the argument that says to what they do something: commands, what
/// is read, written and changed, addresses.
const TOOLS: [(&str, [(&str, &str); 5]); 3] = [
    (
        "claude-code",
        [
            ("Bash", "command"),
            ("Read", "file_path"),
            ("Write", "file_path"),
            ("Edit", "file_path"),
            ("WebFetch", "url"),
        ],
    ),
    (
        "opencode",
        [
            ("bash", "command"),
            ("read", "filePath"),
            ("write", "filePath"),
            ("edit", "filePath"),
            ("webfetch", "url"),
        ],
    ),
    (
        "gemini",
        [
            ("run_shell_command", "command"),
            ("read_file", "file_path"),
            ("write_file", "file_path"),
            ("replace", "file_path"),
            ("web_fetch", "prompt"),
        ],
    ),
];

fn tools(agent: &str) -> [(&'static str, &'static str); 5] {
    TOOLS.into_iter().find(|(name, _)| *name == agent).unwrap().1
}

fn outcomes(policy: &str, dialect: &str, calls: &[(usize, &str)]) -> Vec<String> {
    let name = if dialect == "gemini" { "policy.toml" } else { "policy.json" };
    let line = |(kind, object): &(usize, &str)| {
        let (tool, argument) = tools(dialect)[*kind];
        let mode = if dialect == "opencode" { "build" } else { "default" };
        let call = json!({"tool": tool, "args": {argument: object}, "cwd": "/home/dev/project", "mode": mode});
        format!("{call}\n")
    };
    let trace: String = calls.iter().map(line).collect();
    let folder = Folder::new().file(name, policy).file("trace.jsonl", trace);
    let run = folder.run(&[
        "replay",
        "--decisions",
        "--policy",
        name,
        "--dialect",
        dialect,
        "trace.jsonl",
    ]);
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
}

fn access(outcome: &str) -> Option<u8> {
    ["deny", "ask", "allow"].iter().position(|known| *known == outcome).map(|at| at as u8)
}

/// How many calls were decided under both, none of which passes more easily in the result.
fn held_against_its_source(from: &str, to: &str, set: &Set) -> usize {
    let name = if from == "gemini" { "policy.toml" } else { "policy.json" };
    let folder = Folder::new().file(name, &set.policy);
    let run = folder.run(&["convert", name, "--dialect", from, "--to", to, "--format", "json"]);
    // What the agent itself takes in spite of a mistake is refused here.
    if run.err.contains("is not a valid policy") || run.err.contains("without letting more pass") {
        return 0;
    }
    let lost = run.json()["lost"].clone();
    let is_named = lost.as_array().unwrap().iter().any(|loss| loss["what"] == "milder");
    assert_eq!(run.status, i32::from(is_named), "{}: {}", set.name, run.err);
    let calls = set.calls.iter().filter_map(|(tool, arguments)| {
        let kind = tools(from).iter().position(|(name, _)| name == tool)?;
        Some((kind, arguments[tools(from)[kind].1].as_str()?))
    });
    let calls: Vec<(usize, &str)> = calls.collect();
    if calls.is_empty() {
        return 0;
    }
    let text = run.json()["text"].as_str().unwrap().to_owned();
    let (old, new) = (outcomes(&set.policy, from, &calls), outcomes(&text, to, &calls));
    let decided = old.iter().zip(&new).zip(&calls);
    let compared =
        decided.filter_map(|((old, new), call)| Some((access(old)?, access(new)?, call)));
    let mut count = 0;
    for (old, new, call) in compared {
        assert!(
            new <= old || (is_named && call.0 == 0),
            "{} to {to}: {call:?} from {old} to {new} under {}",
            set.name,
            set.policy
        );
        count += 1;
    }
    count
}

#[test]
fn no_measured_call_passes_more_easily_in_the_rules_of_another_agent() {
    for (from, file, to) in [
        ("claude-code", "project.json", "gemini"),
        ("claude-code", "project.json", "opencode"),
        ("opencode", "project/opencode.json", "claude-code"),
        ("opencode", "project/opencode.json", "gemini"),
        ("gemini", "home/.gemini/policies/policy.toml", "claude-code"),
        ("gemini", "home/.gemini/policies/policy.toml", "opencode"),
    ] {
        let sets = sets(from, file, 6);
        let calls: usize = sets.iter().map(|set| held_against_its_source(from, to, set)).sum();
        assert!(calls > 10, "{from} to {to}: {calls} calls of {} sets", sets.len());
    }
}
