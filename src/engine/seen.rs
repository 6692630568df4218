//! What calls have met of a policy, counted by the numbers of its parts.

use hashbrown::HashMap;

use super::call::Call;
use super::decision::{Cause, Decision, Missing, Outcome};
use super::limit::{Limit, LimitFacts, Reservation};
use super::observer::{Observer, Verdict};
use super::permissions::is_built_in;
use crate::policy::{Policy, Ruling};

/// How many calls met a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Those that it was asked about; of an agent's rule, those of which it ruled on a part.
    pub asked: u64,
    /// Those of them that it decided: what came of the call is what the rule says.
    pub decided: u64,
}

/// So many calls, each of which it decided.
impl From<u64> for Met {
    fn from(calls: u64) -> Met {
        Met { asked: calls, decided: calls }
    }
}

/// What calls have met of a policy. What is not known for want of a fact counts as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many calls were decided.
    pub calls: u64,
    /// The checks, in the order of [`Policy::all_rules`].
    pub checks: Vec<Met>,
    /// The conditions of all checks, in the same order: how often one held, and how often it did not.
    pub conditions: Vec<[u64; 2]>,
    /// The limits by the numbers of [`crate::engine::Gate::limits`]: how often one had no room, and how often it had some.
    pub limits: Vec<[u64; 2]>,
    /// The listed tools by the numbers of [`crate::engine::Gate::tools`]: how many calls were looked up there.
    pub tools: Vec<u64>,
    /// The rules of an agent's permission files, by their numbers.
    pub permissions: Vec<Met>,
    /// How many calls the entries of `hide` refused, by their pointers.
    pub hidden: HashMap<String, u64>,
    /// How many calls were refused because their tools are not listed.
    pub unlisted: u64,
    /// How many calls passed that no rule looked at, by their tools.
    pub unchecked: HashMap<String, u64>,
    now: Now,
}

/// What is known of the call that is being decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Now {
    /// The check that refuses it.
    refused: Option<u32>,
    /// The first check that has a person asked.
    asked: Option<u32>,
    /// Whether it is not known if it gets past the checks.
    is_unsure: bool,
    /// Whether a check or a limit looked at it.
    is_looked_at: bool,
    /// The rules that ruled on its parts, and how.
    ruled: Vec<(u32, Ruling)>,
}

impl Seen {
    /// What no call has met yet of a policy, whose gate has these limits.
    pub fn new(policy: &Policy, limits: &[LimitFacts]) -> Seen {
        let checks = || policy.all_rules().flat_map(|rules| &rules.checks);
        let conditions = checks().map(|check| check.conditions.len()).sum();
        let rules = policy.permissions.as_ref().map_or(0, |permissions| permissions.rules.len());
        Seen {
            checks: vec![Met::default(); checks().count()],
            conditions: vec![[0; 2]; conditions],
            limits: vec![[0; 2]; limits.len()],
            tools: vec![0; policy.tools.len()],
            permissions: vec![Met::default(); rules],
            ..Seen::default()
        }
    }

    /// Adds what other calls have met of the same policy.
    pub fn merge(&mut self, other: &Seen) {
        self.calls += other.calls;
        self.unlisted += other.unlisted;
        let rules = self.checks.iter_mut().chain(&mut self.permissions);
        for (met, more) in rules.zip(other.checks.iter().chain(&other.permissions)) {
            met.asked += more.asked;
            met.decided += more.decided;
        }
        let pairs = self.conditions.iter_mut().chain(&mut self.limits).flatten();
        let counts = pairs.chain(&mut self.tools);
        let more = other.conditions.iter().chain(&other.limits).flatten().chain(&other.tools);
        counts.zip(more).for_each(|(count, more)| *count += more);
        let named = [(&mut self.hidden, &other.hidden), (&mut self.unchecked, &other.unchecked)];
        for (counts, more) in named {
            more.iter().for_each(|(name, more)| *counts.entry(name.clone()).or_default() += more);
        }
    }

    /// Forgets everything, for another call of the same policy.
    pub fn clear(&mut self) {
        (self.calls, self.unlisted) = (0, 0);
        self.checks.fill(Met::default());
        self.conditions.fill([0; 2]);
        self.limits.fill([0; 2]);
        self.tools.fill(0);
        self.permissions.fill(Met::default());
        self.hidden.clear();
        self.unchecked.clear();
    }

    /// How many parts it met that others of the same policy did not: a rule that decides, a condition that holds
    /// or does not, a limit with room or without, a tool, what is hidden or not listed.
    pub fn new_beside(&self, other: &Seen) -> usize {
        let decided = |seen: &Seen| {
            let rules = seen.checks.iter().chain(&seen.permissions);
            rules.map(|met| met.decided > 0).collect::<Vec<_>>()
        };
        let counted = |seen: &Seen| {
            let pairs = seen.conditions.iter().chain(&seen.limits).flatten();
            pairs
                .chain(&seen.tools)
                .chain([&seen.unlisted])
                .map(|count| *count > 0)
                .collect::<Vec<_>>()
        };
        let fresh = |own: Vec<bool>, others: Vec<bool>| {
            own.iter().zip(others).filter(|(own, other)| **own && !other).count()
        };
        let hidden = self.hidden.keys().filter(|name| !other.hidden.contains_key(*name)).count();
        fresh(decided(self), decided(other)) + fresh(counted(self), counted(other)) + hidden
    }

    /// Takes in what came of the call whose steps have been seen.
    pub(super) fn close(&mut self, call: &Call<'_>, decision: &Decision<'_>) {
        self.calls += 1;
        if let Some(tool) = decision.tool {
            self.tools[tool as usize] += 1;
        }
        match decision.cause {
            Cause::Hidden(pointer) => *self.hidden.entry_ref(pointer).or_default() += 1,
            Cause::Unlisted => self.unlisted += 1,
            _ => {}
        }
        if decision.outcome == Outcome::Allow && !self.is_looked_at(decision) {
            *self.unchecked.entry_ref(call.tool).or_default() += 1;
        }
        let came = came_of(decision);
        let check = match came {
            Some(Ruling::Ask) => self.now.asked,
            Some(Ruling::Deny) => self.now.refused,
            _ => None,
        };
        // What rests on an assumption is not seen.
        if let Some(number) = check.filter(|_| decision.assumed.is_none()) {
            self.checks[number as usize].decided += 1;
        }
        // A call has several parts; what rules on more than one of them decides it once.
        self.now.ruled.sort_unstable();
        self.now.ruled.dedup();
        for (number, ruling) in &self.now.ruled {
            let met = &mut self.permissions[*number as usize];
            met.asked += 1;
            met.decided += u64::from(came == Some(*ruling));
        }
        self.now.ruled.clear();
        self.now = Now { ruled: std::mem::take(&mut self.now.ruled), ..Now::default() };
    }

    /// Whether a rule looked at the call, and not only the default or what the agent brings along.
    fn is_looked_at(&self, decision: &Decision<'_>) -> bool {
        self.now.is_looked_at
            || !self.now.ruled.is_empty()
            || matches!(decision.cause, Cause::Check(reason) if !is_built_in(reason))
    }
}

/// What came of a call as rules say it: a question also where its answer is assumed. None where it is not known.
fn came_of(decision: &Decision<'_>) -> Option<Ruling> {
    match decision.outcome {
        Outcome::Indeterminate => None,
        _ if decision.answered => Some(Ruling::Ask),
        Outcome::Allow => Some(Ruling::Allow),
        Outcome::Ask => Some(Ruling::Ask),
        Outcome::Deny | Outcome::Throttle => Some(Ruling::Deny),
    }
}

impl Observer for &mut Seen {
    fn condition(&mut self, number: u32, holds: Result<bool, Missing>) {
        if let Ok(holds) = holds {
            self.conditions[number as usize][usize::from(!holds)] += 1;
        }
    }

    fn check(&mut self, number: u32, verdict: &Verdict) {
        self.checks[number as usize].asked += 1;
        self.now.is_looked_at = true;
        match verdict {
            Verdict::Passes => {}
            Verdict::Denies { .. } => self.now.refused = Some(number),
            Verdict::Asks => self.now.asked = self.now.asked.or(Some(number)),
            Verdict::Unknown(_) => self.now.is_unsure = true,
        }
    }

    fn limit(&mut self, limit: &Limit, reservation: &Reservation) {
        self.now.is_looked_at = true;
        let had_room = match reservation {
            Reservation::Made(..) => true,
            Reservation::Refused => false,
            Reservation::Unlimited | Reservation::Unknown(..) | Reservation::Unreadable => return,
        };
        if let Some(number) = limit.number.filter(|_| !self.now.is_unsure) {
            self.limits[number as usize][usize::from(had_room)] += 1;
        }
    }

    fn all_limits(&mut self, limits: &[Limit]) {
        self.now.is_looked_at |= !limits.is_empty();
        for number in limits.iter().filter_map(|limit| limit.number) {
            self.limits[number as usize][1] += 1;
        }
    }

    fn ruled(&mut self) -> Option<&mut Vec<(u32, Ruling)>> {
        Some(&mut self.now.ruled)
    }
}
