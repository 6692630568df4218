use serde::Serialize;

use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Default, Window, calls_within};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds tools of the server that run something, destroy or move money, that the policy never mentions, and that may be called because the default is to allow.
    /// It needs to know the server: from `--server`, or from the names of the listed tools.
    ///
    /// ## Why is this bad?
    /// Nobody decided that they may be called.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "allow", "tools": {"list_hosts": {}}}
    /// ```
    ///
    /// ## Use instead
    /// `"default": "deny"`, or `hide` for each of the tools.
    "unlisted-risky-tool", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unlisted {
    server: String,
    category: Category,
    tools: Vec<String>,
}

impl Facts for Unlisted {
    fn message(&self) -> String {
        let count = self.tools.len();
        let plural = if count == 1 { "tool" } else { "tools" };
        format!(
            "{count} {} {plural} of {} can be called only because the default is to allow: {}",
            self.category,
            self.server,
            enumerate(&self.tools)
        )
    }

    fn help(&self) -> Option<String> {
        Some("deny by default, or hide the tools".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    let Some(known) = context.server().filter(|_| context.unlisted_is_reachable()) else { return };
    let place = match policy.default {
        Default::AllowUnwritten => Place::start(Pointer::root()),
        _ => Place::value(Pointer::root().key("default")),
    };
    for category in [Category::Execute, Category::Destructive, Category::Financial] {
        // A limit on all tools may hold unlisted ones as well as is asked of their category.
        let bound = calls_within(policy.all_tools.limits.iter(), Window::Minute);
        if let (Some(recommended), Some(bound)) = (context.recommended_per_minute(category), bound)
            && bound.calls <= i64::from(recommended)
        {
            continue;
        }
        let unlisted = known.server.tools.iter().filter(|tool| {
            tool.category == category
                && policy.tool(&tool.name).is_none()
                && context.hidden(&tool.name).is_none()
        });
        let tools: Vec<String> = unlisted.map(|tool| tool.name.clone()).collect();
        if !tools.is_empty() {
            let facts = Unlisted { server: known.server.name.clone(), category, tools };
            let severity = if known.is_certain() { RULE.severity } else { Severity::Info };
            findings.add(&RULE, severity, place.clone(), facts);
        }
    }
}
