//! What a policy that was learned from clean sessions makes of attacked ones (`fixtures/learning`).

use std::collections::BTreeMap;

use crate::support::{Folder, fixture};

fn lines(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(fixture(&format!("learning/{name}.jsonl"))).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The outcomes of calls under the policy that other calls are given, by the calls' ids and tools.
fn outcomes(learned: &[String], replayed: &[String], to: &str) -> Vec<(String, String)> {
    let file = if to == "v1" { "policy.json" } else { "policy.yaml" };
    let folder = Folder::new()
        .file("learned.jsonl", learned.join("\n"))
        .file("replayed.jsonl", replayed.join("\n"));
    let by = ["--grant-by", "session"];
    let init = ["init", "--trace", "learned.jsonl", "--to", to, "-o", file];
    let init = folder.run(&[&init[..], &by].concat());
    assert_eq!(init.status, 0, "{}", init.err);
    assert!(init.err.contains(" 0 denied, 0 throttled, 0 indeterminate"), "{}", init.err);
    let lint = folder.run(&["lint", "--format", "json", file]);
    assert!(!lint.out.contains("bypassable") && lint.status == 0, "{}", lint.out);
    let replay = ["replay", "--policy", file, "--decisions", "replayed.jsonl"];
    let replay = folder.run(&[&replay[..], &by].concat());
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    replay.json_lines().iter().map(|call| (text(&call["id"]), text(&call["outcome"]))).collect()
}

#[test]
fn what_attacks_add_is_denied_and_what_was_asked_for_is_allowed() {
    for (id, outcome) in outcomes(&lines("clean"), &lines("attacked"), "v1") {
        let expected = if id.starts_with("attack") { "deny" } else { "allow" };
        assert_eq!(outcome, expected, "{id}");
    }
}

#[test]
fn intercept_denies_what_it_can_say() {
    let found = outcomes(&lines("clean"), &lines("attacked"), "intercept");
    let count = |attack: bool, outcome: &str| {
        let counted = |(id, found): &&(String, String)| {
            id.starts_with("attack") == attack && found == outcome
        };
        found.iter().filter(counted).count()
    };
    // An argument that may be left out, and a text that must not match, need a condition to deny on.
    assert_eq!((count(true, "deny"), count(true, "allow")), (10, 2));
    assert_eq!(count(false, "deny"), 0);
}

#[test]
fn sessions_that_were_not_learned_from_are_allowed() {
    let mut sessions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines("clean") {
        let call: serde_json::Value = serde_json::from_str(&line).unwrap();
        sessions.entry(call["session"].to_string()).or_default().push(line);
    }
    for fold in 0..4 {
        let part = |held: bool| {
            let numbered = sessions.values().enumerate();
            let chosen = numbered.filter(|(number, _)| (number % 4 == fold) == held);
            let mut lines: Vec<String> = chosen.flat_map(|(_, lines)| lines.clone()).collect();
            lines.sort();
            lines
        };
        let found = outcomes(&part(false), &part(true), "v1");
        assert!(found.len() > 50);
        assert!(found.iter().all(|(_, outcome)| outcome == "allow"), "{fold}: {found:?}");
    }
}
