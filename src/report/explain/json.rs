//! One decision walked step by step, for machines; described by `schemas/explain.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::predicate::{describe, operand};
use crate::engine::{
    Answer, Cause, CheckStep, ConditionStep, Found, LimitStep, Missing, Outcome, Room, Sight,
};
use crate::policy::{Check, Condition, Limit};
use crate::replay::Explanation;
use crate::report::SCHEMA_VERSION;
use crate::report::common::json;
use crate::report::common::secrets::Secrets;

#[derive(Serialize)]
struct Output<'x> {
    schema_version: u32,
    policy: &'x str,
    n: Option<u64>,
    file: Option<&'x str>,
    line: Option<u64>,
    ts: Option<String>,
    grant: &'x str,
    tool: &'x str,
    outcome: Outcome,
    rule: &'x str,
    pointer: &'x str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'x str>,
    message: &'x str,
    speaks_of_approval: bool,
    retry_at: Option<String>,
    missing: Option<&'static str>,
    inspected: bool,
    hidden: bool,
    listed: bool,
    unknown_fields: &'x [Cow<'x, str>],
    checks: Vec<JsonCheck<'x>>,
    limits: Vec<JsonLimit<'x>>,
}

#[derive(Serialize)]
struct JsonCheck<'x> {
    kind: &'static str,
    pointer: &'x str,
    rule: &'x str,
    message: &'x str,
    answer: &'static str,
    missing: Option<&'static str>,
    decided: bool,
    conditions: Vec<JsonCondition<'x>>,
}

#[derive(Serialize)]
struct JsonCondition<'x> {
    pointer: &'x str,
    path: String,
    operator: &'static str,
    operand: Box<RawValue>,
    words: String,
    found: JsonFound,
    result: &'static str,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum JsonFound {
    Absent,
    Present { value: Box<RawValue> },
    Unknown { missing: &'static str },
    Counter { least: Option<i64>, most: Option<i64> },
}

#[derive(Serialize)]
struct JsonLimit<'x> {
    pointer: &'x str,
    rule: &'x str,
    message: &'x str,
    counter: &'x str,
    window: &'static str,
    from: Option<String>,
    until: Option<String>,
    max: Option<i64>,
    used: Used,
    amount: Option<i64>,
    answer: &'static str,
    missing: Option<&'static str>,
    decided: bool,
}

/// Bounds of what is used up; null where nothing bounds it.
#[derive(Serialize)]
struct Used {
    least: Option<i64>,
    most: Option<i64>,
}

/// Writes what a call was asked, what was found, and what came of it. `policy` is the file's name.
///
/// # Errors
/// The output cannot be written.
pub fn write_explanation_json(
    out: &mut dyn Write,
    policy: &str,
    explanation: &Explanation<'_>,
    secrets: &Secrets,
) -> io::Result<()> {
    let (record, decision) = (explanation.record, explanation.decision());
    let message = decision.cause.message(&record.tool);
    // What was settled before any rule was asked needs no rules.
    let settled = matches!(decision.cause, Cause::Uninspected | Cause::Hidden(_) | Cause::Unlisted);
    let refusal = explanation.is_refusal();
    let checks = explanation.checks().filter(|_| !settled);
    let limits = explanation.limits().filter(|_| !settled);
    let output = Output {
        schema_version: SCHEMA_VERSION,
        policy,
        n: explanation.number,
        file: explanation.file,
        line: explanation.number.map(|_| record.line),
        ts: explanation.time.map(|time| time.to_string()),
        grant: &record.grant,
        tool: &record.tool,
        outcome: decision.outcome,
        rule: decision.cause.rule(),
        pointer: decision.cause.pointer(),
        place: decision.cause.place(),
        message: &message,
        speaks_of_approval: decision.only_speaks_of_approval(),
        retry_at: decision.retry_at.map(|time| time.to_string()),
        missing: decision.missing.map(Missing::code),
        inspected: decision.cause != Cause::Uninspected,
        hidden: matches!(decision.cause, Cause::Hidden(_)),
        listed: explanation.walk.listed,
        unknown_fields: &record.unknown_fields,
        checks: checks
            .map(|(check, step)| json_check(check, step, decision.outcome, secrets))
            .collect(),
        limits: limits.map(|(limit, step)| json_limit(limit, step, refusal)).collect(),
    };
    json::write_pretty(out, &output)
}

fn json_check<'x>(
    check: &'x Check,
    step: &CheckStep<'_, '_>,
    outcome: Outcome,
    secrets: &Secrets,
) -> JsonCheck<'x> {
    let conditions = check.conditions.iter().zip(&step.conditions);
    JsonCheck {
        kind: check.effect.name(),
        pointer: check.pointer.as_str(),
        rule: &check.rule,
        message: &check.message,
        answer: match step.answer {
            None => "not_asked",
            Some(Answer::Passes) => "passes",
            Some(Answer::Refuses) => "refuses",
            Some(Answer::Asks) => "asks",
            Some(Answer::Unknown(_)) => "unknown",
        },
        missing: match step.answer {
            Some(Answer::Unknown(fact)) => Some(fact.code()),
            _ => None,
        },
        decided: match step.answer {
            Some(Answer::Refuses) => outcome.access() == Some(0),
            Some(Answer::Asks) => outcome == Outcome::Ask,
            _ => false,
        },
        conditions: conditions
            .map(|(condition, step)| json_condition(condition, step, secrets))
            .collect(),
    }
}

fn json_condition<'x>(
    condition: &'x Condition,
    step: &ConditionStep<'_>,
    secrets: &Secrets,
) -> JsonCondition<'x> {
    JsonCondition {
        pointer: condition.pointer.as_str(),
        path: condition.subject.to_string(),
        operator: condition.predicate.operator(),
        operand: raw(secrets.operand(condition, operand(&condition.predicate))),
        words: describe(condition, secrets),
        found: match &step.sight {
            Sight::Argument(Found::Nothing) => JsonFound::Absent,
            Sight::Argument(Found::Unknown(fact)) => JsonFound::Unknown { missing: fact.code() },
            Sight::Price => JsonFound::Unknown { missing: Missing::Price.code() },
            Sight::Argument(found) => {
                let found = secrets.found(&condition.subject, found);
                JsonFound::Present { value: raw(found.unwrap_or_default()) }
            }
            Sight::Counter { least, most } => {
                let Used { least, most } = used(*least, *most);
                JsonFound::Counter { least, most }
            }
        },
        result: match step.holds {
            None => "not_asked",
            Some(Ok(true)) => "holds",
            Some(Ok(false)) => "fails",
            Some(Err(_)) => "unknown",
        },
    }
}

fn json_limit<'x>(limit: &'x Limit, step: &LimitStep<'_>, refusal: bool) -> JsonLimit<'x> {
    JsonLimit {
        pointer: limit.pointer.as_str(),
        rule: &limit.rule,
        message: &limit.message,
        counter: &limit.counter,
        window: limit.window.name(),
        from: step.window.map(|(from, _)| from.to_string()),
        until: step.window.map(|(_, until)| until.to_string()),
        max: limit.max,
        used: used(step.least, step.most),
        amount: step.amount.ok(),
        answer: match step.room {
            None => "not_asked",
            Some(Room::Unlimited) => "unlimited",
            Some(Room::Enough) => "room",
            Some(Room::Full) => "full",
            Some(Room::NoAmount) => "no_amount",
            Some(Room::Unknown(_)) => "unknown",
        },
        missing: match step.room {
            Some(Room::Unknown(fact)) => Some(fact.code()),
            _ => None,
        },
        decided: refusal && matches!(step.room, Some(Room::Full | Room::NoAmount)),
    }
}

fn used(least: i64, most: i64) -> Used {
    Used {
        least: Some(least).filter(|least| *least != i64::MIN),
        most: Some(most).filter(|most| *most != i64::MAX),
    }
}

/// JSON text that was made by us or checked when the trace was read.
fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
