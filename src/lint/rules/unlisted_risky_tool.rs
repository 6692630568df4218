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
    #[serde(flatten)]
    tools: Tools,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Tools {
    Alike(OfCategory),
    Several { categories: Vec<OfCategory> },
}

/// The tools of a category.
#[derive(Serialize)]
struct OfCategory {
    category: Category,
    tools: Vec<String>,
}

impl Facts for Unlisted {
    fn message(&self) -> String {
        let server = &self.server;
        let why = "can be called only because the default is to allow";
        match &self.tools {
            Tools::Alike(OfCategory { category, tools }) => {
                let plural = if tools.len() == 1 { "tool" } else { "tools" };
                format!(
                    "{} {category} {plural} of {server} {why}: {}",
                    tools.len(),
                    enumerate(tools)
                )
            }
            Tools::Several { categories } => {
                let all: usize = categories.iter().map(|one| one.tools.len()).sum();
                let parts = categories.iter().map(|one| {
                    format!("{} {} ({})", one.tools.len(), one.category, enumerate(&one.tools))
                });
                let parts: Vec<String> = parts.collect();
                format!("{all} tools of {server} {why}: {}", parts.join(", "))
            }
        }
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
    // A limit on all tools may hold unlisted ones as well as is asked of their category.
    let bound = calls_within(policy.all_tools.limits.iter(), Window::Minute);
    let is_bound = |category: &Category| {
        let recommended = context.recommended_per_minute(*category).map(i64::from);
        recommended.zip(bound.as_ref()).is_some_and(|(most, bound)| bound.calls <= most)
    };
    let risky = [Category::Execute, Category::Destructive, Category::Financial].into_iter();
    let unlisted = risky.filter(|category| !is_bound(category)).map(|category| {
        let unlisted = known.server.tools.iter().filter(|tool| {
            tool.category == category
                && policy.tool(&tool.name).is_none()
                && context.hidden(&tool.name).is_none()
        });
        OfCategory { category, tools: unlisted.map(|tool| tool.name.clone()).collect() }
    });
    let mut categories: Vec<OfCategory> = unlisted.filter(|one| !one.tools.is_empty()).collect();
    let tools = match categories.len() {
        0 => return,
        1 => Tools::Alike(categories.remove(0)),
        _ => Tools::Several { categories },
    };
    let severity = if known.is_certain() { RULE.severity } else { Severity::Info };
    findings.add(&RULE, severity, place, Unlisted { server: known.server.name.clone(), tools });
}
