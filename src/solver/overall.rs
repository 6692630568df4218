//! Limits on all tools together.

use serde_json::Value;

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::burst::{bounds, burst, unread_burst};
use super::evidence::Evidence;
use super::lost::{Lost, Protection, not_followed};
use super::question::Question;
use super::shape::Shape;
use super::version::Version;
use crate::policy::{Amount, Limit, calls_within};

/// A tool that calls can be made to, as far as one limit is concerned.
struct Caller<'t> {
    tool: &'t str,
    /// Arguments that both policies let pass; or why it cannot be told whether there are any.
    arguments: Result<Value, Why>,
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
    // What cannot be told of each tool has been said there.
    if not_followed(old, new).is_some() {
        return Vec::new();
    }
    if tools.iter().all(|(tool, _)| old.says_the_same(new, tool)) {
        return Vec::new();
    }
    // Where both ask about the same calls, limits tell the same as without a question.
    let asks = tools.iter().any(|(tool, _)| old.is_unlimited(tool) || new.is_unlimited(tool));
    if asks && tools.iter().all(|(tool, _)| old.asks_the_same(new, tool)) {
        return Vec::new();
    }
    let limits = old.policy.all_tools.limits.iter();
    let lost = limits.flat_map(|limit| {
        let evidence = lost_limit(old, new, tools, limit, budget);
        let is_certain = evidence.as_ref().is_some_and(Evidence::is_certain);
        let unread = if is_certain { None } else { unread(old, new, tools, limit, budget) };
        let protection = Protection::Limit(limit);
        let lost = move |evidence| Lost { protection, evidence, step: None };
        evidence.into_iter().chain(unread).map(lost)
    });
    lost.collect()
}

/// What calls whose arguments are no object show of a limit: those of the first tool that show
/// something for certain.
fn unread(
    old: &Version<'_>,
    new: &Version<'_>,
    tools: &[(&str, &Shape)],
    limit: &Limit,
    budget: &Budget,
) -> Option<Evidence> {
    if old.policy.semantics.unreadable == new.policy.semantics.unreadable {
        return None;
    }
    let mut shown = tools.iter().filter_map(|(tool, shape)| {
        let (before, after) = (&old.view(tool), &new.view(tool));
        unread_burst(&Question::new((old, new), (before, after), tool, shape, budget), limit)
    });
    let first = shown.next()?;
    if first.is_certain() {
        return Some(first);
    }
    shown.find(Evidence::is_certain).or(Some(first))
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
    // What is asked about passes whatever the limits.
    let asks = tools.iter().any(|(tool, _)| new.is_unlimited(tool));
    let overall = new.policy.all_tools.limits.iter().filter(|_| !asks);
    let mut overall = overall.filter(|other| bounds(other, limit));
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
        .filter_map(|caller| Some((caller.tool, caller.arguments.clone().ok()?)))
        .collect();
    let unknown = callers.iter().find_map(|caller| caller.arguments.as_ref().err());
    let gates = [old.gate(), new.gate()];
    Some(match (burst((old, new), gates, &known, limit, budget), unknown) {
        (Evidence::Unknown(Why::NoOrder), Some(why)) => Evidence::Unknown(*why),
        (evidence, _) => evidence,
    })
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
    let question = Question::new((old, new), (before, after), tool, shape, budget);
    let arguments = match question.passing_both(&[]) {
        Answer::Proved => return None,
        Answer::Witness(arguments) => Ok(arguments),
        Answer::Unknown(why) => Err(why),
    };
    let limits = after.limits.iter().copied().filter(|other| bounds(other, limit));
    let calls = calls_within(limits, limit.window).map(|bound| bound.calls);
    Some(Caller { tool, arguments, calls })
}
