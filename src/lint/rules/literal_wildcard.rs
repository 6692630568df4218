use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Dialect;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `*` under `tools` in version 1 policies.
    ///
    /// ## Why is this bad?
    /// Names are exact in version 1: `*` is a tool called "*", which no server has. Its rules
    /// look as if they held for every tool and hold for none. (In Intercept policies `*` does mean
    /// every tool.)
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"*": {"limits": [{"counter": "calls", "window": "minute", "max": 60, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"all_tools": {"limits": [{"counter": "calls", "window": "minute", "max": 60, "scope": "grant"}]}}
    /// ```
    "literal-wildcard", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct LiteralWildcard {}

impl Facts for LiteralWildcard {
    fn message(&self) -> String {
        "`*` is no wildcard here: these rules hold for no tool".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("move the limits to `all_tools`; other rules are needed for each tool".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    if let Some(tool) = policy.tool("*").filter(|_| policy.dialect == Dialect::V1) {
        findings.add(&RULE, RULE.severity, Place::key(tool.pointer.clone()), LiteralWildcard {});
    }
}
