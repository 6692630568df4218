//! Tools of a category that had better not be called at all: the same question for two rules.

use serde::Serialize;

use super::finding::{Facts, Findings};
use super::{Context, Rule, Severity};
use crate::catalogue::Category;
use crate::source::Place;

#[derive(Serialize)]
struct Reachable {
    tool: String,
    category: Category,
    confidence: f64,
    restricted: bool,
    #[serde(skip)]
    described: String,
    #[serde(skip)]
    help: &'static str,
}

impl Facts for Reachable {
    fn message(&self) -> String {
        let how = if self.restricted { " with some arguments" } else { "" };
        format!("`{}` {} and can be called{how}", self.tool, self.described)
    }

    fn help(&self) -> Option<String> {
        Some(self.help.to_owned())
    }
}

/// Reports every reachable tool of a category; one with conditions on its arguments as
/// information, because somebody has thought about it.
pub(super) fn report_reachable(
    rule: &'static Rule,
    category: Category,
    help: &'static str,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) {
    for (listed, tool) in context.reachable_of(category) {
        if context.gaps(listed).checks {
            continue;
        }
        let restricted = context.is_restricted(listed) || context.excludes_danger(listed, tool);
        let severity = if restricted { Severity::Info } else { context.weigh(tool, rule.severity) };
        let facts = Reachable {
            tool: tool.name.clone(),
            category,
            confidence: tool.confidence,
            restricted,
            described: context.describe(tool),
            help,
        };
        findings.add(rule, severity, Place::key(listed.pointer.clone()), facts);
    }
}
