use serde::Serialize;

use super::unreachable_limit::each_unreachable;
use crate::lint::check::rule;
use crate::lint::context::denial;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Limit;
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds limits of all tools that count nothing, because no call gets as far as to them: every tool is hidden or denied. Of a single tool `unreachable-tool` says so.
    ///
    /// ## Why is this bad?
    /// The limit is left over, or calls are denied that it was meant for.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "hide": ["*"],
    ///  "all_tools": {"limits": [{"counter": "calls", "window": "minute", "max": 10, "scope": "grant"}]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "hide": ["*"]}
    /// ```
    "dead-limit", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct DeadLimit {
    reason: Reason,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    AllHidden,
    NoToolLeft,
}

impl Facts for DeadLimit {
    fn message(&self) -> String {
        let why = match self.reason {
            Reason::AllHidden => "every tool is hidden",
            Reason::NoToolLeft => "every listed tool is hidden or denied, and so is every other",
        };
        format!("no call ever counts against this limit: {why}")
    }

    fn help(&self) -> Option<String> {
        Some("remove the limit, or mend what denies the calls if some were to pass".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    // A policy that lists none is one that `wildcard-misses-unlisted` speaks of, or just begun.
    let lists_tools = policy.tools.iter().any(|tool| tool.name != "*");
    let all_tools = &policy.all_tools;
    let (reason, because) = match context.hidden("*") {
        _ if denial(all_tools).is_some() => return,
        Some(hidden) => (Reason::AllHidden, Some(&hidden.pointer)),
        None if !lists_tools || context.unlisted_is_reachable() => return,
        None if context.undenied().next().is_some() => return,
        None if !policy.tools.iter().all(|tool| context.is_read(&tool.pointer)) => return,
        None => (Reason::NoToolLeft, None),
    };
    let limits: Vec<&Limit> = all_tools.limits.iter().collect();
    // That another limit makes one unreachable is said elsewhere.
    let mut unreachable: Vec<&Pointer> = Vec::new();
    each_unreachable(&limits, limits.len(), |limit, _, _, _| unreachable.push(&limit.max_pointer));
    let counting = limits.iter().filter(|limit| limit.max.is_some());
    for limit in counting.filter(|limit| !unreachable.contains(&&limit.max_pointer)) {
        let place = Place::value(limit.max_pointer.clone());
        let related =
            because.map(|pointer| (Place::value(pointer.clone()), "because of this".to_owned()));
        let related = related.into_iter().collect();
        findings.add_related(&RULE, RULE.severity, place, DeadLimit { reason }, related);
    }
}
