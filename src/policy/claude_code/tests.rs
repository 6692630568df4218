use std::collections::BTreeMap;
use std::path::PathBuf;

use super::read;
use crate::policy::setting::{AgentReading, Failure, Setting};

/// Reads files for a session in `/p` of somebody whose home is `/h`.
fn reading(files: &[(&str, &str)]) -> AgentReading {
    let all: BTreeMap<PathBuf, Vec<u8>> =
        files.iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec())).collect();
    let setting = Setting {
        start: "/p".into(),
        home: Some("/h".into()),
        managed: Some("/m".into()),
        ..Setting::default()
    };
    read(&setting, &all)
}

/// The rules that files have, in words, each once.
fn written(files: &[(&str, &str)]) -> Vec<String> {
    let policy = reading(files).policy.unwrap();
    let rules = &policy.permissions.as_ref().unwrap().rules;
    let from_files = rules.iter().filter(|rule| rule.origin.file.is_some());
    let mut words: Vec<String> = from_files.map(|rule| rule.text.to_string()).collect();
    words.dedup();
    words
}

#[test]
fn the_lists_of_all_files_are_put_together() {
    let list = |list: &str, rule: &str| format!(r#"{{"permissions":{{"{list}":["{rule}"]}}}}"#);
    let (managed, local, project, user) = (
        list("deny", "WebSearch"),
        list("ask", "Write"),
        list("allow", "Edit"),
        list("deny", "Read"),
    );
    let files = [
        ("/m/managed-settings.json", &*managed),
        ("/p/.claude/settings.local.json", &local),
        ("/p/.claude/settings.json", &project),
        ("/h/.claude/settings.json", &user),
        ("/.claude/settings.json", &user),
    ];
    assert_eq!(written(&files), ["deny WebSearch", "ask Write", "allow Edit", "deny Read"]);
}

#[test]
fn a_file_with_a_wrong_value_is_dropped_whole_and_a_broken_managed_one_stops_the_program() {
    let broken = r#"{"permissions":{"deny":["Read"],"defaultMode":"acceptedits"}}"#;
    assert!(written(&[("/p/.claude/settings.json", broken)]).is_empty());
    assert_eq!(written(&[("/m/managed-settings.json", broken)]), ["deny Read"]);
    let comment = "// none\n{}";
    assert_eq!(reading(&[("/m/managed-settings.json", comment)]).failure, Some(Failure::Text));
    assert_eq!(reading(&[("/p/.claude/settings.json", comment)]).failure, None);
}

#[test]
fn a_mode_of_the_project_may_not_pass_permissions_by() {
    let mode = |path: &str, mode: &str| {
        let text = format!(r#"{{"permissions":{{"defaultMode":"{mode}"}}}}"#);
        let policy = reading(&[(path, &text)]).policy.unwrap();
        policy.permissions.as_ref().unwrap().mode.clone().unwrap().to_string()
    };
    assert_eq!(mode("/p/.claude/settings.json", "bypassPermissions"), "default");
    assert_eq!(mode("/p/.claude/settings.json", "acceptEdits"), "acceptEdits");
    assert_eq!(mode("/h/.claude/settings.json", "auto"), "auto");
}
