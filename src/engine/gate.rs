//! A policy compiled for deciding.

use hashbrown::HashMap;

use super::arguments::{Arguments, Found, Value};
use super::counters::{Count, Counters, GrantId, Key};
use super::decision::{Cause, Decision, Missing, Outcome, Reason};
use super::predicate::Test;
use super::time::Timestamp;
use crate::policy::{
    self, Amount, Charging, Effect, Policy, Scope, Semantics, Subject, Unreadable, Window,
};

/// A call to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// Who calls.
    pub grant: GrantId,
    /// When, if that is known.
    pub time: Option<Timestamp>,
    /// The arguments.
    pub arguments: Arguments<'a>,
    /// Whether the server answered with a JSON-RPC error, which gives quota back.
    pub failed_upstream: bool,
}

/// A policy compiled for deciding.
#[derive(Debug)]
pub struct Gate {
    semantics: Semantics,
    hidden: HashMap<Box<str>, Box<str>>,
    default_allows: bool,
    listed: HashMap<Box<str>, Rules>,
    /// The rules of a tool that is not listed: those of all tools.
    unlisted: Rules,
}

#[derive(Debug, Default)]
struct Rules {
    checks: Vec<Check>,
    limits: Vec<Limit>,
}

#[derive(Debug)]
struct Check {
    effect: Effect,
    conditions: Vec<Condition>,
    reason: Reason,
}

#[derive(Debug)]
struct Condition {
    subject: Source,
    test: Test,
}

#[derive(Debug)]
enum Source {
    Argument(Vec<String>),
    Counter(u32),
}

#[derive(Debug)]
struct Limit {
    counter: u32,
    scope: Scope,
    window: Window,
    max: Option<i64>,
    amount: Amount,
    reason: Reason,
}

/// What a check says of a call.
enum Verdict {
    Passes,
    /// It denies; whether because of a counter.
    Denies {
        by_counter: bool,
    },
    Unknown(Missing),
}

/// Numbers the counters of a policy: limits and conditions with one key share one number.
#[derive(Default)]
struct CounterNumbers(HashMap<String, u32>);

impl CounterNumbers {
    fn of(&mut self, key: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry_ref(key).or_insert(next)
    }
}

impl Gate {
    /// Compiles a policy.
    pub fn new(policy: &Policy) -> Gate {
        let mut numbers = CounterNumbers::default();
        let compile = |own: &policy::Rules, numbers: &mut CounterNumbers| {
            let all = &policy.all_tools;
            let checks = own.checks.iter().chain(&all.checks);
            let limits = own.limits.iter().chain(&all.limits);
            Rules {
                checks: checks.map(|check| Check::new(check, policy.semantics, numbers)).collect(),
                limits: limits.map(|limit| Limit::new(limit, numbers)).collect(),
            }
        };
        let listed = policy.tools.iter();
        // Of a name that stands twice the last one counts, as in every reader of the document.
        let listed = listed
            .map(|tool| (tool.name.as_str().into(), compile(&tool.rules, &mut numbers)))
            .collect();
        Gate {
            semantics: policy.semantics,
            hidden: policy
                .hide
                .iter()
                .rev()
                .map(|hidden| (hidden.name.as_str().into(), hidden.pointer.as_str().into()))
                .collect(),
            default_allows: policy.default.allows(),
            unlisted: compile(&policy::Rules::default(), &mut numbers),
            listed,
        }
    }

    /// Decides a call and charges the counters for it.
    pub fn decide<'g>(&'g self, call: &Call<'_>, counters: &mut Counters) -> Decision<'g> {
        let unreadable = self.semantics.unreadable == Unreadable::Forwarded;
        if unreadable && call.arguments.are_unreadable() {
            return decision(Outcome::Allow, Cause::Uninspected);
        }
        if let Some(pointer) = self.hidden.get(call.tool).or_else(|| self.hidden.get("*")) {
            return decision(Outcome::Deny, Cause::Hidden(pointer));
        }
        let rules = match self.listed.get(call.tool) {
            Some(rules) => rules,
            None if self.default_allows => &self.unlisted,
            None => return decision(Outcome::Deny, Cause::Unlisted),
        };
        let mut missing = None;
        for check in &rules.checks {
            match check.verdict(call, counters) {
                Verdict::Passes => {}
                Verdict::Denies { by_counter } => {
                    return self.denied(rules, check, by_counter, call, counters);
                }
                // A later check may still deny for certain.
                Verdict::Unknown(fact) => missing = missing.or(Some(fact)),
            }
        }
        self.charge(&rules.limits, missing, call, counters)
    }

    fn denied<'g>(
        &self,
        rules: &'g Rules,
        check: &'g Check,
        by_counter: bool,
        call: &Call<'_>,
        counters: &Counters,
    ) -> Decision<'g> {
        if !by_counter {
            return decision(Outcome::Deny, Cause::Check(&check.reason));
        }
        let retry_at = call.time.and_then(|time| {
            let used = |limit: &&Limit| {
                check.reads(limit.counter) && limit.count(call, counters).most != 0
            };
            rules.limits.iter().filter(used).map(|limit| limit.window_end(time)).max()
        });
        Decision { retry_at, ..decision(Outcome::Throttle, Cause::Limit(&check.reason)) }
    }

    /// Asks the limits in their order and charges them. `unsure` is a fact without which it is
    /// not even known whether the call gets this far.
    fn charge<'g>(
        &self,
        limits: &'g [Limit],
        unsure: Option<Missing>,
        call: &Call<'_>,
        counters: &mut Counters,
    ) -> Decision<'g> {
        let before: Vec<Count> = limits.iter().map(|limit| limit.count(call, counters)).collect();
        let mut missing = unsure;
        let mut refusal = None;
        let mut reserved = Vec::new();
        for limit in limits {
            match limit.reserve(call, counters) {
                Reservation::Unlimited => {}
                Reservation::Made(amount) => reserved.push((limit, amount)),
                Reservation::Unknown(fact, amount) => {
                    missing = missing.or(Some(fact));
                    reserved.push((limit, amount));
                }
                Reservation::Refused => {
                    refusal = Some(Cause::Limit(&limit.reason));
                    break;
                }
                Reservation::Unreadable => {
                    refusal = Some(Cause::Amount(&limit.reason));
                    break;
                }
            }
        }
        if refusal.is_some() || call.failed_upstream {
            self.give_back(&reserved, limits, &before, call, counters);
        }
        if let Some(cause) = refusal
            && unsure.is_none()
        {
            let retry_at = retry_at(limits, call, counters);
            return Decision { retry_at, ..decision(Outcome::Throttle, cause) };
        }
        let Some(fact) = missing else {
            return decision(Outcome::Allow, Cause::None);
        };
        // Whether the call passed is unknown, so each counter is what it was or what it became.
        for (limit, before) in limits.iter().zip(before) {
            let after = limit.count(call, counters);
            if limit.max.is_some() && after != before {
                counters.set(limit.key(call.grant), limit.window, call.time, before.or(after));
            }
        }
        Decision { missing: Some(fact), ..decision(Outcome::Indeterminate, Cause::None) }
    }

    fn give_back(
        &self,
        reserved: &[(&Limit, i64)],
        limits: &[Limit],
        before: &[Count],
        call: &Call<'_>,
        counters: &mut Counters,
    ) {
        match self.semantics.charging {
            Charging::Whole => {
                for (limit, before) in limits.iter().zip(before) {
                    if limit.count(call, counters) != *before {
                        counters.set(limit.key(call.grant), limit.window, call.time, *before);
                    }
                }
            }
            Charging::OneByOne => {
                for (limit, amount) in reserved {
                    let count = limit.count(call, counters);
                    let lower = |value: i64| value.wrapping_sub(*amount).max(0);
                    let count = Count { least: lower(count.least), most: lower(count.most) };
                    counters.set(limit.key(call.grant), limit.window, call.time, count);
                }
            }
        }
    }
}

/// What came of asking a limit.
enum Reservation {
    /// Nothing limits the counter.
    Unlimited,
    /// There was room, and this much of it is taken.
    Made(i64),
    /// It is unknown whether there was room; this much of it may be taken.
    Unknown(Missing, i64),
    /// There was no room.
    Refused,
    /// The amount could not be read from the arguments.
    Unreadable,
}

impl Limit {
    fn new(limit: &policy::Limit, numbers: &mut CounterNumbers) -> Limit {
        Limit {
            counter: numbers.of(&limit.key),
            scope: limit.scope,
            window: limit.window,
            max: limit.max,
            amount: limit.amount.clone(),
            reason: reason(&limit.rule, limit.pointer.as_str(), &limit.message),
        }
    }

    fn key(&self, grant: GrantId) -> Key {
        match self.scope {
            Scope::Grant => (grant, self.counter),
            Scope::Gateway => (GrantId::EVERYBODY, self.counter),
        }
    }

    fn count(&self, call: &Call<'_>, counters: &Counters) -> Count {
        counters.count(self.key(call.grant), self.window, call.time)
    }

    fn window_end(&self, time: Timestamp) -> Timestamp {
        Timestamp::at_second(self.window.start(time.seconds) + self.window.seconds())
    }

    fn reserve(&self, call: &Call<'_>, counters: &mut Counters) -> Reservation {
        let amount = match self.amount(call) {
            Ok(amount) => amount,
            Err(None) => return Reservation::Unreadable,
            Err(Some(fact)) => return self.reserve_unknown(fact, call, counters),
        };
        let Some(max) = self.max else { return Reservation::Unlimited };
        let count = self.count(call, counters);
        // Sums wrap as in the gateway (Intercept adds 64-bit integers unchecked).
        let sum = Count {
            least: count.least.wrapping_add(amount),
            most: count.most.wrapping_add(amount),
        };
        if sum.least > max && sum.most > max {
            return Reservation::Refused;
        }
        counters.set(self.key(call.grant), self.window, call.time, sum);
        if sum.least <= max && sum.most <= max {
            return Reservation::Made(amount);
        }
        let fact = if call.time.is_none() { Missing::Time } else { Missing::EarlierCalls };
        Reservation::Unknown(fact, amount)
    }

    /// An amount that cannot be told may have made the counter anything that still fits.
    fn reserve_unknown(
        &self,
        fact: Missing,
        call: &Call<'_>,
        counters: &mut Counters,
    ) -> Reservation {
        if let Some(max) = self.max {
            let unknown = Count { least: i64::MIN, most: max };
            counters.set(self.key(call.grant), self.window, call.time, unknown);
        }
        Reservation::Unknown(fact, 0)
    }

    /// How much the call takes; on failure the fact that is missing, or none where the argument
    /// is known to be no number.
    fn amount(&self, call: &Call<'_>) -> Result<i64, Option<Missing>> {
        match &self.amount {
            Amount::Fixed(amount) => Ok(*amount),
            Amount::Argument(path) => match call.arguments.find(path) {
                Found::Value(Value::Number(number)) => Ok(go_truncate(number)),
                Found::Unknown(fact) => Err(Some(fact)),
                _ => Err(None),
            },
        }
    }
}

/// Go's conversion of a float to a 64-bit integer on amd64, where Intercept was observed: what
/// does not fit becomes the least integer.
fn go_truncate(number: f64) -> i64 {
    if (-(2f64.powi(63))..2f64.powi(63)).contains(&number) { number as i64 } else { i64::MIN }
}

/// When all limits that have no room for a call have room again.
fn retry_at(limits: &[Limit], call: &Call<'_>, counters: &Counters) -> Option<Timestamp> {
    let time = call.time?;
    let mut latest = None;
    for limit in limits {
        let (Some(max), Ok(amount)) = (limit.max, limit.amount(call)) else { continue };
        if limit.count(call, counters).least.wrapping_add(amount) > max {
            if amount > max {
                return None;
            }
            latest = latest.max(Some(limit.window_end(time)));
        }
    }
    latest
}

impl Check {
    fn new(check: &policy::Check, semantics: Semantics, numbers: &mut CounterNumbers) -> Check {
        let conditions = check.conditions.iter().map(|condition| Condition {
            subject: match &condition.subject {
                Subject::Argument(path) => Source::Argument(path.clone()),
                Subject::Counter(key) => Source::Counter(numbers.of(key)),
            },
            test: Test::new(&condition.predicate, semantics.equality),
        });
        Check {
            effect: check.effect,
            conditions: conditions.collect(),
            reason: reason(&check.rule, check.pointer.as_str(), &check.message),
        }
    }

    fn verdict(&self, call: &Call<'_>, counters: &Counters) -> Verdict {
        let mut unknown = None;
        let mut failed = None;
        for condition in &self.conditions {
            match condition.holds(call, counters) {
                Ok(true) => {}
                Ok(false) => {
                    failed = Some(matches!(condition.subject, Source::Counter(_)));
                    break;
                }
                Err(fact) => unknown = unknown.or(Some(fact)),
            }
        }
        match (self.effect, failed, unknown) {
            (Effect::Require, Some(by_counter), _) => Verdict::Denies { by_counter },
            (Effect::DenyIf, Some(_), _) | (Effect::Require, None, None) => Verdict::Passes,
            (_, None, Some(fact)) => Verdict::Unknown(fact),
            (Effect::DenyIf, None, None) => Verdict::Denies { by_counter: false },
        }
    }

    fn reads(&self, counter: u32) -> bool {
        let is = |condition: &Condition| matches!(condition.subject, Source::Counter(number) if number == counter);
        self.conditions.iter().any(is)
    }
}

impl Condition {
    fn holds(&self, call: &Call<'_>, counters: &Counters) -> Result<bool, Missing> {
        match &self.subject {
            Source::Argument(path) => match call.arguments.find(path) {
                Found::Value(value) => Ok(self.test.holds(&value)),
                Found::Nothing => Ok(self.test.holds_for_nothing()),
                Found::Unknown(fact) => Err(fact),
            },
            Source::Counter(number) => {
                let count = counters.read((GrantId::EVERYBODY, *number), call.time);
                let fact = if call.time.is_none() { Missing::Time } else { Missing::EarlierCalls };
                self.test.holds_between(count.least, count.most).ok_or(fact)
            }
        }
    }
}

fn decision(outcome: Outcome, cause: Cause<'_>) -> Decision<'_> {
    Decision { outcome, cause, retry_at: None, missing: None }
}

fn reason(rule: &str, pointer: &str, message: &str) -> Reason {
    Reason { rule: rule.into(), pointer: pointer.into(), message: message.into() }
}
