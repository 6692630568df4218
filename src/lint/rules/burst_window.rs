use serde::Serialize;

use crate::catalogue::{Category, Recommendation};
use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Window, calls_within};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that run something and are held only by a limit on an hour or a day that is larger than what is recommended for a minute.
    ///
    /// ## Why is this bad?
    /// The whole quota may be used up within a second: 100 an hour is no protection against 100 in one burst.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "hour", "max": 100, "scope": "grant"}
    /// ```
    ///
    /// ## Use instead
    /// A limit on the minute beside it:
    ///
    /// ```json
    /// {"counter": "run_job_burst", "window": "minute", "max": 10, "scope": "grant"}
    /// ```
    "burst-window", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Burst {
    tool: String,
    calls: i64,
    window: &'static str,
    recommended_per_minute: u32,
}

impl Facts for Burst {
    fn message(&self) -> String {
        format!(
            "`{}` is held by {} calls a {} only, which may all come within one second",
            self.tool, self.calls, self.window
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("add a limit of {} a minute beside it", self.recommended_per_minute))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable_of(Category::Execute) {
        let Recommendation::LimitPerMinute(recommended) = tool.category.recommendation() else {
            continue;
        };
        let holds_minute = context
            .limits(listed)
            .any(|limit| limit.window == Window::Minute && limit.calls().is_some());
        let Some(bound) = calls_within(context.limits(listed), Window::Minute) else { continue };
        if holds_minute || bound.calls <= i64::from(recommended) {
            continue;
        }
        let facts = Burst {
            tool: tool.name.clone(),
            calls: bound.calls,
            window: bound.limit.window.name(),
            recommended_per_minute: recommended,
        };
        let severity = context.weigh(tool, RULE.severity);
        findings.add(&RULE, severity, Place::value(bound.limit.max_pointer.clone()), facts);
    }
}
