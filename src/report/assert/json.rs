//! Statements that were decided, for machines; described by `schemas/assertions.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::human::{Assertions, describe, reason, verdict};
use crate::assertion::{Checked, Reason, Vacuous, Verdict};
use crate::report::SCHEMA_VERSION;
use crate::report::access::json::call;
use crate::report::common::json;
use crate::solver::{Burst, Evidence};

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    statements: &'a str,
    #[serde(flatten)]
    answered: Statements<'a>,
}

/// What came of the statements of a file.
#[derive(Serialize)]
pub(in crate::report) struct Statements<'a> {
    warnings: Vec<Warning<'a>>,
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
struct Warning<'a> {
    statement: String,
    pointer: &'a str,
    reason: &'static str,
    tool: &'a str,
    nearest: Option<&'a str>,
    message: String,
}

#[derive(Serialize)]
struct Policy<'a> {
    policy: &'a str,
    objects_only: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<Value>,
    burst: Option<&'a Burst>,
    why: Option<&'static str>,
}

/// Writes what came of every statement under every policy.
///
/// # Errors
/// The output cannot be written.
pub fn write_assertions_json(out: &mut dyn Write, assertions: &Assertions<'_>) -> io::Result<()> {
    let output = Output {
        schema_version: SCHEMA_VERSION,
        statements: &assertions.document.name,
        answered: statements(assertions),
    };
    json::write_pretty(out, &output)
}

/// What came of every statement under every policy.
pub(in crate::report) fn statements<'a>(assertions: &'a Assertions<'_>) -> Statements<'a> {
    let policies = assertions.policies.iter().map(|policy| Policy {
        policy: &policy.document.name,
        objects_only: policy.objects_only,
        answers: policy.answers.iter().map(answer).collect(),
    });
    Statements {
        warnings: assertions.warnings.iter().map(warning).collect(),
        policies: policies.collect(),
    }
}

fn warning<'a>(warning: &'a Vacuous<'_>) -> Warning<'a> {
    Warning {
        statement: describe(warning.statement),
        pointer: warning.statement.pointer.as_str(),
        reason: warning.reason.code(),
        tool: &warning.statement.tools,
        nearest: match &warning.reason {
            Reason::UnknownTool { nearest } => nearest.as_deref(),
            Reason::Contradiction => None,
        },
        message: reason(warning),
    }
}

fn answer<'a>(checked: &'a Checked<'_>) -> Answer<'a> {
    let mut answer = Answer {
        statement: describe(checked.statement),
        pointer: checked.statement.pointer.as_str(),
        tools: checked.tools,
        verdict: verdict(checked),
        tool: None,
        args: None,
        call: None,
        burst: None,
        why: None,
    };
    if let Verdict::Fails { tool, evidence } = &checked.verdict {
        answer.tool = Some(tool);
        match evidence {
            Evidence::Call(arguments) => answer.args = Some(arguments),
            Evidence::Recorded(recorded) => {
                (answer.args, answer.call) = (Some(&recorded.arguments), Some(call(recorded)));
            }
            Evidence::Burst(burst) => answer.burst = Some(burst),
            Evidence::Unknown(why) => answer.why = Some(why.code()),
        }
    }
    answer
}
