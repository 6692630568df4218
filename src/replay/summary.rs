//! What a replay comes to, counted call by call. Everything is kept by number; names are looked
//! up only when it is summed up ([`super::Totals`]).

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::counts::{Counts, Tally};
use super::decided::Decided;
use super::grants::GrantSet;
use super::groups::{By, Parts};
use super::peaks::Peak;
use super::policies::AGENT;
use super::recorded::Recorded;
use super::refusals::{Refusals, earlier};
use super::share::Closest;
use super::timeline::Timeline;
use super::what_if::Wanted;
use crate::engine::{Cause, Charge, Gate, LimitFacts, Missing, Outcome, Timestamp};
use crate::trace::{CallResult, Record, Toolset};

/// How many servers of a policy are remembered.
const MOST_SERVERS: usize = 64;

/// Calls by the hour of the day in UTC.
pub type Hours = [u64; 24];

/// What a replay comes to.
#[derive(Clone, Debug)]
pub struct Summary {
    pub(super) by: By,
    pub(super) counts: Counts,
    /// Whose calls were counted.
    pub(super) grants: GrantSet,
    pub(super) policies: Vec<PolicyUse>,
    pub(super) tools: Tally,
    /// The calls of each tool by the hour, by its number.
    pub(super) hours: Vec<Hours>,
    pub(super) parts: Parts,
    pub(super) refusals: Refusals,
    pub(super) timeline: Timeline,
    pub(super) recorded: Option<Recorded>,
    pub(super) wanted: Option<Wanted>,
    pub(super) missing: [u64; Missing::ALL.len()],
    pub(super) assumed: [u64; Missing::ALL.len()],
    pub(super) unanswered: u64,
    pub(super) tool_errors: u64,
    pub(super) asked: u64,
    pub(super) without_mode: u64,
    pub(super) uncovered: HashMap<String, u64>,
    pub(super) uninspected: u64,
    pub(super) untimed: u64,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
}

/// What is counted of one policy.
#[derive(Clone, Debug)]
pub(super) struct PolicyUse {
    /// The file's name.
    pub(super) name: String,
    /// Whether it is that of an agent, in which rules allow what passes.
    is_of_agent: bool,
    /// How many calls it decided.
    pub(super) calls: u64,
    /// The servers whose calls it decided, the first in the order of names, and the one of the latest call.
    pub(super) servers: BTreeSet<String>,
    latest_server: String,
    /// The number of each listed tool here, by its number in the gate.
    tools: Vec<u32>,
    pub(super) limits: Vec<LimitFacts>,
    pub(super) peaks: Vec<Peak>,
}

impl Summary {
    /// A summary of no calls yet, under policies with their names and numbers.
    pub fn new<'n>(policies: impl IntoIterator<Item = (&'n str, &'n Gate)>, by: By) -> Summary {
        let mut tools = Tally::default();
        let policies = policies.into_iter().map(|(name, gate)| PolicyUse {
            name: name.to_owned(),
            is_of_agent: gate.is_of_agent(),
            calls: 0,
            servers: BTreeSet::new(),
            latest_server: String::new(),
            tools: gate.tools().iter().map(|tool| tools.number(tool)).collect(),
            limits: gate.limits().to_vec(),
            peaks: vec![Peak::default(); gate.limits().len()],
        });
        Summary {
            by,
            counts: Counts::default(),
            grants: GrantSet::default(),
            policies: policies.collect(),
            tools,
            hours: Vec::new(),
            parts: Parts::new(by),
            refusals: Refusals::default(),
            timeline: Timeline::default(),
            recorded: None,
            wanted: None,
            missing: [0; Missing::ALL.len()],
            assumed: [0; Missing::ALL.len()],
            unanswered: 0,
            tool_errors: 0,
            asked: 0,
            without_mode: 0,
            uncovered: HashMap::new(),
            uninspected: 0,
            untimed: 0,
            first: None,
            last: None,
        }
    }

    /// The same, which also compares with the decisions that were recorded.
    pub fn comparing_recorded(self) -> Summary {
        Summary { recorded: Some(Recorded::default()), ..self }
    }

    /// The same, which also weighs other limits than those that the policies have.
    pub fn weighing_limits<'n>(self, gates: impl Iterator<Item = &'n Gate>) -> Summary {
        Summary { wanted: Some(Wanted::new(gates)), ..self }
    }

    /// Counts what a call takes of limits that nobody reaches, for weighing others.
    pub fn add_wanted(&mut self, policy: Option<u32>, charges: &[Charge]) {
        if let (Some(wanted), Some(policy)) = (&mut self.wanted, policy) {
            wanted.add(policy, charges);
        }
    }

    /// Counts a decided call. For an allowed call of a listed tool nothing is allocated and no
    /// name is looked up.
    pub fn add(&mut self, call: Decided<'_, '_>) {
        let decision = call.decision;
        let outcome = decision.outcome;
        self.counts.add(outcome);
        self.grants.insert(call.grant);
        let tool = match (decision.tool, call.policy) {
            (Some(tool), Some(policy)) => self.policies[policy as usize].tools[tool as usize],
            _ => self.tools.number(&call.record.tool),
        };
        self.tools.add(tool, outcome);
        match call.time {
            Some(time) => {
                if self.first.is_none_or(|first| time < first) {
                    self.first = call.time;
                }
                self.last = self.last.max(call.time);
                self.timeline.add(time.seconds, outcome);
                self.hours_of(tool)[(time.seconds.rem_euclid(86_400) / 3_600) as usize] += 1;
            }
            None => self.untimed += 1,
        }
        self.add_charges(&call);
        let of_agent = call.policy.is_some_and(|number| self.policies[number as usize].is_of_agent);
        if let Some(recorded) = &mut self.recorded {
            recorded.add(&call, of_agent);
        }
        if let Some(fact) = decision.assumed {
            self.assumed[fact as usize] += 1;
        }
        self.unanswered += u64::from(call.record.result == CallResult::Unknown);
        self.tool_errors += u64::from(call.record.result == CallResult::ToolError);
        self.asked += u64::from(decision.answered);
        self.without_mode += u64::from(call.record.mode.is_empty());
        if outcome == Outcome::Allow {
            self.uninspected += u64::from(decision.cause == Cause::Uninspected);
            if of_agent {
                self.refusals.add(&call, tool);
            }
            return;
        }
        match decision.missing {
            Some(missing) => self.missing[missing as usize] += 1,
            None => self.refusals.add(&call, tool),
        }
    }

    fn hours_of(&mut self, tool: u32) -> &mut Hours {
        let tool = tool as usize;
        if tool >= self.hours.len() {
            self.hours.resize(tool + 1, [0; 24]);
        }
        &mut self.hours[tool]
    }

    fn add_charges(&mut self, call: &Decided<'_, '_>) {
        let Some(number) = call.policy else { return self.parts.add(call, || None) };
        let policy = &mut self.policies[number as usize];
        policy.calls += 1;
        let server = &*call.record.server;
        if !server.is_empty() && server != policy.latest_server {
            server.clone_into(&mut policy.latest_server);
            // Nothing is copied for one that is known, or that comes behind all that are remembered.
            let is_full = policy.servers.len() >= MOST_SERVERS;
            let is_behind = is_full && policy.servers.last().is_some_and(|last| **last < *server);
            if !is_behind && !policy.servers.contains(server) {
                policy.servers.insert(server.to_owned());
                keep_first(&mut policy.servers);
            }
        }
        for charge in call.charged {
            let (limit, grant) = (charge.limit as usize, call.record.grant.as_ref());
            let max = policy.limits[limit].max;
            policy.peaks[limit].add(charge, max, (grant, call.time, call.number));
        }
        let limits = &policy.limits;
        self.parts.add(call, || {
            let charged = call.charged.iter().map(|charge| Closest {
                policy: number,
                limit: charge.limit,
                used: charge.least,
                max: limits[charge.limit as usize].max,
            });
            let limiting = charged.filter(|closest| closest.used > 0 && closest.max > 0);
            limiting.reduce(|one, other| if other.is_beyond(&one) { other } else { one })
        });
    }

    /// Counts a call that no policy covers.
    pub fn add_uncovered(&mut self, record: &Record<'_>) {
        let server = match record.toolset {
            Toolset::Server => &*record.server,
            Toolset::Agent | Toolset::Either => AGENT,
        };
        *self.uncovered.entry_ref(server).or_default() += 1;
    }

    /// Adds the summary of other calls of the same trace under the same policies. Where every
    /// grant has all its calls in one of the two, in their order, and grants and calls are
    /// numbered alike in both, it comes to the summary of all of them.
    pub fn merge(&mut self, other: Summary) {
        self.counts.merge(&other.counts);
        self.grants.merge(&other.grants);
        let tools = self.tools.merge(&other.tools);
        for (tool, theirs) in tools.iter().zip(&other.hours) {
            self.hours_of(*tool).iter_mut().zip(theirs).for_each(|(calls, more)| *calls += more);
        }
        self.refusals.merge(other.refusals, &tools);
        self.parts.merge(other.parts);
        self.timeline.merge(&other.timeline);
        if let (Some(ours), Some(theirs)) = (&mut self.recorded, other.recorded) {
            ours.merge(theirs);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.wanted, &other.wanted) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.policies.iter_mut().zip(&other.policies) {
            ours.calls += theirs.calls;
            ours.servers.extend(theirs.servers.iter().cloned());
            keep_first(&mut ours.servers);
            ours.peaks.iter_mut().zip(&theirs.peaks).for_each(|(peak, theirs)| peak.merge(theirs));
        }
        self.missing.iter_mut().zip(other.missing).for_each(|(calls, theirs)| *calls += theirs);
        self.assumed.iter_mut().zip(other.assumed).for_each(|(calls, theirs)| *calls += theirs);
        self.unanswered += other.unanswered;
        self.tool_errors += other.tool_errors;
        self.asked += other.asked;
        self.without_mode += other.without_mode;
        for (server, calls) in other.uncovered {
            *self.uncovered.entry(server).or_default() += calls;
        }
        self.uninspected += other.uninspected;
        self.untimed += other.untimed;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
    }

    /// Whose calls were decided.
    pub fn grants(&self) -> &GrantSet {
        &self.grants
    }

    /// How many calls were decided.
    pub fn calls(&self) -> u64 {
        self.counts.calls()
    }

    /// How many calls had an outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts.of(outcome)
    }
}

/// Keeps as many servers as are remembered: whichever calls come first, the same.
pub(super) fn keep_first(servers: &mut BTreeSet<String>) {
    while servers.len() > MOST_SERVERS {
        servers.pop_last();
    }
}

#[cfg(test)]
mod tests;
