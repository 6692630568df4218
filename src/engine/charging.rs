//! Charging a call to the limits of its tool: all of them, or none.

use smallvec::SmallVec;

use super::assume::{Assuming, Choice};
use super::call::Call;
use super::counters::{Count, Counters, Key, Taken};
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Charge, Limit, Reservation, retry_at};
use super::observer::Observer;
use super::time::Timestamp;
use crate::policy::{Amount, Charging};

/// More limits than this on one tool are rare; only then deciding a call allocates.
const INLINE: usize = 4;

/// A call on its way through the limits.
pub(super) struct Charged<'g, 'c, 'a> {
    pub(super) limits: &'g [Limit],
    pub(super) charging: Charging,
    pub(super) call: &'c Call<'a>,
    pub(super) counters: &'c mut Counters,
    /// Whether what the call takes is given back, because it failed upstream.
    pub(super) is_refunded: bool,
}

/// What came of asking the limits one by one.
struct Asked<'g> {
    reserved: SmallVec<[Reserved; INLINE]>,
    /// The first fact that is missing.
    missing: Option<Missing>,
    refusal: Option<Refusal<'g>>,
}

/// Why there is no room, and the end of the window that has none.
type Refusal<'g> = (Cause<'g>, Option<Timestamp>);

/// Something that was taken from a limit.
struct Reserved {
    /// Which limit.
    index: usize,
    amount: i64,
    /// The count that it made; none where it is not known whether there was room.
    sum: Option<Count>,
}

impl<'g> Charged<'g, '_, '_> {
    /// Asks the limits in their order and charges them. `unsure` is a fact without which it is
    /// not even known whether the call gets this far.
    pub(super) fn decide(
        mut self,
        unsure: Option<Missing>,
        assuming: &mut Assuming<'_>,
        observer: &mut impl Observer,
    ) -> Decision<'g> {
        if unsure.is_none() && self.take_all(observer) {
            observer.all_limits(self.limits);
            return Decision::new(Outcome::Allow, Cause::None);
        }
        let before: SmallVec<[Count; INLINE]> =
            self.limits.iter().map(|limit| limit.count(self.call, self.counters)).collect();
        let asked = self.ask(&before, unsure, assuming, observer);
        if asked.refusal.is_some() || self.is_refunded {
            self.give_back(&asked.reserved, &before);
        }
        if let Some(refusal) = asked.refusal
            && unsure.is_none()
        {
            return self.throttled(refusal);
        }
        match asked.missing {
            None => {
                self.tell(&asked.reserved, &before, observer);
                Decision::new(Outcome::Allow, Cause::None)
            }
            Some(fact) => {
                self.leave_open(&before, observer);
                let open = Decision::new(Outcome::Indeterminate, Cause::None);
                Decision { missing: Some(fact), ..open }
            }
        }
    }

    /// Charges the call to all limits at once, where that is plain: everything is known exactly,
    /// and all have room. Otherwise nothing is charged.
    fn take_all(&mut self, observer: &mut impl Observer) -> bool {
        let Charged { limits, call, .. } = *self;
        let Some(time) = call.time else { return limits.is_empty() };
        if self.is_refunded || !call.in_order || !self.counters.are_exact() {
            return limits.is_empty();
        }
        if let [limit] = limits
            && let (Amount::Fixed(amount), Some(max)) = (&limit.amount, limit.max)
        {
            let key = limit.key(call.grant);
            let taken = self.counters.take(key, limit.window, time, *amount, max);
            if let (Some(limit), Some(Taken { sum, .. })) = (limit.number, taken) {
                observer.charged(Charge { limit, least: sum, most: sum });
            }
            return taken.is_some();
        }
        let mut taken: SmallVec<[(Key, Option<Taken>); INLINE]> = SmallVec::new();
        for limit in limits {
            let Amount::Fixed(amount) = limit.amount else { break };
            let key = limit.key(call.grant);
            match limit.max {
                None => taken.push((key, None)),
                Some(max) => match self.counters.take(key, limit.window, time, amount, max) {
                    Some(one) => taken.push((key, Some(one))),
                    None => break,
                },
            }
        }
        if taken.len() == limits.len() {
            for (limit, (_, taken)) in limits.iter().zip(&taken) {
                if let (Some(limit), Some(Taken { sum, .. })) = (limit.number, taken) {
                    observer.charged(Charge { limit, least: *sum, most: *sum });
                }
            }
            return true;
        }
        // The last first, so that a counter that stands twice becomes what it was at the start.
        for (key, taken) in taken.into_iter().rev() {
            if let Some(taken) = taken {
                self.counters.restore(key, taken.before);
            }
        }
        false
    }

    /// Takes from one limit after the other, until one has no room. `before` is what each counted.
    fn ask(
        &mut self,
        before: &[Count],
        unsure: Option<Missing>,
        assuming: &mut Assuming<'_>,
        observer: &mut impl Observer,
    ) -> Asked<'g> {
        let mut asked = Asked { reserved: SmallVec::new(), missing: unsure, refusal: None };
        for (index, limit) in self.limits.iter().enumerate() {
            let reservation = limit.reserve(self.call, self.counters, assuming);
            observer.limit(limit, &reservation);
            let (amount, sum) = match reservation {
                Reservation::Unlimited => continue,
                Reservation::Made(amount, sum) => (amount, Some(sum)),
                Reservation::Unknown(fact, amount) => match assuming.choose(fact) {
                    Some(Choice::Deny) => {
                        self.reset(limit, before[index]);
                        asked.refusal = Some(self.full(limit));
                        break;
                    }
                    choice => {
                        asked.missing = asked.missing.or(choice.is_none().then_some(fact));
                        (amount, None)
                    }
                },
                Reservation::Refused => {
                    asked.refusal = Some(self.full(limit));
                    break;
                }
                Reservation::Unreadable => {
                    asked.refusal = Some((Cause::Amount(&limit.reason), None));
                    break;
                }
            };
            asked.reserved.push(Reserved { index, amount, sum });
        }
        asked
    }

    fn full(&self, limit: &'g Limit) -> Refusal<'g> {
        (Cause::Limit(&limit.reason), self.call.time.map(|time| limit.window_end(time)))
    }

    /// Makes a limit that has a `max` count again what it counted before.
    fn reset(&mut self, limit: &Limit, before: Count) {
        if limit.max.is_some() && limit.count(self.call, self.counters) != before {
            self.set(limit, before);
        }
    }

    fn set(&mut self, limit: &Limit, count: Count) {
        self.counters.set(limit.key(self.call.grant), limit.window, self.call.when(), count);
    }

    fn throttled(&self, (cause, held_until): Refusal<'g>) -> Decision<'g> {
        let retry_at = held_until.and_then(|_| retry_at(self.limits, self.call, self.counters));
        // A call that can never pass is not held back by the window.
        let held_until = retry_at.and(held_until);
        Decision { retry_at, held_until, ..Decision::new(Outcome::Throttle, cause) }
    }

    /// Tells what a call that passed has used up.
    fn tell(&self, reserved: &[Reserved], before: &[Count], observer: &mut impl Observer) {
        if self.is_refunded {
            return;
        }
        for Reserved { index, sum, .. } in reserved {
            let limit = &self.limits[*index];
            let assumed = || before[*index].or(limit.count(self.call, self.counters));
            if let Some(number) = limit.number {
                let sum = sum.unwrap_or_else(assumed);
                observer.charged(Charge { limit: number, least: sum.least, most: sum.most });
            }
        }
    }

    /// Whether the call passed is unknown, so each counter is what it was or what it became.
    fn leave_open(&mut self, before: &[Count], observer: &mut impl Observer) {
        for (limit, before) in self.limits.iter().zip(before) {
            let after = limit.count(self.call, self.counters);
            if limit.max.is_none() || after == *before {
                continue;
            }
            let count = before.or(after);
            self.set(limit, count);
            if let Some(number) = limit.number {
                // Which windows there were around a call that is not in order is not known, only that none of
                // them holds more.
                let full = limit.max.filter(|_| !self.call.in_order);
                let most = full.unwrap_or(count.most);
                observer.charged(Charge { limit: number, least: count.least, most });
            }
        }
    }

    fn give_back(&mut self, reserved: &[Reserved], before: &[Count]) {
        match self.charging {
            Charging::Whole => {
                for (limit, before) in self.limits.iter().zip(before) {
                    if limit.count(self.call, self.counters) != *before {
                        self.set(limit, *before);
                    }
                }
            }
            Charging::OneByOne => {
                for Reserved { index, amount, sum } in reserved {
                    let limit = &self.limits[*index];
                    let count = limit.count(self.call, self.counters);
                    let lower = |value: i64| value.wrapping_sub(*amount).max(0);
                    let lowered = Count { least: lower(count.least), most: lower(count.most) };
                    let count = if sum.is_some() { lowered } else { before[*index].or(lowered) };
                    self.set(limit, count);
                }
            }
        }
    }
}
