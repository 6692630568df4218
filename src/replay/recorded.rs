//! The decisions that a live gateway or an agent recorded, beside those of the replay.

use super::counts::Counts;
use super::decided::Decided;
use crate::engine::{Outcome, Timestamp};
use crate::trace::{Permitted, Record};

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
    /// How many of the decisions were an agent's own.
    of_agent: u64,
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
    /// Whether the decisions are those of an agent, and not of a gateway.
    pub of_agent: bool,
    /// How many disagree.
    pub disagreeing: u64,
    /// How many the replay cannot decide.
    pub undecided: u64,
    /// The first that disagree.
    pub examples: Vec<Disagreement>,
}

/// What a record tells of a decision.
struct Told {
    outcome: Outcome,
    /// Whether a person had approved the call, or may have.
    approved: bool,
    message: Option<Box<str>>,
}

impl Told {
    /// What a gateway decided, or an agent where it is its rules that are replayed.
    fn of(record: &Record<'_>, of_agent: bool) -> Option<Told> {
        if let Some(permitted) = record.permitted.filter(|_| of_agent) {
            return Some(Told::of_permitted(permitted));
        }
        let message = record.message.clone();
        Some(Told { outcome: record.decision?, approved: record.approved, message })
    }

    fn of_permitted(permitted: Permitted) -> Told {
        let (outcome, approved, message) = match permitted {
            Permitted::Passed => (Outcome::Allow, false, ""),
            Permitted::Approved => (Outcome::Ask, false, "a person approved it"),
            Permitted::Refused => (Outcome::Ask, false, "a person refused it, or nobody was there"),
            Permitted::Denied => (Outcome::Deny, false, "a rule or the mode denied it"),
            Permitted::Ran => (Outcome::Allow, true, "it ran"),
        };
        Told { outcome, approved, message: (!message.is_empty()).then(|| message.into()) }
    }
}

impl Recorded {
    /// Compares a call, if a decision was recorded of it; where the rules are an agent's, the agent's own.
    pub(super) fn add(&mut self, call: &Decided<'_, '_>, of_agent: bool) {
        let Some(told) = Told::of(call.record, of_agent) else { return };
        self.of_agent += u64::from(of_agent);
        let recorded = told.outcome;
        let outcome = call.decision.outcome;
        self.matrix[recorded as usize].add(outcome);
        let examples = match (recorded, outcome) {
            (_, Outcome::Indeterminate) => return,
            (recorded, outcome) if recorded == outcome => return,
            (Outcome::Allow, Outcome::Ask) if told.approved => {
                self.approved += 1;
                return;
            }
            (Outcome::Deny, Outcome::Throttle) => &mut self.denied,
            _ => &mut self.others,
        };
        if examples.len() < EXAMPLES {
            examples.push(Disagreement::new(call, told));
        }
    }

    /// Adds what was compared of other calls.
    pub(super) fn merge(&mut self, other: Recorded) {
        self.matrix.iter_mut().zip(&other.matrix).for_each(|(row, theirs)| row.merge(theirs));
        self.approved += other.approved;
        self.of_agent += other.of_agent;
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
            of_agent: self.of_agent > 0,
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
    fn new(call: &Decided<'_, '_>, told: Told) -> Disagreement {
        Disagreement {
            number: call.number,
            time: call.time,
            grant: call.record.grant.to_string(),
            tool: call.record.tool.to_string(),
            recorded: told.outcome,
            message: told.message,
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
