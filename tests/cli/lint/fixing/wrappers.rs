//! Things that stand without the list or the object that they belong into.

use super::text;
use crate::support::Folder;

fn policy(tool: &str) -> String {
    format!(
        "{{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {{ \"pay\": {tool} }}\n}}\n"
    )
}

#[test]
fn one_finding_says_that_a_wrapper_is_missing_and_its_fix_writes_it() {
    let condition = r#"{ "path": "args.to", "op": "eq", "value": "x" }"#;
    let entry = format!(r#"{{ "conditions": [{condition}] }}"#);
    let limit = r#"{ "counter": "pay_rate", "window": "minute", "max": 5, "scope": "grant" }"#;
    let other = r#"{ "window": "minute", "max": 5, "counter": "pay_rate", "scope": "grant" }"#;
    let cases = [
        // An entry that is a condition, its operator and path as others write them.
        (format!(r#"{{ "deny_if": [{condition}] }}"#), format!(r#"{{ "deny_if": [{entry}] }}"#)),
        (
            r#"{ "require": [{"path": "to", "op": "equals", "value": "x", "on_deny": "no"}] }"#.to_owned(),
            format!(r#"{{ "require": [{{ "conditions": [{condition}], "on_deny": "no" }}] }}"#),
        ),
        (
            r#"{ "deny_if": [{"path": "args.n", "op": "gt", "value": 1.5}] }"#.to_owned(),
            r#"{ "deny_if": [{ "conditions": [{ "path": "args.n", "op": "gt", "value": 1.5 }] }] }"#.to_owned(),
        ),
        // One thing in the place of a list.
        (format!(r#"{{ "deny_if": {condition} }}"#), format!(r#"{{ "deny_if": [{entry}] }}"#)),
        (format!(r#"{{ "deny_if": {entry} }}"#), format!(r#"{{ "deny_if": [{entry}] }}"#)),
        (
            format!(r#"{{ "deny_if": [{{ "conditions": {condition} }}] }}"#),
            format!(r#"{{ "deny_if": [{entry}] }}"#),
        ),
        (format!(r#"{{ "limits": {limit} }}"#), format!(r#"{{ "limits": [{limit}] }}"#)),
        (r#"{ "limits": {"window": "minute", "max": 5} }"#.to_owned(), format!(r#"{{ "limits": [{limit}] }}"#)),
        (r#"{ "limits": "5/minute" }"#.to_owned(), format!(r#"{{ "limits": [{limit}] }}"#)),
        (r#"{ "limits": [{ "window": "minute", "max": 5 }] }"#.to_owned(), format!(r#"{{ "limits": [{other}] }}"#)),
    ];
    for (before, after) in cases {
        let folder = Folder::new().file("a.json", policy(&before));
        let json = folder.run(&["lint", "a.json", "--format", "json"]).json();
        assert_eq!(json["summary"]["error"], 1, "{before} {json}");
        let run = folder.run(&["lint", "a.json", "--fix"]);
        assert_eq!(text(&folder, "a.json"), policy(&after), "{before}\n{}{}", run.err, run.out);
        assert!(!run.out.contains("error["), "{}", run.out);
    }
}

#[test]
fn yaml_is_wrapped_on_its_own_line_and_comments_are_kept_by_no_fix() {
    let yaml = |entry: &str| {
        format!(
            "version: \"1\"\ndefault: deny\nall_tools:\n  limits: []\ntools:\n  pay:\n    deny_if:\n{entry}"
        )
    };
    let before = yaml("      - path: args.to\n        op: eq\n        value: x\n    limits: []\n");
    let folder = Folder::new().file("a.yaml", &before);
    folder.run(&["lint", "a.yaml", "--dialect", "v1", "--fix"]);
    let after = "      - { conditions: [{ path: args.to, op: eq, value: x }] }\n    limits: []\n";
    assert_eq!(text(&folder, "a.yaml"), yaml(after));
    let commented = before.replace("op: eq", "op: eq # why");
    let folder = Folder::new().file("a.yaml", &commented);
    folder.run(&["lint", "a.yaml", "--dialect", "v1", "--fix"]);
    assert_eq!(text(&folder, "a.yaml"), commented);
}

#[test]
fn what_is_no_condition_is_wrapped_by_nobody() {
    for tool in [
        r#"{ "deny_if": [{}] }"#,
        r#"{ "deny_if": [{ "path": "args.to", "op": "eq" }] }"#,
        r#"{ "deny_if": [{ "path": "args.to", "op": "nearly", "value": "x" }] }"#,
        r#"{ "deny_if": "args.to" }"#,
    ] {
        let folder = Folder::new().file("a.json", policy(tool));
        let run = folder.run(&["lint", "a.json", "--fix"]);
        assert_eq!(text(&folder, "a.json"), policy(tool), "{}", run.err);
        assert!(run.out.contains("error["), "{}", run.out);
    }
}

#[test]
fn nothing_is_said_of_limits_where_what_cannot_be_read_may_be_one() {
    let found = |tool: &str| {
        let folder = Folder::new().file("a.json", policy(tool).replace("pay", "create_issue"));
        folder.run(&["lint", "a.json"]).out.contains("unbounded-write-tool")
    };
    assert!(found("{}"));
    assert!(found(r#"{ "deny_if": [{ "path": "args.to", "op": "nearly", "value": "x" }] }"#));
    assert!(found(
        r#"{ "require": [{ "conditions": [{ "path": "args.to", "op": "nearly", "value": 1 }] }] }"#
    ));
    for doubtful in [
        r#"{ "limits": [{ "max": 5 }] }"#,
        r#"{ "limits": { "max": 5 } }"#,
        r#"{ "limitz": [] }"#,
        // It may deny every call.
        r#"{ "deny_if": [{}] }"#,
        r#"{ "deny_if": [{ "conditons": [] }] }"#,
        r#"{ "deny_if": [{ "conditions": null }] }"#,
        r#"{ "deny_if": true }"#,
    ] {
        assert!(!found(doubtful), "{doubtful}");
    }
}
