//! What a replay came to, by name and in the order in which it is shown.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::grants::Grants;
use super::group::Group;
use super::groups::{By, Parts};
use super::limits::{self, LimitTotal};
use super::recorded::{Comparison, Recorded};
use super::refusals::Refusal;
use super::share::{Closest, Share};
use super::summary::{Hours, PolicyUse, Summary};
use super::timeline::Timeline;
use super::what_if::{Curve, Wanted};
use crate::engine::{Missing, Outcome, Timestamp};

/// What a replay came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// All calls by outcome.
    pub counts: Counts,
    /// How many grants called.
    pub grants: u64,
    /// How many calls the gateway forwards without looking at them.
    pub uninspected: u64,
    /// The facts that were missing and assumed, and for how many calls; each counts with the first.
    pub assumed: Vec<(Missing, u64)>,
    /// How many calls no policy covers, by their servers; the most first. They are not decided.
    pub not_covered: Vec<(String, u64)>,
    /// How many calls have no known answer.
    pub unanswered: u64,
    /// How many calls the tool answered with an error.
    pub tool_errors: u64,
    /// How many calls a person would be asked about, where the answer is assumed.
    pub asked: u64,
    /// How many calls have a record that tells no permission mode.
    pub without_mode: u64,
    /// How many calls have no time.
    pub untimed: u64,
    /// The time of the first call that has one.
    pub first: Option<Timestamp>,
    /// The time of the last call that has one.
    pub last: Option<Timestamp>,
    /// Calls over time.
    pub timeline: Timeline,
    /// The policies, by their files' names.
    pub policies: Vec<String>,
    /// What each of them decided.
    pub uses: Vec<UseTotal>,
    /// The calls of each tool, by its name.
    pub tools: Vec<Group>,
    /// How many of the calls of each tool that have a time came in which hour of the day, the most called first.
    pub hours: Vec<(String, Hours)>,
    /// The rules that refused calls, by policy, pointer, rule string and outcome.
    pub rules: Vec<RuleTotal>,
    /// The limits, by policy and pointer.
    pub limits: Vec<LimitTotal>,
    /// The facts that were missing, and for how many calls.
    pub missing: Vec<(Missing, u64)>,
    /// How the decisions compare with those that were recorded, where that was asked.
    #[serde(skip)]
    pub recorded: Option<Comparison>,
    /// What other limits would have throttled, where that was asked.
    #[serde(skip)]
    pub what_if: Option<Vec<Curve>>,
    /// What the groups are groups of.
    pub by: By,
    /// The calls by that, the largest group first; hours in their order.
    pub groups: Vec<Group>,
}

/// What one policy decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UseTotal {
    /// How many calls.
    pub calls: u64,
    /// Their servers, as many as are named.
    pub servers: BTreeSet<String>,
}

/// What one rule refused with one outcome; of an agent also what it allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleTotal {
    /// The number of the policy; none where what refused is that there is none.
    pub policy: Option<usize>,
    /// The rule string.
    pub rule: String,
    /// The pointer of the entry.
    pub pointer: String,
    /// The file and line of the rule, where the policy is made of several files.
    pub place: Option<String>,
    /// What it gave.
    pub outcome: Outcome,
    /// Whether it denies for good, with a message that sounds as if somebody could approve.
    pub speaks_of_approval: bool,
    /// How many calls.
    pub calls: u64,
    /// The time of the first that has one.
    pub first: Option<Timestamp>,
    /// The time of the last that has one.
    pub last: Option<Timestamp>,
    /// Those that have one over time.
    pub timeline: Timeline,
    /// Whose calls, and how many; those with the most first.
    pub grants: Vec<(String, u64)>,
    /// The tools that were called, and how often; the most first.
    pub tools: Vec<(String, u64)>,
}

impl Summary {
    /// Sums up by name.
    pub fn totals(&self, grants: &Grants) -> Totals {
        let summary = self;
        let tools = summary.tools.iter().map(|(name, counts)| Group::new(name, counts));
        let mut tools: Vec<Group> = tools.collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        let rules = summary.refusals.entries.iter();
        let mut rules: Vec<RuleTotal> =
            rules.map(|refusal| RuleTotal::new(refusal, summary, grants)).collect();
        rules.sort_by(|a, b| a.order().cmp(&b.order()));
        let hours =
            (0..).zip(&summary.hours).filter(|(_, hours)| hours.iter().any(|calls| *calls > 0));
        let mut hours: Vec<(String, Hours)> =
            hours.map(|(tool, hours)| (summary.tools.name(tool).to_owned(), *hours)).collect();
        hours
            .sort_by_cached_key(|(name, hours)| (Reverse(hours.iter().sum::<u64>()), name.clone()));
        let some = |calls: [u64; Missing::ALL.len()]| {
            let named = Missing::ALL.into_iter().zip(calls);
            named.filter(|(_, calls)| *calls > 0).collect()
        };
        Totals {
            counts: summary.counts,
            grants: summary.grants.len(),
            uninspected: summary.uninspected,
            untimed: summary.untimed,
            first: summary.first,
            last: summary.last,
            timeline: summary.timeline.clone(),
            policies: summary.policies.iter().map(|policy| policy.name.clone()).collect(),
            uses: summary.policies.iter().map(UseTotal::new).collect(),
            limits: limits::totals(summary),
            missing: some(summary.missing),
            assumed: some(summary.assumed),
            not_covered: most_first(
                summary.uncovered.iter().map(|(server, calls)| (server.clone(), *calls)),
            ),
            unanswered: summary.unanswered,
            tool_errors: summary.tool_errors,
            asked: summary.asked,
            without_mode: summary.without_mode,
            recorded: summary.recorded.as_ref().map(Recorded::comparison),
            what_if: summary.wanted.as_ref().map(Wanted::curves),
            by: summary.by,
            groups: groups(summary, grants, &tools, &rules),
            tools,
            hours,
            rules,
        }
    }
}

impl Totals {
    /// How many calls were decided.
    pub fn calls(&self) -> u64 {
        self.counts.calls()
    }

    /// The numbers of the policies that decided no call.
    pub fn idle_policies(&self) -> impl Iterator<Item = usize> {
        (0..self.uses.len()).filter(|number| self.uses[*number].calls == 0)
    }

    /// The policies that decided the calls to several servers, by the names of their files, with these
    /// servers.
    pub fn shared(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let named = self.policies.iter().zip(&self.uses);
        named
            .filter(|(_, one)| one.servers.len() > 1)
            .map(|(name, one)| (name.as_str(), one.servers.iter().map(String::as_str).collect()))
    }
}

impl UseTotal {
    fn new(policy: &PolicyUse) -> UseTotal {
        UseTotal { calls: policy.calls, servers: policy.servers.clone() }
    }
}

fn groups(summary: &Summary, grants: &Grants, tools: &[Group], rules: &[RuleTotal]) -> Vec<Group> {
    let mut groups: Vec<Group> = match &summary.parts {
        Parts::Spans(spans) => {
            let name = |span: Option<i64>| {
                let start = span.map(|span| span.saturating_mul(spans.seconds));
                start.map(|second| Timestamp::at_second(second).to_string())
            };
            let counts = spans.clone().into_counts();
            return counts
                .iter()
                .map(|(span, counts)| Group { name: name(*span), counts: *counts, closest: None })
                .collect();
        }
        Parts::Grants(parts) => (0..)
            .zip(parts)
            .filter(|(_, part)| part.counts.calls() > 0)
            .map(|(number, part)| Group {
                name: Some(grants.name(crate::engine::GrantId(number)).to_owned()),
                counts: part.counts,
                closest: part.closest.map(|closest| Share::new(&closest, summary)),
            })
            .collect(),
        Parts::Servers(servers) => {
            servers.iter().map(|(name, counts)| Group::new(name, counts)).collect()
        }
        Parts::Nothing if summary.by == By::Rule => by_rule(summary.counts, rules),
        Parts::Nothing => tools.to_vec(),
    };
    largest_first(&mut groups);
    groups
}

pub(super) fn largest_first(groups: &mut [Group]) {
    groups.sort_by(|a, b| (b.counts.calls(), &a.name).cmp(&(a.counts.calls(), &b.name)));
}

/// The calls by the rule string that refused them; those that none refused are a group as well.
pub(super) fn by_rule(all: Counts, rules: &[RuleTotal]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    for rule in rules {
        let number = *numbers.entry(rule.rule.as_str()).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Group::new(&rule.rule, &Counts::default()));
        }
        groups[number].counts.0[rule.outcome as usize] += rule.calls;
    }
    let mut rest = all;
    for told in [Outcome::Ask, Outcome::Deny, Outcome::Throttle] {
        rest.0[told as usize] = 0;
    }
    let allowed = rules.iter().filter(|rule| rule.outcome == Outcome::Allow);
    let allowed: u64 = allowed.map(|rule| rule.calls).sum();
    rest.0[Outcome::Allow as usize] = rest.0[Outcome::Allow as usize].saturating_sub(allowed);
    if rest.calls() > 0 {
        groups.push(Group { name: None, counts: rest, closest: None });
    }
    groups
}

impl Share {
    fn new(closest: &Closest, summary: &Summary) -> Share {
        let policy: &PolicyUse = &summary.policies[closest.policy as usize];
        Share {
            policy: closest.policy as usize,
            limit: policy.limits[closest.limit as usize].clone(),
            number: closest.limit,
            used: closest.used,
        }
    }
}

impl RuleTotal {
    fn new(refusal: &Refusal, summary: &Summary, grants: &Grants) -> RuleTotal {
        let whose = refusal.grants.iter();
        let tools = refusal.tools.iter();
        RuleTotal {
            policy: refusal.key.policy.map(|number| number as usize),
            rule: refusal.key.rule.to_string(),
            pointer: refusal.key.pointer.to_string(),
            place: refusal.place.as_deref().map(str::to_owned),
            outcome: refusal.key.outcome,
            speaks_of_approval: refusal.speaks_of_approval,
            calls: refusal.calls,
            first: refusal.first,
            last: refusal.last,
            timeline: refusal.timeline.clone(),
            grants: most_first(whose.map(|(id, calls)| (grants.name(*id).to_owned(), *calls))),
            tools: most_first(
                tools.map(|(tool, calls)| (summary.tools.name(*tool).to_owned(), *calls)),
            ),
        }
    }

    pub(super) fn order(&self) -> (Option<usize>, &str, &str, Outcome) {
        (self.policy, &self.pointer, &self.rule, self.outcome)
    }
}

pub(super) fn most_first(named: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut named: Vec<(String, u64)> = named.collect();
    named.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    named
}
