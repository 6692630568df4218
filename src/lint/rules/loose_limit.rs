use serde::Serialize;

use crate::catalogue::{Category, Recommendation};
use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, Window, calls_within};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools whose limit lets more calls through than the catalogue recommends for their category: 10 a minute for Execute, 30 a minute for Write. A limit on an hour or a day is held against 60 or 1,440 times that.
    ///
    /// ## Why is this bad?
    /// A limit that is never reached in an accident does not stop one.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 600, "scope": "grant"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}
    /// ```
    "loose-limit", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Loose {
    tool: String,
    category: Category,
    calls: i64,
    window: &'static str,
    recommended_per_minute: u32,
}

impl Facts for Loose {
    fn message(&self) -> String {
        format!(
            "{} calls a {} are more than the {} a minute recommended for {} tools such as `{}`",
            self.calls, self.window, self.recommended_per_minute, self.category, self.tool
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("lower it to {} a minute", self.recommended_per_minute))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable() {
        let Recommendation::LimitPerMinute(recommended) = tool.category.recommendation() else {
            continue;
        };
        let fits = |limit: &Limit| {
            let minutes = limit.window.seconds() / Window::Minute.seconds();
            limit.calls().is_some_and(|calls| calls <= i64::from(recommended) * minutes)
        };
        // One limit that keeps to the recommendation is enough; the others only add to it.
        if context.limits(listed).any(fits) {
            continue;
        }
        let Some(bound) = calls_within(context.limits(listed), Window::Day) else { continue };
        let facts = Loose {
            tool: tool.name.clone(),
            category: tool.category,
            calls: bound.limit.calls().unwrap_or(i64::MAX),
            window: bound.limit.window.name(),
            recommended_per_minute: recommended,
        };
        let severity = context.weigh(tool, RULE.severity);
        findings.add(&RULE, severity, Place::value(bound.limit.max_pointer.clone()), facts);
    }
}
