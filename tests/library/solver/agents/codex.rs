//! Files of Codex, whose project may not be trusted.

use gatelint::diff::{AccessChanges, ToolName};
use gatelint::engine::Gate;
use gatelint::policy::{Agent, Setting};
use gatelint::solver::{Budget, Shapes};

use super::decided;
use super::files::{COMMANDS, assert_telling, calls, compare, read, read_in, setting};
use crate::solver::random::Random;

#[test]
fn what_is_proved_of_codex_is_so() {
    let patch = "*** Begin Patch\n*** Add File: /etc/a\n+a\n*** End Patch".to_owned();
    let calls = calls(
        &[
            ("exec_command", "cmd", &COMMANDS),
            ("shell_command", "command", &COMMANDS),
            ("apply_patch", "input", &[&patch]),
            ("mcp__hub__push", "", &[""]),
            ("other", "", &[""]),
        ],
        &["", "never", "on-request", "granular", "untrusted"],
    );
    let approvals = [
        "approval_policy = \"never\"\n",
        "approval_policy = { granular = { sandbox_approval = false, rules = true } }\n",
        "approval_policy = { granular = { sandbox_approval = true, rules = false } }\n",
    ];
    let patterns = [
        r#"["git"]"#,
        r#"["git", "push"]"#,
        r#"["git", ["push", "status"]]"#,
        r#"["rm"]"#,
        r#"["rm", "-rf"]"#,
        r#"["npm", "run"]"#,
        r#"["ls"]"#,
        r#"["cat"]"#,
    ];
    let fresh = |random: &mut Random| match random.below(8) {
        0 => (*random.pick(&approvals), ""),
        _ => (*random.pick(&patterns), *random.pick(&["allow", "prompt", "forbidden"])),
    };
    let policy = |rules: &[(&str, &str)]| {
        let approval = rules.iter().find(|(_, word)| word.is_empty());
        let config = approval.map_or_else(String::new, |(text, _)| (*text).to_owned());
        let rules = rules.iter().filter(|(_, word)| !word.is_empty());
        let rule = |(pattern, word): &(&str, &str)| {
            format!("prefix_rule(pattern = {pattern}, decision = \"{word}\")\n")
        };
        let text = rules.map(rule).collect();
        read(
            Agent::Codex,
            &[("/p/.codex/rules/default.rules", text), ("/p/.codex/config.toml", config)],
        )
    };
    assert_telling(&compare(13, &calls, fresh, policy));
}

#[test]
fn nothing_is_proved_of_rules_that_codex_does_not_hear_until_the_project_is_trusted() {
    let rule = |word: &str| format!("prefix_rule(pattern = [\"git\"], decision = \"{word}\")\n");
    let others = "[projects.\"/q\"]\ntrust_level = \"trusted\"\n";
    let policy = |told: &str, word: &str| {
        let home = Some("/h".to_owned());
        let files = [
            ("/h/.codex/config.toml", format!("{others}{told}")),
            ("/p/.codex/rules/a.rules", rule(word)),
        ];
        read_in(&Setting { home, ..setting() }, Agent::Codex, &files)
    };
    let budget = Budget::new(None);
    let words = ["allow", "prompt", "forbidden"];
    for (old, new) in words.iter().flat_map(|old| words.map(|new| (*old, new))) {
        let changes = |told: &str| {
            let [before, after] = [old, new].map(|word| policy(told, word));
            let access = AccessChanges::new(&before, &after, &Shapes::default(), &budget);
            !access.tools.is_empty()
        };
        assert_eq!(changes(""), old != new, "{old} -> {new}");
        // Who has said that the project is not trusted is not surprised.
        assert!(!changes("[projects.\"/p\"]\ntrust_level = \"untrusted\"\n"), "{old} -> {new}");
    }
}

#[test]
fn what_is_proved_of_patches_by_codex_is_so_where_the_project_is_trusted() {
    let configs = [
        "",
        "sandbox_mode = \"read-only\"\n",
        "sandbox_mode = \"workspace-write\"\n",
        "sandbox_mode = \"danger-full-access\"\n",
        "[sandbox_workspace_write]\nwritable_roots = [\"/srv\"]\n",
        "[sandbox_workspace_write]\nexclude_slash_tmp = true\n",
        "approval_policy = \"never\"\n",
    ];
    let patch = |path| format!("*** Begin Patch\n*** Add File: {path}\n+a\n*** End Patch");
    let patches = ["a", "/p/.git/config", "/srv/a", "/tmp/a", "/etc/a"].map(patch);
    let patches: Vec<&str> = patches.iter().map(String::as_str).collect();
    let calls = calls(&[("apply_patch", "input", &patches)], &["on-request", "never"]);
    let policy = |trusted: Option<bool>, text: &str| {
        let files = [("/p/.codex/config.toml", text.to_owned())];
        read_in(&Setting { trusted, ..setting() }, Agent::Codex, &files)
    };
    let mut milder = 0;
    for (old, new) in configs.iter().flat_map(|old| configs.map(|new| (*old, new))) {
        let [before, after] = [old, new].map(|text| policy(None, text));
        let budget = Budget::new(None);
        let access = AccessChanges::new(&before, &after, &Shapes::default(), &budget);
        let is_patch =
            |name: &ToolName| matches!(name, ToolName::Named(name) if name == "apply_patch");
        let change = access.tools.iter().find(|change| is_patch(&change.tool));
        let trusted = [old, new].map(|text| policy(Some(true), text));
        let gates = trusted.each_ref().map(Gate::new);
        for call in &calls {
            let access = gates.each_ref().map(|gate| decided(gate, call, "/p").access().unwrap());
            let is_told = change.is_some_and(|change| !change.loosened.is_empty());
            assert!(access[1] <= access[0] || is_told, "{old:?} -> {new:?}: {call:?}");
            milder += usize::from(access[1] > access[0]);
        }
    }
    assert!(milder > 20, "{milder}");
}
