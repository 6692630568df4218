use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::looks::Looks;
use crate::lint::{Context, RuleCheck, Severity};

rule! {
    /// ## What it does
    /// Finds tools in `tools` and `hide` that the server does not have, and that are not like one that it has (see `unknown-tool` and `lookalike-tool-name` for those).
    /// Where the server was only found from the names of the tools and a good part of them is unknown, it is information only: the policy may be for another server.
    ///
    /// ## Why is this bad?
    /// The server had the tool once, or the policy was copied from another server. Should a tool of that name come back, rules that nobody remembers decide its calls.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"frobnicate": {}}}
    /// ```
    ///
    /// ## Use instead
    /// Only tools that the server has; or name the right server.
    "stale-tool", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Stale {
    tool: String,
    server: String,
}

impl Facts for Stale {
    fn message(&self) -> String {
        format!("{} has no tool `{}`, and none that is like it", self.server, self.tool)
    }

    fn help(&self) -> Option<String> {
        Some("remove it, or name the policy's server with `--server`".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server() else { return };
    let looks = Looks::new(context);
    for (name, place) in context.foreign_tools() {
        if known.server.nearest_tool(name).is_some() || looks.has_tool_like(name) {
            continue;
        }
        let facts = Stale { tool: name.to_owned(), server: known.server.name.clone() };
        let severity = if known.is_certain() { RULE.severity } else { Severity::Info };
        findings.add(&RULE, severity, place, facts);
    }
}
