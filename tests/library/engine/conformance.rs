//! The sets of `fixtures/conformance/intercept`: what Intercept itself decided of recorded calls,
//! and which policies it accepted. One JSON object a line is one policy with its calls.

use std::fs;

use gatelint::engine::{Call, Counters, Gate, GrantId, Outcome, Surroundings};
use gatelint::policy::{self, Dialect, InterceptVersion, Reading};
use gatelint::source::Document;
use gatelint::trace::{GrantBy, parse_record};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct DecisionSet<'a> {
    name: String,
    note: String,
    policy: String,
    /// Whether Intercept refuses the policy, so that there are no calls.
    #[serde(default)]
    refused: bool,
    #[serde(borrow)]
    calls: Vec<&'a RawValue>,
    /// The distinct decisions: allowed, rule, message.
    decisions: Vec<(bool, String, String)>,
    /// For each call the index of its decision.
    decided: Vec<usize>,
}

#[derive(Deserialize)]
struct PolicySet {
    name: String,
    note: String,
    policy: String,
    errors: Vec<String>,
}

fn lines(kind: &str) -> Vec<String> {
    let path =
        format!("{}/fixtures/conformance/intercept/{kind}.jsonl", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn read(text: &str) -> Reading {
    let document = Document::read("policy.yaml", text.as_bytes().to_vec());
    policy::read(&document, Some(Dialect::Intercept(InterceptVersion::V1_1)))
}

/// Every call whose decision differs from Intercept's, in words.
fn disagreements(set: &DecisionSet<'_>) -> Vec<String> {
    let reading = read(&set.policy);
    if reading.is_refused() || set.refused {
        return if set.refused == reading.is_refused() {
            Vec::new()
        } else {
            vec![format!("{}: refused: {:?}", set.name, reading.defects)]
        };
    }
    let gate = Gate::new(&reading.policy.unwrap());
    let mut counters = Counters::default();
    let mut walked = Counters::default();
    let mut found = Vec::new();
    for (raw, decided) in set.calls.iter().zip(&set.decided) {
        let record = parse_record(raw.get(), &GrantBy::Grant).unwrap();
        let call = Call {
            tool: &record.tool,
            grant: GrantId(0),
            time: record.time,
            in_order: true,
            after: None,
            arguments: record.arguments.as_arguments(),
            result: record.result,
            around: Surroundings::default(),
        };
        let decision = gate.decide(&call, &mut counters);
        assert_eq!(gate.walk(&call, &mut walked).decision, decision, "{}", set.name);
        let (allowed, rule, message) = &set.decisions[*decided];
        let ours = (
            decision.outcome == Outcome::Allow,
            decision.cause.rule(),
            decision.cause.message(&record.tool),
        );
        // Intercept names no rule when it refuses to reserve; we name the one without room.
        let same_rule = rule.is_empty() || ours.1 == rule;
        if ours.0 != *allowed || !same_rule || ours.2 != *message {
            found.push(format!(
                "{} ({}): {}: we {ours:?}, Intercept {:?}",
                set.name,
                set.note,
                raw.get(),
                (allowed, rule, message)
            ));
        }
    }
    found
}

fn check(kind: &str, sets: usize, calls: usize) {
    let lines = lines(kind);
    let sets_read: Vec<DecisionSet<'_>> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<String> = sets_read.iter().flat_map(disagreements).collect();
    assert!(
        found.is_empty(),
        "{} of {calls} calls decided differently:\n{}",
        found.len(),
        found.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    assert_eq!(sets_read.len(), sets);
    assert_eq!(sets_read.iter().map(|set| set.calls.len()).sum::<usize>(), calls);
}

#[test]
fn cases_are_decided_as_intercept_decides_them() {
    check("cases", 200, 16_403);
}

#[test]
fn rollbacks_are_decided_as_intercept_decides_them() {
    check("rollback", 27, 2_007);
}

#[test]
fn quirks_are_decided_as_intercept_decides_them() {
    check("quirks", 142, 1_957);
}

#[test]
fn invalid_policies_are_refused() {
    let lines = lines("invalid");
    assert_eq!(lines.len(), 50);
    for line in lines {
        let set: PolicySet = serde_json::from_str(&line).unwrap();
        let reading = read(&set.policy);
        assert!(
            reading.defects.iter().any(|defect| defect.refused),
            "{} ({}) is accepted, Intercept says {:?}",
            set.name,
            set.note,
            set.errors
        );
    }
}

#[test]
fn accepted_policies_are_not_refused() {
    let lines = lines("accepted");
    assert_eq!(lines.len(), 22);
    for line in lines {
        let set: PolicySet = serde_json::from_str(&line).unwrap();
        let reading = read(&set.policy);
        let refused: Vec<_> = reading.defects.iter().filter(|defect| defect.refused).collect();
        assert!(refused.is_empty(), "{} ({}): {refused:?}", set.name, set.note);
    }
}
