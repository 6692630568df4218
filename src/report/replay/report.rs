//! What all writers of a replay's summary have in common.

use crate::engine::{Assumptions, Missing, Outcome};
use crate::policy::Policy;
use crate::replay::{AGENT, By, Counts, Group, RuleTotal, Top, Totals};
use crate::report::access::words::Lines;
use crate::report::common::words::{count, list};
use crate::report::coverage::CoverageReport;
use crate::source::Document;
use crate::trace::{BadLine, Format, PassedOver, UnknownFields};

/// The summary of a replay, to be written.
#[derive(Clone, Copy, Debug)]
pub struct ReplayReport<'a> {
    /// What it came to.
    pub totals: &'a Totals,
    /// The policies, by their numbers.
    pub policies: &'a [(&'a Document, &'a Policy)],
    /// The files that gave calls, each with its format.
    pub files: &'a [(String, Format)],
    /// What was assumed where facts were missing.
    pub assumptions: &'a Assumptions,
    /// What was assumed of how an agent was started, in the words of `--assume`.
    pub started: &'a [&'static str],
    /// How many groups are shown one by one, if the user says so.
    pub top: Option<usize>,
    /// How many calls a person refused, so that they were never made.
    pub refused: u64,
    /// The files that gave no call.
    pub passed_over: &'a [PassedOver],
    /// Fields that were not read and in which arguments may stand.
    pub unknown_fields: &'a UnknownFields,
    /// How many lines of the trace are not valid.
    pub bad_lines: u64,
    /// The first of them.
    pub bad_examples: &'a [BadLine],
    /// What the calls met of the policies, where that is wanted.
    pub coverage: Option<&'a CoverageReport<'a>>,
}

impl<'a> ReplayReport<'a> {
    /// The groups that are shown one by one: as many as the user says, or so many; none is all.
    pub(in crate::report) fn groups(&self, otherwise: Option<usize>) -> Top<'a> {
        Top::of(&self.totals.groups, self.top.or(otherwise))
    }

    /// The outcomes that tables for people show: `ask` only where something was asked.
    pub(in crate::report) fn outcomes(&self) -> Vec<Outcome> {
        shown_outcomes(&self.totals.counts)
    }

    /// What was assumed, in the words of `--assume`, and how many calls it touched.
    pub(in crate::report) fn assumed(&self) -> Vec<(String, u64)> {
        let calls = |fact: Missing| {
            let touched = self.totals.assumed.iter().find(|(touched, _)| *touched == fact);
            touched.map_or(0, |(_, calls)| *calls)
        };
        let facts = Missing::ALL.into_iter().filter_map(|fact| {
            let choice = self.assumptions.of(fact)?;
            Some((format!("{}={}", fact.code(), choice.name()), calls(fact)))
        });
        let upstream = self.assumptions.unanswered_failed.map(|failed| {
            let value = if failed { "error" } else { "ok" };
            (format!("upstream={value}"), self.totals.unanswered)
        });
        let asked = self.assumptions.approved.map(|yes| {
            let value = if yes { "allow" } else { "deny" };
            (format!("ask={value}"), self.totals.asked)
        });
        let tool_error = self.assumptions.tool_error_refunds.map(|refunds| {
            let value = if refunds { "refund" } else { "charge" };
            (format!("tool_error={value}"), self.totals.tool_errors)
        });
        let mode = self.assumptions.mode.as_ref();
        let mode = mode.map(|mode| (format!("mode={mode}"), self.totals.without_mode));
        let started = self.started.iter().map(|words| ((*words).to_owned(), self.totals.calls()));
        facts.chain(upstream).chain(tool_error).chain(asked).chain(mode).chain(started).collect()
    }

    /// Where a rule stands: its file and line; nothing where there is no policy.
    pub(in crate::report) fn place_of(&self, rule: &RuleTotal) -> String {
        let looked_at = rule.policy.map(|policy| self.policies[policy].0);
        let of_pointer = || looked_at.map(|document| Lines::new(document).place(&rule.pointer));
        rule.place.clone().or_else(of_pointer).unwrap_or_default()
    }

    /// Where a rule stands; with several policies also in which.
    pub(in crate::report) fn place(&self, policy: Option<usize>, pointer: &str) -> String {
        match policy {
            Some(policy) if self.totals.policies.len() > 1 => {
                format!("{} {pointer}", self.totals.policies[policy])
            }
            _ => pointer.to_owned(),
        }
    }

    /// Which policies decided the calls to several servers, each of which has one behind a gateway.
    pub(in crate::report) fn shared(&self) -> Vec<String> {
        let shared = self.totals.shared().map(|(policy, servers)| {
            let mut named = servers[..servers.len().min(NAMED_SERVERS)].join(", ");
            if servers.len() > NAMED_SERVERS {
                named += &format!(" and {} more", servers.len() - NAMED_SERVERS);
            }
            format!("{policy} decided the calls to several servers: {named}; --policy NAME=PATH gives each its own")
        });
        shared.collect()
    }

    /// Which calls no policy covers, if any.
    pub(in crate::report) fn not_covered(&self) -> Option<String> {
        let (own, servers): (Vec<_>, Vec<_>) =
            self.totals.not_covered.iter().cloned().partition(|(name, _)| name == AGENT);
        let counted = |uncovered: &[(String, u64)]| {
            let calls: u64 = uncovered.iter().map(|(_, calls)| calls).sum();
            (calls > 0).then(|| count(calls, "call"))
        };
        let own = counted(&own).map(|calls| {
            format!("{calls} of the agent's own tools not covered, which no gateway sees")
        });
        let servers = counted(&servers).map(|calls| {
            format!("{calls} to servers without a policy not covered: {}", list(&servers, 3))
        });
        let parts: Vec<String> = [servers, own].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// How many servers of a policy are named.
const NAMED_SERVERS: usize = 10;

/// What a group is called among those of its kind.
pub(in crate::report) fn group_name(by: By, group: &Group) -> &str {
    match (&group.name, by) {
        (None, By::Hour | By::Day) => "(no timestamp)",
        (None, _) => "(not refused)",
        (Some(name), By::Grant | By::Server) if name.is_empty() => "(unknown)",
        (Some(name), _) => name,
    }
}

/// The groups that are not shown one by one.
pub(in crate::report) fn others(top: &Top<'_>, by: By) -> String {
    let noun = format!("more {}", by.name());
    format!("{} together", count(top.others as u64, &noun))
}

/// The outcomes that tables for people show of these calls.
pub(in crate::report) fn shown_outcomes(counts: &Counts) -> Vec<Outcome> {
    let is_shown = |outcome: &Outcome| *outcome != Outcome::Ask || counts.of(*outcome) > 0;
    Outcome::ALL.into_iter().filter(is_shown).collect()
}
