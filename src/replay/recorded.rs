//! The decisions that a live gateway recorded, beside those of the replay.

use super::counts::Counts;
use super::decided::Decided;
use crate::engine::{Outcome, Timestamp};

/// How many disagreements are kept as examples.
const EXAMPLES: usize = 10;

/// Recorded decisions by what the replay decided. Which disagree is told only at the end: a record
/// that never throttles may call a throttled call denied.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    /// What the replay decided, by what was recorded, in the order of [`Outcome::ALL`].
    matrix: [Counts; Outcome::ALL.len()],
    /// How many were allowed because a person approved them, and are asked about here.
    approved: u64,
    /// The first calls that were recorded as denied and are throttled here.
    denied: Vec<Disagreement>,
    /// The first of all others that disagree.
    others: Vec<Disagreement>,
}

/// A call that was decided differently from what was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// Its number in the trace, counted from 1.
    pub number: u64,
    /// Its time.
    pub time: Option<Timestamp>,
    /// Who called.
    pub grant: String,
    /// The tool.
    pub tool: String,
    /// What was recorded.
    pub recorded: Outcome,
    /// What the gateway told the caller, if that was recorded.
    pub message: Option<Box<str>>,
    /// What the replay decided.
    pub outcome: Outcome,
    /// The rule string of what the replay decided by; empty where it allows the call.
    pub rule: String,
    /// The pointer of that rule.
    pub pointer: String,
}

/// How the replay compares with what was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What the replay decided, by what was recorded, in the order of [`Outcome::ALL`].
    pub matrix: [Counts; Outcome::ALL.len()],
    /// Whether the record tells throttled calls from denied ones. Where it does not, a denial
    /// there agrees with a throttle here.
    pub knows_throttle: bool,
    /// How many calls agree.
    pub agreeing: u64,
    /// How many of them were allowed because a person approved them, and are asked about here.
    pub approved: u64,
    /// How many disagree.
    pub disagreeing: u64,
    /// How many the replay cannot decide.
    pub undecided: u64,
    /// The first that disagree.
    pub examples: Vec<Disagreement>,
}

impl Recorded {
    /// Compares a call, if a decision was recorded of it.
    pub(super) fn add(&mut self, call: &Decided<'_, '_>) {
        let Some(recorded) = call.record.decision else { return };
        let outcome = call.decision.outcome;
        self.matrix[recorded as usize].add(outcome);
        let examples = match (recorded, outcome) {
            (_, Outcome::Indeterminate) => return,
            (recorded, outcome) if recorded == outcome => return,
            (Outcome::Allow, Outcome::Ask) if call.record.approved => {
                self.approved += 1;
                return;
            }
            (Outcome::Deny, Outcome::Throttle) => &mut self.denied,
            _ => &mut self.others,
        };
        if examples.len() < EXAMPLES {
            examples.push(Disagreement::new(call, recorded));
        }
    }

    /// Adds what was compared of other calls.
    pub(super) fn merge(&mut self, other: Recorded) {
        self.matrix.iter_mut().zip(&other.matrix).for_each(|(row, theirs)| row.merge(theirs));
        self.approved += other.approved;
        self.denied = first(std::mem::take(&mut self.denied), other.denied);
        self.others = first(std::mem::take(&mut self.others), other.others);
    }

    /// What the comparison comes to.
    pub(super) fn comparison(&self) -> Comparison {
        let knows_throttle = self.matrix[Outcome::Throttle as usize].calls() > 0;
        let cell = |recorded: Outcome, outcome| self.matrix[recorded as usize].of(outcome);
        let recorded = self.matrix.iter().map(Counts::calls).sum::<u64>();
        let told = Outcome::ALL.into_iter().filter(|outcome| outcome.access().is_some());
        let equal: u64 = told.map(|outcome| cell(outcome, outcome)).sum();
        let undecided = self.matrix.iter().map(|row| row.of(Outcome::Indeterminate)).sum();
        let (denied, examples) = match knows_throttle {
            true => (0, first(self.denied.clone(), self.others.clone())),
            false => (cell(Outcome::Deny, Outcome::Throttle), self.others.clone()),
        };
        let agreeing = equal + denied + self.approved;
        Comparison {
            matrix: self.matrix,
            knows_throttle,
            agreeing,
            approved: self.approved,
            disagreeing: recorded - agreeing - undecided,
            undecided,
            examples,
        }
    }
}

/// The first of two lists of examples.
fn first(mut one: Vec<Disagreement>, other: Vec<Disagreement>) -> Vec<Disagreement> {
    one.extend(other);
    one.sort_by_key(|example| example.number);
    one.truncate(EXAMPLES);
    one
}

impl Disagreement {
    fn new(call: &Decided<'_, '_>, recorded: Outcome) -> Disagreement {
        Disagreement {
            number: call.number,
            time: call.time,
            grant: call.record.grant.to_string(),
            tool: call.record.tool.to_string(),
            recorded,
            message: call.record.message.clone(),
            outcome: call.decision.outcome,
            rule: call.decision.cause.rule().to_owned(),
            pointer: call.decision.cause.pointer().to_owned(),
        }
    }
}

impl Comparison {
    /// How many calls have a recorded decision.
    pub fn calls(&self) -> u64 {
        self.matrix.iter().map(Counts::calls).sum()
    }
}
