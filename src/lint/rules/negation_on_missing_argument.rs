use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Check, Effect, Predicate, Subject};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `neq` and `not_in` where the condition must hold, on an argument that may be left out.
    /// Where nobody knows whether it may be, it is information only; it is silent where another condition asks that the argument be there.
    ///
    /// ## Why is this bad?
    /// On a missing argument every operator but `exists` is false, the negated ones as well: a call that leaves the argument out is denied, though it does not have the forbidden value.
    ///
    /// ## Example
    /// ```yaml
    /// conditions: [{path: args.branch, op: neq, value: main}]
    /// ```
    ///
    /// ## Use instead
    /// An additional condition that says that the argument is needed:
    ///
    /// ```yaml
    /// conditions:
    ///   - {path: args.branch, op: exists, value: true}
    ///   - {path: args.branch, op: neq, value: main}
    /// ```
    "negation-on-missing-argument", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Negation {
    tool: String,
    argument: String,
    operator: &'static str,
    /// Whether the server is known to let it be left out.
    optional: bool,
}

impl Facts for Negation {
    fn message(&self) -> String {
        let optional = if self.optional { ", which is optional," } else { "" };
        format!("a call without `{}`{optional} is denied by `{}`", self.argument, self.operator)
    }

    fn help(&self) -> Option<String> {
        Some("if that is meant, say so with a condition `exists` `true`".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable() {
        let asked = |subject: &Subject| {
            context
                .required(listed)
                .into_iter()
                .any(|other| other.subject == *subject && !is_negated(&other.predicate))
        };
        let required = |check: &&Check| check.effect == Effect::Require;
        for condition in
            listed.rules.checks.iter().filter(required).flat_map(|check| &check.conditions)
        {
            let Subject::Argument(path) = &condition.subject else { continue };
            let argument = tool.argument(&path[0]).filter(|_| path.len() == 1);
            let needed = argument.is_some_and(|argument| argument.required);
            if !is_negated(&condition.predicate) || needed || asked(&condition.subject) {
                continue;
            }
            let severity = match argument {
                Some(_) => context.weigh_arguments(tool, RULE.severity),
                None => Severity::Info,
            };
            let facts = Negation {
                tool: listed.name.clone(),
                argument: condition.subject.to_string(),
                operator: condition.predicate.operator(),
                optional: argument.is_some(),
            };
            findings.add(&RULE, severity, Place::value(condition.pointer.clone()), facts);
        }
    }
}

fn is_negated(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Equal { negated: true, .. } | Predicate::OneOf { negated: true, .. }
    )
}
