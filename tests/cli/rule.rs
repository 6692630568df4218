//! `gatelint rule` as a user meets it.

use crate::support::Folder;

#[test]
fn a_rule_is_explained_from_its_source() {
    let run = Folder::new().run(&["rule", "missing-argument-bypass"]);
    assert_eq!(run.status, 0);
    for part in [
        "missing-argument-bypass\nat most warning",
        "## What it does\nFinds `deny_if` conditions on arguments that may be left out.",
        "## Why is this bad?",
        "## Example\n```json\n{\"deny_if\"",
        "## Use instead",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn all_rules_are_listed_with_severity_and_summary() {
    let run = Folder::new().run(&["rule", "--all"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.out.lines().count(), gatelint::lint::RULES.len() + 1);
    for rule in gatelint::lint::RULES {
        let line = run.out.lines().find(|line| line.starts_with(&format!("  {} ", rule.name)));
        let line = line.unwrap_or_else(|| panic!("{} is not listed", rule.name));
        assert!(line.contains(rule.severity.name()) && line.ends_with('.'), "{line}");
    }
}

#[test]
fn a_misspelt_rule_is_suggested() {
    let run = Folder::new().run(&["rule", "unkown-window"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("did you mean `unknown-window`?"), "{}", run.err);
}
