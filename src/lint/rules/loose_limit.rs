use serde::Serialize;

use crate::catalogue::{Category, Vocabulary};
use crate::lint::by_limit::report_by_limit;
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Limit, ToolPolicy, Window, calls_within};

rule! {
    /// ## What it does
    /// Finds tools whose limit lets more calls through than the catalogue recommends for their category: 10 a minute for Execute, 30 a minute for Write. An hour or a day of a Write tool is held against 60 or 1,440 times that.
    /// Tools that should not be called at all are held against 30 a minute where conditions let some calls through, and tools that only read against 600, unless `limits` of the configuration says otherwise.
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
        let Loose { calls, window, recommended_per_minute: most, category, tools } = self;
        let (window, tools) = (window.each(), enumerate(tools));
        match category {
            Category::Read => format!(
                "{calls} calls {window} stop no accident, for {most} a minute are plenty for {category} tools: {tools}"
            ),
            _ => format!(
                "{calls} calls {window} are more than the {most} a minute recommended for {category} tools: {tools}"
            ),
        }
    }

    fn help(&self) -> Option<String> {
        let recommended = self.recommended_per_minute;
        Some(match self.window {
            Window::Minute => format!("lower it to {recommended} a minute"),
            _ => format!("add a limit of {recommended} a minute, or lower it"),
        })
    }
}

/// What is taken for the recommendation where the catalogue has no number: the loosest that it has for
/// what changes something, and for what only reads so many that no work needs more.
fn otherwise(category: Category) -> u32 {
    match category {
        Category::Read => 600,
        _ => 30,
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for category in Category::ALL.iter().rev().copied() {
        let recommended = context.recommended_per_minute(category);
        let recommended_per_minute = recommended.unwrap_or_else(|| otherwise(category));
        let loose = |listed| loosest(context, listed, category, i64::from(recommended_per_minute));
        report_by_limit(&RULE, category, context, findings, (loose, boundless), |tools, limit| {
            Loose {
                tools,
                category,
                calls: limit.calls().unwrap_or(i64::MAX),
                window: limit.window,
                recommended_per_minute,
            }
        });
    }
}

/// How much a limit weighs at least: one that lets more through than any tool needs is loose, whatever
/// the tool is taken for.
fn boundless(limit: &Limit) -> Severity {
    let most =
        i64::from(otherwise(Category::Read)) * limit.window.seconds() / Window::Minute.seconds();
    match limit.calls().is_some_and(|calls| calls > most) {
        true => Severity::Warning,
        false => Severity::Info,
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
        is_minute || (category != Category::Execute && bound.calls > recommended * minutes);
    is_loose.then_some(bound.limit)
}
