//! `gatelint init --trace … --to claude-code` as a user meets it.

use serde_json::{Value, json};

use crate::support::{Folder, Run};
use crate::transcript::{Made, Transcript};

fn init(transcript: &Transcript, more: &[&str]) -> Run {
    init_beside(transcript, "{}", more)
}

fn init_beside(transcript: &Transcript, settings: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("t.jsonl", transcript.text()).file("settings.json", settings);
    let arguments =
        ["init", "--trace", "t.jsonl", "--to", "claude-code", "--policy", "settings.json"];
    let run = folder.run(&[&arguments[..], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    run
}

fn rules(run: &Run) -> Vec<String> {
    let allow = &run.json()["permissions"]["allow"];
    allow.as_array().unwrap().iter().map(|rule| rule.as_str().unwrap().to_owned()).collect()
}

/// A session in which all kinds of things were done.
fn session() -> Transcript {
    Transcript::new("/w/p")
        .bash("git add -A", Made::Approved)
        .bash("git add src", Made::Approved)
        .bash("npm test", Made::Approved)
        .bash("npm test", Made::Approved)
        .bash("python3 x.py", Made::Approved)
        .bash("npx prettier --write a", Made::Approved)
        .bash("sudo make install", Made::Approved)
        .bash("find . -name x -delete", Made::Approved)
        .bash("git push origin main", Made::Approved)
        .bash("ls -l", Made::Passed)
        .call(
            "Edit",
            json!({"file_path": "/w/p/src/a.rs", "old_string": "a", "new_string": "b"}),
            Made::Approved,
        )
        .call("Write", json!({"file_path": "/w/p/src/b.rs", "content": "b"}), Made::Approved)
        .call("Write", json!({"file_path": "/w/p/notes.md", "content": "b"}), Made::Approved)
        .call("Write", json!({"file_path": "/etc/x", "content": "b"}), Made::Approved)
        .call("mcp__github__create_issue", json!({"title": "t"}), Made::Approved)
        .call("mcp__github__delete_repo", json!({"name": "t"}), Made::Refused)
}

#[test]
fn what_was_always_approved_becomes_the_shortest_list_of_rules() {
    let run = init(&session(), &[]);
    let expected = [
        "Bash(git add *)",
        "Bash(npm test)",
        "Edit(/src/**)",
        "Bash(git push origin main)",
        "Edit(/notes.md)",
        "mcp__github__create_issue",
    ];
    assert_eq!(rules(&run), expected);
    for part in [
        "14 questions of calls that ran, 5 left with 6 rules\n",
        "      2  Bash(git add *)\n",
        "      2  Bash(npm test)\n         it runs what `package.json` says, whoever changes that\n",
        "      1  Bash `python3`: it runs whatever it is given\n",
        "      1  Write: it is outside of the project, or hidden there\n",
        "note: 1 call refused; none of them is allowed\n",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
}

#[test]
fn the_rules_ask_no_more_than_is_said_when_the_session_is_replayed_under_them() {
    let transcript = session();
    let run = init(&transcript, &[]);
    let folder = Folder::new().file("settings.json", &run.out).file("t.jsonl", transcript.text());
    let arguments = [
        "replay",
        "--decisions",
        "--policy",
        "settings.json",
        "--dialect",
        "claude-code",
        "t.jsonl",
    ];
    let decided = folder.run(&arguments).json_lines();
    let asked = decided.iter().filter(|line| line["outcome"] == "ask");
    let mut asked: Vec<&str> = asked.map(|line| line["tool"].as_str().unwrap()).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["Bash", "Bash", "Bash", "Bash", "Write", "delete_repo"]);
}

#[test]
fn a_call_that_was_refused_once_is_never_allowed() {
    let transcript = Transcript::new("/w/p")
        .bash("npm publish", Made::Approved)
        .bash("npm publish", Made::Refused)
        .bash("git commit -a", Made::Approved)
        .bash("git commit -m x", Made::Approved)
        .bash("git commit --amend", Made::Denied)
        .call("mcp__s__write", json!({"a": 1}), Made::Approved)
        .call("mcp__s__write", json!({"a": 2}), Made::Refused);
    let run = init(&transcript, &[]);
    assert_eq!(rules(&run), [""; 0], "{}", run.out);
    assert!(run.err.contains("such a call was refused"), "{}", run.err);
}

/// `git commit` and `cargo build` in several forms, and one more call that was refused.
fn beside_refused(command: &str) -> Vec<String> {
    let mut transcript = Transcript::new("/w/p");
    for approved in
        ["cargo build q", "cargo fmt", "git commit -a", "git commit -s", "git add a", "git add b"]
    {
        transcript = transcript.bash(approved, Made::Approved);
    }
    rules(&init(&transcript.bash(command, Made::Refused), &[]))
}

#[test]
fn a_refused_command_is_allowed_neither_in_a_wrapper_nor_as_a_part() {
    let (build, commit, add) = ("Bash(cargo build q)", "Bash(git commit *)", "Bash(git add *)");
    let all = beside_refused("ls /");
    for rule in [build, commit, add, "Bash(cargo fmt)"] {
        assert!(all.contains(&rule.to_owned()), "{rule}: {all:?}");
    }
    for (refused, rule) in [
        ("timeout 5 cargo build q", build),
        ("sudo nice cargo build q", build),
        ("bash -c 'cargo build q'", build),
        ("timeout 5 git commit -m zz", commit),
        ("make x && git commit -m zz", commit),
        ("make x; git commit -m \"z z\" > log", commit),
        ("(cd y && git add .env) & make", add),
        ("echo $(git add .env)", add),
    ] {
        let left = beside_refused(refused);
        assert!(!left.contains(&rule.to_owned()), "{refused}: {left:?}");
        assert!(left.contains(&"Bash(cargo fmt)".to_owned()), "{refused}: {left:?}");
    }
}

#[test]
fn harm_and_secrets_of_one_approval_become_no_rule() {
    let mut transcript = Transcript::new("/w/p").bash("npm test", Made::Approved);
    let commands = [
        "dd if=a of=b",
        "mkfs.ext4 disk",
        "chmod 777 a",
        "chown me a",
        "git reset --hard",
        "git clean -fd",
        "git push --force",
        "kill 7",
        "shutdown now",
        "curl x.example",
        "wget x.example",
        "scp a b",
        "crontab a",
        "elixir x.exs",
        "conda run x",
        "cargo test --config a.toml",
        "fetch -u bob:hunter2 x.example",
        "mysql -u root -phunter2 db",
        "redis-cli -a hunter2 ping",
        "sshpass -p hunter2 y",
        "git commit --author x --password hunter2",
    ];
    for command in commands {
        transcript = transcript.bash(command, Made::Approved);
    }
    let run = init(&transcript, &[]);
    assert_eq!(rules(&run), ["Bash(npm test)"]);
    assert!(!run.err.contains("hunter2"), "{}", run.err);
    assert!(run.err.contains("Bash `dd`: what it removes or overwrites"), "{}", run.err);
}

#[test]
fn commands_that_an_option_lets_run_something_stay_as_they_were_written() {
    let transcript = Transcript::new("/w/p")
        .bash("cargo test a", Made::Approved)
        .bash("cargo test b", Made::Approved);
    assert_eq!(rules(&init(&transcript, &[])), ["Bash(cargo test a)", "Bash(cargo test b)"]);
}

#[test]
fn parts_of_a_command_that_pass_by_themselves_need_no_rule() {
    let transcript = Transcript::new("/w/p")
        .bash("npm test | tail -5", Made::Approved)
        .bash("cd src && npm run build", Made::Approved);
    assert_eq!(rules(&init(&transcript, &[])), ["Bash(npm run build)", "Bash(npm test)"]);
}

#[test]
fn only_the_mode_in_which_somebody_is_asked_approves_anything() {
    let transcript = Transcript::new("/w/p")
        .mode("bypassPermissions")
        .bash("npm test", Made::Ran)
        .mode("acceptEdits")
        .bash("cargo test", Made::Ran)
        .mode("")
        .bash("cargo build", Made::Ran);
    let run = init(&transcript, &[]);
    assert_eq!(rules(&run), [""; 0]);
    assert!(
        run.err.contains("note: 2 calls ran in a mode in which nobody is asked"),
        "{}",
        run.err
    );
    assert!(run.err.contains("`--assume mode=default`"), "{}", run.err);
    assert_eq!(rules(&init(&transcript, &["--assume", "mode=default"])), ["Bash(cargo build)"]);
    let folder = Folder::new().file("t.jsonl", transcript.text());
    let arguments = ["init", "--trace", "t.jsonl", "--to", "claude-code"];
    let run = folder.run(&[&arguments[..], &["--assume", "mode=defalt"]].concat());
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("`defalt`") && run.err.contains("`default`"), "{}", run.err);
}

#[test]
fn what_the_settings_deny_or_ask_about_is_not_allowed_and_what_they_allow_not_repeated() {
    let settings = r#"{"permissions": {"allow": ["Bash(npm test)"], "ask": ["Bash(git add --patch)"],
        "deny": ["mcp__github"]}}"#;
    let run = init_beside(&session(), settings, &[]);
    let rules = rules(&run);
    for rule in ["Bash(npm test)", "Bash(git add *)", "mcp__github__create_issue"] {
        assert!(!rules.contains(&rule.to_owned()), "{rule}: {rules:?}");
    }
    assert!(rules.contains(&"Bash(git add -A)".to_owned()), "{rules:?}");
}

#[test]
fn no_secret_and_nothing_hostile_is_written_into_a_rule() {
    let transcript = Transcript::new("/w/p")
        .bash("deploy --token=ghp_abcdefghijklmnopqrstuvwxyz0123456789", Made::Approved)
        .bash("curl https://u:s3cr3t-p4ss@x.example/a", Made::Approved)
        .bash("echo \u{1b}[31m > x", Made::Approved)
        .call("Write", json!({"file_path": "/w/p/a\u{202e}b.md", "content": "x"}), Made::Approved);
    for format in ["human", "json"] {
        let run = init(&transcript, &["--format", format]);
        for secret in ["ghp_", "s3cr3t", "\u{1b}", "\u{202e}"] {
            assert!(
                !run.out.contains(secret) && !run.err.contains(secret),
                "{format}: {}{}",
                run.out,
                run.err
            );
        }
    }
}

#[test]
fn machines_get_the_rules_with_what_they_save() {
    let output: Value = init(&session(), &["--format", "json"]).json();
    let first = json!({"rule": "Bash(git add *)", "saves": 2, "caution": null});
    assert_eq!(output["rules"][0], first);
    assert_eq!(output["questions"], json!({"before": 14, "left": 5}));
    assert_eq!(output["dialect"], "claude-code");
}

#[test]
fn options_that_only_one_kind_of_policy_heeds_are_refused_for_the_other() {
    let folder = Folder::new().file("t.jsonl", session().text());
    let server = ["init", "--server", "@paretools/http", "--to", "claude-code"];
    let run = folder.run(&server);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("convert --to claude-code --as NAME"), "{}", run.err);
    let run = folder.run(&["init", "--trace", "t.jsonl", "--policy", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("--policy is for rules of an agent"), "{}", run.err);
}

#[test]
fn what_a_file_of_the_project_says_is_run_with_a_word_and_never_where_that_file_may_be_changed() {
    let edit = |path: &str| json!({"file_path": path, "old_string": "a", "new_string": "b"});
    let transcript = Transcript::new("/w/p")
        .bash("./x.sh", Made::Approved)
        .bash("scripts/y.sh", Made::Approved)
        .bash("npm run build", Made::Approved)
        .bash("/usr/bin/stat a", Made::Approved)
        .call("Edit", edit("/w/p/scripts/y.sh"), Made::Approved)
        .call("Edit", edit("/w/p/package.json"), Made::Approved);
    let run = init(&transcript, &[]);
    let expected =
        ["Bash(./x.sh)", "Bash(/usr/bin/stat a)", "Edit(/package.json)", "Edit(/scripts/y.sh)"];
    assert_eq!(rules(&run), expected);
    for part in [
        "Bash(./x.sh)\n         it runs what `./x.sh` says, whoever changes that\n",
        "Bash `npm`: what it runs stands in a file that may be changed without a question\n",
        "Bash `scripts/y.sh`: what it runs stands in a file that may be changed without a question\n",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
}

#[test]
fn tools_of_servers_are_allowed_by_what_the_catalogue_knows_of_them() {
    let tools = r#"{"tools": [
        {"name": "list_things", "annotations": {"readOnlyHint": true}, "inputSchema": {"type": "object"}},
        {"name": "delete_thing", "annotations": {"destructiveHint": true}, "inputSchema": {"type": "object"}},
        {"name": "run_command", "inputSchema": {"type": "object", "properties": {"command": {"type": "string"}}}},
        {"name": "create_thing", "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}}}]}"#;
    let transcript = Transcript::new("/w/p")
        .call("mcp__things__list_things", json!({}), Made::Approved)
        .call("mcp__things__delete_thing", json!({"id": 1}), Made::Approved)
        .call("mcp__things__run_command", json!({"command": "ls"}), Made::Approved)
        .call("mcp__things__create_thing", json!({"name": "a"}), Made::Approved)
        .call("mcp__other__get_it", json!({}), Made::Approved)
        .call("mcp__other__execute_sql", json!({}), Made::Approved);
    let folder = Folder::new().file("t.jsonl", transcript.text()).file("things.json", tools);
    let arguments =
        ["init", "--trace", "t.jsonl", "--to", "claude-code", "--catalogue", "things.json"];
    let run = folder.run(&[&arguments[..], &["--format", "json"]].concat());
    let json = run.json();
    let told = |rule: &serde_json::Value| {
        (rule["rule"].as_str().unwrap().to_owned(), rule["caution"].clone())
    };
    let rules: Vec<_> = json["rules"].as_array().unwrap().iter().map(told).collect();
    let expected = [
        ("mcp__other__get_it", json!("with any arguments; the catalogue does not know it")),
        ("mcp__things__create_thing", json!("with any arguments; the catalogue has it as Write")),
        ("mcp__things__list_things", json!(null)),
    ];
    assert_eq!(rules, expected.map(|(rule, caution)| (rule.to_owned(), caution)), "{}", run.err);
    let left = json["left"].to_string();
    assert!(left.contains("does not come back") && left.contains("it runs whatever"), "{left}");
    // A name is enough to keep a question.
    assert!(left.contains("mcp__other__execute_sql"), "{left}");
}
