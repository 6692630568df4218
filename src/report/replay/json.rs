//! The summary of a replay for machines; described by `schemas/replay.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::outcomes_json::{Outcomes, text};
use super::recorded_json::JsonRecorded;
use super::report::ReplayReport;
use super::what_if::JsonCurve;
use crate::engine::{LimitFacts, Outcome, Timestamp};
use crate::policy::{Scope, Window};
use crate::replay::{Counts, Group, LimitTotal, Peak, RuleTotal, Share, Timeline};
use crate::report::SCHEMA_VERSION;
use crate::report::common::json;
use crate::report::common::unread::{self, JsonPassedOver};
use crate::report::coverage::JsonCoverage;

/// How many grants and tools are named of each rule.
const NAMED: usize = 10;

use crate::trace::BadLine;

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    policies: &'a [String],
    calls: u64,
    grants: u64,
    first: Option<String>,
    last: Option<String>,
    untimed: u64,
    outcomes: Outcomes,
    uninspected: u64,
    timeline: JsonTimeline,
    tools: Vec<JsonTool<'a>>,
    rules: Vec<JsonRule<'a>>,
    limits: Vec<JsonLimit<'a>>,
    groups: JsonGroups<'a>,
    recorded: Option<JsonRecorded<'a>>,
    what_if: Option<Vec<JsonCurve<'a>>>,
    coverage: Option<JsonCoverage<'a>>,
    missing: BTreeMap<&'static str, u64>,
    assumed: Vec<JsonAssumed>,
    not_covered: Vec<JsonShare<'a>>,
    shared_policies: Vec<JsonShared<'a>>,
    unanswered: u64,
    refused: u64,
    passed_over: Vec<JsonPassedOver<'a>>,
    unknown_fields: BTreeMap<&'a str, u64>,
    bad_lines: u64,
    bad_line_examples: Vec<JsonBadLine<'a>>,
}

#[derive(Serialize)]
struct JsonTimeline {
    seconds: i64,
    buckets: Vec<JsonBucket>,
}

#[derive(Serialize)]
struct JsonBucket {
    from: String,
    #[serde(flatten)]
    outcomes: Outcomes,
}

#[derive(Serialize)]
struct JsonTool<'a> {
    tool: &'a str,
    #[serde(flatten)]
    outcomes: Outcomes,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    policy: Option<usize>,
    rule: &'a str,
    pointer: &'a str,
    place: Option<&'a str>,
    outcome: Outcome,
    speaks_of_approval: bool,
    calls: u64,
    first: Option<String>,
    last: Option<String>,
    grants: usize,
    top_grants: Vec<JsonShare<'a>>,
    tools: usize,
    top_tools: Vec<JsonShare<'a>>,
}

#[derive(Serialize)]
struct JsonShare<'a> {
    name: &'a str,
    calls: u64,
}

/// A policy that decided the calls to several servers.
#[derive(Serialize)]
struct JsonShared<'a> {
    policy: &'a str,
    servers: Vec<&'a str>,
}

impl<'a> From<(&'a str, Vec<&'a str>)> for JsonShared<'a> {
    fn from((policy, servers): (&'a str, Vec<&'a str>)) -> JsonShared<'a> {
        JsonShared { policy, servers }
    }
}

#[derive(Serialize)]
struct JsonLimit<'a> {
    policy: usize,
    rule: &'a str,
    pointer: &'a str,
    window: Option<Window>,
    max: Option<i64>,
    shared: bool,
    peak: Option<JsonPeak<'a>>,
    calls: u64,
    holds: u64,
    held_seconds: i64,
    first: Option<JsonHold<'a>>,
}

#[derive(Serialize)]
struct JsonPeak<'a> {
    used: i64,
    possible: i64,
    percent: Option<f64>,
    grant: Option<&'a str>,
    window: Option<String>,
}

#[derive(Serialize)]
struct JsonHold<'a> {
    grant: &'a str,
    from: String,
    until: String,
}

#[derive(Serialize)]
struct JsonGroups<'a> {
    by: &'static str,
    rows: Vec<JsonGroup<'a>>,
    others: usize,
    rest: Outcomes,
}

#[derive(Serialize)]
struct JsonGroup<'a> {
    name: Option<&'a str>,
    calls: u64,
    #[serde(flatten)]
    outcomes: Outcomes,
    closest: Option<JsonClosest<'a>>,
}

#[derive(Serialize)]
struct JsonClosest<'a> {
    policy: usize,
    rule: &'a str,
    pointer: &'a str,
    used: i64,
    max: i64,
}

#[derive(Serialize)]
struct JsonAssumed {
    assumption: String,
    calls: u64,
}

impl From<(String, u64)> for JsonAssumed {
    fn from((assumption, calls): (String, u64)) -> JsonAssumed {
        JsonAssumed { assumption, calls }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct JsonBadLine<'a> {
    file: &'a str,
    line: u64,
    reason: &'a str,
}

impl<'a> From<&'a BadLine> for JsonBadLine<'a> {
    fn from(bad: &'a BadLine) -> JsonBadLine<'a> {
        JsonBadLine { file: &bad.file, line: bad.line, reason: &bad.reason }
    }
}

/// Writes a summary.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_json(out: &mut dyn Write, report: &ReplayReport<'_>) -> io::Result<()> {
    let totals = report.totals;
    let tools = totals.tools.iter();
    let output = Output {
        schema_version: SCHEMA_VERSION,
        policies: &totals.policies,
        calls: totals.calls(),
        grants: totals.grants,
        first: text(totals.first),
        last: text(totals.last),
        untimed: totals.untimed,
        outcomes: (&totals.counts).into(),
        uninspected: totals.uninspected,
        timeline: (&totals.timeline).into(),
        tools: tools
            .map(|tool| JsonTool {
                tool: tool.name.as_deref().unwrap_or_default(),
                outcomes: (&tool.counts).into(),
            })
            .collect(),
        rules: totals.rules.iter().map(JsonRule::from).collect(),
        limits: totals.limits.iter().map(JsonLimit::from).collect(),
        groups: JsonGroups::of(report),
        recorded: totals.recorded.as_ref().map(JsonRecorded::from),
        what_if: totals.what_if.as_ref().map(|curves| curves.iter().map(JsonCurve::from).collect()),
        coverage: report.coverage.map(JsonCoverage::from),
        missing: totals.missing.iter().map(|(fact, calls)| (fact.code(), *calls)).collect(),
        assumed: report.assumed().into_iter().map(JsonAssumed::from).collect(),
        shared_policies: totals.shared().map(JsonShared::from).collect(),
        not_covered: shares(&totals.not_covered, usize::MAX),
        unanswered: totals.unanswered,
        refused: report.refused,
        passed_over: report.passed_over.iter().map(JsonPassedOver::from).collect(),
        unknown_fields: unread::fields(report.unknown_fields),
        bad_lines: report.bad_lines,
        bad_line_examples: report.bad_examples.iter().map(JsonBadLine::from).collect(),
    };
    json::write_pretty(out, &output)
}

impl From<&Timeline> for JsonTimeline {
    fn from(timeline: &Timeline) -> JsonTimeline {
        let filled = timeline.buckets().filter(|(_, counts)| counts.calls() > 0);
        let bucket = |(from, counts): (i64, &Counts)| JsonBucket {
            from: Timestamp::at_second(from).to_string(),
            outcomes: counts.into(),
        };
        JsonTimeline { seconds: timeline.width(), buckets: filled.map(bucket).collect() }
    }
}

impl<'a> From<&'a RuleTotal> for JsonRule<'a> {
    fn from(total: &'a RuleTotal) -> JsonRule<'a> {
        JsonRule {
            policy: total.policy,
            rule: &total.rule,
            pointer: &total.pointer,
            place: total.place.as_deref(),
            outcome: total.outcome,
            speaks_of_approval: total.speaks_of_approval,
            calls: total.calls,
            first: text(total.first),
            last: text(total.last),
            grants: total.grants.len(),
            top_grants: shares(&total.grants, NAMED),
            tools: total.tools.len(),
            top_tools: shares(&total.tools, NAMED),
        }
    }
}

fn shares(named: &[(String, u64)], most: usize) -> Vec<JsonShare<'_>> {
    named.iter().take(most).map(|(name, calls)| JsonShare { name, calls: *calls }).collect()
}

impl<'a> From<&'a LimitTotal> for JsonLimit<'a> {
    fn from(total: &'a LimitTotal) -> JsonLimit<'a> {
        let facts = total.facts.as_ref();
        JsonLimit {
            policy: total.policy,
            rule: &total.rule,
            pointer: &total.pointer,
            window: facts.map(|facts| facts.window),
            max: facts.map(|facts| facts.max),
            shared: facts.is_some_and(|facts| facts.scope == Scope::Gateway),
            peak: facts.zip(total.peak.as_ref()).map(|(facts, peak)| JsonPeak::new(facts, peak)),
            calls: total.calls,
            holds: total.holds,
            held_seconds: total.held_seconds,
            first: total.first.as_ref().map(|hold| JsonHold {
                grant: &hold.grant,
                from: hold.from.to_string(),
                until: hold.until.to_string(),
            }),
        }
    }
}

impl<'a> JsonPeak<'a> {
    fn new(facts: &LimitFacts, peak: &'a Peak) -> JsonPeak<'a> {
        JsonPeak {
            used: peak.used,
            possible: peak.possible,
            percent: peak.percent(facts.max).map(|share| (share * 10.0).round() / 10.0),
            grant: peak.grant(),
            window: text(peak.window(facts)),
        }
    }
}

impl<'a> JsonGroups<'a> {
    fn of(report: &ReplayReport<'a>) -> JsonGroups<'a> {
        let top = report.groups(None);
        JsonGroups {
            by: report.totals.by.name(),
            rows: top.groups.into_iter().map(JsonGroup::from).collect(),
            others: top.others,
            rest: (&top.rest).into(),
        }
    }
}

impl<'a> From<&'a Group> for JsonGroup<'a> {
    fn from(group: &'a Group) -> JsonGroup<'a> {
        JsonGroup {
            name: group.name.as_deref(),
            calls: group.counts.calls(),
            outcomes: (&group.counts).into(),
            closest: group.closest.as_ref().map(JsonClosest::from),
        }
    }
}

impl<'a> From<&'a Share> for JsonClosest<'a> {
    fn from(share: &'a Share) -> JsonClosest<'a> {
        JsonClosest {
            policy: share.policy,
            rule: &share.limit.rule,
            pointer: &share.limit.pointer,
            used: share.used,
            max: share.limit.max,
        }
    }
}
