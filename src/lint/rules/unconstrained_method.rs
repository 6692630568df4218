use serde::Serialize;

use crate::catalogue::{Category, Tool};
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::ToolPolicy;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools with an argument that chooses what is done, where the conditions let choices through that delete, run something or move money, though the tool as a whole is taken for something milder or is held by other conditions.
    /// It needs the values of the argument, from the server's `tools/list`.
    ///
    /// ## Why is this bad?
    /// One tool with three powers: what was thought of the mildest is granted to the gravest as well.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"manage_label": {"require": [
    ///   {"conditions": [{"path": "args.repo", "op": "eq", "value": "web"}]}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"manage_label": {"require": [
    ///   {"conditions": [{"path": "args.repo", "op": "eq", "value": "web"}]},
    ///   {"conditions": [{"path": "args.method", "op": "in", "value": ["create", "update"]}]}]}}}
    /// ```
    "unconstrained-method", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unconstrained {
    tool: String,
    argument: String,
    values: Vec<String>,
    category: Category,
    /// A value that passes.
    witness: String,
}

impl Facts for Unconstrained {
    fn message(&self) -> String {
        let Unconstrained { tool, argument, values, .. } = self;
        format!("`{argument}` of `{tool}` is free, and may be {}", enumerate(values))
    }

    fn help(&self) -> Option<String> {
        Some(format!("require that `{}` is one of those that are wanted", self.argument))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.unasked() {
        if context.is_incomplete(listed) {
            continue;
        }
        for method in tool.methods() {
            let passes = |(value, category): &&(String, Category)| {
                let is_graver = *category > tool.category || is_held(context, listed, tool);
                is_graver && context.lets(listed, &method.path, &value.as_str().into())
            };
            let free: Vec<&(String, Category)> = method.dangerous.iter().filter(passes).collect();
            let Some((witness, _)) = free.first() else { continue };
            let facts = Unconstrained {
                tool: tool.name.clone(),
                argument: format!("args.{}", method.path.join(".")),
                values: free.iter().map(|(value, _)| value.clone()).collect(),
                category: free.iter().map(|(_, category)| *category).max().unwrap_or(tool.category),
                witness: witness.clone(),
            };
            let severity = context.weigh_announced(tool, RULE.severity);
            findings.add(&RULE, severity, Place::key(listed.pointer.clone()), facts);
        }
    }
}

/// Whether other conditions hold a tool, so that nothing else warns of it.
fn is_held<'a>(context: &Context<'a>, listed: &'a ToolPolicy, tool: &Tool) -> bool {
    tool.category.is_dangerous() && context.is_restricted(listed)
}
