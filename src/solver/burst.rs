//! Limits: how many calls the other policy admits in one window, and a burst that shows it.

use serde_json::Value;

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::evidence::{Batch, Burst, Evidence, MOMENT};
use super::literal::{Atom, Literal};
use super::question::{Question, no_object};
use super::version::Version;
use crate::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings, Timestamp,
};
use crate::policy::{Amount, Limit, Order, Predicate, Scope, Window, calls_within};

/// How many calls are replayed to confirm a burst.
const MAX_REPLAYED: i64 = 2_000_000;

/// How many calls are decided between two looks at the clock.
const CALLS_PER_LOOK: i64 = 4_096;

/// The largest amount that is surely counted as what it is.
const MAX_AMOUNT: f64 = 9e15;

/// Whether a limit of `old` refuses calls that `new` lets pass.
pub(super) fn lost_limit(question: &Question<'_, '_>, limit: &Limit) -> Option<Evidence> {
    let max = limit.max?;
    if let Amount::Argument(path) = &limit.amount {
        return lost_sum(question, limit, max, path);
    }
    let Some(calls) = limit.calls() else {
        // An amount of nothing, or one that gives back: it refuses none if there is room at all.
        return (max < 0).then_some(Evidence::Unknown(Why::Amount));
    };
    let bounds = question.after.limits.iter().copied().filter(|other| bounds(other, limit));
    let is_kept = calls_within(bounds, limit.window).is_some_and(|bound| bound.calls <= calls);
    if is_kept && !question.old.is_shared(&limit.key) {
        return None;
    }
    let arguments = match question.passing_both(&[]) {
        Answer::Proved => return None,
        Answer::Witness(arguments) => arguments,
        Answer::Unknown(why) => return Some(Evidence::Unknown(why)),
    };
    if question.old.is_shared(&limit.key) {
        return Some(Evidence::Unknown(Why::Counter));
    }
    Some(match question.burst(arguments, limit) {
        Evidence::Unknown(Why::NoOrder) if question.after.checks.iter().any(|one| one.counts) => {
            Evidence::Unknown(Why::Counter)
        }
        evidence => evidence,
    })
}

/// What calls whose arguments are no object show of a limit.
pub(super) fn unread_burst(question: &Question<'_, '_>, limit: &Limit) -> Option<Evidence> {
    match question.unread()? {
        Outcome::Allow if limit.max.is_some() => Some(question.burst(no_object(), limit)),
        Outcome::Indeterminate => Some(Evidence::Unknown(Why::Unread)),
        _ => None,
    }
}

impl Question<'_, '_> {
    /// Calls of the tool, more than a limit of `old` has room for.
    fn burst(&self, arguments: Value, limit: &Limit) -> Evidence {
        let gates = self.gates();
        burst((self.old, self.new), gates, &[(self.tool, arguments)], limit, self.budget)
    }
}

/// Whether a limit bounds the calls that another one counts: what each grant has of its own does
/// not bound what all grants do together.
pub(super) fn bounds(bound: &Limit, counted: &Limit) -> bool {
    counted.scope == Scope::Grant || bound.scope == Scope::Gateway
}

/// A limit on the sum of an argument: kept by a limit on the same sum that is no higher, else
/// shown to be lost by one call that is too much for it.
fn lost_sum(
    question: &Question<'_, '_>,
    limit: &Limit,
    max: i64,
    path: &[String],
) -> Option<Evidence> {
    let keeps = |other: &&Limit| {
        other.amount == limit.amount
            && other.window == limit.window
            && other.max.is_some_and(|theirs| theirs <= max)
            && bounds(other, limit)
    };
    if question.after.limits.iter().copied().any(|other| keeps(&other)) {
        return None;
    }
    let least = Predicate::Compare { order: Order::Gt, bound: max as f64 + 1.0 };
    let most = Predicate::Compare { order: Order::Lt, bound: MAX_AMOUNT };
    let equality = question.old.policy.semantics.equality;
    let (least, most) = (Atom::new(path, &least, equality), Atom::new(path, &most, equality));
    let literals = [&least, &most].map(|atom| Literal { atom, holds: true });
    match question.passing_both(&literals) {
        Answer::Witness(arguments) => {
            let evidence = question.confirm(arguments);
            Some(match evidence {
                Evidence::Unknown(_) => Evidence::Unknown(Why::Amount),
                certain => certain,
            })
        }
        _ => match question.passing_both(&[]) {
            Answer::Proved => None,
            _ => Some(Evidence::Unknown(Why::Amount)),
        },
    }
}

/// Makes calls within one window of a limit of `old`, until there are more than fit; then lets `old`
/// decide the same calls. The gates decide for the two of them.
pub(super) fn burst(
    (old, new): (&Version<'_>, &Version<'_>),
    gates: [&Gate; 2],
    callers: &[(&str, Value)],
    limit: &Limit,
    budget: &Budget,
) -> Evidence {
    let wanted = limit.calls().map_or(i64::MAX, |calls| calls.saturating_add(1));
    if wanted > MAX_REPLAYED {
        return Evidence::Unknown(Why::TooManyCalls);
    }
    let [before, after] = gates;
    let replay = || Replay {
        old: (old, before, Counters::default()),
        new: (new, after, Counters::default()),
        callers,
        texts: callers.iter().map(|(_, arguments)| arguments.to_string()).collect(),
        limit,
        wanted,
        budget,
        calls: 0,
        refused: false,
        batches: Vec::new(),
    };
    let found = replay().pressed().and_then(|found| match found {
        Some(burst) => Ok(Some(burst)),
        None => replay().dealt(),
    });
    match found {
        Ok(Some(burst)) => Evidence::Burst(burst),
        Ok(None) => Evidence::Unknown(Why::NoOrder),
        Err(why) => Evidence::Unknown(why),
    }
}

/// Two policies that decide the same calls, each with counters of its own.
struct Replay<'r, 'p> {
    old: (&'r Version<'p>, &'r Gate, Counters),
    new: (&'r Version<'p>, &'r Gate, Counters),
    callers: &'r [(&'r str, Value)],
    /// The arguments of the callers as JSON text.
    texts: Vec<String>,
    limit: &'r Limit,
    wanted: i64,
    budget: &'r Budget,
    calls: i64,
    /// Whether the old policy refused the last call.
    refused: bool,
    batches: Vec<Batch>,
}

impl Replay<'_, '_> {
    /// Makes the calls as fast as `new` lets them pass, caller after caller.
    fn pressed(mut self) -> Result<Option<Burst>, Why> {
        // Each grant of its own counters; where the limit is shared, more grants are tried.
        let is_shared = self.limit.scope == Scope::Gateway;
        let grants = if is_shared { self.wanted.min(1 << 16) as u32 } else { 1 };
        let minutes = self.limit.window.seconds() / Window::Minute.seconds();
        for minute in 0..minutes {
            for grant in 0..grants {
                let before = self.calls;
                for caller in 0..self.callers.len() {
                    self.press(minute, grant, caller, i64::MAX)?;
                    if self.refused {
                        return Ok(Some(self.burst()));
                    }
                }
                if self.calls == before {
                    break;
                }
            }
        }
        Ok(None)
    }

    /// Deals the calls out evenly, first to the hours of the window, then to their minutes.
    ///
    /// As many calls pass as the limits of each tool and those of all tools allow, whichever of the two
    /// sums is less: the calls of one tool stand in a row, and dealt out one by one they come to the same
    /// number in each hour and in each minute, but for one, and so do all of them together.
    fn dealt(mut self) -> Result<Option<Burst>, Why> {
        let seconds = self.limit.window.seconds();
        let hours = (seconds / Window::Hour.seconds()).max(1);
        let minutes = (seconds / Window::Minute.seconds()).min(60);
        let cells = (hours * minutes) as usize;
        let Some(shares) = self.shares() else { return Ok(None) };
        let mut plan = vec![vec![0; self.callers.len()]; cells];
        let mut dealt = 0;
        for (caller, share) in shares.into_iter().enumerate() {
            for _ in 0..share {
                let (hour, minute) = (dealt % hours, dealt / hours % minutes);
                plan[(hour * minutes + minute) as usize][caller] += 1;
                dealt += 1;
            }
        }
        for (minute, calls) in plan.into_iter().enumerate() {
            for (caller, calls) in calls.into_iter().enumerate() {
                let passed = self.press(minute as i64, 0, caller, calls)?;
                if self.refused {
                    return Ok(Some(self.burst()));
                }
                if passed < calls {
                    return Ok(None);
                }
            }
        }
        Ok(None)
    }

    /// How many calls each caller makes, no more than its limits allow; none if that is not enough.
    fn shares(&self) -> Option<Vec<i64>> {
        let mut left = self.wanted;
        let mut shares = Vec::with_capacity(self.callers.len());
        for (tool, _) in self.callers {
            let view = self.new.0.view(tool);
            let limits = view.limits.iter().copied().filter(|other| bounds(other, self.limit));
            let most = calls_within(limits, self.limit.window).map(|bound| bound.calls);
            let share = most.map_or(left, |most| most.min(left));
            left -= share;
            shares.push(share);
        }
        (left == 0).then_some(shares)
    }

    fn burst(self) -> Burst {
        let Replay { calls, batches, limit, .. } = self;
        Burst { window: limit.window, calls, batches }
    }

    /// Calls a tool until `new` refuses, `old` does, or there are enough calls. Only what `new`
    /// lets pass is asked of `old`.
    fn press(&mut self, minute: i64, grant: u32, caller: usize, most: i64) -> Result<i64, Why> {
        let time = Timestamp::at_second(MOMENT.seconds + minute * Window::Minute.seconds());
        let (tool, arguments) = &self.callers[caller];
        let call = Call {
            tool,
            grant: GrantId(grant),
            time: Some(time),
            in_order: true,
            after: None,
            arguments: Arguments::Json(&self.texts[caller]),
            result: CallResult::Ok,
            around: Surroundings::default(),
        };
        let mut passed = 0;
        while self.calls < self.wanted && passed < most && !self.refused {
            let outcome = self.new.1.decide(&call, &mut self.new.2).outcome;
            if self.new.0.passes(outcome) != Some(true) {
                break;
            }
            passed += 1;
            self.calls += 1;
            if self.calls % CALLS_PER_LOOK == 0 {
                self.budget.look()?;
            }
            let outcome = self.old.1.decide(&call, &mut self.old.2).outcome;
            self.refused = self.old.0.passes(outcome) == Some(false);
        }
        if passed > 0 {
            let (tool, arguments) = ((*tool).to_owned(), arguments.clone());
            self.batches.push(Batch { time, grant: grant + 1, tool, arguments, calls: passed });
        }
        Ok(passed)
    }
}
