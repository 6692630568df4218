//! Which test files there are, what they may name, and how they are written.

use crate::diff::git::git;
use crate::support::{Folder, Run};

const SETTINGS: &str =
    r#"{"permissions": {"allow": ["Bash(git status)"], "deny": ["Bash(git push *)"]}}"#;

/// A policy whose check stands on line 5.
fn payments(most: u32) -> String {
    format!(
        r#"{{
  "version": "1",
  "default": "deny",
  "tools": {{
    "pay": {{ "deny_if": [{{ "conditions": [{{ "path": "args.amount", "op": "gt", "value": {most} }}], "on_deny": "too much" }}] }}
  }}
}}
"#
    )
}

fn of_agent(test: &str) -> Folder {
    Folder::new().file(".claude/settings.json", SETTINGS).file("a.test.yaml", test)
}

fn told(run: &Run, status: i32, part: &str) {
    assert_eq!(run.status, status, "{}{}", run.out, run.err);
    let all = format!("{}{}", run.out, run.err);
    assert!(all.contains(part), "{part:?} is not in\n{all}");
}

#[test]
fn test_files_in_the_hidden_folders_of_agents_are_run() {
    let test = "assume: [mode=default]\ncases: [{name: a, call: {tool: Bash, cwd: .., args: {command: git push a b}}, expect: deny}]";
    let folder = Folder::new()
        .file(".claude/settings.json", SETTINGS)
        .file(".claude/settings.test.yaml", test)
        .file("sub/.opencode/opencode.test.yaml", "cases: []")
        .file(".venv/lib/other.test.yaml", test)
        .file(".gitignore", ".claude/\n");
    let run = folder.run(&["test"]);
    told(&run, 2, ".claude/settings.test.yaml under .claude/settings.json: 1 of 1 case passes");
    assert!(run.err.contains("opencode.test.yaml"), "{}", run.err);
    assert!(!format!("{}{}", run.out, run.err).contains(".venv"), "{}", run.err);
}

#[test]
fn the_folder_of_a_project_is_its_agents_whatever_the_configuration_says_of_servers() {
    let config = "policies: [{files: 'policies/*.json', server: acme}]";
    let test = |of: &str| {
        format!(
            "for: {of}\ncases: [{{name: a, call: {{tool: Bash, mode: default, cwd: ., args: {{command: git status}}}}, expect: allow}}]"
        )
    };
    for of in [".", "{agent: .}"] {
        let folder = of_agent(&test(of))
            .file("gatelint.yaml", config)
            .file("policies/payments.json", payments(500));
        told(&folder.run(&["test"]), 0, "1 of 1 case passes");
    }
    let folder = of_agent(&test(".claude"));
    told(&folder.run(&["test"]), 2, "name the folder of the project, in which this one lies");
}

#[test]
fn what_a_case_lacks_is_said_with_what_to_write() {
    let case = |head: &str, call: &str| {
        let call = format!("{{tool: Bash, args: {{command: git fetch a}}{call}}}");
        of_agent(&format!("for: .\n{head}\ncases: [{{name: a, call: {call}, expect: allow}}]"))
            .run(&["test"])
    };
    let run = case("", "");
    told(
        &run,
        1,
        "help      write `mode: default` in the call, or `assume: [mode=default]` in the file",
    );
    told(&case("assume: {mode: default}", ""), 2, "help: write `assume: [mode=default]`");
    told(&case("assume: [mode=defalt]", ""), 2, "did you mean `default`?");
    told(&case("", ", mode: defalt"), 2, "there is no mode of Claude Code `defalt`");
    let folder = of_agent("for: .\ncases: [{name: a, call: {tool: Bash}, expect: allow}]");
    let run = folder.run(&["test", "--assume", "mode=foo"]);
    told(&run, 2, "there is no mode of Claude Code `foo`");
    let alone = "for: .claude/settings.json\ncases: [{name: a, call: {tool: Read, mode: default, args: {file_path: /x/a}}, expect: deny}]";
    told(&of_agent(alone).run(&["test"]), 1, "help      write `cwd: .` in the call");
}

#[test]
fn a_call_to_a_server_without_a_policy_is_told_which_have_one() {
    let test = "for: {payments: p.json, git: p.json}\ncases: [{name: a, call: {tool: pay, server: paymens}, expect: allow}]";
    let folder = Folder::new().file("p.json", payments(500)).file("a.test.yaml", test);
    told(&folder.run(&["test"]), 1, "did you mean `payments`? write `server: NAME`");
    let test = "for: {payments: p.json}\ncases: [{name: a, call: {tool: pay}, expect: allow}]";
    let folder = folder.file("a.test.yaml", test);
    told(&folder.run(&["test"]), 1, "write `server: payments` in the call");
    let (_, json) = folder.run_json(&["test", "--format", "json"]);
    let help = &json["files"][0]["tested"][0]["cases"][0]["failure"]["help"];
    assert!(help.as_str().unwrap().contains("server: payments"), "{json}");
}

#[test]
fn a_rule_is_named_by_its_file_and_line_and_one_that_there_is_not_is_a_mistake() {
    let run = |rule: &str| {
        let test = format!(
            "for: ../policies/p.json\ncases: [{{name: a, call: {{tool: pay, args: {{amount: 900}}}}, expect: {{outcome: deny, rule: '{rule}'}}}}]"
        );
        let folder =
            Folder::new().file("policies/p.json", payments(500)).file("tests/a.test.yaml", test);
        folder.run(&["test"])
    };
    for rule in ["p.json:5", "policies/p.json:5", "../policies/p.json:5", "/tools/pay/deny_if/0"] {
        told(&run(rule), 0, "1 of 1 case passes");
    }
    for rule in ["p.json:6", "x.json:5", "pay", "/tools/pay/deny_if/1"] {
        told(&run(rule), 2, &format!("p.json is called `{rule}`"));
    }
    assert!(run("/tools/pay/deny_if/1").err.contains("did you mean `/tools/pay/deny_if/0`?"));
    // Another policy than the file's own need not have it.
    let folder = Folder::new()
        .file("p.json", payments(500))
        .file("open.json", r#"{"version": "1", "default": "allow", "tools": {}}"#)
        .file("p.test.yaml", "cases: [{name: a, call: {tool: pay, args: {amount: 900}}, expect: {outcome: deny, rule: 'p.json:5'}}]");
    told(&folder.run(&["test"]), 0, "1 of 1 case passes");
    told(&folder.run(&["test", "--policy", "open.json"]), 1, "found     allow");
}

#[test]
fn a_change_in_a_repository_becomes_a_test_of_the_one_policy_that_changed() {
    let folder =
        Folder::new().file("policies/p.json", payments(900)).file("policies/q.json", payments(900));
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "a"]);
    let folder = folder.file("policies/p.json", payments(500));
    let options = ["diff", "--git", "HEAD", "policies", "--write"];
    let run = folder.run(&[&options[..], &["policies/reg.test.yaml"]].concat());
    told(&run, 0, "1 case was written to policies/reg.test.yaml");
    let written = std::fs::read_to_string(folder.path("policies/reg.test.yaml")).unwrap();
    assert!(written.contains("\nfor: p.json\n"), "{written}");
    told(&folder.run(&["test"]), 0, "1 of 1 case passes");
    let folder = folder.file("policies/q.json", payments(400));
    let run = folder.run(&[&options[..], &["policies/more.test.yaml"]].concat());
    told(&run, 2, "several policies changed: policies/p.json, policies/q.json");
    git(&folder, &["commit", "-qam", "b"]);
    let run =
        folder.run(&["diff", "--git", "HEAD~1..HEAD", "policies/p.json", "--write", "x.test.yaml"]);
    told(&run, 2, "not in a revision");
}

#[test]
fn test_files_name_their_policies_and_folders_from_where_they_lie() {
    let folder = Folder::new().file("p/old.json", payments(900)).file("p/new.json", payments(500));
    let whole = |name: &str| folder.path(name).display().to_string();
    let (old, new, to) = (whole("p/old.json"), whole("p/new.json"), whole("p/reg.test.yaml"));
    told(&folder.run(&["diff", &old, &new, "--write", &to]), 0, "1 case was written");
    let written = std::fs::read_to_string(&to).unwrap();
    assert!(written.contains("\nfor: new.json\n"), "{written}");

    let folder = Folder::new().file(".claude/settings.json", SETTINGS);
    let place = std::fs::canonicalize(folder.path("")).unwrap().display().to_string();
    let call = |cwd: &str| {
        format!(
            r#"{{"tool":"Bash","mode":"default","cwd":"{cwd}","args":{{"command":"git status"}}}}"#
        )
    };
    let folder = folder.file("t.jsonl", call(&format!("{place}/src")));
    let run =
        folder.run(&["test", "--policy", ".", "--trace", "t.jsonl", "--write", "t/a.test.yaml"]);
    assert_eq!(run.status, 2, "a folder is not made: {}", run.err);
    let folder = folder.file("t/x", "");
    let run =
        folder.run(&["test", "--policy", ".", "--trace", "t.jsonl", "--write", "t/a.test.yaml"]);
    told(&run, 0, "1 case was written");
    let written = std::fs::read_to_string(folder.path("t/a.test.yaml")).unwrap();
    assert!(written.contains(r#"cwd: "../src""#) && !written.contains(&place), "{written}");
    told(&folder.run(&["test", "--coverage"]), 0, "1 of 1 case passes");
    let run = folder.run(&["test", "--coverage"]);
    assert!(
        run.out.contains("(.claude/settings.json:1)") && !run.out.contains(&place),
        "{}",
        run.out
    );
}

#[test]
fn a_test_file_is_written_where_it_is_run_and_from_a_whole_trace() {
    let call = r#"{"tool":"pay","args":{"amount":1}}"#;
    let folder = Folder::new()
        .file("p.json", payments(500))
        .file("t.jsonl", call)
        .file("bad.jsonl", format!("{call}\n{{\n"))
        .file("empty.jsonl", "");
    let write = |trace: &str, to: &str, more: &[&str]| {
        let options = ["test", "--policy", "p.json", "--trace", trace, "--write", to];
        folder.run(&[&options[..], more].concat())
    };
    told(&write("t.jsonl", "x.yaml", &[]), 2, "name it x.test.yaml");
    told(&write("t.jsonl", "x.json", &[]), 2, "name it x.test.json");
    told(&folder.run(&["diff", "p.json", "p.json", "--write", "x.yaml"]), 2, "name it x.test.yaml");
    told(&write("t.jsonl", "x.test.yaml", &["p.json"]), 2, "cannot be used with");
    told(&write("bad.jsonl", "x.test.yaml", &[]), 2, "note: x.test.yaml is not written");
    let run = write("empty.jsonl", "x.test.yaml", &[]);
    told(&run, 3, "the trace holds no call");
    assert_eq!(run.err.matches("error: ").count(), 1, "{}", run.err);
    assert!(!folder.path("x.test.yaml").exists());
    told(&write("bad.jsonl", "x.test.yaml", &["--allow-bad-lines"]), 0, "1 case was written");
}

#[test]
fn secrets_are_not_written_and_what_they_decide_is_left_out() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {
  "pay": { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }], "on_deny": "too much" }] },
  "mail": { "deny_if": [{ "conditions": [{ "path": "args.body", "op": "contains", "value": "secret" }], "on_deny": "no" }] }
}}"#;
    let key = ["AKIA", "Q3EGRQ5WZ7XK2M4T"].concat();
    let trace = [
        format!(r#"{{"tool":"pay","args":{{"amount":1,"note":"by {key} now","pin":"9917"}}}}"#),
        r#"{"tool":"pay","args":{"amount":900,"pin":"9917","body":"x"}}"#.to_owned(),
        r#"{"tool":"mail","args":{"body":"a secret"}}"#.to_owned(),
        r#"{"tool":"mail","args":{"body":"hello"}}"#.to_owned(),
    ];
    let folder = Folder::new()
        .file("p.json", policy)
        .file("t.jsonl", trace.join("\n"))
        .file("gatelint.yaml", "secret-arguments: [pin]");
    let options = ["test", "--policy", "p.json", "--trace", "t.jsonl", "--write"];
    let run = folder.run(&[&options[..], &["p.test.yaml"]].concat());
    told(&run, 0, "note: secrets in arguments are written as `redacted`: `note`");
    assert!(run.err.contains("4 cases"), "{}", run.err);
    let written = std::fs::read_to_string(folder.path("p.test.yaml")).unwrap();
    assert!(written.contains("by redacted now") && written.contains("a secret"), "{written}");
    assert!(!written.contains(&key) && !written.contains("9917"), "{written}");
    let run = folder.run(&[&options[..], &["q.test.yaml", "--redact", "body"]].concat());
    told(&run, 0, "warning: 1 call could not be written because what decides it is redacted");
    assert!(run.err.contains("3 cases"), "{}", run.err);
    let written = std::fs::read_to_string(folder.path("q.test.yaml")).unwrap();
    assert!(!written.contains("hello") && !written.contains("indeterminate"), "{written}");
    told(&folder.run(&["test", "q.test.yaml", "--policy", "p.json"]), 0, "3 of 3 cases pass");
}

#[test]
fn secrets_of_any_shape_are_kept_out_of_what_is_written() {
    let call = r#"{"tool":"pay","args":{"amount":1,"password":{"v":"in-an-object"},"token":["in-a-list"],"api_key":47119999}}"#;
    let folder = Folder::new().file("p.json", payments(500)).file("t.jsonl", call);
    let run =
        folder.run(&["test", "--policy", "p.json", "--trace", "t.jsonl", "--write", "p.test.yaml"]);
    told(&run, 0, "1 case was written");
    let written = std::fs::read_to_string(folder.path("p.test.yaml")).unwrap();
    for secret in ["in-an-object", "in-a-list", "47119999"] {
        assert!(!written.contains(secret), "{written}");
    }
    told(&folder.run(&["test"]), 0, "1 of 1 case passes");
}

#[test]
fn what_is_written_for_an_agent_is_run_and_kills_what_it_was_written_for() {
    let folder = Folder::new()
        .file("home/.claude/settings.json", r#"{"permissions": {"deny": ["Bash(rm:*)"]}}"#)
        .file("app/.claude/settings.json", r#"{"permissions": {"allow": ["Task", "Bash(make:*)"]}}"#)
        .file(
            "app/tests/a.test.yaml",
            "for: ..\nhome: ../../home\nassume: [mode=default]\ncases:\n  - {name: n, call: {tool: Bash, args: {command: make}}, expect: allow}\n",
        );
    let run = folder.run(&["test", "app", "--mutate", "--write", "app/b.test.yaml"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = folder.run(&["test", "app", "--mutate"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert_eq!(run.out.matches("mutants killed").count(), 1, "{}", run.out);
    assert!(!run.out.contains("survives:"), "{}", run.out);
}
