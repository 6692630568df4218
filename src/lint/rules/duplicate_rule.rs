use std::collections::HashMap;

use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Condition, Predicate, Rules};
use crate::source::{Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds entries with the same conditions as one before them, and names that `hide` has twice.
    ///
    /// ## Why is this bad?
    /// The second one never decides anything. It is left over, or was meant to say something else.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [{"path": "args.force", "op": "eq", "value": true}]},
    ///   {"conditions": [{"path": "args.force", "op": "eq", "value": true}]}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.force", "op": "eq", "value": true}]}]}
    /// ```
    "duplicate-rule", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Duplicate {
    /// The name that is hidden twice; none for an entry.
    hidden: Option<String>,
}

impl Facts for Duplicate {
    fn message(&self) -> String {
        match &self.hidden {
            Some(name) => format!("`{name}` is hidden twice"),
            None => "this entry says what one before it says".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("remove one of the two".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut first: HashMap<&str, &Pointer> = HashMap::new();
    for hidden in &context.policy.hide {
        match first.get(hidden.name.as_str()) {
            Some(earlier) => {
                let facts = Duplicate { hidden: Some(hidden.name.clone()) };
                report(&hidden.pointer, earlier, facts, findings);
            }
            None => _ = first.insert(&hidden.name, &hidden.pointer),
        }
    }
    for rules in context.rules() {
        entries(context, rules, findings);
    }
}

fn entries(context: &Context<'_>, rules: &Rules, findings: &mut Findings<'_>) {
    let mut first: HashMap<(String, String), &Pointer> = HashMap::new();
    for check in &rules.checks {
        // A rule of Intercept may count as well; what it shares with another is then its limit.
        if !context.is_read(&check.pointer)
            || rules.limits.iter().any(|limit| limit.pointer == check.pointer)
        {
            continue;
        }
        let said = (key(check), rest(findings.node(&check.pointer)));
        match first.get(&said) {
            Some(earlier) => report(&check.pointer, earlier, Duplicate { hidden: None }, findings),
            None => _ = first.insert(said, &check.pointer),
        }
    }
}

/// What an entry says besides its conditions and its words for people, such as how long a question
/// may stay unanswered.
fn rest(node: Option<&Node>) -> String {
    const ELSEWHERE: [&str; 4] = ["name", "description", "conditions", "on_deny"];
    let entries = node.into_iter().flat_map(Node::live_entries);
    let others = entries.filter(|entry| !ELSEWHERE.contains(&&*entry.key.text));
    let mut others: Vec<String> =
        others.map(|entry| format!("{}: {}", entry.key.text, entry.value.to_json())).collect();
    others.sort_unstable();
    others.join("\n")
}

fn report(pointer: &Pointer, earlier: &Pointer, facts: Duplicate, findings: &mut Findings<'_>) {
    let edit = findings.editor().remove(pointer);
    let related = vec![(Place::value(earlier.clone()), "it stands here first".to_owned())];
    let place = Place::value(pointer.clone());
    let finding = findings.add_related(&RULE, RULE.severity, place, facts, related);
    finding.fixed_by(Fix::new(Safety::Safe, "remove the second one", [edit]));
}

/// What an entry says, whatever the order in which it says it.
pub(super) fn key(check: &Check) -> String {
    let mut conditions: Vec<String> = check.conditions.iter().map(condition_key).collect();
    conditions.sort_unstable();
    format!("{:?} {conditions:?}", check.effect)
}

fn condition_key(condition: &Condition) -> String {
    let operand = match &condition.predicate {
        Predicate::Matches(pattern) => format!("{:?}", pattern.source()),
        predicate => format!("{predicate:?}"),
    };
    format!("{:?} {} {operand}", condition.subject, condition.predicate.operator())
}
