//! What the files of a project come to, where the sets of `fixtures/conformance/opencode` do not show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::read;
use crate::policy::permissions::PermissionRule;
use crate::policy::setting::{AgentReading, Failure, Setting};

fn reading(files: &[(&str, &str)], variables: &[(&str, &str)]) -> AgentReading {
    let own = |(name, text): &(&str, &str)| (PathBuf::from(name), text.as_bytes().to_vec());
    let mut all: BTreeMap<PathBuf, Vec<u8>> = files.iter().map(own).collect();
    all.insert("/p/.git/HEAD".into(), Vec::new());
    let setting = Setting {
        start: "/p/a/b".to_owned(),
        home: Some("/h".to_owned()),
        environment: variables
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
        ..Setting::default()
    };
    read(&setting, &all)
}

/// The rules that files have, in words, with the modes in which they are there.
fn written(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Vec<String> {
    let policy = reading(files, variables).policy.unwrap();
    let words = |rule: &PermissionRule| match &rule.modes {
        Some(modes) => format!("{}: {}", modes.join(","), rule.text),
        None => rule.text.to_string(),
    };
    let rules = &policy.permissions.as_ref().unwrap().rules;
    rules.iter().filter(|rule| rule.origin.file.is_some()).map(words).collect()
}

#[test]
fn files_from_the_root_down_are_put_together_and_of_dot_folders_the_farthest_comes_last() {
    let rules = written(
        &[
            ("/p/opencode.json", r#"{"permission":{"edit":"ask","bash":"allow"}}"#),
            ("/p/a/opencode.jsonc", r#"{"permission":{"bash":"deny"}} // nearer"#),
            ("/p/a/.opencode/opencode.json", r#"{"permission":{"grep":"ask"}}"#),
            ("/p/.opencode/opencode.json", r#"{"permission":{"grep":"deny"}}"#),
            ("/h/.opencode/opencode.json", r#"{"permission":{"list":"deny"}}"#),
            ("/opencode.json", r#"{"permission":"deny"}"#),
        ],
        &[],
    );
    assert_eq!(rules, ["ask edit", "deny bash", "deny grep", "deny list"]);
}

#[test]
fn variables_add_files_and_switch_those_of_the_project_off() {
    let files = [
        ("/p/opencode.json", r#"{"permission":{"edit":"ask"}}"#),
        ("/x/opencode/opencode.json", r#"{"permission":{"bash":"ask"}}"#),
        ("/h/.config/opencode/opencode.json", r#"{"permission":{"list":"ask"}}"#),
        ("/d/opencode.json", r#"{"permission":{"grep":"ask"}}"#),
    ];
    let variables = [
        ("XDG_CONFIG_HOME", "/x"),
        ("OPENCODE_CONFIG_DIR", "/d"),
        ("OPENCODE_DISABLE_PROJECT_CONFIG", "1"),
        ("OPENCODE_CONFIG_CONTENT", r#"{"permission":{"glob":"ask"}}"#),
        ("OPENCODE_PERMISSION", r#"{"bash":"deny"}"#),
    ];
    assert_eq!(written(&files, &variables), ["deny bash", "ask grep", "ask glob"]);
}

#[test]
fn of_two_equal_keys_in_one_file_the_later_stands_alone() {
    let twice = r#"{"permission":{"bash":{"a":"deny"},"edit":"ask","bash":{"b":"ask"}}}"#;
    assert_eq!(written(&[("/p/opencode.json", twice)], &[]), ["ask bash `b`", "ask edit"]);
}

#[test]
fn agents_have_files_of_their_own_and_an_old_name() {
    let rules = written(
        &[
            ("/p/.opencode/agents/team/rev.md", "---\ntools:\n  write: false\n---\nYou look."),
            ("/p/.opencode/agent/x.md", "---\nname: other\npermission: deny\n---\n"),
            ("/p/.opencode/agent/broken.md", "---\npermission: [\n---\n"),
            ("/p/.opencode/mode/bad.md", "---\npermission: 5\n---\n"),
            (
                "/p/opencode.json",
                r#"{"mode":{"build":{"permission":{"bash":"deny"}}},"agent":{"build":{"permission":{"bash":"ask"}}}}"#,
            ),
        ],
        &[],
    );
    assert_eq!(rules, ["build: deny bash", "other: deny *", "team/rev: deny edit"]);
}

#[test]
fn what_the_program_refuses_is_told_from_what_it_passes_over() {
    let failure = |text: &str| reading(&[("/p/opencode.json", text)], &[]).failure;
    for fine in [
        "",
        "{}",
        "{\"permission\":{},}",
        "{\"model\":\"a/b\"}",
        "{\"permisson\":{}}",
        "{\"Permission\":\"deny\",\"deny\":[\"bash\"],\"subagent_depth\":2}",
        "{\"agents\":{\"x\":{\"permission\":\"deny\"}},\"media\":{}}",
    ] {
        assert_eq!(failure(fine), None, "{fine}");
    }
    for text in [" \n", "{'a':1}", "{\"permission\":{}", "{} {}", "// nothing"] {
        assert_eq!(failure(text), Some(Failure::Text), "{text}");
    }
    for value in [
        "[]",
        "null",
        "{\"permission\":null}",
        "{\"permission\":[]}",
        "{\"permissions\":null}",
        "{\"agent\":{\"x\":{\"permissions\":{}}}}",
        "{\"agents\":{\"x\":{\"permissions\":[]}}}",
        "{\"mode\":{\"x\":{\"permissions\":{}}}}",
        "{\"tools\":{\"bash\":\"no\"}}",
        "{\"agent\":[]}",
        "{\"permission\":{\"webfetch\":{\"*\":\"ask\"}}}",
    ] {
        assert_eq!(failure(value), Some(Failure::Value), "{value}");
    }
}
