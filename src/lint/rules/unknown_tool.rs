use serde::Serialize;

use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck, Severity};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools in `tools` and `hide` that the server does not have, and offers the nearest one that it has.
    /// Where the server was only found from the names of the tools and a good part of them is unknown, it is information only: the policy may be for another server.
    ///
    /// ## Why is this bad?
    /// A rule for a tool that does not exist protects nothing; the tool that was meant has no rule. A hidden tool that is misspelt is not hidden.
    ///
    /// ## Example
    /// ```json
    /// {"hide": ["delete_inventorys"]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"hide": ["delete_inventory"]}
    /// ```
    "unknown-tool", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct UnknownTool {
    tool: String,
    server: String,
    nearest: Option<String>,
}

impl Facts for UnknownTool {
    fn message(&self) -> String {
        format!("{} has no tool `{}`", self.server, self.tool)
    }

    fn help(&self) -> Option<String> {
        Some(match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "remove it, or name the policy's server with `--server`".to_owned(),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server() else { return };
    let policy = context.policy;
    let listed = policy.tools.iter().map(|tool| (&tool.name, Place::key(tool.pointer.clone())));
    let hidden =
        policy.hide.iter().map(|hidden| (&hidden.name, Place::value(hidden.pointer.clone())));
    for (name, place) in listed.chain(hidden) {
        if name == "*" || known.server.tool(name).is_some() {
            continue;
        }
        let facts = UnknownTool {
            tool: name.clone(),
            server: known.server.name.clone(),
            nearest: known.server.nearest_tool(name).map(str::to_owned),
        };
        let severity = if known.is_certain() { RULE.severity } else { Severity::Info };
        findings.add(&RULE, severity, place, facts);
    }
}
