//! Sums up what parts of a trace came to.

use std::cmp::{Ordering, Reverse};

use super::counts::Counts;
use super::group::Group;
use super::groups::By;
use super::limits::LimitTotal;
use super::refusals::{earlier, first_hold};
use super::summary::keep_first;
use super::timeline::Timeline;
use super::totals::{RuleTotal, Totals, by_rule, largest_first, most_first};

impl Totals {
    /// Adds what another part of the trace came to, under the same policies. Only the number of grants
    /// cannot be told from numbers.
    pub(super) fn merge(&mut self, other: Totals) {
        self.counts.merge(&other.counts);
        for (ours, theirs) in self.counted().into_iter().zip(other.clone().counted()) {
            *ours += *theirs;
        }
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.timeline.merge(&other.timeline);
        for (ours, theirs) in self.uses.iter_mut().zip(other.uses) {
            ours.calls += theirs.calls;
            ours.servers.extend(theirs.servers);
            keep_first(&mut ours.servers);
        }
        sum(&mut self.missing, other.missing, |a, b| a.0.cmp(&b.0), |a, b| a.1 += b.1);
        sum(&mut self.assumed, other.assumed, |a, b| a.0.cmp(&b.0), |a, b| a.1 += b.1);
        sum_named(&mut self.not_covered, other.not_covered);
        sum(&mut self.tools, other.tools, |a, b| a.name.cmp(&b.name), Group::merge);
        sum(&mut self.rules, other.rules, |a, b| a.order().cmp(&b.order()), RuleTotal::merge);
        sum(&mut self.limits, other.limits, LimitTotal::order, LimitTotal::merge);
        let add_hours = |ours: &mut (_, super::Hours), theirs: (_, super::Hours)| {
            ours.1.iter_mut().zip(theirs.1).for_each(|(calls, more)| *calls += more);
        };
        sum(&mut self.hours, other.hours, |a, b| a.0.cmp(&b.0), add_hours);
        self.hours.sort_by_key(|(_, hours)| Reverse(hours.iter().sum::<u64>()));
        if self.by == By::Rule {
            self.groups = by_rule(self.counts, &self.rules);
        } else {
            sum(&mut self.groups, other.groups, |a, b| a.name.cmp(&b.name), Group::merge);
        }
        if !matches!(self.by, By::Hour | By::Day) {
            largest_first(&mut self.groups);
        }
    }

    /// Whether the numbers are those of so many calls, or of some of these, and agree with each other.
    pub(super) fn calls_are(&self, read: u64, are_all: bool) -> bool {
        let (all, policies) = (self.counts, self.policies.len());
        let Some(calls) = total([&all]).map(|all| all.calls()).filter(|calls| *calls <= read)
        else {
            return false;
        };
        let groups = |groups: &[Group]| total(groups.iter().map(|group| &group.counts));
        let uncovered = added(self.not_covered.iter().map(|(_, calls)| *calls));
        let hours = added(self.hours.iter().flat_map(|(_, hours)| *hours));
        let named = self.missing.iter().chain(&self.assumed).map(|(_, calls)| *calls);
        let is_policy = |number: usize| number < policies;
        self.counted_by().into_iter().chain(named).all(|count| count <= calls)
            && groups(&self.tools) == Some(all)
            && groups(&self.groups) == Some(all)
            && spans(&self.timeline, calls)
            && uncovered
                .and_then(|uncovered| calls.checked_add(uncovered))
                .is_some_and(|counted| if are_all { counted == read } else { counted <= read })
            && hours.is_some_and(|hours| hours <= calls)
            && self.rules.iter().all(|rule| {
                rule.policy.is_none_or(is_policy) && rule.calls <= calls && rule.is_sound()
            })
            && self.limits.iter().all(|limit| is_policy(limit.policy) && limit.is_sound(calls))
            && self
                .groups
                .iter()
                .filter_map(|group| group.closest.as_ref())
                .all(|closest| is_policy(closest.policy))
            && self.uses.len() == policies
            && self.uses.iter().all(|one| one.calls <= calls)
    }

    fn counted(&mut self) -> [&mut u64; 6] {
        let Totals { uninspected, untimed, unanswered, tool_errors, asked, without_mode, .. } =
            self;
        [uninspected, untimed, unanswered, tool_errors, asked, without_mode]
    }

    fn counted_by(&self) -> [u64; 6] {
        let mut counted = self.clone();
        counted.counted().map(|count| *count)
    }
}

impl Group {
    fn merge(&mut self, other: Group) {
        self.counts.merge(&other.counts);
        let is_beyond = |theirs: &super::Share| {
            self.closest.as_ref().is_none_or(|ours| theirs.closest().is_beyond(&ours.closest()))
        };
        if other.closest.as_ref().is_some_and(is_beyond) {
            self.closest = other.closest;
        }
    }
}

impl RuleTotal {
    fn merge(&mut self, other: RuleTotal) {
        self.place = self.place.take().or(other.place);
        self.speaks_of_approval |= other.speaks_of_approval;
        self.calls += other.calls;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.timeline.merge(&other.timeline);
        sum_named(&mut self.grants, other.grants);
        sum_named(&mut self.tools, other.tools);
    }

    fn is_sound(&self) -> bool {
        let all = |named: &[(String, u64)]| added(named.iter().map(|(_, calls)| *calls));
        all(&self.grants) == Some(self.calls)
            && all(&self.tools) == Some(self.calls)
            && spans(&self.timeline, self.calls)
    }
}

impl LimitTotal {
    fn order(&self, other: &LimitTotal) -> Ordering {
        (self.policy, &self.pointer).cmp(&(other.policy, &other.pointer))
    }

    fn merge(&mut self, other: LimitTotal) {
        if let (Some(ours), Some(theirs)) = (&mut self.peak, &other.peak) {
            ours.merge(theirs);
        }
        self.calls += other.calls;
        self.holds += other.holds;
        self.held_seconds = self.held_seconds.saturating_add(other.held_seconds);
        self.first = first_hold(self.first.take(), other.first);
    }

    fn is_sound(&self, calls: u64) -> bool {
        self.calls <= calls && self.holds <= calls && self.facts.is_some() == self.peak.is_some()
    }
}

/// Whether a timeline is one of at most so many calls.
fn spans(timeline: &Timeline, calls: u64) -> bool {
    let all = || total(timeline.buckets().map(|(_, counts)| counts));
    timeline.is_sound() && all().is_some_and(|all| all.calls() <= calls)
}

/// A sum, unless there is none.
fn added(counts: impl IntoIterator<Item = u64>) -> Option<u64> {
    counts.into_iter().try_fold(0, u64::checked_add)
}

fn total<'c>(all: impl IntoIterator<Item = &'c Counts>) -> Option<Counts> {
    let mut sum = Counts::default();
    for counts in all {
        for (count, more) in sum.0.iter_mut().zip(counts.0) {
            *count = count.checked_add(more)?;
        }
    }
    added(sum.0).map(|_| sum)
}

fn sum_named(ours: &mut Vec<(String, u64)>, theirs: Vec<(String, u64)>) {
    sum(ours, theirs, |a, b| a.0.cmp(&b.0), |a, b| a.1 += b.1);
    *ours = most_first(std::mem::take(ours).into_iter());
}

/// Adds what others have, in order; what is equal becomes one.
fn sum<T>(
    ours: &mut Vec<T>,
    theirs: Vec<T>,
    order: impl Fn(&T, &T) -> Ordering,
    add: impl Fn(&mut T, T),
) {
    ours.extend(theirs);
    ours.sort_by(&order);
    let mut sums: Vec<T> = Vec::with_capacity(ours.len());
    for one in ours.drain(..) {
        match sums.last_mut().filter(|last| order(last, &one) == Ordering::Equal) {
            Some(last) => add(last, one),
            None => sums.push(one),
        }
    }
    *ours = sums;
}
