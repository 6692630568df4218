//! What files come to, where the sets of `fixtures/conformance/gemini` do not show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{read, read_alone};
use crate::policy::defect::DefectKind;
use crate::policy::setting::{AgentReading, Failure, Setting};
use crate::source::{Document, ViolationKind};

const USER: &str = "/h/.gemini/policies/a.toml";

fn reading(files: &[(&str, &str)], setting: Setting) -> AgentReading {
    let own = |(name, text): &(&str, &str)| (PathBuf::from(name), text.as_bytes().to_vec());
    let all: BTreeMap<PathBuf, Vec<u8>> = files.iter().map(own).collect();
    read(&Setting { start: "/p".to_owned(), home: Some("/h".to_owned()), ..setting }, &all)
}

/// The rules that files have, in words, with their ranks.
fn written(files: &[(&str, &str)], setting: Setting) -> Vec<String> {
    let policy = reading(files, setting).policy.unwrap();
    let rules = &policy.permissions.as_ref().unwrap().rules;
    let own = rules.iter().filter(|rule| rule.origin.file.is_some());
    own.map(|rule| format!("{} {}", rule.rank, rule.text)).collect()
}

fn rule(tool: &str, decision: &str, priority: u32) -> String {
    format!("[[rule]]\ntoolName = \"{tool}\"\ndecision = \"{decision}\"\npriority = {priority}\n")
}

#[test]
fn the_rules_of_the_project_are_not_read_and_the_home_may_be_moved() {
    let (mine, theirs) = (rule("a", "deny", 1), rule("b", "allow", 1));
    let files = [
        (USER, mine.as_str()),
        ("/p/.gemini/policies/b.toml", &theirs),
        ("/m/.gemini/policies/c.toml", &theirs),
        ("/h/.gemini/policies/below/d.toml", &theirs),
        ("/h/.gemini/policies/e.TOML", &theirs),
    ];
    assert_eq!(written(&files, Setting::default()), ["4001 deny a"]);
    let workspace = Setting { reads_workspace: true, ..Setting::default() };
    assert_eq!(written(&files, workspace), ["4001 deny a", "3001 allow b"]);
    let environment = BTreeMap::from([("GEMINI_CLI_HOME".to_owned(), "/m".to_owned())]);
    let moved = Setting { environment, ..Setting::default() };
    assert_eq!(written(&files, moved), ["4001 allow b"]);
}

#[test]
fn settings_of_a_project_add_to_those_of_the_user_where_it_is_trusted() {
    let files = [
        ("/h/.gemini/settings.json", r#"{"tools":{"exclude":["a"],"allowed":["b"]}}"#),
        (
            "/p/.gemini/settings.json",
            r#"{"tools":{"exclude":["c"],"allowed":["ShellTool(git)"]}} // fine"#,
        ),
    ];
    let trusted = |trusted| Setting { trusted, ..Setting::default() };
    let all = [
        "4400 deny a",
        "4400 deny c",
        "4290 deny run_shell_command",
        "4300 allow run_shell_command `git`",
    ];
    assert_eq!(written(&files, trusted(Some(true))), all);
    assert_eq!(written(&files, trusted(None)), all);
    assert_eq!(written(&files, trusted(Some(false))), ["4400 deny a", "4300 allow b"]);
}

#[test]
fn the_tools_of_configured_servers_are_known_by_their_beginnings() {
    let settings = r#"{"mcpServers":{"my server":{},"mcp_x":{},"a":{}}}"#;
    let found = reading(&[("/h/.gemini/settings.json", settings)], Setting::default());
    let permissions = found.policy.unwrap().permissions.unwrap();
    let servers = &permissions.calls.as_ref().unwrap().servers;
    let starts: Vec<&str> = servers.iter().map(|(_, start)| start.as_str()).collect();
    assert_eq!(starts, ["mcp_my_server_", "mcp_x_", "mcp_a_"]);
}

#[test]
fn what_was_answered_for_good_may_be_switched_off() {
    let (kept, answered) = (rule("a", "allow", 949), rule("b", "deny", 950));
    let files = [
        (USER, kept.as_str()),
        ("/h/.gemini/policies/auto-saved.toml", &answered),
        ("/h/.gemini/settings.json", r#"{"security":{"disableAlwaysAllow":true}}"#),
    ];
    assert_eq!(written(&files, Setting::default()), ["4949 allow a"]);
}

#[test]
fn a_file_that_is_wrong_in_one_part_says_nothing_and_an_empty_name_stops_the_program() {
    let good = rule("a", "allow", 1);
    for bad in [
        "decision = \"deny\"\npriority = 1",
        "toolName = \"b\"\ndecision = \"ask\"\npriority = 1",
        "toolName = \"b\"\ndecision = \"deny\"\npriority = 1000",
        "toolName = \"b\"\ndecision = \"deny\"\npriority = 1\nx = [1, \"y\"]",
        "toolName = \"b\"\ndecision = \"deny\"\npriority = 1\nmodes = [\"auto_edit\"]",
        "toolName = \"b\"\ndecision = \"deny\"\npriority = ",
    ] {
        let bad = format!("{good}[[rule]]\n{bad}\n");
        let found = reading(&[(USER, &bad)], Setting::default());
        assert_eq!(found.failure, None, "{bad}");
        assert!(found.files[0].1.iter().any(|defect| defect.refused), "{bad}");
        assert!(written(&[(USER, &bad)], Setting::default()).is_empty(), "{bad}");
    }
    let empty = rule("", "allow", 1);
    assert_eq!(reading(&[(USER, &empty)], Setting::default()).failure, Some(Failure::Value));
}

#[test]
fn a_rule_has_its_file_and_line_and_a_field_that_is_not_looked_at_is_named() {
    let text =
        format!("# first\n\n{}comandPrefix = \"git\"\n", rule("run_shell_command", "allow", 5));
    let document = Document::read("a.toml", text.into_bytes());
    let (policy, defects) = read_alone(&document);
    let permissions = policy.unwrap().permissions.unwrap();
    let own = permissions.rules.iter().find(|rule| rule.origin.file.is_some()).unwrap();
    assert_eq!((own.origin.line, own.origin.pointer.as_str()), (3, "/rule/0"));
    let [defect] = defects.as_slice() else { panic!("{defects:?}") };
    let DefectKind::Shape(ViolationKind::UnknownField { nearest, .. }) = &defect.kind else {
        panic!("{defect:?}")
    };
    assert_eq!(nearest.as_deref(), Some("commandPrefix"));
    assert!(!defect.refused);
}
