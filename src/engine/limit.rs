//! Limits, compiled: how much room there is, and taking it.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::arguments::{Found, Value};
use super::assume::{Assuming, Choice};
use super::call::Call;
use super::counters::{Count, CounterNumbers, Counters, GrantId, Key};
use super::decision::{Missing, Reason};
use super::time::Timestamp;
use crate::policy::{self, Amount, Scope, Window};

/// A limit with its counter numbered.
#[derive(Debug)]
pub(super) struct Limit {
    /// Its number among [`crate::engine::Gate::limits`], which has those with a `max` only.
    pub(super) number: Option<u32>,
    pub(super) counter: u32,
    pub(super) scope: Scope,
    pub(super) window: Window,
    pub(super) max: Option<i64>,
    pub(super) amount: Amount,
    pub(super) reason: Reason,
}

/// A limit as it is named where its use is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitFacts {
    /// The rule string of the gateway's log.
    pub rule: Box<str>,
    /// The exact JSON Pointer of the entry.
    pub pointer: Box<str>,
    /// The window that it counts in.
    pub window: Window,
    /// How much fits into one window.
    pub max: i64,
    /// Who shares its counter.
    pub scope: Scope,
}

/// How far a limit's window is used up after a call was charged to it. The two differ where it is
/// not known which calls passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The number of the limit among [`crate::engine::Gate::limits`].
    pub limit: u32,
    /// At least so much is used up.
    pub least: i64,
    /// At most so much is.
    pub most: i64,
}

/// Numbers the limits of a policy. One that stands for all tools is compiled for each of them and
/// has one number all the same.
#[derive(Default)]
pub(super) struct KnownLimits {
    numbers: HashMap<Box<str>, u32>,
    pub(super) facts: Vec<LimitFacts>,
}

impl KnownLimits {
    fn number(&mut self, limit: &policy::Limit) -> Option<u32> {
        let max = limit.max?;
        let next = self.facts.len() as u32;
        let number = *self.numbers.entry(limit.pointer.as_str().into()).or_insert(next);
        if number == next {
            self.facts.push(LimitFacts {
                rule: limit.rule.as_str().into(),
                pointer: limit.pointer.as_str().into(),
                window: limit.window,
                max,
                scope: limit.scope,
            });
        }
        Some(number)
    }
}

/// What came of asking a limit.
pub(super) enum Reservation {
    /// Nothing limits the counter.
    Unlimited,
    /// There was room, and this much of it is taken, which makes the count so much.
    Made(i64, Count),
    /// It is unknown whether there was room; this much of it may be taken.
    Unknown(Missing, i64),
    /// There was no room.
    Refused,
    /// The amount could not be read from the arguments.
    Unreadable,
}

impl Limit {
    pub(super) fn new(
        limit: &policy::Limit,
        numbers: &mut CounterNumbers,
        known: &mut KnownLimits,
    ) -> Limit {
        Limit {
            number: known.number(limit),
            counter: numbers.of(&limit.key),
            scope: limit.scope,
            window: limit.window,
            max: limit.max,
            amount: limit.amount.clone(),
            reason: Reason::new(
                &limit.rule,
                limit.pointer.as_str(),
                &limit.message,
                !limit.has_message,
            ),
        }
    }

    pub(super) fn key(&self, grant: GrantId) -> Key {
        match self.scope {
            Scope::Grant => (grant, self.counter),
            Scope::Gateway => (GrantId::EVERYBODY, self.counter),
        }
    }

    pub(super) fn count(&self, call: &Call<'_>, counters: &Counters) -> Count {
        counters.count(self.key(call.grant), self.window, call.when())
    }

    pub(super) fn window_start(&self, time: Timestamp) -> Timestamp {
        Timestamp::at_second(self.window.start(time.seconds))
    }

    pub(super) fn window_end(&self, time: Timestamp) -> Timestamp {
        Timestamp::at_second(self.window.start(time.seconds) + self.window.seconds())
    }

    pub(super) fn reserve(
        &self,
        call: &Call<'_>,
        counters: &mut Counters,
        assuming: &mut Assuming<'_>,
    ) -> Reservation {
        let key = self.key(call.grant);
        if self.max.is_some() {
            // Without a time only what can but grow can be followed.
            let grows = matches!(self.amount, Amount::Fixed(amount) if amount >= 0);
            if call.time.is_none() && !grows {
                counters.lose(key);
            }
            if counters.is_lost(key) {
                return Reservation::Unknown(Missing::Time, 0);
            }
        }
        let amount = match self.amount(call) {
            Ok(amount) => amount,
            Err(None) => return Reservation::Unreadable,
            Err(Some(fact)) if assuming.choose(fact) == Some(Choice::Absent) => {
                return Reservation::Unreadable;
            }
            Err(Some(fact)) => return self.reserve_unknown(fact, call, counters),
        };
        let Some(max) = self.max else { return Reservation::Unlimited };
        let count = self.count(call, counters);
        // Sums wrap as in the gateway (Intercept adds 64-bit integers unchecked).
        let sum = Count {
            least: count.least.wrapping_add(amount),
            most: count.most.wrapping_add(amount),
        };
        // Calls that come later in the trace may have been made before one that is not in order.
        let most = if call.in_order { sum.most } else { count.most.max(max).wrapping_add(amount) };
        if sum.least > max && most > max {
            return Reservation::Refused;
        }
        counters.set(self.key(call.grant), self.window, call.when(), sum);
        if sum.least <= max && most <= max {
            return Reservation::Made(amount, sum);
        }
        let fact = if call.time.is_none() { Missing::Time } else { Missing::EarlierCalls };
        Reservation::Unknown(fact, amount)
    }

    /// An amount that cannot be told may have made the counter anything that still fits.
    pub(super) fn reserve_unknown(
        &self,
        fact: Missing,
        call: &Call<'_>,
        counters: &mut Counters,
    ) -> Reservation {
        if let Some(max) = self.max {
            let unknown = Count { least: i64::MIN, most: max };
            counters.set(self.key(call.grant), self.window, call.when(), unknown);
        }
        Reservation::Unknown(fact, 0)
    }

    /// How much the call takes; on failure the fact that is missing, or none where the argument
    /// is known to be no number.
    pub(super) fn amount(&self, call: &Call<'_>) -> Result<i64, Option<Missing>> {
        match &self.amount {
            Amount::Fixed(amount) => Ok(*amount),
            Amount::Argument(path) => match call.arguments.find(path) {
                Found::Value(Value::Number(number)) => Ok(policy::go_int64(number)),
                Found::Unknown(fact) => Err(Some(fact)),
                _ => Err(None),
            },
        }
    }
}

/// When all limits that have no room for a call have room again.
pub(super) fn retry_at(
    limits: &[Limit],
    call: &Call<'_>,
    counters: &Counters,
) -> Option<Timestamp> {
    let time = call.time?;
    let mut latest = None;
    for limit in limits {
        let (Some(max), Ok(amount)) = (limit.max, limit.amount(call)) else { continue };
        let count = limit.count(call, counters);
        if count.least != count.most {
            return None;
        }
        if count.least.wrapping_add(amount) > max {
            if amount > max {
                return None;
            }
            latest = latest.max(Some(limit.window_end(time)));
        }
    }
    latest
}
