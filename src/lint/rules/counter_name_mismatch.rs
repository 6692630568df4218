use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck};
use crate::policy::Dialect;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds counters of version 1 policies that are called `<tool>_rate` after another tool than the one they belong to.
    ///
    /// ## Why is this bad?
    /// The limit was copied from the other tool. It works, but logs and messages name the wrong tool.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"run_job": {}, "stop_job": {"limits": [
    ///   {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"run_job": {}, "stop_job": {"limits": [
    ///   {"counter": "stop_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    "counter-name-mismatch", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct NameMismatch {
    tool: String,
    counter: String,
    named_after: String,
}

impl Facts for NameMismatch {
    fn message(&self) -> String {
        let NameMismatch { tool, counter, named_after } = self;
        format!("the counter `{counter}` of `{tool}` is named after `{named_after}`")
    }

    fn help(&self) -> Option<String> {
        Some(format!("call it `{}_rate`", self.tool))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    if policy.dialect != Dialect::V1 {
        return;
    }
    let server = context.server().map(|known| known.server);
    let is_tool = |name: &str| {
        policy.tool(name).is_some() || server.is_some_and(|server| server.tool(name).is_some())
    };
    for tool in &policy.tools {
        for limit in &tool.rules.limits {
            let Some(stem) = limit.counter.strip_suffix("_rate") else { continue };
            if stem == tool.name || !is_tool(stem) {
                continue;
            }
            let own = format!("{}_rate", tool.name);
            let at = limit.pointer.key("counter");
            let free = tool.rules.limits.iter().all(|other| other.counter != own);
            let edit = findings.editor().replace(&at, &own.as_str().into()).filter(|_| free);
            let facts = NameMismatch {
                tool: tool.name.clone(),
                counter: limit.counter.clone(),
                named_after: stem.to_owned(),
            };
            let fix = Fix::new(Safety::Unsafe, format!("write `{own}`"), [edit]);
            findings.add(&RULE, RULE.severity, Place::value(at), facts).fixed_by(fix);
        }
    }
}
