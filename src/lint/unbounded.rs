//! Tools of a category that no limit bounds: the same question for two rules.

use serde::Serialize;

use super::finding::{Facts, Findings};
use super::{Context, Rule};
use crate::catalogue::{Category, Recommendation};
use crate::policy::{Window, calls_within};
use crate::source::Place;

#[derive(Serialize)]
struct Unbounded {
    tool: String,
    category: Category,
    confidence: f64,
    recommended_per_minute: u32,
    #[serde(skip)]
    described: String,
}

impl Facts for Unbounded {
    fn message(&self) -> String {
        format!("`{}` {} and no limit bounds how often it is called", self.tool, self.described)
    }

    fn help(&self) -> Option<String> {
        Some(format!("add a limit; {} calls a minute are recommended", self.recommended_per_minute))
    }
}

/// Reports every reachable tool of a category whose calls no limit counts.
pub(super) fn report_unbounded(
    rule: &'static Rule,
    category: Category,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) {
    let Recommendation::LimitPerMinute(recommended_per_minute) = category.recommendation() else {
        return;
    };
    for (listed, tool) in context.reachable_of(category) {
        let bounded = calls_within(context.limits(listed), Window::Day).is_some();
        if bounded || context.is_incomplete(listed) {
            continue;
        }
        let facts = Unbounded {
            tool: tool.name.clone(),
            category,
            confidence: tool.confidence,
            recommended_per_minute,
            described: context.describe(tool),
        };
        let severity = context.weigh(tool, rule.severity);
        findings.add(rule, severity, Place::key(listed.pointer.clone()), facts);
    }
}
