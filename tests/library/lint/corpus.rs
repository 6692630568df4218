//! How many findings each rule has over the committed corpus, so that every change shows: the good
//! policies, the recommended ones, and those that the conformance sets of Intercept were made with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use gatelint::catalogue::Catalogue;
use gatelint::lint::{RULES, lint};
use gatelint::source::Document;

/// The table, one rule a line.
const PINNED: &str = "fixtures/policies/findings.txt";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The policies of a folder by name.
fn folder(name: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(root().join("fixtures/policies").join(name)).unwrap();
    let policies = entries.map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
    });
    policies.collect()
}

/// The policies that Intercept was run with, each once.
fn conformance() -> BTreeMap<String, Vec<u8>> {
    let mut texts = BTreeSet::new();
    for set in ["accepted", "cases", "quirks", "rollback"] {
        let path = root().join(format!("fixtures/conformance/intercept/{set}.jsonl"));
        for line in fs::read_to_string(path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            texts.insert(case["policy"].as_str().expect("every case has a policy").to_owned());
        }
    }
    let named = texts.into_iter().enumerate();
    named.map(|(index, text)| (format!("{index}.yaml"), text.into_bytes())).collect()
}

/// How many findings each rule has, with the rules that run unless somebody asks for others.
fn counts(policies: BTreeMap<String, Vec<u8>>) -> BTreeMap<&'static str, usize> {
    let catalogue = Catalogue::builtin();
    let mut counts = BTreeMap::new();
    for (name, bytes) in policies {
        for finding in lint(Document::read(name, bytes), &catalogue, None, None).findings {
            *counts.entry(finding.rule.name).or_default() += 1;
        }
    }
    counts
}

#[test]
fn the_number_of_findings_by_rule_is_the_pinned_one() {
    let corpora =
        [("good", folder("good")), ("seed", folder("seed")), ("conformance", conformance())];
    let mut table = format!("{:30}", "rule");
    for (name, policies) in &corpora {
        _ = write!(table, " {:>17}", format!("{name} ({})", policies.len()));
    }
    table.push('\n');
    let counts: Vec<_> = corpora.into_iter().map(|(_, policies)| counts(policies)).collect();
    for rule in RULES {
        _ = write!(table, "{:30}", rule.name);
        for counts in &counts {
            _ = write!(table, " {:>17}", counts.get(rule.name).copied().unwrap_or(0));
        }
        table.push('\n');
    }
    let pinned = fs::read_to_string(root().join(PINNED)).unwrap_or_default();
    assert!(
        table == pinned,
        "{PINNED} is:\n{pinned}\nand should be, if the change is meant:\n{table}"
    );
}

#[test]
fn there_are_a_hundred_good_policies() {
    assert!(folder("good").len() >= 100);
}
