//! Statements that were decided, for machines; described by `schemas/assertions.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::human::{CheckedPolicy, describe};
use crate::assertion::{Checked, Verdict};
use crate::report::SCHEMA_VERSION;
use crate::report::access::json::JsonBurst;
use crate::report::common::json;
use crate::solver::Evidence;
use crate::source::Document;

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    statements: &'a str,
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
struct Policy<'a> {
    policy: &'a str,
    answers: Vec<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    statement: String,
    pointer: &'a str,
    tools: usize,
    verdict: &'static str,
    tool: Option<&'a str>,
    args: Option<&'a Value>,
    burst: Option<JsonBurst<'a>>,
    why: Option<&'static str>,
}

/// Writes what came of every statement under every policy.
///
/// # Errors
/// The output cannot be written.
pub fn write_assertions_json(
    out: &mut dyn Write,
    statements: &Document,
    checked: &[CheckedPolicy<'_>],
) -> io::Result<()> {
    let policies = checked.iter().map(|policy| Policy {
        policy: &policy.document.name,
        answers: policy.answers.iter().map(answer).collect(),
    });
    let output = Output {
        schema_version: SCHEMA_VERSION,
        statements: &statements.name,
        policies: policies.collect(),
    };
    json::write_pretty(out, &output)
}

fn answer<'a>(checked: &'a Checked<'_>) -> Answer<'a> {
    let mut answer = Answer {
        statement: describe(checked.statement),
        pointer: checked.statement.pointer.as_str(),
        tools: checked.tools,
        verdict: "proved",
        tool: None,
        args: None,
        burst: None,
        why: None,
    };
    if let Verdict::Fails { tool, evidence } = &checked.verdict {
        answer.verdict = "fails";
        answer.tool = Some(tool);
        match evidence {
            Evidence::Call(arguments) => answer.args = Some(arguments),
            Evidence::Burst(burst) => answer.burst = Some(JsonBurst::new(burst)),
            Evidence::Unknown(why) => (answer.verdict, answer.why) = ("unknown", Some(why.code())),
        }
    }
    answer
}
