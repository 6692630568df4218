//! What came of test files, for machines; described by `schemas/tested.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::report::{FailedCase, Mutants, TestMistake, TestReport, TestedFile, TestedSet};
use super::written::case_json;
use crate::engine::Outcome;
use crate::mutation::Mutant;
use crate::report::SCHEMA_VERSION;
use crate::report::access::words::Lines;
use crate::report::assert::{Statements, statements};
use crate::report::common::json;
use crate::report::coverage::JsonCoverage;
use crate::solver::Why;
use crate::testing::{Case, Expected, Found, Slip, Wrong, span_text};

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    cases: usize,
    passed: usize,
    statements: usize,
    holding: usize,
    left_out: usize,
    files: Vec<File<'a>>,
    errors: Vec<JsonMistake<'a>>,
    mutants: Vec<JsonMutants<'a>>,
    coverage: Option<JsonCoverage<'a>>,
}

#[derive(Serialize)]
struct JsonMistake<'a> {
    file: &'a str,
    line: Option<usize>,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    tested: Vec<Tested<'a>>,
}

#[derive(Serialize)]
struct Tested<'a> {
    policies: Vec<&'a str>,
    cases: Vec<JsonCase<'a>>,
    left_out: usize,
    slips: Vec<JsonSlip<'a>>,
    statements: Statements<'a>,
}

#[derive(Serialize)]
struct JsonSlip<'a> {
    case: &'a str,
    line: usize,
    tool: &'a str,
    argument: Option<&'a str>,
    nearest: &'a str,
}

#[derive(Serialize)]
struct JsonMutants<'a> {
    policies: Vec<&'a str>,
    killed: usize,
    equivalent: usize,
    survivors: Vec<JsonMutant>,
    unknown: Vec<JsonMutant>,
}

#[derive(Serialize)]
struct JsonMutant {
    edit: &'static str,
    words: String,
    pointer: String,
    file: String,
    line: usize,
    case: Option<Box<RawValue>>,
    why: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonCase<'a> {
    name: &'a str,
    pointer: &'a str,
    line: usize,
    passed: bool,
    failure: Option<JsonFailure<'a>>,
}

#[derive(Serialize)]
struct JsonFailure<'a> {
    pointer: &'a str,
    line: usize,
    step: usize,
    time: u64,
    ts: String,
    tool: &'a str,
    wrong: Vec<&'static str>,
    expected: JsonExpected<'a>,
    found: JsonFound<'a>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonExpected<'a> {
    outcome: Outcome,
    rule: Option<&'a str>,
    message: Option<&'a str>,
    retry: Option<String>,
    missing: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonFound<'a> {
    policy: Option<&'a str>,
    outcome: Option<Outcome>,
    rule: &'a str,
    pointer: &'a str,
    place: Option<&'a str>,
    message: &'a str,
    retry: Option<String>,
    missing: Option<&'static str>,
}

/// Writes what came of every case and statement.
///
/// # Errors
/// The output cannot be written.
pub fn write_tests_json(out: &mut dyn Write, report: &TestReport<'_>) -> io::Result<()> {
    let counts = report.counts();
    let mistakes = report.broken.iter().flat_map(|broken| &broken.mistakes);
    let output = Output {
        schema_version: SCHEMA_VERSION,
        cases: counts.cases,
        passed: counts.passed,
        statements: counts.statements,
        holding: counts.holding,
        left_out: counts.left_out(),
        files: report.files.iter().map(file).collect(),
        errors: mistakes.map(mistake).collect(),
        mutants: report.mutants.iter().map(mutants).collect(),
        coverage: report.coverage.as_ref().map(JsonCoverage::from),
    };
    json::write_pretty(out, &output)
}

fn mistake(mistake: &TestMistake) -> JsonMistake<'_> {
    let TestMistake { file, line, message, help } = mistake;
    JsonMistake { file, line: *line, message, help: help.as_deref() }
}

fn file<'a>(file: &'a TestedFile<'_>) -> File<'a> {
    let lines = Lines::new(file.document);
    let tested = file.sets.iter().map(|set| Tested {
        policies: set.policies.iter().map(|(document, _)| &*document.name).collect(),
        cases: set
            .cases
            .iter()
            .map(|(of, failed)| case(&lines, set, of, failed.as_ref()))
            .collect(),
        left_out: set.counts().left_out(),
        slips: set.slips.iter().map(|one| slip(&lines, one)).collect(),
        statements: statements(&set.statements),
    });
    File { file: &file.document.name, tested: tested.collect() }
}

fn slip<'a>(lines: &Lines<'_>, slip: &'a Slip<'_>) -> JsonSlip<'a> {
    JsonSlip {
        case: &slip.case.name,
        line: lines.of(slip.step.pointer.as_str()),
        tool: &slip.step.record.tool,
        argument: slip.argument.as_deref(),
        nearest: &slip.meant,
    }
}

fn case<'a>(
    lines: &Lines<'_>,
    set: &'a TestedSet<'_>,
    case: &'a Case,
    failed: Option<&'a FailedCase<'_>>,
) -> JsonCase<'a> {
    let failure = failed.map(|FailedCase { failure, remedy, .. }| {
        let expected = &failure.played.step.expected;
        let wrong = failure.wrong.iter().map(|wrong| match wrong {
            Wrong::Outcome => "outcome",
            Wrong::Rule => "rule",
            Wrong::Message => "message",
            Wrong::Retry => "retry",
            Wrong::Missing => "missing",
        });
        JsonFailure {
            pointer: expected.pointer.as_str(),
            line: lines.of(expected.pointer.as_str()),
            step: failure.played.index + 1,
            time: failure.played.time_of,
            ts: failure.played.time.to_string(),
            tool: &failure.played.step.record.tool,
            wrong: wrong.collect(),
            expected: expectation(expected),
            found: found(set, &failure.found),
            help: remedy.as_deref(),
        }
    });
    let pointer = case.pointer.as_str();
    let passed = failure.is_none();
    JsonCase { name: &case.name, pointer, line: lines.of(pointer), passed, failure }
}

fn mutants<'a>(mutants: &'a Mutants<'_>) -> JsonMutants<'a> {
    let survivors = mutants.survivors();
    let unknown = mutants.unknown();
    JsonMutants {
        policies: mutants.policies.iter().map(|document| &*document.name).collect(),
        killed: mutants.killed(),
        equivalent: mutants.equivalent(),
        survivors: survivors
            .map(|(number, one, case)| mutant(mutants, (number, one), Some(case), None))
            .collect(),
        unknown: unknown
            .map(|(number, one, why)| mutant(mutants, (number, one), None, Some(why)))
            .collect(),
    }
}

fn mutant(
    mutants: &Mutants<'_>,
    (number, mutant): (usize, &Mutant),
    case: Option<&Case>,
    why: Option<Why>,
) -> JsonMutant {
    let (file, line) = mutants.place(number, mutant);
    JsonMutant {
        edit: mutant.edit.code(),
        words: mutant.edit.to_string(),
        pointer: mutant.pointer.to_string(),
        file,
        line,
        case: case.map(|case| {
            RawValue::from_string(case_json(case, mutants.secrets)).expect("it is JSON")
        }),
        why: why.map(|why| why.code()),
    }
}

fn expectation(expected: &Expected) -> JsonExpected<'_> {
    JsonExpected {
        outcome: expected.outcome,
        rule: expected.rule.as_deref(),
        message: expected.message.as_deref(),
        retry: expected.retry.map(span_text),
        missing: expected.missing.map(|fact| fact.code()),
    }
}

fn found<'a>(set: &'a TestedSet<'_>, found: &'a Found<'_>) -> JsonFound<'a> {
    let policy = found.policy.and_then(|number| set.policies.get(number as usize));
    JsonFound {
        policy: policy.map(|(document, _)| &*document.name),
        outcome: found.outcome,
        rule: found.rule,
        pointer: found.pointer,
        place: found.place,
        message: &found.message,
        retry: found.retry.map(span_text),
        missing: found.missing.map(|fact| fact.code()),
    }
}
