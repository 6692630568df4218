//! By what a trace may be parted so that every part, replayed alone, has the decisions of the whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::run::NumberedCall;
use crate::engine::Timestamp;

const DAY: i64 = 86_400;

/// What calls have in common that must stay together. But for [`PartitionKey::Call`], also the day in
/// UTC, beyond which no window of a limit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionKey {
    /// Nothing: no call is decided by those before it.
    Call,
    /// The grant.
    Grant,
    /// The tool.
    Tool,
    /// The server.
    Server,
    /// Nothing but the day.
    Day,
}

impl PartitionKey {
    /// All of them, the finest first.
    pub const ALL: [PartitionKey; 5] = [
        PartitionKey::Call,
        PartitionKey::Grant,
        PartitionKey::Tool,
        PartitionKey::Server,
        PartitionKey::Day,
    ];

    /// What it is made of, as the fields of a record are called; `grant` is the field that stands for
    /// the grant.
    pub fn fields(self, grant: &str) -> Vec<&str> {
        match self {
            PartitionKey::Call => vec!["call"],
            PartitionKey::Grant => vec![grant, "day"],
            PartitionKey::Tool => vec!["tool", "day"],
            PartitionKey::Server => vec!["server", "day"],
            PartitionKey::Day => vec!["day"],
        }
    }

    /// Why it is no finer, and no coarser.
    pub fn reason(self) -> &'static str {
        match self {
            PartitionKey::Call => "nothing is counted, so that every call is decided by itself",
            PartitionKey::Grant => "every counter is of one grant",
            PartitionKey::Tool => {
                "grants share counters, and every counter is used by the calls of one tool"
            }
            PartitionKey::Server => {
                "grants and tools share counters, and every counting policy is of one server"
            }
            PartitionKey::Day => "grants share a counter that several tools use",
        }
    }

    /// Whether it rests on the times of the calls.
    pub fn needs_time(self) -> bool {
        self != PartitionKey::Call
    }
}

/// What a part of a trace has that no other part may have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parted {
    pub(super) key: PartitionKey,
    /// The days of each grant, tool or server.
    days: BTreeMap<String, BTreeSet<i64>>,
    /// How many calls have no time.
    pub(super) untimed: u64,
}

impl Parted {
    /// Nothing yet, of a trace that is parted by this.
    pub fn new(key: PartitionKey) -> Parted {
        Parted { key, days: BTreeMap::new(), untimed: 0 }
    }

    /// Takes in a call.
    pub fn add(&mut self, call: &NumberedCall<'_>) {
        let Some(time) = call.time else {
            self.untimed += 1;
            return;
        };
        let what = match self.key {
            PartitionKey::Call => return,
            PartitionKey::Grant => call.record.grant.as_ref(),
            PartitionKey::Tool => call.record.tool.as_ref(),
            PartitionKey::Server => call.record.server.as_ref(),
            PartitionKey::Day => "",
        };
        let day = time.seconds.div_euclid(DAY);
        match self.days.get_mut(what) {
            Some(days) => _ = days.insert(day),
            None => _ = self.days.insert(what.to_owned(), BTreeSet::from([day])),
        }
    }

    /// Takes in the calls of others.
    pub fn merge(&mut self, other: Parted) {
        self.untimed += other.untimed;
        for (what, days) in other.days {
            self.days.entry(what).or_default().extend(days);
        }
    }

    /// What no other part may have: each grant, tool or server, with each of its days.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, i64)> {
        self.days.iter().flat_map(|(what, days)| days.iter().map(|day| (what.as_str(), *day)))
    }
}

/// A day, counted from 1970, as a date.
pub(super) fn date(day: i64) -> String {
    let text = Timestamp::at_second(day.saturating_mul(DAY)).to_string();
    text.split_once('T').map_or(text.as_str(), |(date, _)| date).to_owned()
}
