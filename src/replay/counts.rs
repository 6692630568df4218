//! Counts of outcomes, of the whole and of its parts.

use serde::{Deserialize, Serialize};

use super::names::Names;
use crate::engine::Outcome;

/// How many calls had which outcome, in the order of [`Outcome::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(pub [u64; Outcome::ALL.len()]);

impl Counts {
    /// Counts a call.
    pub fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    /// Adds the calls of others.
    pub fn merge(&mut self, other: &Counts) {
        self.0.iter_mut().zip(other.0).for_each(|(count, other)| *count += other);
    }

    /// How many calls had an outcome.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many calls were refused.
    pub fn refused(&self) -> u64 {
        self.of(Outcome::Deny) + self.of(Outcome::Throttle)
    }
}

/// Counts by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    names: Names,
    counts: Vec<Counts>,
    latest: u32,
}

impl Tally {
    /// The number of a name. That of the name before is known without looking it up.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if self.counts.is_empty() || self.names.name(self.latest) != name {
            self.latest = self.names.number(name);
            self.counts.resize(self.names.len(), Counts::default());
        }
        self.latest
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.name(number)
    }

    /// Counts a call under a number.
    pub(super) fn add(&mut self, number: u32, outcome: Outcome) {
        self.counts[number as usize].add(outcome);
    }

    /// Adds the counts of another, and gives the numbers here for the numbers there.
    pub(super) fn merge(&mut self, other: &Tally) -> Vec<u32> {
        let numbers = (0..).zip(&other.counts).map(|(theirs, counts)| {
            let number = self.number(other.name(theirs));
            self.counts[number as usize].merge(counts);
            number
        });
        numbers.collect()
    }

    /// The names that calls were counted under, with their counts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Counts)> {
        let all = (0..).zip(&self.counts).map(|(number, counts)| (self.name(number), counts));
        all.filter(|(_, counts)| counts.calls() > 0)
    }
}
