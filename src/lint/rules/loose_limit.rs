use serde::Serialize;

use crate::catalogue::Category;
use crate::lint::by_limit::report_by_limit;
use crate::lint::check::rule;
use crate::lint::context::{enumerate, per};
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, ToolPolicy, Window, calls_within};

rule! {
    /// ## What it does
    /// Finds tools whose limit lets more calls through than the catalogue recommends for their category: 10 a minute for Execute, 30 a minute for Write. An hour or a day of a Write tool is held against 60 or 1,440 times that.
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
    tools: Vec<String>,
    category: Category,
    calls: i64,
    window: Window,
    recommended_per_minute: u32,
}

impl Facts for Loose {
    fn message(&self) -> String {
        format!(
            "{} calls {} are more than the {} a minute recommended for {} tools: {}",
            self.calls,
            per(self.window),
            self.recommended_per_minute,
            self.category,
            enumerate(&self.tools)
        )
    }

    fn help(&self) -> Option<String> {
        let recommended = self.recommended_per_minute;
        Some(match self.window {
            Window::Minute => format!("lower it to {recommended} a minute"),
            _ => format!("add a limit of {recommended} a minute, or lower it"),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for category in [Category::Execute, Category::Write] {
        let Some(recommended_per_minute) = context.recommended_per_minute(category) else {
            continue;
        };
        let loose = |listed| loosest(context, listed, category, i64::from(recommended_per_minute));
        report_by_limit(&RULE, category, context, findings, loose, |tools, limit| Loose {
            tools,
            category,
            calls: limit.calls().unwrap_or(i64::MAX),
            window: limit.window,
            recommended_per_minute,
        });
    }
}

/// The limit that bounds a tool, if it lets more through than is recommended.
fn loosest<'a>(
    context: &Context<'a>,
    listed: &'a ToolPolicy,
    category: Category,
    recommended: i64,
) -> Option<&'a Limit> {
    let bound = calls_within(context.limits(listed), Window::Minute)?;
    if bound.calls <= recommended {
        return None;
    }
    // What an Execute tool may do in a burst is said by `burst-window`.
    let is_minute = bound.limit.window == Window::Minute;
    let minutes = bound.limit.window.seconds() / Window::Minute.seconds();
    let is_loose =
        is_minute || (category == Category::Write && bound.calls > recommended * minutes);
    is_loose.then_some(bound.limit)
}
