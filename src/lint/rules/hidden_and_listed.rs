use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that are both hidden and listed.
    ///
    /// ## Why is this bad?
    /// Hiding wins: the rules under `tools` are dead. Either the tool was meant to be callable, or its rules are left over.
    ///
    /// ## Example
    /// ```json
    /// {"hide": ["run_job"], "tools": {"run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// One of the two.
    "hidden-and-listed", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct HiddenAndListed {
    tool: String,
    hidden_as: String,
}

impl Facts for HiddenAndListed {
    fn message(&self) -> String {
        let why = if self.hidden_as == "*" { "every tool is hidden" } else { "it is hidden" };
        format!("the rules of `{}` are dead: {why}", self.tool)
    }

    fn help(&self) -> Option<String> {
        Some("remove it from `tools`, where it does nothing".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for tool in &context.policy.tools {
        let Some(hidden) = context.hidden(&tool.name) else { continue };
        let facts = HiddenAndListed { tool: tool.name.clone(), hidden_as: hidden.name.clone() };
        let place = Place::key(tool.pointer.clone());
        let related = vec![(Place::value(hidden.pointer.clone()), "hidden here".to_owned())];
        findings.add_related(&RULE, RULE.severity, place, facts, related);
    }
}
