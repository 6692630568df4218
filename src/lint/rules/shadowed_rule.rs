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
    /// Finds entries that never decide anything, because an earlier entry of the same tool, or several together, refuse every call that they would refuse.
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
    /// Whether an earlier entry is a `require` and this one a `deny_if`.
    behind_require: bool,
    /// How many earlier entries it takes.
    by: usize,
}

impl Facts for Shadowed {
    fn message(&self) -> String {
        let earlier = match (self.by, self.behind_require) {
            (1, true) => "a `require` entry refuses".to_owned(),
            (1, false) => "an earlier entry refuses".to_owned(),
            (several, _) => format!("{several} earlier entries together refuse"),
        };
        format!("this entry never decides: {earlier} every call that it would refuse")
    }

    fn help(&self) -> Option<String> {
        let help = match self.behind_require {
            true => {
                "remove it, unless it is there for the day on which what stands before it is loosened"
            }
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
        let readable: Vec<bool> =
            rules.checks.iter().map(|check| context.is_read(&check.pointer)).collect();
        let mut said = HashSet::new();
        for (index, later) in rules.checks.iter().enumerate() {
            if budget.is_spent() {
                return;
            }
            let is_first = said.insert(key(later));
            // What stands twice is said elsewhere; what counts as well is not dead.
            if !is_first || counts(rules, later) || !readable[index] {
                continue;
            }
            let is_related =
                |at: &usize| readable[*at] && shares_argument(&rules.checks[*at], later);
            let related: Vec<usize> = (0..index).filter(is_related).collect();
            if let Some(shadow) = shadow(&entries, index, &related, &budget) {
                let earlier: Vec<&Check> = shadow.iter().map(|at| &rules.checks[*at]).collect();
                report(later, &earlier, findings);
            }
        }
    }
}

/// The first entry, else the fewest, that leave a later one nothing to decide. Where the later one
/// never refuses anything, or the earlier ones everything, that is another mistake and said elsewhere.
fn shadow(
    entries: &Entries<'_>,
    index: usize,
    related: &[usize],
    budget: &Budget,
) -> Option<Vec<usize>> {
    /// Of more entries it would take long to ask whether they do so together.
    const MOST: usize = 32;
    let covering = |earlier: &[usize]| {
        let shadow = entries.covering(index, earlier, budget)?;
        (entries.passes_some(&shadow, budget) == Some(true)).then_some(shadow)
    };
    let alone = || related.iter().find_map(|earlier| covering(&[*earlier]));
    let together = || (2..=MOST).contains(&related.len()).then(|| covering(related)).flatten();
    let shadow = alone().or_else(together)?;
    (entries.refuses_some(index, budget) == Some(true)).then_some(shadow)
}

/// Whether two entries look at one argument; otherwise neither bears on the other.
fn shares_argument(one: &Check, other: &Check) -> bool {
    arguments(one).any(|name| arguments(other).any(|other| name == other))
}

fn arguments(check: &Check) -> impl Iterator<Item = &str> {
    check.conditions.iter().filter_map(|condition| match &condition.subject {
        Subject::Argument(path) => path.first().map(String::as_str),
        Subject::Counter(_) | Subject::Price { .. } => None,
    })
}

/// Whether an entry is a rule of Intercept that counts calls.
fn counts(rules: &Rules, check: &Check) -> bool {
    rules.limits.iter().any(|limit| limit.pointer == check.pointer)
}

fn report(later: &Check, earlier: &[&Check], findings: &mut Findings<'_>) {
    let is_require = |check: &&Check| check.effect == Effect::Require;
    let behind_require = later.effect == Effect::DenyIf && earlier.iter().any(is_require);
    let severity = if behind_require { Severity::Info } else { RULE.severity };
    let words =
        if earlier.len() == 1 { "this one refuses first" } else { "this one refuses some of them" };
    let related =
        earlier.iter().map(|check| (Place::value(check.pointer.clone()), words.to_owned()));
    let place = Place::value(later.pointer.clone());
    let facts = Shadowed { behind_require, by: earlier.len() };
    findings.add_related(&RULE, severity, place, facts, related.collect());
}
