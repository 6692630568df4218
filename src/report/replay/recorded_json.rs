//! How the replay compares with what the gateway recorded, for machines; a part of
//! `schemas/replay.schema.json`.

use serde::Serialize;

use super::outcomes_json::{Outcomes, text};
use crate::engine::Outcome;
use crate::replay::{Comparison, Disagreement};

#[derive(Serialize)]
pub(in crate::report) struct JsonRecorded<'a> {
    calls: u64,
    agree: u64,
    approved: u64,
    disagree: u64,
    undecided: u64,
    knows_throttle: bool,
    matrix: JsonMatrix,
    examples: Vec<JsonDisagreement<'a>>,
}

#[derive(Serialize)]
struct JsonMatrix {
    allow: Outcomes,
    ask: Outcomes,
    deny: Outcomes,
    throttle: Outcomes,
}

#[derive(Serialize)]
struct JsonDisagreement<'a> {
    n: u64,
    ts: Option<String>,
    grant: &'a str,
    tool: &'a str,
    recorded: Outcome,
    message: Option<&'a str>,
    outcome: Outcome,
    rule: &'a str,
    pointer: &'a str,
}

impl<'a> From<&'a Comparison> for JsonRecorded<'a> {
    fn from(compared: &'a Comparison) -> JsonRecorded<'a> {
        let row = |outcome: Outcome| (&compared.matrix[outcome as usize]).into();
        JsonRecorded {
            calls: compared.calls(),
            agree: compared.agreeing,
            approved: compared.approved,
            disagree: compared.disagreeing,
            undecided: compared.undecided,
            knows_throttle: compared.knows_throttle,
            matrix: JsonMatrix {
                allow: row(Outcome::Allow),
                ask: row(Outcome::Ask),
                deny: row(Outcome::Deny),
                throttle: row(Outcome::Throttle),
            },
            examples: compared.examples.iter().map(JsonDisagreement::from).collect(),
        }
    }
}

impl<'a> From<&'a Disagreement> for JsonDisagreement<'a> {
    fn from(example: &'a Disagreement) -> JsonDisagreement<'a> {
        JsonDisagreement {
            n: example.number,
            ts: text(example.time),
            grant: &example.grant,
            tool: &example.tool,
            recorded: example.recorded,
            message: example.message.as_deref(),
            outcome: example.outcome,
            rule: &example.rule,
            pointer: &example.pointer,
        }
    }
}
