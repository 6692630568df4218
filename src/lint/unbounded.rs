//! Tools of a category that no limit bounds: the same question for two rules.

use serde::Serialize;

use super::finding::{Facts, Findings};
use super::fix::{Fix, Safety};
use super::{Context, Rule};
use crate::catalogue::Category;
use crate::policy::{Dialect, Holder, ToolPolicy, Window, calls_within, limit_rule};
use crate::source::{Draft, Editor, Place};

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
    let Some(recommended_per_minute) = context.recommended_per_minute(category) else { return };
    for (listed, tool) in context.reachable_of(category) {
        let bounded = calls_within(context.limits(listed), Window::Day).is_some();
        if bounded || context.gaps(listed).bounds {
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
        let fix = limit_fix(context, listed, recommended_per_minute, &findings.editor());
        findings.add(rule, severity, Place::key(listed.pointer.clone()), facts).fixed_by(fix);
    }
}

/// The recommended limit, added. How often a tool is to be called only the owner knows.
fn limit_fix(
    context: &Context<'_>,
    listed: &ToolPolicy,
    per_minute: u32,
    editor: &Editor<'_>,
) -> Option<Fix> {
    let per_minute = i64::from(per_minute);
    let list = match context.policy.dialect {
        Dialect::V1 => "limits",
        // A tool whose name has a dot can have no counters there.
        _ if listed.name.contains('.') => return None,
        _ => "rules",
    };
    let holder = Holder::Tool(&listed.name);
    let element = limit_rule(context.policy.dialect, holder, per_minute, Window::Minute);
    let edit = editor
        .append(&listed.pointer.key(list), &element)
        .or_else(|| editor.insert(&listed.pointer, list, &Draft::List(vec![element.clone()])));
    Fix::new(Safety::Unsafe, format!("allow {per_minute} calls a minute"), [edit])
}
