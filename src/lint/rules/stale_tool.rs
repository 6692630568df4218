use serde::Serialize;

use super::unknown_tool::versioned;
use crate::catalogue::Server;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::looks::Looks;
use crate::lint::{Context, RuleCheck, Severity};

rule! {
    /// ## What it does
    /// Finds tools in `tools` and `hide` that the server does not have, and that are not like one that it has (see `unknown-tool` and `lookalike-tool-name` for those).
    /// Where the server was only found from the names of the tools and a good part of them is unknown, it is information only: the policy may be for another server.
    /// It says which version of a server that is built in was looked at: another one may have the tool, so that it is information only until the server is named.
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
    /// The version of the server that the catalogue has a record of.
    version: Option<String>,
}

impl Facts for Stale {
    fn message(&self) -> String {
        let server = versioned(&self.server, self.version.as_deref());
        format!("{server} has no tool `{}`, and none that is like it", self.tool)
    }

    fn help(&self) -> Option<String> {
        Some("remove it, or name the server that the policy is for with `--server`".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server() else { return };
    let looks = Looks::new(context);
    for (name, place) in context.foreign_tools() {
        if known.server.nearest_tool(name).is_some() || looks.has_tool_like(name) {
            continue;
        }
        let Server { name: server, version, .. } = known.server;
        let (server, version) = (server.clone(), version.clone());
        let facts = Stale { tool: name.to_owned(), server, version };
        let severity = if known.is_complete() { RULE.severity } else { Severity::Info };
        findings.add(&RULE, severity, place, facts);
    }
}
