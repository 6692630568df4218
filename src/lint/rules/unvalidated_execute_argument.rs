use serde::Serialize;

use crate::catalogue::{Category, Tool};
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that run something with arguments, none of which any condition looks at.
    /// A tool that takes no arguments, or whose arguments nobody knows, is passed over; so is one with a condition on the value of at least one argument.
    ///
    /// ## Why is this bad?
    /// What such a tool does depends on its arguments. PolicyLayer says of these tools that they "should be rate-limited and have argument validation enabled". It is information only, because what a good argument is only the owner knows.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"run_runbook": {"limits": [
    ///   {"counter": "run_runbook_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// A `require` entry for what makes the call dangerous:
    ///
    /// ```json
    /// {"tools": {"run_runbook": {
    ///   "require": [{"conditions": [{"path": "args.environmentNames", "op": "contains", "value": "Staging"}]}],
    ///   "limits": [{"counter": "run_runbook_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    "unvalidated-execute-argument", Info, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unvalidated {
    tool: String,
    arguments: Vec<String>,
}

impl Facts for Unvalidated {
    fn message(&self) -> String {
        let arguments = enumerate(&self.arguments);
        format!("no condition looks at what `{}` is called with: {arguments}", self.tool)
    }

    fn help(&self) -> Option<String> {
        Some("add conditions on the arguments that make a call dangerous".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable_of(Category::Execute) {
        let arguments = arguments_by_weight(tool);
        if arguments.is_empty() || context.is_looked_at(listed) || context.is_incomplete(listed) {
            continue;
        }
        let facts = Unvalidated { tool: tool.name.clone(), arguments };
        findings.add(&RULE, RULE.severity, Place::key(listed.pointer.clone()), facts);
    }
}

/// The names of a tool's arguments, the required ones first.
fn arguments_by_weight(tool: &Tool) -> Vec<String> {
    let mut arguments: Vec<_> = tool.arguments.iter().flatten().collect();
    arguments.sort_by_key(|(name, argument)| (!argument.required, (*name).clone()));
    arguments.into_iter().map(|(name, _)| name.clone()).collect()
}
