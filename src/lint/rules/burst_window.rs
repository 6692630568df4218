use serde::Serialize;

use crate::catalogue::Category;
use crate::lint::by_limit::report_by_limit;
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Window, calls_within};

rule! {
    /// ## What it does
    /// Finds tools that run something and of which a limit on an hour or a day lets more through in one minute than is recommended.
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
    tools: Vec<String>,
    calls: i64,
    window: Window,
    recommended_per_minute: u32,
}

impl Facts for Burst {
    fn message(&self) -> String {
        let (is, tools) =
            (if self.tools.len() == 1 { "is" } else { "are" }, enumerate(&self.tools));
        format!(
            "{tools} {is} held by {} calls {} only, which may all come within one second",
            self.calls,
            self.window.each()
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("give each a limit of {} a minute too", self.recommended_per_minute))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let category = Category::Execute;
    let Some(recommended_per_minute) = context.recommended_per_minute(category) else { return };
    let bursting = |listed| {
        let bound = calls_within(context.limits(listed), Window::Minute)?;
        let bursts = bound.calls > i64::from(recommended_per_minute);
        (bursts && bound.limit.window != Window::Minute).then_some(bound.limit)
    };
    report_by_limit(
        &RULE,
        category,
        context,
        findings,
        (bursting, |_| Severity::Info),
        |tools, limit| Burst {
            tools,
            calls: limit.calls().unwrap_or(i64::MAX),
            window: limit.window,
            recommended_per_minute,
        },
    );
}
