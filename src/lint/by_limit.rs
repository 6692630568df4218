//! Findings about a limit that several tools share: one for the limit, not one a tool.

use super::finding::{Facts, Findings};
use super::{Context, Rule, Severity};
use crate::catalogue::Category;
use crate::policy::{Limit, ToolPolicy};
use crate::source::Place;

/// Asks which limit is at fault for each reachable tool of a category, and reports each limit once
/// with the tools that it is at fault for.
pub(super) fn report_by_limit<'a, F: Facts>(
    rule: &'static Rule,
    category: Category,
    context: &Context<'a>,
    findings: &mut Findings<'_>,
    (at_fault, least): (impl Fn(&'a ToolPolicy) -> Option<&'a Limit>, impl Fn(&Limit) -> Severity),
    facts: impl Fn(Vec<String>, &Limit) -> F,
) {
    let mut limits: Vec<(&Limit, Vec<String>, Severity)> = Vec::new();
    for (listed, tool) in context.reachable_of(category) {
        let Some(limit) = at_fault(listed) else { continue };
        let severity = context.weigh(tool, rule.severity).max(least(limit));
        // The limits of all tools come last in every tool's list, so a match is near the end.
        match limits.iter_mut().rev().find(|(known, ..)| std::ptr::eq(*known, limit)) {
            Some((_, tools, gravest)) => {
                tools.push(tool.name.clone());
                *gravest = severity.max(*gravest);
            }
            None => limits.push((limit, vec![tool.name.clone()], severity)),
        }
    }
    for (limit, tools, severity) in limits {
        let place = Place::value(limit.max_pointer.clone());
        findings.add(rule, severity, place, facts(tools, limit));
    }
}
