use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Condition, Subject};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds entries that deny calls without an `on_deny` message.
    /// It is off unless it is selected.
    ///
    /// ## Why is this bad?
    /// The agent is told the name of a rule and not what it may do instead, so that it tries again.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}],
    ///   "on_deny": "At most 100 at once; ask a person for more."}]}
    /// ```
    "missing-message", Info, off RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct MissingMessage {
    rule: String,
}

impl Facts for MissingMessage {
    fn message(&self) -> String {
        "a call that is denied here is not told what to do instead".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("add `on_deny`".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // What the gateway says of a limit that is reached tells enough.
    let by_arguments = |check: &&Check| {
        let counts = |condition: &Condition| matches!(condition.subject, Subject::Counter(_));
        check.conditions.is_empty() || !check.conditions.iter().all(counts)
    };
    for check in context.own_checks().filter(|check| !check.has_message).filter(by_arguments) {
        let facts = MissingMessage { rule: check.rule.clone() };
        findings.add(&RULE, RULE.severity, Place::start(check.pointer.clone()), facts);
    }
}
