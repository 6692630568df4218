//! One decision, step by step: what was asked, what was found, and what came of it.
//!
//! A walk is what an observer saw while the [`super::Gate`] decided, so that it cannot differ from
//! the decision.

use super::call::Call;
use super::check::Sight;
use super::counters::Counters;
use super::decision::{Cause, Decision, Missing, Outcome, Reason};
use super::limit::{Limit, Reservation};
use super::observer::{Observer, Verdict};
use super::rules::Rules;
use super::time::Timestamp;
use crate::policy::Effect;

/// A decision with every step that led to it.
#[derive(Clone, Debug)]
pub struct Walk<'g, 'a> {
    /// What came of it.
    pub decision: Decision<'g>,
    /// Whether the policy lists the tool.
    pub listed: bool,
    /// The checks in the order in which they are asked, also those that were not.
    pub checks: Vec<CheckStep<'g, 'a>>,
    /// The limits in the order in which they are asked, also those that were not.
    pub limits: Vec<LimitStep<'g>>,
}

/// A check and what it said.
#[derive(Clone, Debug)]
pub struct CheckStep<'g, 'a> {
    /// Its names.
    pub reason: &'g Reason,
    /// What its conditions decide.
    pub effect: Effect,
    /// Its conditions, in their order.
    pub conditions: Vec<ConditionStep<'a>>,
    /// What it said; none if it was not asked.
    pub answer: Option<Answer>,
}

/// A condition and whether it holds.
#[derive(Clone, Debug)]
pub struct ConditionStep<'a> {
    /// What is there to be tested.
    pub sight: Sight<'a>,
    /// Whether it holds, or the fact without which it cannot be told; none if it was not asked.
    pub holds: Option<Result<bool, Missing>>,
}

/// What a check says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It lets the call pass.
    Passes,
    /// It refuses the call.
    Refuses,
    /// It has a person asked about the call.
    Asks,
    /// It cannot be told without this fact.
    Unknown(Missing),
}

/// A limit and whether it had room.
#[derive(Clone, Debug)]
pub struct LimitStep<'g> {
    /// Its names.
    pub reason: &'g Reason,
    /// The least that may have been used up before the call.
    pub least: i64,
    /// The most that may have been used up before the call.
    pub most: i64,
    /// Whether anything limits the counter.
    pub is_limited: bool,
    /// How much the call takes; the fact that is missing, or none where the argument is no number.
    pub amount: Result<i64, Option<Missing>>,
    /// The start of the window and that of the next one; none for a call without a time.
    pub window: Option<(Timestamp, Timestamp)>,
    /// What it said; none if it was not asked.
    pub room: Option<Room>,
}

/// What a limit says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Nothing limits the counter.
    Unlimited,
    /// There is room.
    Enough,
    /// There is none.
    Full,
    /// It cannot be told without this fact.
    Unknown(Missing),
    /// The argument that tells the amount is there and is no number, or is not there.
    NoAmount,
}

impl<'g, 'a> Walk<'g, 'a> {
    /// The steps that lie before a call, none of them asked yet.
    pub(super) fn before(
        rules: &'g Rules,
        listed: bool,
        call: &Call<'a>,
        counters: &Counters,
    ) -> Walk<'g, 'a> {
        let checks = rules.checks.iter().map(|check| {
            let sights = check.conditions.iter().map(|condition| condition.look(call, counters));
            CheckStep {
                reason: &check.reason,
                effect: check.effect,
                conditions: sights.map(|sight| ConditionStep { sight, holds: None }).collect(),
                answer: None,
            }
        });
        let limits = rules.limits.iter().map(|limit| {
            let count = limit.count(call, counters);
            LimitStep {
                reason: &limit.reason,
                least: count.least,
                most: count.most,
                is_limited: limit.max.is_some(),
                amount: limit.amount(call),
                window: call.time.map(|time| (limit.window_start(time), limit.window_end(time))),
                room: None,
            }
        });
        Walk {
            decision: Decision::new(Outcome::Allow, Cause::None),
            listed,
            checks: checks.collect(),
            limits: limits.collect(),
        }
    }
}

impl Observer for Walk<'_, '_> {
    fn condition(&mut self, _number: u32, holds: Result<bool, Missing>) {
        let check = self.checks.iter_mut().find(|check| check.answer.is_none());
        let mut conditions = check.into_iter().flat_map(|check| &mut check.conditions);
        if let Some(condition) = conditions.find(|condition| condition.holds.is_none()) {
            condition.holds = Some(holds);
        }
    }

    fn check(&mut self, _number: u32, verdict: &Verdict) {
        if let Some(check) = self.checks.iter_mut().find(|check| check.answer.is_none()) {
            check.answer = Some(match verdict {
                Verdict::Passes => Answer::Passes,
                Verdict::Denies { .. } => Answer::Refuses,
                Verdict::Asks => Answer::Asks,
                Verdict::Unknown(fact) => Answer::Unknown(*fact),
            });
        }
    }

    fn limit(&mut self, _limit: &Limit, reservation: &Reservation) {
        if let Some(limit) = self.limits.iter_mut().find(|limit| limit.room.is_none()) {
            limit.room = Some(match reservation {
                Reservation::Unlimited => Room::Unlimited,
                Reservation::Made(..) => Room::Enough,
                Reservation::Refused => Room::Full,
                Reservation::Unknown(fact, _) => Room::Unknown(*fact),
                Reservation::Unreadable => Room::NoAmount,
            });
        }
    }

    fn all_limits(&mut self, _limits: &[Limit]) {
        for limit in &mut self.limits {
            limit.room = Some(if limit.is_limited { Room::Enough } else { Room::Unlimited });
        }
    }
}
