//! A drafted policy and what it rests on, for machines.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::human::{Begun, why};
use crate::catalogue::Category;
use crate::engine::Outcome;
use crate::init::{Choice, Drafted, Proof, curve};
use crate::report::SCHEMA_VERSION;
use crate::report::common::json::write_pretty;
use crate::report::policy::policy_text;

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    dialect: &'static str,
    server: Option<&'a str>,
    policy: String,
    tools: Vec<Tool<'a>>,
    replay: Option<Replayed>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    tool: &'a str,
    category: Category,
    confidence: f64,
    choice: &'static str,
    max: Option<u32>,
    left_out: Option<&'static str>,
    conditions: Vec<Condition<'a>>,
    secrets: Vec<String>,
    observed: Option<Observed>,
}

#[derive(Serialize)]
struct Condition<'a> {
    path: String,
    values: &'a [Value],
}

#[derive(Serialize)]
struct Observed {
    calls: u64,
    untimed: u64,
    peak: u64,
    curve: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    max: u64,
    throttled: u64,
    share: f64,
}

#[derive(Serialize)]
struct Replayed {
    allow: u64,
    deny: u64,
    throttle: u64,
    indeterminate: u64,
    refused_before: u64,
    proven: bool,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'static str,
    message: &'a str,
}

/// Writes a drafted policy and what it rests on (`schemas/init.schema.json`).
pub fn write_begun_json(out: &mut dyn Write, begun: &Begun<'_>) -> io::Result<()> {
    let findings = begun.report.findings.iter().map(|found| Finding {
        rule: found.rule.name,
        severity: found.severity.name(),
        message: &found.message,
    });
    let output = Output {
        schema_version: SCHEMA_VERSION,
        dialect: begun.draft.dialect.code(),
        server: begun.server,
        policy: policy_text(&begun.draft.document()),
        tools: begun.draft.tools.iter().map(|drafted| tool(drafted, begun.proof)).collect(),
        replay: begun.proof.map(replayed),
        findings: findings.collect(),
    };
    write_pretty(out, &output)
}

fn tool<'a>(drafted: &'a Drafted, proof: Option<&Proof>) -> Tool<'a> {
    let (choice, max, left_out) = match drafted.choice {
        Choice::Allow => ("allow", None, None),
        Choice::Limit(max) => ("limit", Some(max), None),
        Choice::Hide => ("hide", None, None),
        Choice::DenyAll => ("deny", None, None),
        Choice::LeaveOut(omission) => ("left-out", None, Some(why(omission))),
    };
    let argument = |path: &Vec<String>| format!("args.{}", path.join("."));
    let condition = |condition: &'a crate::init::Condition| Condition {
        path: argument(&condition.path),
        values: &condition.values,
    };
    let used = proof.and_then(|proof| proof.observed.tools.get(&drafted.name));
    let observed = used.map(|used| {
        let points: Vec<u64> = max.map(u64::from).into_iter().collect();
        let steps = curve(used, &points).into_iter();
        let step = |step: crate::init::Step| Step {
            max: step.max,
            throttled: step.throttled,
            share: step.share,
        };
        let curve = steps.map(step).collect();
        Observed { calls: used.calls, untimed: used.untimed, peak: used.peak(), curve }
    });
    Tool {
        tool: &drafted.name,
        category: drafted.category,
        confidence: drafted.confidence,
        choice,
        max,
        left_out,
        conditions: drafted.conditions.iter().map(condition).collect(),
        secrets: used.iter().flat_map(|used| &used.secrets).map(argument).collect(),
        observed,
    }
}

fn replayed(proof: &Proof) -> Replayed {
    let count = |outcome| proof.counts.of(outcome);
    Replayed {
        allow: count(Outcome::Allow),
        deny: count(Outcome::Deny),
        throttle: count(Outcome::Throttle),
        indeterminate: count(Outcome::Indeterminate),
        refused_before: proof.observed.refused,
        proven: proof.holds(),
    }
}
