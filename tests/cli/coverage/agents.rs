//! Coverage of permission files of agents.

use serde_json::{Value, json};

use super::{counts, covered};
use crate::support::Folder;

const SETTINGS: &str = r#"{
  "permissions": {
    "allow": ["Bash(git status)",
      "Bash(ls:*)",
      "Bash(make)"],
    "deny": [
      "Bash(rm:*)",
      "Bash(",
      "Read(./.env)"
    ]
  }
}
"#;

#[test]
fn rules_of_an_agent_count_where_they_rule_on_a_part_of_what_came_of_the_call() {
    let tests = "
for: .
assume: [mode=default]
cases:
  - {name: both, call: {tool: Bash, args: {command: git status && ls -l}}, expect: allow}
  - {name: refused, call: {tool: Bash, args: {command: make && rm x}}, expect: deny}
  - {name: unasked, call: {tool: Read, args: {file_path: a.txt}}, expect: allow}
";
    let folder = Folder::new().file(".claude/settings.json", SETTINGS).file("a.test.yaml", tests);
    let run = folder.run(&["test", "--coverage", "--format", "json"]);
    let coverage = covered(&run);
    assert_eq!(counts(&coverage), ["3/6", "0/0", "0/0", "0/0", "3/6"], "{}{}", run.out, run.err);
    assert_eq!(coverage["unchecked"], json!([{"name": "Read", "calls": 1}]));
    let parts = coverage["not_covered"].as_array().unwrap().iter();
    let told: Vec<_> = parts
        .map(|part| json!([part["line"], part["name"], part["reached"], part["void"]]))
        .collect();
    let expected = [
        json!([5, "allow Bash(make)", 1, false]),
        json!([8, "deny Bash(", 0, true]),
        json!([9, "deny Read(./.env)", 0, false]),
    ];
    assert_eq!(told, expected);
    let lcov = folder.run(&["test", "--format", "lcov"]).out;
    for record in [
        "settings.json\n",
        "FN:7,rule deny Bash(rm:*)\n",
        "FNDA:1,rule deny Bash(rm:*)\n",
        "FNDA:0,rule deny Bash(\n",
        "FNF:6\nFNH:3\nBRF:0\nBRH:0\n",
        "DA:3,1\nDA:4,1\nDA:5,0\n",
    ] {
        assert!(lcov.contains(record), "{record:?} is not in\n{lcov}");
    }
    let shown = folder.run(&["test", "--coverage"]).out;
    assert!(shown.contains("never decided a call; it ruled on a part of 1 call"), "{shown}");
    assert!(shown.contains("never holds: the agent does not take it for a rule"), "{shown}");
}

#[test]
fn each_file_of_an_agents_project_has_a_section_of_its_own() {
    let folder = Folder::new()
        .file(".claude/settings.json", r#"{"permissions": {"allow": ["Bash(ls)"]}}"#)
        .file(".claude/settings.local.json", r#"{"permissions": {"deny": ["Bash(rm)"]}}"#)
        .file(
            "t.jsonl",
            "{\"tool\":\"Bash\",\"args\":{\"command\":\"ls\"},\"mode\":\"default\"}\n",
        );
    let run = folder.run(&["replay", "--policy", ".", "t.jsonl", "--format", "lcov"]);
    let files: Vec<&str> = run.out.lines().filter_map(|line| line.strip_prefix("SF:")).collect();
    assert!(
        files[0].ends_with(".claude/settings.json") && files[1].ends_with("settings.local.json")
    );
    assert_eq!(run.out.matches("FNDA:1,rule allow Bash(ls)\n").count(), 1, "{}", run.out);
    assert_eq!(run.out.matches("FNDA:0,rule deny Bash(rm)\n").count(), 1, "{}", run.out);
}

/// The lines of the rules that decided no call, of one project of an agent.
fn idle(folder: &Folder, calls: &str, options: &[&str]) -> Vec<(String, u64)> {
    std::fs::write(folder.path("t.jsonl"), calls).unwrap();
    let replay = ["replay", "--policy", "project", "t.jsonl", "--coverage", "--format", "json"];
    let run = folder.run(&[&replay, options].concat());
    let coverage = covered(&run);
    let parts = coverage["not_covered"].as_array().unwrap().iter();
    let place = |part: &Value| format!("{}:{}", part["file"].as_str().unwrap(), part["line"]);
    let name = |place: String| place.rsplit('/').next().unwrap().to_owned();
    parts.map(|part| (name(place(part)), part["reached"].as_u64().unwrap())).collect()
}

#[test]
fn the_rules_of_every_agent_count_each_once() {
    let gemini = Folder::new()
        .file("project/.gemini/settings.json", "{\n \"tools\": {\"exclude\": [\"web_fetch\"]}}\n")
        .file(
            "home/.gemini/policies/a.toml",
            "[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = [\"npm\", \"git\"]\ndecision = \"allow\"\npriority = 100\n\n\
             [[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = \"git push\"\ndecision = \"deny\"\npriority = 200\n",
        );
    let push = r#"{"tool":"run_shell_command","args":{"command":"npm test && git push"}}"#;
    let home = ["--home", "home"];
    let expected = [("a.toml:1".to_owned(), 1), ("settings.json:2".to_owned(), 0)];
    assert_eq!(idle(&gemini, push, &home), expected);
    let npm = r#"{"tool":"run_shell_command","args":{"command":"npm test"}}"#;
    let expected = [("a.toml:7".to_owned(), 0), ("settings.json:2".to_owned(), 0)];
    assert_eq!(idle(&gemini, npm, &home), expected);

    let opencode = Folder::new().file("project/.git/HEAD", "").file(
        "project/opencode.json",
        "{\"permission\": {\"bash\": {\n \"*\": \"ask\",\n \"git *\": \"allow\",\n \"git push*\": \"deny\"}}}\n",
    );
    let status = r#"{"tool":"bash","args":{"command":"git status"}}"#;
    let push = r#"{"tool":"bash","args":{"command":"git status && git push"}}"#;
    let expected = [("opencode.json:2".to_owned(), 0)];
    assert_eq!(idle(&opencode, &format!("{status}\n{push}\n"), &[]), expected);
    let expected = [("opencode.json:2".to_owned(), 0), ("opencode.json:3".to_owned(), 1)];
    assert_eq!(idle(&opencode, push, &[]), expected);

    let codex = Folder::new().file(
        "project/.codex/rules/default.rules",
        "prefix_rule(pattern=[\"git\", \"status\"], decision=\"allow\")\n\
         prefix_rule(pattern=[\"git\", \"push\"], decision=\"prompt\")\n\
         prefix_rule(pattern=[\"rm\"], decision=\"forbidden\")\n",
    );
    let options = ["--assume", "trust=yes", "--assume", "mode=on-request"];
    let rm = r#"{"tool":"exec_command","args":{"cmd":"git status && rm x"},"cwd":"/p"}"#;
    let expected = [("default.rules:1".to_owned(), 1), ("default.rules:2".to_owned(), 0)];
    assert_eq!(idle(&codex, rm, &options), expected);
    let push = r#"{"tool":"exec_command","args":{"cmd":"git push"},"cwd":"/p"}"#;
    let expected = [("default.rules:1".to_owned(), 0), ("default.rules:3".to_owned(), 0)];
    assert_eq!(idle(&codex, push, &options), expected);
}
