//! What is in a trace, counted.

use hashbrown::HashMap;

use super::record::{CallResult, Record, RecordArguments};
use crate::engine::{Missing, Outcome, Timestamp};

/// What is in a trace.
#[derive(Debug, Default)]
pub struct Stats {
    /// How many calls it holds.
    pub calls: u64,
    /// How many of them have no time.
    pub untimed: u64,
    /// How many more a person refused, so that they were never made.
    pub refused: u64,
    /// The time of the first call that has one.
    pub first: Option<Timestamp>,
    /// The time of the last call that has one.
    pub last: Option<Timestamp>,
    /// The calls of each tool.
    pub tools: Tally,
    /// The calls to each server; under the empty name where the log does not tell.
    pub servers: Tally,
    /// The calls by each client program; under the empty name where the log does not tell.
    pub clients: Tally,
    /// The calls of each grant; under the empty name where the log does not tell.
    pub grants: Tally,
    /// The calls of each session; under the empty name where the log does not tell.
    pub sessions: Tally,
    /// What is known of the arguments.
    pub arguments: ArgumentStats,
    /// How many calls had which result: ok or unknown, a failing tool, a server error.
    pub results: [u64; 4],
    /// How many calls a live gateway decided in which way.
    pub decisions: HashMap<Outcome, u64>,
}

/// How many calls have arguments of which so much is known.
#[derive(Debug, Default)]
pub struct ArgumentStats {
    /// They are there.
    pub known: u64,
    /// The call has none.
    pub absent: u64,
    /// They are there and gateways cannot decode them: not an object, or with a number beyond a
    /// 64-bit float.
    pub unreadable: u64,
    /// Only their names are there.
    pub names: u64,
    /// Nothing is known, for this reason.
    pub unknown: HashMap<Missing, u64>,
}

/// Counts by name.
#[derive(Debug, Default)]
pub struct Tally(HashMap<String, u64>);

impl Tally {
    fn add(&mut self, name: &str) {
        *self.0.entry_ref(name).or_default() += 1;
    }

    /// How many names there are; the empty one is none.
    pub fn len(&self) -> usize {
        self.0.len() - usize::from(self.0.contains_key(""))
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names with their counts, the most frequent first.
    pub fn sorted(&self) -> Vec<(&str, u64)> {
        let mut counts: Vec<(&str, u64)> =
            self.0.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        counts
    }
}

impl Stats {
    /// Counts a call that was made at a time, which need not be the record's own.
    pub fn add(&mut self, record: &Record<'_>, time: Option<Timestamp>) {
        self.calls += 1;
        match time {
            Some(_) => {
                self.first = self.first.or(time).min(time);
                self.last = self.last.max(time);
            }
            None => self.untimed += 1,
        }
        self.tools.add(&record.tool);
        self.servers.add(&record.server);
        self.clients.add(&record.client);
        self.grants.add(&record.grant);
        self.sessions.add(&record.session);
        self.arguments.add(&record.arguments);
        self.results[match record.result {
            CallResult::Ok => 0,
            CallResult::ToolError => 1,
            CallResult::UpstreamError => 2,
            CallResult::Unknown => 3,
        }] += 1;
        if let Some(outcome) = record.decision {
            *self.decisions.entry(outcome).or_default() += 1;
        }
    }
}

impl ArgumentStats {
    fn add(&mut self, arguments: &RecordArguments<'_>) {
        match arguments {
            RecordArguments::Json(_) if arguments.as_arguments().are_unreadable() => {
                self.unreadable += 1;
            }
            RecordArguments::Json(_) | RecordArguments::Members { .. } => self.known += 1,
            RecordArguments::Absent => self.absent += 1,
            RecordArguments::Names(_) => self.names += 1,
            RecordArguments::Unknown(missing) => *self.unknown.entry(*missing).or_default() += 1,
        }
    }
}
