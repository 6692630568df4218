//! Limits on all tools together.

use serde_json::Value;

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::burst::{bounds, burst};
use super::evidence::Evidence;
use super::lost::{Lost, Protection};
use super::question::Question;
use super::shape::Shape;
use super::version::Version;
use crate::policy::{Amount, Limit, calls_within};

/// A tool that calls can be made to, as far as one limit is concerned.
struct Caller<'t> {
    tool: &'t str,
    /// Arguments that both policies let pass; none where that cannot be told.
    arguments: Option<Value>,
    /// How many calls of it the new policy admits in a window; none if nothing bounds them.
    calls: Option<i64>,
}

/// The limits on all tools together of `old` that `new` does not keep. `tools` are all tools
/// there are, each with what is known of its arguments.
pub fn lost_overall<'p>(
    old: &Version<'p>,
    new: &Version<'p>,
    tools: &[(&str, &Shape)],
    budget: &Budget,
) -> Vec<Lost<'p>> {
    if tools.iter().all(|(tool, _)| old.says_the_same(new, tool)) {
        return Vec::new();
    }
    let limits = old.policy.all_tools.limits.iter();
    let lost = limits.filter_map(|limit| {
        let evidence = lost_limit(old, new, tools, limit, budget)?;
        Some(Lost { protection: Protection::Limit(limit), evidence })
    });
    lost.collect()
}

fn lost_limit(
    old: &Version<'_>,
    new: &Version<'_>,
    tools: &[(&str, &Shape)],
    limit: &Limit,
    budget: &Budget,
) -> Option<Evidence> {
    let max = limit.max?;
    if old.is_shared(&limit.key) {
        return Some(Evidence::Unknown(Why::Counter));
    }
    let mut overall = new.policy.all_tools.limits.iter().filter(|other| bounds(other, limit));
    let Some(calls) = limit.calls() else {
        // A sum of an argument is kept by the same sum only; an amount of nothing, or one that
        // gives back, refuses none if there is room at all.
        let keeps = |other: &Limit| {
            let is_same = other.amount == limit.amount && other.window == limit.window;
            is_same && other.max.is_some_and(|theirs| theirs <= max)
        };
        let refuses_none = max >= 0 && matches!(limit.amount, Amount::Fixed(_));
        let is_kept = refuses_none || overall.any(keeps);
        return (!is_kept).then_some(Evidence::Unknown(Why::Amount));
    };
    let bound = calls_within(overall, limit.window).map(|bound| bound.calls);
    if bound.is_some_and(|bound| bound <= calls) {
        return None;
    }
    let callers: Vec<Caller<'_>> = tools
        .iter()
        .filter_map(|(tool, shape)| caller(old, new, tool, shape, limit, budget))
        .collect();
    let sum = callers.iter().try_fold(0i64, |sum, caller| Some(sum.saturating_add(caller.calls?)));
    if sum.is_some_and(|sum| sum <= calls) {
        return None;
    }
    let known: Vec<(&str, Value)> = callers
        .iter()
        .filter_map(|caller| Some((caller.tool, caller.arguments.clone()?)))
        .collect();
    Some(burst(old, new, &known, limit, budget))
}

/// What calls of a tool can do to a limit; none if no call of it gets past both policies.
fn caller<'t>(
    old: &Version<'_>,
    new: &Version<'_>,
    tool: &'t str,
    shape: &Shape,
    limit: &Limit,
    budget: &Budget,
) -> Option<Caller<'t>> {
    let (before, after) = (&old.view(tool), &new.view(tool));
    let question = Question { old, new, tool, before, after, shape, budget };
    let arguments = match question.passing(&[], true) {
        Answer::Proved => return None,
        Answer::Witness(arguments) => Some(arguments),
        Answer::Unknown(_) => None,
    };
    let limits = after.limits.iter().copied().filter(|other| bounds(other, limit));
    let calls = calls_within(limits, limit.window).map(|bound| bound.calls);
    Some(Caller { tool, arguments, calls })
}
