use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, Window, calls_within};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds limits that no call can ever meet, because another limit on the same calls is always hit first: 10 a minute lets at most 600 through in an hour, so that 1,000 an hour is never reached.
    ///
    /// ## Why is this bad?
    /// The limit protects nothing, and whoever reads the policy believes that it does. Often one of the two was meant to be smaller.
    ///
    /// ## Example
    /// ```json
    /// {"limits": [
    ///   {"counter": "rate", "window": "minute", "max": 10, "scope": "grant"},
    ///   {"counter": "quota", "window": "hour", "max": 1000, "scope": "grant"}]}
    /// ```
    ///
    /// ## Use instead
    /// A smaller maximum for the longer window, or one limit only.
    "unreachable-limit", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unreachable {
    calls: i64,
    window: Window,
    most: i64,
    stopped_by: String,
}

impl Facts for Unreachable {
    fn message(&self) -> String {
        format!(
            "{} calls {} are never reached: another limit lets at most {} through",
            self.calls,
            self.window.each(),
            self.most
        )
    }

    fn help(&self) -> Option<String> {
        Some(match self.most {
            // Nothing is below it that lets a call through.
            ..=1 => "remove it, or the limit that is hit first".to_owned(),
            most => format!("set it below {most}, or remove it"),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if !context.is_shared_read() {
        return;
    }
    let all_tools = &context.policy.all_tools.limits;
    for tool in context.undenied() {
        let own = tool.rules.limits.len();
        let limits: Vec<&Limit> = context.limits(tool).collect();
        report(context, &limits, own, findings);
    }
    let limits: Vec<&Limit> = all_tools.iter().collect();
    report(context, &limits, limits.len(), findings);
}

fn report(context: &Context<'_>, limits: &[&Limit], own: usize, findings: &mut Findings<'_>) {
    each_unreachable(limits, own, |limit, calls, other, most| {
        if context.is_read(&limit.pointer) && context.is_read(&other.pointer) {
            report_one(limit, calls, other, most, findings);
        }
    });
}

/// Gives each of the first `own` limits that another one on the same calls makes unreachable, how
/// many calls it speaks of, the other one, and how many that one lets through.
pub(super) fn each_unreachable<'l>(
    limits: &[&'l Limit],
    own: usize,
    mut found: impl FnMut(&'l Limit, i64, &'l Limit, i64),
) {
    for window in Window::ALL {
        // The two tightest are enough: one of them is another limit than the one looked at.
        let bound = |(index, limit): (usize, &&Limit)| {
            let calls = calls_within(std::iter::once(*limit), window)?.calls;
            // What is not positive is said elsewhere, and shuts the tool altogether.
            (calls > 0).then_some((calls, index))
        };
        let mut bounds: Vec<(i64, usize)> = limits.iter().enumerate().filter_map(bound).collect();
        bounds.sort_unstable();
        for (index, limit) in
            limits[..own].iter().enumerate().filter(|(_, limit)| limit.window == window)
        {
            // Two limits on one counter are said elsewhere, too.
            let is_other = |other: usize| other != index && limits[other].key != limit.key;
            let tightest = bounds.iter().find(|(_, other)| is_other(*other));
            let (Some(calls), Some((most, other))) = (limit.calls(), tightest) else { continue };
            // With an equal bound both run out at once, and the one asked first is the one that
            // is hit.
            if *most < calls || (*most == calls && *other < index) {
                found(limit, calls, limits[*other], *most);
            }
        }
    }
}

fn report_one(limit: &Limit, calls: i64, other: &Limit, most: i64, findings: &mut Findings<'_>) {
    let facts = Unreachable { calls, window: limit.window, most, stopped_by: other.rule.clone() };
    let place = Place::value(limit.max_pointer.clone());
    let related =
        vec![(Place::value(other.max_pointer.clone()), "this one is hit first".to_owned())];
    findings.add_related(&RULE, RULE.severity, place, facts, related);
}
