//! The fewest calls of a trace that meet what all of it meets, as cases.
//!
//! The trace is read twice: the first time calls are found that meet something new, the second time the calls
//! before those that found no room in a limit.

use std::borrow::Cow;
use std::time::Duration;

use crate::engine::{Cause, GrantId, Outcome, Seen, Timestamp};
use crate::policy::Scope;
use crate::replay::{Gateway, NumberedCall, Policies, Routed};
use crate::source::Pointer;
use crate::testing::{Case, DEFAULT_START, Expected, Step, decided, first_failure};
use crate::trace::{Record, RecordArguments};

/// How many calls a case may have that shows a limit without room.
const MOST_CALLS: usize = 1_000;

/// Finds calls that meet something of policies that none before them did.
pub struct Picker<'g> {
    policies: &'g Policies,
    gateway: Gateway<'g>,
    /// The same for the calls as they are shown.
    shown: Gateway<'g>,
    met: Vec<Seen>,
    now: Vec<Seen>,
    picked: Vec<Picked>,
    withheld: usize,
}

/// What is picked.
#[derive(Debug)]
pub struct Picks {
    /// The cases, the fewest that meet what all do.
    pub cases: Vec<Case>,
    /// How many calls met something that no case shows.
    pub untold: usize,
    /// How many calls met something new, and would be decided in another way as they are shown.
    pub withheld: usize,
}

/// A call that meets something new.
struct Picked {
    number: u64,
    /// From when on calls count that stand before it, and whose; none where only itself does.
    before: Option<(Timestamp, Option<GrantId>)>,
    calls: Vec<(Record<'static>, GrantId, Option<Timestamp>)>,
}

impl<'g> Picker<'g> {
    /// One that has seen nothing; `unseen` is what no call has met yet of each policy. One gateway is for the calls,
    /// the other for the same as they are shown.
    pub fn new(
        policies: &'g Policies,
        [gateway, shown]: [Gateway<'g>; 2],
        unseen: Vec<Seen>,
    ) -> Picker<'g> {
        let (met, now) = (unseen.clone(), unseen);
        Picker { policies, gateway, shown, met, now, picked: Vec::new(), withheld: 0 }
    }

    /// Takes the next call of the trace, and what is shown of it.
    pub fn add(&mut self, call: &NumberedCall<'_>, shown: &Record<'_>) {
        let NumberedCall { record, grant, time, .. } = *call;
        let routed = self.gateway.decide_seeing(record, grant, time, Some(&mut self.now));
        let as_shown = self.shown.decide(shown, grant, time);
        let is_kept = as_shown.as_ref().map(decided_by) == routed.as_ref().map(decided_by);
        let Some((number, routed)) = routed.and_then(|routed| Some((routed.policy?, routed)))
        else {
            return;
        };
        let now = &mut self.now[number as usize];
        let met = &mut self.met[number as usize];
        let is_new = now.new_beside(met) > 0;
        if is_new && !is_kept {
            self.withheld += 1;
        } else if is_new {
            met.merge(now);
            let gate = self.policies.iter().nth(number as usize).map(|(_, gate)| gate);
            let limit = match routed.decision.cause {
                Cause::Limit(reason) if routed.decision.outcome == Outcome::Throttle => {
                    let limits = gate.into_iter().flat_map(|gate| gate.limits());
                    limits.into_iter().find(|limit| limit.pointer == reason.pointer)
                }
                _ => None,
            };
            let before = limit.zip(time).map(|(limit, time)| {
                let from = Timestamp::at_second(limit.window.start(time.seconds));
                (from, (limit.scope == Scope::Grant).then_some(grant))
            });
            let own = (cleaned(shown), grant, time);
            let calls = if before.is_some() { Vec::new() } else { vec![own] };
            self.picked.push(Picked { number: call.number, before, calls });
        }
        now.clear();
    }

    /// Takes the next call of the trace, and what is shown of it, when it is read again.
    pub fn add_again(&mut self, call: &NumberedCall<'_>, shown: &Record<'_>) {
        for picked in &mut self.picked {
            let Some((from, grant)) = picked.before else { continue };
            let is_before = call.number <= picked.number
                && call.time.is_some_and(|time| time >= from)
                && grant.is_none_or(|grant| grant == call.grant);
            if is_before && picked.calls.len() <= MOST_CALLS {
                picked.calls.push((cleaned(shown), call.grant, call.time));
            }
        }
    }

    /// What is picked.
    pub fn finish(self) -> Picks {
        let (policies, unseen) = (self.policies, self.now);
        let mut untold = 0;
        let mut cases: Vec<(Case, Vec<Seen>)> = Vec::new();
        for picked in self.picked {
            let seen = |case: Case| {
                let mut seen = unseen.clone();
                let passes = first_failure(&case, policies, Some(&mut seen)).is_none();
                passes.then_some((case, seen))
            };
            let is_whole = picked.calls.len() <= MOST_CALLS;
            let case = is_whole.then(|| case_of(picked)).flatten();
            match case.and_then(|case| decided(case, policies)).and_then(seen) {
                Some(case) => cases.push(case),
                None => untold += 1,
            }
        }
        Picks { cases: fewest(cases, unseen), untold, withheld: self.withheld }
    }
}

/// What came of a call, and by what.
fn decided_by<'g>(routed: &Routed<'g>) -> (Outcome, &'g str) {
    (routed.decision.outcome, routed.decision.cause.pointer())
}

/// Of cases, each with what it meets, the fewest that meet as much: the one that adds most first.
fn fewest(mut cases: Vec<(Case, Vec<Seen>)>, mut met: Vec<Seen>) -> Vec<Case> {
    let mut kept = Vec::new();
    loop {
        let adds = |seen: &[Seen]| -> usize {
            seen.iter().zip(&met).map(|(own, met)| own.new_beside(met)).sum()
        };
        let most = cases.iter().enumerate().map(|(at, (_, seen))| (adds(seen), at));
        // Of equal ones the first.
        let Some((1.., at)) = most.rev().max_by_key(|(adds, _)| *adds) else { return kept };
        let (case, seen) = cases.remove(at);
        met.iter_mut().zip(&seen).for_each(|(met, own)| met.merge(own));
        kept.push(case);
    }
}

/// What of a call a test file says.
fn cleaned(record: &Record<'_>) -> Record<'static> {
    let own = |text: &str| Cow::Owned(text.to_owned());
    let mut cleaned = Record::of_tool(record.tool.clone().into_owned());
    cleaned.grant = own(&record.grant);
    cleaned.server = own(&record.server);
    cleaned.mode = own(&record.mode);
    cleaned.folder = own(&record.folder);
    cleaned.roots = record.roots.clone();
    cleaned.result = record.result;
    cleaned.toolset = record.toolset;
    cleaned.arguments = match &record.arguments {
        RecordArguments::Members { text, .. } => RecordArguments::Json(own(text)),
        RecordArguments::Json(text) => RecordArguments::Json(own(text)),
        RecordArguments::Absent => RecordArguments::Absent,
        RecordArguments::Names(names) => {
            RecordArguments::Names(names.iter().map(|name| own(name)).collect())
        }
        RecordArguments::Unknown(fact) => RecordArguments::Unknown(*fact),
    };
    cleaned
}

fn case_of(picked: Picked) -> Option<Case> {
    let (last, ..) = picked.calls.last()?;
    let name = format!("{}, call {}", last.tool, picked.number);
    let start = picked.calls.first().and_then(|(.., time)| *time).unwrap_or(DEFAULT_START);
    let mut steps: Vec<Step> = Vec::new();
    for (record, _, time) in picked.calls {
        let at = time.map_or(Duration::ZERO, |time| {
            let seconds = u64::try_from(time.seconds - start.seconds).unwrap_or_default();
            let whole = Duration::new(seconds, time.nanoseconds);
            whole.saturating_sub(Duration::from_nanos(start.nanoseconds.into()))
        });
        // Test files tell times to the millisecond.
        let at = Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or_default());
        if let Some(step) = steps.last_mut().filter(|step| step.record == record) {
            let last =
                u32::try_from(step.times - 1).ok().and_then(|times| step.every.checked_mul(times));
            let gap = last.and_then(|last| at.checked_sub(step.at + last));
            if let Some(gap) = gap.filter(|gap| step.times == 1 || *gap == step.every) {
                step.times += 1;
                step.every = gap;
                continue;
            }
        }
        let expected = Expected::of(Outcome::Allow);
        steps.push(Step {
            record,
            at,
            times: 1,
            every: Duration::ZERO,
            expected,
            pointer: Pointer::root(),
        });
    }
    Some(Case { name, start, steps, pointer: Pointer::root() })
}
