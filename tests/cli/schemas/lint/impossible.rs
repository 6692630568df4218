//! The schema of findings: facts that no rule can find.

use serde_json::{Value, json};

use super::facts::findings_of_every_rule;
use super::{alone, with_rule};
use crate::schemas::{refuses, validator};

#[test]
fn facts_that_no_rule_can_find_are_refused() {
    let output = findings_of_every_rule();
    let schema = validator("lint");
    for (rule, fact, value) in [
        ("burst-window", "recommended_per_minute", json!(0)),
        ("burst-window", "window", json!("week")),
        ("burst-window", "calls", json!(-1)),
        ("burst-window", "tools", json!([])),
        ("default-allow", "listed", json!(-1)),
        ("default-allow", "ruled", json!(1)),
        ("loose-limit", "category", json!("execute")),
        ("loose-limit", "tools", json!([])),
        ("missing-argument-bypass", "argument", json!("amount")),
        ("reachable-destructive-tool", "confidence", json!(1.5)),
        ("unbounded-write-tool", "confidence", json!(-0.5)),
        ("string-number-bypass", "operator", json!("eq")),
        ("unlisted-risky-tool", "tools", json!([])),
        ("unvalidated-execute-argument", "arguments", json!([])),
    ] {
        let output = alone(&output, with_rule(&output, rule));
        refuses(&schema, &output, &format!("/findings/0/facts/{fact}"), value);
    }
    // Whatever a finding without facts is called, it cannot have any; what has some needs them.
    for finding in output["findings"].as_array().unwrap() {
        let mut changed = finding.clone();
        changed["class"] = json!("risk");
        changed["facts"] = json!({});
        let is_valid = schema.is_valid(&alone(&output, &changed));
        let has_none = ["missing-default", "uninspected-arguments", "wildcard-misses-unlisted"]
            .map(Value::from);
        assert_eq!(is_valid, has_none.contains(&finding["rule"]), "{changed}");
        let mut limit_of = |max, amount| {
            changed["facts"] = json!({ "rule": "a", "max": max, "amount": amount });
            schema.is_valid(&alone(&output, &changed))
        };
        if finding["rule"] == "non-positive-limit" {
            assert!(limit_of(0, 1) && limit_of(1, 2) && limit_of(-1, 2), "{changed}");
            assert!(!limit_of(1, 1) && !limit_of(0, 0) && !limit_of(-1, -2), "{changed}");
        }
        if finding["rule"] == "contradictory-conditions" {
            let mut changed = finding.clone();
            changed["facts"]["alone"] = json!(!finding["facts"]["alone"].as_bool().unwrap());
            assert!(!schema.is_valid(&alone(&output, &changed)), "{changed}");
        }
    }
    for (place, value) in [
        ("/policies/0/server", json!("")),
        ("/policies/0/server_named", json!("yes")),
        ("/findings/0/help", json!("")),
    ] {
        refuses(&schema, &output, place, value);
    }
}
