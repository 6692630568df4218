//! Statements that were decided, for machines; described by `schemas/assertions.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::human::{Assertions, describe, reason, verdict};
use super::told::Told;
use crate::assertion::{Checked, Reason, Vacuous, Violation};
use crate::engine::Outcome;
use crate::report::SCHEMA_VERSION;
use crate::report::access::json::call;
use crate::report::access::words::Lines;
use crate::report::common::escape::escape;
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
    tool: String,
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
    says: String,
    pointer: &'a str,
    line: usize,
    tools: usize,
    guessed: &'a [String],
    verdict: &'static str,
    tool: Option<&'a str>,
    #[serde(flatten)]
    first: Shown<'a>,
    violations: Vec<Broken<'a>>,
}

#[derive(Serialize)]
struct Broken<'a> {
    tool: &'a str,
    #[serde(flatten)]
    shown: Shown<'a>,
}

/// What shows it of a tool, or why it cannot be told.
#[derive(Serialize, Default)]
struct Shown<'a> {
    args: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<Value>,
    burst: Option<&'a Burst>,
    why: Option<&'static str>,
    decided: Option<Decided<'a>>,
}

/// What came of the call, what decided it, and where that stands.
#[derive(Serialize)]
struct Decided<'a> {
    outcome: Outcome,
    rule: &'a str,
    pointer: &'a str,
    file: String,
    line: usize,
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
    let lines = Lines::new(assertions.document);
    let policies = assertions.policies.iter().map(|policy| {
        let told = Told::new(&lines, policy);
        Policy {
            policy: &policy.document.name,
            objects_only: policy.objects_only,
            answers: policy.answers.iter().map(|one| answer(&lines, &told, one)).collect(),
        }
    });
    Statements {
        warnings: assertions.warnings.iter().map(warning).collect(),
        policies: policies.collect(),
    }
}

fn warning<'a>(warning: &'a Vacuous<'_>) -> Warning<'a> {
    let (tool, nearest) = match &warning.reason {
        Reason::UnknownTool { tool, nearest } => (tool.clone(), nearest.as_deref()),
        _ => (warning.statement.tools.to_string(), None),
    };
    Warning {
        statement: describe(warning.statement),
        pointer: warning.statement.pointer.as_str(),
        reason: warning.reason.code(),
        tool,
        nearest,
        message: reason(warning),
    }
}

fn answer<'a>(lines: &Lines<'_>, told: &Told<'_>, checked: &'a Checked<'_>) -> Answer<'a> {
    let first = checked.violations.first();
    let broken =
        |violation: &'a Violation| Broken { tool: &violation.tool, shown: shown(told, violation) };
    let pointer = checked.statement.pointer.as_str();
    Answer {
        statement: describe(checked.statement),
        says: escape(&checked.statement.says().to_string()).into_owned(),
        pointer,
        line: lines.of(pointer),
        tools: checked.tools,
        guessed: &checked.guessed,
        verdict: verdict(checked),
        tool: first.map(|first| first.tool.as_str()),
        first: first.map(|first| shown(told, first)).unwrap_or_default(),
        violations: checked.violations.iter().map(broken).collect(),
    }
}

fn shown<'a>(told: &Told<'_>, violation: &'a Violation) -> Shown<'a> {
    let decided = violation.decided.as_ref().map(|decided| {
        let (file, line) = told.place(violation);
        let (rule, pointer) = (decided.rule.as_str(), decided.pointer.as_str());
        Decided { outcome: decided.outcome, rule, pointer, file, line }
    });
    let none = Shown { decided, ..Shown::default() };
    match &violation.evidence {
        Evidence::Call(arguments) => Shown { args: Some(arguments), ..none },
        Evidence::Recorded(recorded) => {
            Shown { args: Some(&recorded.arguments), call: Some(call(recorded)), ..none }
        }
        Evidence::Burst(burst) => Shown { burst: Some(burst), ..none },
        Evidence::Unknown(why) => Shown { why: Some(why.code()), ..none },
    }
}
