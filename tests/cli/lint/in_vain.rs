//! Permission files of Gemini CLI and Codex that say something in vain, and those that do not.

use crate::support::{Folder, Run};

/// What is found in a file: severity, rule and message.
fn found(name: &str, text: &str) -> Vec<String> {
    let run = Folder::new().file(name, text).run(&["lint", "--format", "json"]);
    told(&run)
}

fn told(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|found| found["rule"] != "unread-file");
    let word = |found: &serde_json::Value, key: &str| found[key].as_str().unwrap().to_owned();
    let line = |found: &serde_json::Value| {
        format!("{} {}: {}", word(found, "severity"), word(found, "rule"), word(found, "message"))
    };
    findings.map(line).collect()
}

fn policy(text: &str) -> Vec<String> {
    found(".gemini/policies/a.toml", text)
}

fn settings(text: &str) -> Vec<String> {
    found(".gemini/settings.json", text)
}

#[test]
fn settings_with_which_the_program_does_not_start_are_an_error_whatever_they_say() {
    for text in [
        "",
        "[]",
        "{\"ui\": {},}",
        "{\n# ours\n\"ui\": {}}",
        "{\"tools\": {\"exclude\": [}}",
        "\u{feff}{\"ui\": {}}",
    ] {
        let found = settings(text);
        let [one] = &found[..] else { panic!("{text:?}: {found:?}") };
        let begins = "error file-dropped: Gemini CLI does not start with this file: ";
        assert!(one.starts_with(begins), "{text:?}: {one}");
    }
    let commented = "{\n// ours\n/* too */ \"tools\": {\"exclude\": [\"web_fetch\"]}}";
    assert_eq!(settings(commented), [""; 0]);
}

#[test]
fn settings_that_the_program_passes_over_are_told_by_what_is_lost() {
    let text = r#"{"excludeTools": ["web_fetch"], "allowedTools": ["glob"], "terminal.denyList": ["rm"],
        "tools": {"exlude": ["glob"], "confirmationRequired": "replace", "shell": {}}, "ui": {}}"#;
    let mut found = settings(text);
    found.sort();
    let expected = [
        "error invalid-value: expected a list of texts, found a string",
        "error unknown-field: `excludeTools` has no effect here, it belongs to `tools.exclude`",
        "error unknown-field: `terminal.denyList` has no effect here, it belongs to `~/.gemini/policies/NAME.toml`",
        "error unknown-field: unknown field `exlude`, did you mean `exclude`?",
        "info unknown-field: unknown field `allowedTools`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_field_that_is_passed_over_is_weighed_by_what_the_rule_does_without_it() {
    let rule = |field: &str, decision: &str| {
        policy(&format!(
            "[[rule]]\ntoolName = \"run_shell_command\"\n{field} = \"git status\"\ndecision = \"{decision}\"\npriority = 5\nmodes = [\"default\"]\n"
        ))
        .into_iter()
        .filter(|found| found.contains("unknown-field"))
        .collect::<Vec<_>>()
    };
    let misspelt = "unknown-field: unknown field `comandPrefix`, did you mean `commandPrefix`? Without it the rule";
    assert_eq!(
        rule("comandPrefix", "allow"),
        [format!("error {misspelt} allows every call of `run_shell_command`")]
    );
    assert_eq!(
        rule("comandPrefix", "deny"),
        [format!("warning {misspelt} refuses every call of `run_shell_command`")]
    );
    assert_eq!(
        rule("filePattern", "allow"),
        [
            "error unknown-field: unknown field `filePattern`; without it the rule allows every call of `run_shell_command`"
        ]
    );
    assert_eq!(rule("name", "allow"), ["info unknown-field: unknown field `name`"]);
    assert_eq!(rule("description", "allow"), [""; 0]);
}

#[test]
fn one_mistake_is_one_finding() {
    let dropped =
        "error file-dropped: Gemini CLI drops the whole file with its one rule, a denial: ";
    let misspelt = "[[rule]]\nname = \"web_fetch\"\ndecision = \"deny\"\npriority = 5\ncommandPrefix = \"x\"\n";
    let expected = format!("{dropped}unknown field `name`, did you mean `toolName`?");
    assert_eq!(policy(misspelt), [expected]);
    let foreign = "[[rule]]\nid = \"a\"\nenforcement = \"b\"\npatterns = [\"x\"]\n";
    let found = policy(foreign);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("is missing; 2 more mistakes do the same"), "{found:?}");
    let plural = "[[rules]]\ntoolName = \"glob\"\ndecision = \"deny\"\npriority = 5\n";
    let expected =
        "error unknown-field: unknown field `rules`, did you mean `rule`? No rule in it counts";
    assert_eq!(policy(plural), [expected]);
}

#[test]
fn every_element_of_a_list_of_prefixes_is_judged() {
    let text = "[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = [\"git status\", \"python3\", \"env\"]\ndecision = \"allow\"\npriority = 100\n
[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = [\"ls\", \"git push \", \"git commit\"]\ndecision = \"deny\"\npriority = 200\n";
    let run =
        Folder::new().file(".gemini/policies/a.toml", text).run(&["lint", "--format", "json"]);
    for part in [
        "`allow run_shell_command `python3`` lets",
        "`allow run_shell_command `env`` lets",
        "`deny run_shell_command `git push `` never",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    let good = "[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = [\"git status\", \"git log\", \"ls\"]\ndecision = \"allow\"\npriority = 100\nmodes = [\"default\"]\n";
    assert_eq!(policy(good), [""; 0]);
}

#[test]
fn a_rule_that_is_dead_is_not_said_to_leave_something_open() {
    let text = "[[rule]]\ntoolName = \"read_file\"\ncommandRegex = \"\\\\.env\"\ndecision = \"deny\"\npriority = 100\n";
    let found = policy(text);
    assert!(found.iter().any(|found| found.starts_with("error dead-rule")), "{found:?}");
    assert!(!found.iter().any(|found| found.contains("partial-deny")), "{found:?}");
}

#[test]
fn tools_of_other_agents_are_named_by_those_that_do_the_same() {
    let text = "[[rule]]\ntoolName = [\"run_command\", \"delete_file\", \"write_todos\", \"my_agent\"]\ndecision = \"deny\"\npriority = 5\n";
    let run =
        Folder::new().file(".gemini/policies/a.toml", text).run(&["lint", "--format", "json"]);
    let found = told(&run);
    let [one] = &found[..] else { panic!("{found:?}") };
    let expected = "warning unknown-tool: Gemini CLI has no tool `run_command`, so that this has no effect; the like is so at another place";
    assert_eq!(one, expected);
    assert!(run.out.contains("here that is a part of `run_shell_command`"), "{}", run.out);
}

#[test]
fn advice_for_codex_names_the_program_that_is_to_be_asked_about() {
    let rule =
        "prefix_rule(pattern=[\"git\", \"push\"], decision=\"forbidden\", justification=\"x\")\n";
    let run = Folder::new().file(".codex/rules/a.rules", rule).run(&["lint", "--format", "json"]);
    let json = run.json();
    let help = |reason: &str| {
        let found = json["findings"].as_array().unwrap().iter();
        let found = found.filter(|found| found["facts"]["reason"] == reason);
        found.map(|found| found["help"].as_str().unwrap().to_owned()).next().unwrap()
    };
    let asked = "prefix_rule(pattern=[\"git\"], decision=\"prompt\")";
    assert!(help("option-before-subcommand").contains(asked));
    assert!(help("forbidden-evaded-by-shell-syntax").contains("[\"bash\", \"sh\", \"zsh\"]"));
}

#[test]
fn words_that_codex_compares_whole_are_no_beginnings() {
    let rules = "prefix_rule(pattern=[\"php\", \"artisan\", \"make:\"], decision=\"forbidden\", justification=\"x\")
prefix_rule(pattern=[\"php\", \"artisan\", \"make:model\"], decision=\"allow\", match=[\"php artisan make:model X\"])\n";
    let found = found(".codex/rules/a.rules", rules);
    let dead: Vec<&String> = found.iter().filter(|found| found.contains("dead-rule")).collect();
    assert_eq!(dead.len(), 1, "{found:?}");
    assert!(dead[0].starts_with("error dead-rule: `deny `php` `artisan` `make:``"), "{found:?}");
}

#[test]
fn profiles_of_older_versions_of_codex_are_passed_over_or_refused() {
    let file = ".codex/config.toml";
    let kept = "approval_policy = \"on-request\"\n[profiles.x]\napproval_policy = \"untrusted\"\n";
    let expected = "info unknown-field: `profiles` has no effect here, it belongs to `$CODEX_HOME/NAME.config.toml`";
    assert_eq!(found(file, kept), [expected]);
    let refused = found(file, "[profiles.x]\napproval_policy = \"Never\"\n");
    assert!(refused[0].starts_with("error file-dropped: Codex does not start"), "{refused:?}");
}
