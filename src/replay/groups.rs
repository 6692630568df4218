//! Calls by what they have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::{Counts, Tally};
use super::decided::Decided;
use super::share::Closest;
use crate::engine::{GrantId, Outcome};

/// What calls are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum By {
    /// Who called.
    Grant,
    /// The tool.
    #[default]
    Tool,
    /// The rule that refused the call.
    Rule,
    /// The server that was called.
    Server,
    /// The hour in UTC.
    Hour,
    /// The day in UTC.
    Day,
}

impl By {
    /// Everything that calls can be grouped by.
    pub const ALL: [By; 6] = [By::Grant, By::Tool, By::Rule, By::Server, By::Hour, By::Day];

    /// Its name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            By::Grant => "grant",
            By::Tool => "tool",
            By::Rule => "rule",
            By::Server => "server",
            By::Hour => "hour",
            By::Day => "day",
        }
    }
}

/// What is counted beside tools and rules, which always are.
#[derive(Clone, Debug)]
pub(super) enum Parts {
    Nothing,
    Grants(Vec<GrantPart>),
    Servers(Tally),
    Spans(Spans),
}

/// The calls of one grant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GrantPart {
    pub(super) counts: Counts,
    pub(super) closest: Option<Closest>,
}

/// Calls by spans of time of one length, counted from 1970; none for those without a time.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    /// How long a span is.
    pub(super) seconds: i64,
    past: BTreeMap<Option<i64>, Counts>,
    /// The span of the latest call; the next one mostly falls into it too.
    latest: Option<i64>,
    counts: Counts,
}

impl Parts {
    pub(super) fn new(by: By) -> Parts {
        match by {
            By::Tool | By::Rule => Parts::Nothing,
            By::Grant => Parts::Grants(Vec::new()),
            By::Server => Parts::Servers(Tally::default()),
            By::Hour => Parts::Spans(Spans::of(3_600)),
            By::Day => Parts::Spans(Spans::of(86_400)),
        }
    }

    /// Counts a call; `closest` gives the limit it came closest to.
    pub(super) fn add(&mut self, call: &Decided<'_, '_>, closest: impl Fn() -> Option<Closest>) {
        let outcome = call.decision.outcome;
        match self {
            Parts::Nothing => {}
            Parts::Grants(grants) => {
                let part = grant_part(grants, call.grant);
                part.counts.add(outcome);
                part.come_closer(closest());
            }
            Parts::Servers(servers) => {
                let server = servers.number(&call.record.server);
                servers.add(server, outcome);
            }
            Parts::Spans(spans) => spans.add(call.time.map(|time| time.seconds), outcome),
        }
    }

    pub(super) fn merge(&mut self, other: Parts) {
        match (self, other) {
            (Parts::Grants(ours), Parts::Grants(theirs)) => {
                for (number, theirs) in (0..).zip(theirs) {
                    let part = grant_part(ours, GrantId(number));
                    part.counts.merge(&theirs.counts);
                    part.come_closer(theirs.closest);
                }
            }
            (Parts::Servers(ours), Parts::Servers(theirs)) => {
                ours.merge(&theirs);
            }
            (Parts::Spans(ours), Parts::Spans(theirs)) => {
                for (span, counts) in theirs.into_counts() {
                    ours.past.entry(span).or_default().merge(&counts);
                }
            }
            _ => {}
        }
    }
}

fn grant_part(grants: &mut Vec<GrantPart>, grant: GrantId) -> &mut GrantPart {
    let index = grant.0 as usize;
    if index >= grants.len() {
        grants.resize(index + 1, GrantPart::default());
    }
    &mut grants[index]
}

impl GrantPart {
    fn come_closer(&mut self, closest: Option<Closest>) {
        let Some(new) = closest else { return };
        if self.closest.is_none_or(|old| new.is_beyond(&old)) {
            self.closest = Some(new);
        }
    }
}

impl Spans {
    fn of(seconds: i64) -> Spans {
        Spans { seconds, past: BTreeMap::new(), latest: None, counts: Counts::default() }
    }

    fn add(&mut self, second: Option<i64>, outcome: Outcome) {
        let span = second.map(|second| second.div_euclid(self.seconds));
        if span != self.latest {
            self.past.entry(self.latest).or_default().merge(&self.counts);
            (self.latest, self.counts) = (span, Counts::default());
        }
        self.counts.add(outcome);
    }

    /// The calls of each span that has some.
    pub(super) fn into_counts(mut self) -> BTreeMap<Option<i64>, Counts> {
        self.past.entry(self.latest).or_default().merge(&self.counts);
        self.past.retain(|_, counts| counts.calls() > 0);
        self.past
    }
}
