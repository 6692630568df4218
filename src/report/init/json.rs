//! A drafted policy and what it rests on, for machines.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::human::{Begun, why, why_open};
use crate::catalogue::Category;
use crate::engine::Outcome;
use crate::init::{Choice, Drafted, Proof, Test};
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
    max_per_day: Option<u32>,
    left_out: Option<&'static str>,
    conditions: Vec<Condition>,
    secrets: Vec<String>,
    open: Vec<Open>,
    observed: Option<Observed>,
}

#[derive(Serialize)]
struct Condition {
    path: String,
    op: &'static str,
    values: Vec<Value>,
    optional: bool,
    calls: Option<u64>,
}

#[derive(Serialize)]
struct Open {
    path: String,
    reason: &'static str,
}

#[derive(Serialize)]
struct Observed {
    calls: u64,
    untimed: u64,
    peak: u64,
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

/// Several policies, each for a server.
#[derive(Serialize)]
struct Several<'a> {
    schema_version: u32,
    policies: Vec<Output<'a>>,
}

/// Writes a drafted policy and what it rests on (`schemas/init.schema.json`).
pub fn write_begun_json(out: &mut dyn Write, begun: &Begun<'_>) -> io::Result<()> {
    write_pretty(out, &output(begun))
}

/// Writes the policies for several servers and what they rest on.
pub fn write_begun_all_json<'a>(
    out: &mut dyn Write,
    begun: impl Iterator<Item = &'a Begun<'a>>,
) -> io::Result<()> {
    let policies = begun.map(output).collect();
    write_pretty(out, &Several { schema_version: SCHEMA_VERSION, policies })
}

fn output<'a>(begun: &'a Begun<'_>) -> Output<'a> {
    let findings = begun.report.findings.iter().map(|found| Finding {
        rule: found.rule.name,
        severity: found.severity.name(),
        message: &found.message,
    });
    Output {
        schema_version: SCHEMA_VERSION,
        dialect: begun.draft.dialect.code(),
        server: begun.server,
        policy: policy_text(&begun.draft.document()),
        tools: begun.draft.tools.iter().map(|drafted| tool(drafted, begun.proof)).collect(),
        replay: begun.proof.map(replayed),
        findings: findings.collect(),
    }
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
    let condition = |condition: &crate::init::Condition| {
        let (op, values) = match &condition.test {
            Test::OneOf(values) => ("in", values.clone()),
            Test::Matches(pattern) => ("regex", vec![Value::from(&**pattern)]),
            Test::Without(pattern) => ("not-regex", vec![Value::from(&**pattern)]),
            Test::AtMost(most) => ("lte", vec![most.clone()]),
        };
        let (optional, calls) = (condition.is_optional, condition.calls);
        Condition { path: argument(&condition.path), op, values, optional, calls }
    };
    let open =
        |open: &crate::init::Open| Open { path: argument(&open.path), reason: why_open(open.why) };
    let used = proof.and_then(|proof| proof.observed.tools.get(&drafted.name));
    let observed =
        used.map(|used| Observed { calls: used.calls, untimed: used.untimed, peak: used.peak() });
    Tool {
        tool: &drafted.name,
        category: drafted.category,
        confidence: drafted.confidence,
        choice,
        max,
        max_per_day: drafted.daily,
        left_out,
        conditions: drafted.conditions.iter().map(condition).collect(),
        secrets: used.iter().flat_map(|used| &used.secrets).map(argument).collect(),
        open: drafted.open.iter().map(open).collect(),
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
