//! Limits: how many calls the other policy admits in one window, and a burst that shows it.

use serde_json::Value;

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::evidence::{Batch, Burst, Evidence};
use super::literal::{Atom, Literal};
use super::question::{MOMENT, Question};
use super::version::Version;
use crate::engine::{Arguments, Call, CallResult, Counters, GrantId, Outcome, Timestamp};
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
    let arguments = match question.passing(&[], true) {
        Answer::Proved => return None,
        Answer::Witness(arguments) => arguments,
        Answer::Unknown(why) => return Some(Evidence::Unknown(why)),
    };
    if question.old.is_shared(&limit.key) {
        return Some(Evidence::Unknown(Why::Counter));
    }
    let callers = [(question.tool, arguments)];
    Some(burst(question.old, question.new, &callers, limit, question.budget))
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
    match question.passing(&literals, true) {
        Answer::Witness(arguments) => {
            let evidence = question.confirm(arguments);
            Some(match evidence {
                Evidence::Unknown(_) => Evidence::Unknown(Why::Amount),
                certain => certain,
            })
        }
        _ => match question.passing(&[], true) {
            Answer::Proved => None,
            _ => Some(Evidence::Unknown(Why::Amount)),
        },
    }
}

/// Makes calls as fast as `new` lets them pass, within one window of a limit of `old`, until
/// there are more than fit; then lets `old` decide the same calls.
pub(super) fn burst(
    old: &Version<'_>,
    new: &Version<'_>,
    callers: &[(&str, Value)],
    limit: &Limit,
    budget: &Budget,
) -> Evidence {
    let wanted = limit.calls().map_or(i64::MAX, |calls| calls.saturating_add(1));
    if wanted > MAX_REPLAYED {
        return Evidence::Unknown(Why::TooManyCalls);
    }
    // Each grant of its own counters; where the limit is shared, more grants are tried.
    let grants = if limit.scope == Scope::Gateway { wanted.min(1 << 16) as u32 } else { 1 };
    let mut replay = Replay::new(old, new, wanted);
    let minutes = limit.window.seconds() / Window::Minute.seconds();
    let texts: Vec<String> = callers.iter().map(|(_, arguments)| arguments.to_string()).collect();
    for minute in 0..minutes {
        let time = Timestamp::at_second(MOMENT.seconds + minute * Window::Minute.seconds());
        for grant in 0..grants {
            let before = replay.calls;
            for ((tool, arguments), text) in callers.iter().zip(&texts) {
                let passed = match replay.press(time, grant, tool, text, budget) {
                    Ok(passed) => passed,
                    Err(why) => return Evidence::Unknown(why),
                };
                if passed > 0 {
                    let (tool, arguments) = ((*tool).to_owned(), arguments.clone());
                    replay.batches.push(Batch {
                        time,
                        grant: grant + 1,
                        tool,
                        arguments,
                        calls: passed,
                    });
                }
                if replay.refused {
                    let Replay { calls, batches, .. } = replay;
                    return Evidence::Burst(Burst { window: limit.window, calls, batches });
                }
            }
            if replay.calls == before {
                break;
            }
        }
    }
    Evidence::Unknown(Why::Unconfirmed)
}

/// Two policies that decide the same calls, each with counters of its own.
struct Replay<'r, 'p> {
    old: (&'r Version<'p>, Counters),
    new: (&'r Version<'p>, Counters),
    wanted: i64,
    calls: i64,
    /// Whether the old policy refused the last call.
    refused: bool,
    batches: Vec<Batch>,
}

impl<'r, 'p> Replay<'r, 'p> {
    fn new(old: &'r Version<'p>, new: &'r Version<'p>, wanted: i64) -> Replay<'r, 'p> {
        let fresh = |version| (version, Counters::default());
        let (old, new) = (fresh(old), fresh(new));
        Replay { old, new, wanted, calls: 0, refused: false, batches: Vec::new() }
    }

    /// Calls a tool until `new` refuses, `old` does, or there are enough calls. Only what `new`
    /// lets pass is asked of `old`.
    fn press(
        &mut self,
        time: Timestamp,
        grant: u32,
        tool: &str,
        arguments: &str,
        budget: &Budget,
    ) -> Result<i64, Why> {
        let call = Call {
            tool,
            grant: GrantId(grant),
            time: Some(time),
            in_order: true,
            arguments: Arguments::Json(arguments),
            result: CallResult::Ok,
        };
        let mut passed = 0;
        while self.calls < self.wanted {
            if self.new.0.gate.decide(&call, &mut self.new.1).outcome != Outcome::Allow {
                break;
            }
            passed += 1;
            self.calls += 1;
            if self.calls % CALLS_PER_LOOK == 0 {
                budget.look()?;
            }
            let outcome = self.old.0.gate.decide(&call, &mut self.old.1).outcome;
            if matches!(outcome, Outcome::Deny | Outcome::Throttle) {
                self.refused = true;
                break;
            }
        }
        Ok(passed)
    }
}
