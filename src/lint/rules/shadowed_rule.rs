use std::collections::HashSet;

use serde::Serialize;

use super::duplicate_rule::key;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Check, Effect, Rules, Subject};
use crate::solver::{Budget, Entries};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds entries that never decide anything, because an earlier entry of the same tool refuses every call that they would refuse.
    /// `require` entries are asked before `deny_if` entries. A `deny_if` behind a `require` may be meant as a second line of defence, so it is information only.
    /// Conditions are compared by solving them; where that takes too long the rule is silent.
    ///
    /// ## Why is this bad?
    /// The entry protects nothing and its message is never shown. Often the order is wrong, or one of the two values is.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 1000}], "on_deny": "Ask the team lead."},
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 5000}], "on_deny": "Ask the board."}]}
    /// ```
    ///
    /// ## Use instead
    /// The narrower entry first:
    ///
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 5000}], "on_deny": "Ask the board."},
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 1000}], "on_deny": "Ask the team lead."}]}
    /// ```
    "shadowed-rule", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Shadowed {
    /// Whether the earlier entry is a `require` and this one a `deny_if`.
    behind_require: bool,
}

impl Facts for Shadowed {
    fn message(&self) -> String {
        let earlier = if self.behind_require { "a `require` entry" } else { "an earlier entry" };
        format!("this entry never decides: {earlier} refuses every call that it would refuse")
    }

    fn help(&self) -> Option<String> {
        let help = match self.behind_require {
            true => "remove it, unless it is there for the day on which the other one is loosened",
            false => "put the narrower entry first, mend its conditions, or remove it",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let budget = budget(context.policy);
    let own = context.undenied().map(|tool| &tool.rules);
    for rules in own.chain(context.undenied_all_tools()) {
        let entries = Entries::new(rules.checks.iter(), context.policy.semantics.equality);
        let mut said = HashSet::new();
        for (index, later) in rules.checks.iter().enumerate() {
            let is_first = said.insert(key(later));
            // What stands twice is said elsewhere; what counts as well is not dead.
            if is_first
                && !counts(rules, later)
                && context.is_read(&later.pointer)
                && let Some(earlier) = shadow(rules, &entries, index, &budget)
                && context.is_read(&earlier.pointer)
            {
                report(later, earlier, findings);
            }
        }
    }
}

/// The first entry that leaves a later one nothing to decide. Where the later one never refuses
/// anything, or the earlier one everything, that is another mistake and said elsewhere.
fn shadow<'r>(
    rules: &'r Rules,
    entries: &Entries<'_>,
    index: usize,
    budget: &Budget,
) -> Option<&'r Check> {
    let later = &rules.checks[index];
    let earlier = rules.checks[..index].iter().enumerate();
    let mut related = earlier.filter(|(_, check)| shares_argument(check, later));
    let (_, earlier) = related.find(|(number, _)| {
        entries.decides_after(index, *number, budget) == Some(false)
            && entries.passes_some(*number, budget) == Some(true)
    })?;
    (entries.refuses_some(index, budget) == Some(true)).then_some(earlier)
}

/// Whether two entries look at one argument; otherwise neither bears on the other.
fn shares_argument(one: &Check, other: &Check) -> bool {
    arguments(one).any(|name| arguments(other).any(|other| name == other))
}

fn arguments(check: &Check) -> impl Iterator<Item = &str> {
    check.conditions.iter().filter_map(|condition| match &condition.subject {
        Subject::Argument(path) => path.first().map(String::as_str),
        Subject::Counter(_) => None,
    })
}

/// Whether an entry is a rule of Intercept that counts calls.
fn counts(rules: &Rules, check: &Check) -> bool {
    rules.limits.iter().any(|limit| limit.pointer == check.pointer)
}

fn report(later: &Check, earlier: &Check, findings: &mut Findings<'_>) {
    let behind_require = later.effect == Effect::DenyIf && earlier.effect == Effect::Require;
    let severity = if behind_require { Severity::Info } else { RULE.severity };
    let place = Place::value(later.pointer.clone());
    let related =
        vec![(Place::value(earlier.pointer.clone()), "this one refuses first".to_owned())];
    findings.add_related(&RULE, severity, place, Shadowed { behind_require }, related);
}
