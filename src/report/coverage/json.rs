//! What calls have met of policies, for machines; a part of the outputs of `test` and `replay`.

use serde::Serialize;

use super::report::{CoverageReport, CoveredPolicy, Placed};
use crate::coverage::{Item, Kind, Part, Share, What};

#[derive(Serialize)]
pub(in crate::report) struct JsonCoverage<'a> {
    #[serde(flatten)]
    all: JsonShare,
    policies: Vec<JsonPolicy<'a>>,
}

#[derive(Serialize)]
struct JsonShare {
    items: usize,
    covered: usize,
    percent: f64,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    policy: &'a str,
    calls: u64,
    #[serde(flatten)]
    all: JsonShare,
    rules: JsonShare,
    conditions: JsonShare,
    limits: JsonShare,
    tools: JsonShare,
    not_covered: Vec<JsonPart<'a>>,
    unchecked: Vec<JsonUnchecked<'a>>,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    kind: &'static str,
    name: String,
    file: String,
    line: Option<usize>,
    pointer: &'a str,
    reached: u64,
    never: Vec<&'static str>,
    void: bool,
}

#[derive(Serialize)]
struct JsonUnchecked<'a> {
    name: &'a str,
    calls: u64,
}

impl From<Share> for JsonShare {
    fn from(share: Share) -> JsonShare {
        JsonShare { items: share.items, covered: share.covered, percent: share.percent() }
    }
}

impl<'a> From<&'a CoverageReport<'_>> for JsonCoverage<'a> {
    fn from(report: &'a CoverageReport<'_>) -> JsonCoverage<'a> {
        JsonCoverage {
            all: report.share().into(),
            policies: report.policies.iter().map(|one| JsonPolicy::new(report, one)).collect(),
        }
    }
}

impl<'a> JsonPolicy<'a> {
    fn new<'p>(report: &CoverageReport<'p>, policy: &'a CoveredPolicy<'p>) -> JsonPolicy<'a> {
        let coverage = &policy.coverage;
        let placed = report.placed(policy);
        let unchecked = coverage.unchecked.iter();
        JsonPolicy {
            policy: &policy.document.name,
            calls: coverage.calls,
            all: coverage.share().into(),
            rules: coverage.of(Kind::Rule).into(),
            conditions: coverage.of(Kind::Condition).into(),
            limits: coverage.of(Kind::Limit).into(),
            tools: coverage.of(Kind::Tool).into(),
            not_covered: placed.iter().filter_map(part).collect(),
            unchecked: unchecked
                .map(|(name, calls)| JsonUnchecked { name, calls: *calls })
                .collect(),
        }
    }
}

/// A part of which something was never seen.
fn part<'a>(placed: &Placed<'a, '_>) -> Option<JsonPart<'a>> {
    let part: &'a Part<'_> = placed.part;
    let never: Vec<&'static str> = part.never().map(Item::name).collect();
    (!never.is_empty()).then(|| JsonPart {
        kind: part.what.kind().name(),
        name: name(part.what),
        file: placed.file.clone(),
        line: (placed.line > 0).then_some(placed.line),
        pointer: part.what.pointer(),
        reached: part.reached,
        never,
        void: matches!(part.what, What::Void(_)),
    })
}

/// What a part is called; of a condition what it tests.
fn name(what: What<'_>) -> String {
    match what {
        What::Unlisted => "(default deny)".to_owned(),
        What::Hidden(hidden) => hidden.name.clone(),
        What::Check(check) => check.rule.clone(),
        What::Condition(one) => format!("{} {}", one.subject, one.predicate.operator()),
        What::Limit(limit) => limit.rule.clone(),
        What::Tool(tool) => tool.name.clone(),
        What::Permission(rule) => rule.text.to_string(),
        What::Void(rule) => format!("{} {}", rule.ruling.name(), rule.text),
    }
}
