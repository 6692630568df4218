use serde::Serialize;

use super::always_denies::dead;
use super::unreachable_limit::each_unreachable;
use crate::lint::check::rule;
use crate::lint::context::denial;
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, ToolPolicy};
use crate::solver::{Budget, Entries};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds limits that count nothing, because no call gets as far as to them: the entries of the tool deny every call between them, the rules of all tools do, or every tool is hidden or denied.
    /// Conditions are judged by solving them; where that takes too long the rule is silent.
    ///
    /// ## Why is this bad?
    /// The limit is left over, or calls are denied that it was meant for.
    ///
    /// ## Example
    /// ```json
    /// {"run_job": {
    ///   "require": [{"conditions": [{"path": "args.env", "op": "regex", "value": "^prod-"}]}],
    ///   "deny_if": [{"conditions": [{"path": "args.env", "op": "regex", "value": "^prod"}]}],
    ///   "limits": [{"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}
    /// ```
    ///
    /// ## Use instead
    /// Entries that let the calls through which are to be counted, or `hide`:
    ///
    /// ```json
    /// {"hide": ["run_job"]}
    /// ```
    "dead-limit", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct DeadLimit {
    /// The tool; none for a limit of all tools.
    tool: Option<String>,
    reason: Reason,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    Denied,
    DeniedForAllTools,
    EntriesTogether,
    AllHidden,
    NoToolLeft,
}

impl Facts for DeadLimit {
    fn message(&self) -> String {
        let tool = self.tool.as_deref().unwrap_or_default();
        let why = match self.reason {
            Reason::Denied => format!("every call of `{tool}` is denied"),
            Reason::DeniedForAllTools => "a rule of all tools denies every call".to_owned(),
            Reason::EntriesTogether => {
                format!("between them the entries of `{tool}` deny every call")
            }
            Reason::AllHidden => "every tool is hidden".to_owned(),
            Reason::NoToolLeft => {
                "every listed tool is hidden or denied, and so is every other".to_owned()
            }
        };
        format!("no call ever counts against this limit: {why}")
    }

    fn help(&self) -> Option<String> {
        Some("let the calls through that are to be counted, or remove the limit".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    let budget = budget(policy);
    let callable = |tool: &&ToolPolicy| tool.name != "*" && context.hidden(&tool.name).is_none();
    for tool in policy.tools.iter().filter(callable) {
        own(context, tool, &budget, findings);
    }
    // A policy that lists none is one that `wildcard-misses-unlisted` speaks of, or just begun.
    let lists_tools = policy.tools.iter().any(|tool| tool.name != "*");
    let all_tools = &policy.all_tools;
    let reason = match context.hidden("*") {
        _ if denial(all_tools).is_some() => None,
        Some(hidden) => Some((Reason::AllHidden, Some(hidden.pointer.clone()))),
        None if !lists_tools || context.unlisted_is_reachable() => None,
        None if context.undenied().next().is_some() => None,
        None => Some((Reason::NoToolLeft, None)),
    };
    if let Some((reason, because)) = reason {
        let limits: Vec<&Limit> = all_tools.limits.iter().collect();
        for limit in reached_but_for_this(&limits, limits.len()) {
            report(None, limit, reason, because.as_ref(), findings);
        }
    }
}

/// Reports the limits of a tool that is not hidden, if every call of it is denied.
fn own(context: &Context<'_>, tool: &ToolPolicy, budget: &Budget, findings: &mut Findings<'_>) {
    let (rules, all_tools) = (&tool.rules, &context.policy.all_tools);
    if rules.limits.is_empty() {
        return;
    }
    if let Some(deny) = denial(rules) {
        let at = rules.checks.iter().position(|check| check.pointer == deny.pointer);
        // Those that stand behind it are said elsewhere.
        let behind = dead(rules, at.unwrap_or_default());
        for limit in counting(&rules.limits).filter(|limit| !behind.contains(&&limit.pointer)) {
            report(Some(tool), limit, Reason::Denied, Some(&deny.pointer), findings);
        }
        return;
    }
    let reason = match denial(all_tools) {
        Some(deny) => (Reason::DeniedForAllTools, Some(&deny.pointer)),
        None if shut_by_entries(context, tool, budget) => (Reason::EntriesTogether, None),
        None => return,
    };
    let limits: Vec<&Limit> = rules.limits.iter().chain(&all_tools.limits).collect();
    let own = match reason.0 {
        Reason::EntriesTogether => reached_but_for_this(&limits, rules.limits.len()),
        _ => counting(&rules.limits).collect(),
    };
    for limit in own {
        report(Some(tool), limit, reason.0, reason.1, findings);
    }
}

/// Whether the entries of a tool let no call through, in a way that is not said elsewhere.
fn shut_by_entries(context: &Context<'_>, tool: &ToolPolicy, budget: &Budget) -> bool {
    let equality = context.policy.semantics.equality;
    let checks = tool.rules.checks.iter().chain(&context.policy.all_tools.checks);
    checks.clone().next().is_some()
        && Entries::new(checks, equality).can_be_passed(budget) == Some(false)
        && contradiction(&context.required(tool), equality).is_none()
}

/// The limits that would count; that others never do is said elsewhere.
fn counting(limits: &[Limit]) -> impl Iterator<Item = &Limit> {
    limits.iter().filter(|limit| limit.max.is_some())
}

/// The first `own` of some limits, without those of which it is said elsewhere that another limit
/// makes them unreachable.
fn reached_but_for_this<'l>(limits: &[&'l Limit], own: usize) -> Vec<&'l Limit> {
    let mut unreachable: Vec<&Pointer> = Vec::new();
    each_unreachable(limits, own, |limit, _, _, _| unreachable.push(&limit.max_pointer));
    let own = limits[..own].iter().copied().filter(|limit| limit.max.is_some());
    own.filter(|limit| !unreachable.contains(&&limit.max_pointer)).collect()
}

fn report(
    tool: Option<&ToolPolicy>,
    limit: &Limit,
    reason: Reason,
    because: Option<&Pointer>,
    findings: &mut Findings<'_>,
) {
    let facts = DeadLimit { tool: tool.map(|tool| tool.name.clone()), reason };
    let place = Place::value(limit.max_pointer.clone());
    let related =
        because.map(|pointer| (Place::value(pointer.clone()), "because of this".to_owned()));
    findings.add_related(&RULE, RULE.severity, place, facts, related.into_iter().collect());
}
