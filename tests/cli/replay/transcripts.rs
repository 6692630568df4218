//! Transcripts of agents decided under the agents' own rules, and held against what became of the calls.

use serde_json::json;

use crate::support::{Folder, Run};
use crate::transcript::{Made, Transcript};

const SETTINGS: &str = r#"{
  "permissions": {
    "allow": ["Bash(npm test)", "Edit(./docs/**)"],
    "ask": ["Bash(git push *)"],
    "deny": ["Read(./.env)", "Bash(rm *)"]
  }
}"#;

fn replay(settings: &str, transcript: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("settings.json", settings).file("t.jsonl", transcript);
    let arguments = ["replay", "--policy", "settings.json", "--dialect", "claude-code", "t.jsonl"];
    folder.run(&[&arguments[..], more].concat())
}

fn outcomes(settings: &str, transcript: &Transcript) -> Vec<String> {
    let run = replay(settings, &transcript.text(), &["--decisions"]);
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn mode_and_folders_are_those_that_the_transcript_tells() {
    let write = |path: &str| json!({"file_path": path, "content": "x"});
    let read = |path: &str| json!({"file_path": path});
    let transcript = Transcript::new("/w/p")
        .folders(&["/w/lib"])
        .bash("make", Made::Approved)
        .call("Write", write("/w/p/src/a.rs"), Made::Approved)
        .call("Write", write("/w/p/docs/a.md"), Made::Passed)
        .call("Read", read("/w/lib/x"), Made::Passed)
        .call("Read", read("/w/other/x"), Made::Approved)
        .call("Read", read("/w/p/.env"), Made::Denied)
        .mode("acceptEdits")
        .call("Write", write("/w/p/src/a.rs"), Made::Passed)
        .mode("dontAsk")
        .bash("make", Made::Denied)
        .mode("bypassPermissions")
        .bash("make", Made::Passed)
        .bash("git push origin", Made::Approved)
        .bash("rm x", Made::Denied);
    let expected =
        ["ask", "ask", "allow", "allow", "ask", "deny", "allow", "deny", "allow", "ask", "deny"];
    assert_eq!(outcomes(SETTINGS, &transcript), expected);
}

#[test]
fn what_became_of_each_call_is_held_against_the_rules() {
    let transcript = Transcript::new("/w/p")
        .bash("npm test", Made::Passed)
        .bash("npm test", Made::Approved)
        .bash("git push origin", Made::Refused)
        .bash("rm x", Made::Denied)
        .bash("rm y", Made::Ran)
        .bash("make", Made::Ran)
        .bash("make", Made::Passed)
        .bash("make all", Made::Denied);
    let run = replay(SETTINGS, &transcript.text(), &["--compare-recorded"]);
    assert_eq!(run.status, 0, "{}", run.err);
    for part in [
        "Compared with what the agent did\n",
        "8 of 8 calls recorded: 4 agree, 4 disagree\n",
        "1 call asked about here ran, which agrees: the log does not tell whether somebody was asked",
        "recorded ask (a person approved it), replayed allow by allow Bash(npm test)",
        "recorded allow (it ran), replayed deny by deny Bash(rm *)",
        "recorded allow, replayed ask by (no rule)",
        "recorded deny (a rule or the mode denied it), replayed ask by (no rule)",
    ] {
        let out = run.out.replace("\n    ", " ");
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    assert_eq!(replay(SETTINGS, &transcript.text(), &["--fail-on", "disagree"]).status, 1);
}

#[test]
fn a_gateways_policy_is_not_held_against_what_the_agent_made_of_a_call() {
    let transcript = Transcript::new("/w/p").call("mcp__s__a", json!({}), Made::Refused);
    let policy = r#"{"version": "1", "default": "allow", "tools": {}}"#;
    let folder = Folder::new().file("p.json", policy).file("t.jsonl", transcript.text());
    let run = folder.run(&["replay", "--policy", "p.json", "t.jsonl", "--compare-recorded"]);
    assert!(run.err.contains("no call has a recorded decision"), "{}{}", run.out, run.err);
}

#[test]
fn rules_that_allow_are_listed_with_file_and_line_like_those_that_refuse() {
    let transcript = Transcript::new("/w/p")
        .bash("npm test", Made::Ran)
        .bash("rm x", Made::Ran)
        .bash("ls", Made::Ran);
    let run = replay(SETTINGS, &transcript.text(), &[]);
    for part in [
        "Rules that decided",
        "allow Bash(npm test)",
        "settings.json:3",
        "settings.json:5",
        "(built in)",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    let run = replay(SETTINGS, &transcript.text(), &["--format", "json", "--by", "rule"]);
    let rules = run.json()["rules"].as_array().unwrap().clone();
    let allowed = rules.iter().find(|rule| rule["rule"] == "allow Bash(npm test)").unwrap();
    assert_eq!((&allowed["outcome"], &allowed["calls"]), (&"allow".into(), &1.into()));
    assert!(allowed["place"].as_str().unwrap().ends_with("settings.json:3"));
}

#[test]
fn a_mode_that_is_not_told_is_said_once_with_what_to_write() {
    let transcript =
        Transcript::new("/w/p").mode("").bash("make", Made::Ran).bash("make x", Made::Ran);
    let run = replay(SETTINGS, &transcript.text(), &[]);
    assert!(run.out.contains("the permission mode is not known: 2 calls"), "{}", run.out);
    assert_eq!(run.out.matches("`--assume mode=default`").count(), 1, "{}", run.out);
    let run =
        replay(SETTINGS, &transcript.text(), &["--assume", "mode=default", "--format", "json"]);
    assert_eq!(run.json()["outcomes"]["ask"], 2);
}

#[test]
fn refusals_in_older_transcripts_and_in_sessions_of_others_are_known_by_their_words() {
    let refused = Transcript::new("/w/p").bash("make", Made::Ran).text().replace(
        r#""content":"done","is_error":false"#,
        r#""content":"The user doesn't want to proceed with this tool use. It was rejected","is_error":true"#,
    );
    let run = replay(SETTINGS, &refused, &["--compare-recorded", "--format", "json"]);
    assert_eq!(run.json()["recorded"]["matrix"]["ask"]["ask"], 1, "{}", run.out);
    let codex = concat!(
        r#"{"timestamp":"2026-03-01T10:00:00Z","type":"session_meta","payload":{"id":"s","originator":"codex","cwd":"/srv"}}"#,
        "\n",
        r#"{"timestamp":"2026-03-01T10:00:00Z","type":"turn_context","payload":{"cwd":"/srv","approval_policy":"on-request"}}"#,
        "\n",
        r#"{"timestamp":"2026-03-01T10:00:01Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","call_id":"c","arguments":"{\"cmd\":\"git push\"}"}}"#,
        "\n",
        r#"{"timestamp":"2026-03-01T10:00:02Z","type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":"exec failed: Rejected(\"rejected by user\")"}}"#,
        "\n",
    );
    let rules = "prefix_rule(pattern = [\"git\", \"push\"], decision = \"prompt\")\n";
    let folder = Folder::new().file("own.rules", rules).file("t.jsonl", codex);
    let arguments = [
        "replay",
        "--policy",
        "own.rules",
        "--dialect",
        "codex",
        "t.jsonl",
        "--compare-recorded",
        "--format",
        "json",
    ];
    let run = folder.run(&arguments);
    assert_eq!(run.json()["recorded"]["matrix"]["ask"]["ask"], 1, "{}{}", run.out, run.err);
}
