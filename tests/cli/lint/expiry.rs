//! Ignores that hold for a while, and why.

use serde_json::{Value, json};

use crate::support::Folder;

fn policy(comment: &str) -> String {
    format!(
        "version: \"1\"\ndefault: deny\ntools:\n  # gatelint: ignore[unbounded-execute-tool] {comment}\n  run_job: {{}}\n  list_jobs: {{}}\n"
    )
}

/// The rules of what is shown, but for those that the tests are not about.
fn shown(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let ignore = ["--ignore", "unvalidated-execute-argument"];
    let all = [&["lint", "--format", "jsonl"], &ignore[..], arguments].concat();
    folder.run(&all).json_lines()
}

fn rules(found: &[Value]) -> Vec<&str> {
    found.iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_comment_holds_to_the_end_of_its_last_day_and_is_a_finding_after_it() {
    let folder = Folder::new().file("p.yaml", policy("held elsewhere, expires: 2027-01-31"));
    for day in ["2026-12-31", "2027-01-31"] {
        assert_eq!(rules(&shown(&folder, &["--now", day])), [""; 0], "{day}");
    }
    let after = shown(&folder, &["--now", "2027-02-01"]);
    assert_eq!(rules(&after), ["expired-ignore", "unbounded-execute-tool"]);
    assert_eq!(
        (after[0]["line"].as_u64(), &after[0]["facts"]),
        (Some(4), &json!({ "rules": ["unbounded-execute-tool"], "expires": "2027-01-31" }))
    );
    // Without a day the clock is read, which is neither before 2020 nor after 9998.
    let expired = Folder::new().file("p.yaml", policy("expires: 2020-01-01"));
    assert_eq!(rules(&shown(&expired, &[])), ["expired-ignore", "unbounded-execute-tool"]);
    let lasting = Folder::new().file("p.yaml", policy("expires: 9999-12-31"));
    assert_eq!(rules(&shown(&lasting, &[])), [""; 0]);
    // A gate that shows everything has nothing to say of ignores.
    assert_eq!(rules(&shown(&expired, &["--no-ignores"])), ["unbounded-execute-tool"]);
    let run = folder.run(&["lint", "--now", "tomorrow"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("write a day such as 2027-01-31"), "{}", run.err);
}

#[test]
fn a_day_that_is_none_ignores_nothing_and_is_told() {
    for words in
        ["expires: soon", "expires 2099-01-31", "expire: 2099-01-31", "expires: 2099-02-30"]
    {
        let folder = Folder::new().file("p.yaml", policy(words));
        let found = shown(&folder, &[]);
        assert_eq!(rules(&found), ["invalid-ignore", "unbounded-execute-tool"], "{words}");
        assert_eq!(found[0]["facts"]["expires"], words);
    }
}

#[test]
fn entries_of_the_configuration_expire_too() {
    let entry = |day: &str| {
        format!("ignores: [{{rule: unbounded-execute-tool, reason: later, expires: {day}}}]\n")
    };
    let folder = Folder::new()
        .file("p.yaml", policy("").replace("gatelint: ", ""))
        .file("gatelint.yaml", entry("2027-01-31"));
    assert_eq!(rules(&shown(&folder, &["--now", "2027-01-31"])), [""; 0]);
    let after = shown(&folder, &["--now", "2027-02-01"]);
    assert_eq!(rules(&after), ["unbounded-execute-tool", "expired-ignore"]);
    assert_eq!(
        (&after[1]["file"], &after[1]["pointer"]),
        (&json!("gatelint.yaml"), &json!("/ignores/0"))
    );
    let config = folder.run(&["config"]);
    assert!(config.out.contains("\"expires\":\"2027-01-31\""), "{}", config.out);
    let folder = folder.file("gatelint.yaml", entry("31.1.2027"));
    let run = folder.run(&["lint"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("`31.1.2027` is no day"), "{}", run.err);
}

#[test]
fn a_comment_without_a_reason_ignores_nothing_where_one_is_required() {
    let required = "require-ignore-reasons: true\n";
    for (words, is_reason) in [
        ("", false),
        ("<reason>", false),
        ("expires: 9999-12-31", false),
        ("held elsewhere", true),
        ("held elsewhere, expires: 9999-12-31", true),
    ] {
        let folder = Folder::new().file("p.yaml", policy(words));
        assert_eq!(rules(&shown(&folder, &[])), [""; 0], "nobody asked for one: {words}");
        let found = shown(&folder.file("gatelint.yaml", required), &[]);
        let expected: &[&str] =
            if is_reason { &[] } else { &["invalid-ignore", "unbounded-execute-tool"] };
        assert_eq!(rules(&found), expected, "{words}");
        assert!(is_reason || found[0]["facts"]["missing"] == "reason", "{found:?}");
    }
    let blank = "ignores: [{rule: loose-limit, reason: ' '}]\n";
    let run = Folder::with(&[("gatelint.yaml", blank)]).run(&["config"]);
    assert!(run.err.contains("the reason says nothing"), "{}", run.err);
}
