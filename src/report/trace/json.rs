//! What is in a trace, for machines; described by `schemas/stats.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::report::StatsReport;
use crate::engine::{Missing, Outcome};
use crate::report::SCHEMA_VERSION;
use crate::report::common::json;
use crate::report::common::unread::{self, JsonPassedOver};
use crate::report::replay::json::JsonBadLine;
use crate::trace::Tally;

#[derive(Serialize)]
struct Output<'s> {
    schema_version: u32,
    files: Vec<JsonFile<'s>>,
    passed_over: Vec<JsonPassedOver<'s>>,
    calls: u64,
    first: Option<String>,
    last: Option<String>,
    untimed: u64,
    sessions: usize,
    grants: Vec<Named<'s>>,
    servers: Vec<Named<'s>>,
    clients: Vec<Named<'s>>,
    tools: Vec<Named<'s>>,
    arguments: Arguments,
    unknown_fields: BTreeMap<&'s str, u64>,
    results: Results,
    decisions: Decisions,
    refused: u64,
    bad_lines: u64,
    bad_line_examples: Vec<JsonBadLine<'s>>,
}

#[derive(Serialize)]
struct JsonFile<'s> {
    file: &'s str,
    format: &'static str,
}

#[derive(Serialize)]
struct Named<'s> {
    name: &'s str,
    calls: u64,
}

#[derive(Serialize)]
struct Arguments {
    known: u64,
    absent: u64,
    unreadable: u64,
    names: u64,
    unknown: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Results {
    ok: u64,
    tool_error: u64,
    upstream_error: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Decisions {
    allow: u64,
    ask: u64,
    deny: u64,
    throttle: u64,
}

/// Writes what is in a trace.
///
/// # Errors
/// The output cannot be written.
pub fn write_stats_json(out: &mut dyn Write, report: &StatsReport<'_>) -> io::Result<()> {
    let stats = report.stats;
    let decided = |outcome: Outcome| stats.decisions.get(&outcome).copied().unwrap_or(0);
    let [ok, tool_error, upstream_error, unknown] = stats.results;
    let arguments = &stats.arguments;
    let withheld = arguments.unknown.iter();
    let output = Output {
        schema_version: SCHEMA_VERSION,
        files: report
            .files
            .iter()
            .map(|(file, format)| JsonFile { file, format: format.name() })
            .collect(),
        passed_over: report.passed_over.iter().map(JsonPassedOver::from).collect(),
        calls: stats.calls,
        first: stats.first.map(|time| time.to_string()),
        last: stats.last.map(|time| time.to_string()),
        untimed: stats.untimed,
        sessions: stats.sessions.len(),
        grants: named(&stats.grants),
        servers: named(&stats.servers),
        clients: named(&stats.clients),
        tools: named(&stats.tools),
        arguments: Arguments {
            known: arguments.known,
            absent: arguments.absent,
            unreadable: arguments.unreadable,
            names: arguments.names,
            unknown: withheld.map(|(missing, calls)| (Missing::code(*missing), *calls)).collect(),
        },
        unknown_fields: unread::fields(report.unknown_fields),
        results: Results { ok, tool_error, upstream_error, unknown },
        decisions: Decisions {
            allow: decided(Outcome::Allow),
            ask: decided(Outcome::Ask),
            deny: decided(Outcome::Deny),
            throttle: decided(Outcome::Throttle),
        },
        refused: stats.refused,
        bad_lines: report.bad_lines,
        bad_line_examples: report.bad_examples.iter().map(JsonBadLine::from).collect(),
    };
    json::write_pretty(out, &output)
}

fn named(tally: &Tally) -> Vec<Named<'_>> {
    tally.sorted().into_iter().map(|(name, calls)| Named { name, calls }).collect()
}
