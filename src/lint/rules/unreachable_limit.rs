use serde::Serialize;

use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, calls_within};
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
    window: &'static str,
    most: i64,
    stopped_by: String,
}

impl Facts for Unreachable {
    fn message(&self) -> String {
        format!(
            "{} calls a {} are never reached: another limit lets at most {} through",
            self.calls, self.window, self.most
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("set it below {}, or remove it", self.most))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for tool in context.policy.tools.iter().filter(|tool| tool.name != "*") {
        let limits: Vec<&Limit> = context.limits(tool).collect();
        for index in 0..tool.rules.limits.len() {
            report(&limits, index, findings);
        }
    }
    let limits: Vec<&Limit> = context.policy.all_tools.limits.iter().collect();
    for index in 0..limits.len() {
        report(&limits, index, findings);
    }
}

/// Reports a limit that one of the others on the same calls makes unreachable.
fn report(limits: &[&Limit], index: usize, findings: &mut Findings<'_>) {
    let limit = limits[index];
    let Some(calls) = limit.calls() else { return };
    let others = limits.iter().enumerate().filter(|(other, _)| *other != index);
    let stopping = others.filter_map(|(other_index, other)| {
        let most = calls_within(std::iter::once(*other), limit.window)?.calls;
        // With an equal bound both run out at once, and the one asked first is the one that is hit.
        let first = most < calls || (most == calls && other_index < index);
        (first && other.scope == limit.scope).then_some((most, *other))
    });
    let Some((most, other)) = stopping.min_by_key(|(most, _)| *most) else { return };
    let facts = Unreachable {
        calls,
        window: limit.window.name(),
        most,
        stopped_by: other.rule.clone(),
    };
    let place = Place::value(limit.max_pointer.clone());
    let related =
        vec![(Place::value(other.max_pointer.clone()), "this one is hit first".to_owned())];
    findings.add_related(&RULE, RULE.severity, place, facts, related);
}
