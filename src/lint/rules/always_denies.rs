use serde::Serialize;

use super::unreachable_tool::is_judged;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Effect, Rules};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds entries that deny every call of a tool and have other denials behind them. Where the tool also says what may pass, `unreachable-tool` says so.
    ///
    /// ## Why is this bad?
    /// What stands behind is dead. Either the entry has lost its conditions, or the rest is left over.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [], "on_deny": "Requires human approval."},
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"deny_if": [{"conditions": [], "on_deny": "Requires human approval."}]}
    /// ```
    "always-denies", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct AlwaysDenies {
    /// How many entries and limits are dead because of it.
    dead: usize,
}

impl Facts for AlwaysDenies {
    fn message(&self) -> String {
        match self.dead {
            1 => "this entry denies every call, so that what stands behind it is dead".to_owned(),
            dead => format!("this entry denies every call, so that {dead} behind it are dead"),
        }
    }

    fn help(&self) -> Option<String> {
        Some("remove what is dead, or add the condition that was meant".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (tool, rules) in context.owners() {
        let denies = |check: &Check| check.effect == Effect::DenyIf && check.conditions.is_empty();
        if tool.is_some_and(|tool| is_judged(context, tool)) {
            continue;
        }
        let Some(at) = rules.checks.iter().position(denies) else { continue };
        let dead = dead(rules, at);
        let Some(first) = dead.first() else { continue };
        if !context.is_read(&rules.checks[at].pointer) {
            continue;
        }
        let facts = AlwaysDenies { dead: dead.len() };
        let related = vec![(Place::value((*first).clone()), "this is dead".to_owned())];
        let place = Place::value(rules.checks[at].pointer.clone());
        findings.add_related(&RULE, RULE.severity, place, facts, related);
    }
}

/// What is never asked behind a check; a rule of Intercept that is a check and a limit once.
fn dead(rules: &Rules, at: usize) -> Vec<&Pointer> {
    let alive: Vec<&Pointer> = rules.checks[..=at].iter().map(|check| &check.pointer).collect();
    let mut dead: Vec<&Pointer> =
        rules.checks[at + 1..].iter().map(|check| &check.pointer).collect();
    for limit in &rules.limits {
        if !dead.contains(&&limit.pointer) && !alive.contains(&&limit.pointer) {
            dead.push(&limit.pointer);
        }
    }
    dead
}
