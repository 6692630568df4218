//! What files come to, where the sets of `fixtures/conformance/codex` do not show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{read, read_alone};
use crate::policy::setting::{AgentReading, Failure, Setting};
use crate::source::Document;

fn reading(files: &[(&str, &str)], trusted: Option<bool>, home: Option<&str>) -> AgentReading {
    let own = |(name, text): &(&str, &str)| (PathBuf::from(name), text.as_bytes().to_vec());
    let mut all: BTreeMap<PathBuf, Vec<u8>> = files.iter().map(own).collect();
    all.insert("/p/.git/HEAD".into(), Vec::new());
    let home = home.map(str::to_owned);
    read(&Setting { start: "/p/a".to_owned(), home, trusted, ..Setting::default() }, &all)
}

/// The rules that files have, in words, with their lines; each once.
fn written(reading: &AgentReading) -> Vec<String> {
    let rules = &reading.policy.as_ref().unwrap().permissions.as_ref().unwrap().rules;
    let of_files = rules.iter().filter(|rule| rule.origin.file.is_some());
    let mut words: Vec<String> =
        of_files.map(|rule| format!("{} {}", rule.origin.line, rule.text)).collect();
    words.dedup();
    words
}

#[test]
fn when_it_asks_is_not_known_without_the_users_files() {
    let mode = |files: &[(&str, &str)], home| {
        let policy = reading(files, None, home).policy.unwrap();
        policy.permissions.as_ref().unwrap().mode.clone()
    };
    let said = ("/p/.codex/config.toml", "approval_policy = \"never\"");
    assert_eq!(mode(&[], Some("/h")).as_deref(), Some("on-request"));
    assert_eq!(mode(&[], None), None);
    assert_eq!(mode(&[said], None).as_deref(), Some("never"));
}

/// What is wrong in a file of rules.
fn wrong(text: &str) -> (Vec<String>, bool) {
    let document = Document::read("x.rules", text.as_bytes().to_vec());
    let (policy, defects) = read_alone(&document);
    (defects.iter().map(|defect| defect.kind.to_string()).collect(), policy.is_some())
}

#[test]
fn a_project_counts_as_far_as_it_is_trusted() {
    let files = [
        ("/h/.codex/rules/a.rules", "prefix_rule([\"a\"], \"prompt\")"),
        ("/p/.codex/rules/b.rules", "\nprefix_rule([\"b\"], \"forbidden\")"),
        ("/p/a/.codex/rules/c.rules", "prefix_rule([\"c\"])"),
        ("/.codex/rules/d.rules", "prefix_rule([\"d\"])"),
    ];
    let all = ["1 deny `a` (nobody is asked)", "1 ask `a`"];
    let only = |reading: &AgentReading| -> Vec<String> {
        written(reading).into_iter().filter(|rule| !rule.contains("`a`")).collect()
    };
    let trusted = reading(&files, Some(true), Some("/h"));
    assert_eq!(written(&trusted)[..2], all);
    assert_eq!(
        only(&trusted),
        ["2 deny `b`", "2 deny `b` by its path", "1 allow `c`", "1 allow `c` by its path"]
    );
    assert!(only(&reading(&files, None, Some("/h"))).is_empty(), "the user has not said so");
    let mut said = files.to_vec();
    said.push(("/h/.codex/config.toml", "[projects.\"/p\"]\ntrust_level = \"trusted\"\n"));
    assert_eq!(only(&reading(&said, None, Some("/h"))).len(), 4);
    assert_eq!(only(&reading(&files, None, None)).len(), 4, "nothing else is known");
}

#[test]
fn one_file_that_is_refused_takes_the_rules_of_all_with_it_and_nothing_else() {
    let bad = reading(
        &[
            ("/h/.codex/rules/a.rules", "prefix_rule([\"a\"], \"forbidden\")"),
            ("/p/.codex/rules/b.rules", "prefix_rule([\"b\"], \"deny\")"),
        ],
        Some(true),
        Some("/h"),
    );
    assert!(written(&bad).is_empty());
    assert_eq!(bad.files.iter().filter(|(_, defects)| !defects.is_empty()).count(), 1);
    let config = reading(&[("/h/.codex/config.toml", "sandbox_mode = 1")], None, Some("/h"));
    assert!(config.policy.is_none());
    assert_eq!(config.failure, Some(Failure::Start));
}

#[test]
fn what_is_wrong_in_a_file_of_rules_is_named() {
    for (text, message) in [
        ("prefix_rule([\"a\"], \"alow\")", "`alow` is not"),
        ("prefix_rule([])", "the pattern has no words"),
        ("prefix_rule([\"a\"], decison=\"allow\")", "unknown field `decison`, did you mean"),
        ("prefix_rule()", "the field `pattern` is missing"),
        ("prefix_rule([\"a\", 5])", "expected a text or a list of texts, found a number"),
        ("prefix_rule([\"a\"], match=[\"b\"])", "the rule does not hold for this example"),
        ("prefix_rule([\"a\"], not_match=[\"a b\"])", "which it must not"),
        ("prefix_rule([\"a\" \"b\"])", "one value stands behind another"),
        ("prefix_rule([\"a\"", "is never closed"),
        ("  prefix_rule([\"a\"])", "further in than it may"),
        ("deny(\"a\")", "there is no function `deny`"),
        ("prefix_rule([x])", "`x` has no value"),
        ("host_executable(\"git\", [\"bin/git\"])", "no absolute one that ends in `git`"),
        ("network_rule(\"*.a\", \"https\", \"deny\")", "the host is a name alone"),
        ("import x", "Codex has no `import`"),
        ("prefix_rule([\"a])", "never closed"),
        ("\"\\", "never closed"),
    ] {
        let (found, works) = wrong(text);
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
        assert!(!works, "{text}");
    }
}

#[test]
fn literals_are_read_whatever_they_look_like_and_what_runs_is_named() {
    for text in [
        "\"\"\"doc\"\"\"\r\nX = ['a'] # b\r\nprefix_rule(X + [r\"\\d\"],); prefix_rule(\n  [\"c\"],\n)\n",
        "# only",
        "",
        "[{\"a\": (1, -2, None, True)}, ()]",
    ] {
        assert_eq!(wrong(text), (Vec::new(), true), "{text}");
    }
    for text in [
        "for x in [\"a\"]:\n    prefix_rule([x])",
        "def f():\n    pass",
        "p = prefix_rule",
        "prefix_rule(\"a b\".split())",
        "prefix_rule([\"a\"], \"allow\" if True else \"prompt\")",
        "a, b = 1, 2",
        "(a, b) = 1, 2",
        "a: str = \"b\"",
        "L = []\nL += [1]",
        "x = 1 // 2",
        "[prefix_rule([x]) for x in []]",
        "f\"{x}\"",
    ] {
        let (found, works) = wrong(text);
        assert!(
            works && found.len() == 1 && found[0].contains("has to be run"),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn hostile_files_are_read_or_refused() {
    for part in ["[", "(", "{", "f(", "\"", "'''", "\\", "+", "a=", "\u{0}", "é", "[\"a\"]+", "-"]
    {
        for end in ["", "\n", "]"] {
            wrong(&format!("{}{end}", part.repeat(2_000)));
        }
    }
}
