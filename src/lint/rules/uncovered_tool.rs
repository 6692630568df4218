use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds tools of the server that the policy neither lists nor hides. It needs to know the server for certain.
    /// It is off unless it is selected; `unlisted-risky-tool` says which of them are dangerous because the default is to allow.
    ///
    /// ## Why is this bad?
    /// Nobody has decided about them: the default does.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"list_hosts": {}}}
    /// ```
    ///
    /// ## Use instead
    /// An entry under `tools` or in `hide` for every tool of the server.
    "uncovered-tool", Info, off RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Uncovered {
    server: String,
    tools: Vec<String>,
}

impl Facts for Uncovered {
    fn message(&self) -> String {
        let tools = if self.tools.len() == 1 { "tool" } else { "tools" };
        let are = if self.tools.len() == 1 { "is" } else { "are" };
        format!(
            "{} {tools} of {} {are} never mentioned: {}",
            self.tools.len(),
            self.server,
            enumerate(&self.tools)
        )
    }

    fn help(&self) -> Option<String> {
        Some("hide each of them, or list it with its rules".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server().filter(|known| known.is_certain()) else { return };
    let policy = context.policy;
    let uncovered = known
        .server
        .tools
        .iter()
        .map(|tool| &tool.name)
        .filter(|name| policy.tool(name).is_none() && context.hidden(name).is_none());
    let tools: Vec<String> = uncovered.cloned().collect();
    if !tools.is_empty() {
        let facts = Uncovered { server: known.server.name.clone(), tools };
        findings.add(&RULE, RULE.severity, Place::start(Pointer::root()), facts);
    }
}
