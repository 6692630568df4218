//! Test files, written.

use std::fmt::Write;

use serde_json::Value;

use crate::testing::{Case, DEFAULT_START, Expected, Step, span_text};
use crate::trace::write_record;

/// Writes a test file with cases for policies, each with the server that it is for, and each case with its name, as YAML or as JSON; reading it gives the same cases.
pub fn write_test_file(
    policies: &[(Option<&str>, String)],
    cases: &[(String, &Case)],
    as_json: bool,
) -> String {
    let policy = match policies {
        [(None, only)] => Value::from(only.as_str()),
        // All other servers are named by an empty text.
        all => {
            all.iter().map(|(server, path)| (server.unwrap_or_default(), path.as_str())).collect()
        }
    };
    let cases = cases.iter().map(|(name, case)| fields(name, case));
    if as_json {
        let cases: Vec<String> = cases.map(|fields| format!("    {}", object(&fields))).collect();
        return format!(
            "{{\n  \"for\": {policy},\n  \"cases\": [\n{}\n  ]\n}}\n",
            cases.join(",\n")
        );
    }
    let mut out = format!("for: {policy}\ncases:\n");
    for fields in cases {
        for (at, (name, value)) in fields.iter().enumerate() {
            let mark = if at == 0 { "  - " } else { "    " };
            _ = writeln!(out, "{mark}{name}: {value}");
        }
    }
    out
}

/// A case as JSON on one line.
pub(super) fn case_json(case: &Case) -> String {
    object(&fields(&case.name, case))
}

/// The fields of a case, each with its value as JSON.
fn fields(name: &str, case: &Case) -> Vec<(&'static str, String)> {
    let mut fields = vec![("name", Value::from(name).to_string())];
    if case.start != DEFAULT_START {
        fields.push(("start", Value::from(case.start.to_string()).to_string()));
    }
    match case.steps.as_slice() {
        [only] => fields.extend(of_step(only)),
        steps => {
            let steps: Vec<String> = steps.iter().map(|step| object(&of_step(step))).collect();
            fields.push(("steps", format!("[{}]", steps.join(", "))));
        }
    }
    fields
}

fn of_step(step: &Step) -> Vec<(&'static str, String)> {
    let text = |text: String| Value::from(text).to_string();
    let mut fields = vec![("call", write_record(&step.record))];
    if !step.at.is_zero() {
        fields.push(("at", text(span_text(step.at))));
    }
    match (step.times, step.every.is_zero()) {
        (1, _) => {}
        (times, true) => fields.push(("repeat", times.to_string())),
        (times, false) => {
            fields.push(("repeat", text(format!("{times} every {}", span_text(step.every)))));
        }
    }
    fields.push(("expect", expectation(&step.expected)));
    fields
}

fn expectation(expected: &Expected) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let outcome = text(expected.outcome.name());
    let parts = [
        ("rule", expected.rule.as_deref().map(text)),
        ("message", expected.message.as_deref().map(text)),
        ("retry", expected.retry.map(|retry| text(&span_text(retry)))),
        ("missing", expected.missing.map(|fact| text(fact.code()))),
    ];
    let parts: Vec<(&str, String)> =
        parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    match parts.is_empty() {
        true => outcome,
        false => object(&[vec![("outcome", outcome)], parts].concat()),
    }
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}
