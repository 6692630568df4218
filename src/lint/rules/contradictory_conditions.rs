use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Check, Condition, Effect};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds conditions on one argument that cannot hold together: an empty range of numbers, a set of values none of which passes the other conditions, `exists` `false` beside a comparison.
    /// All `require` entries of a tool must hold together; the conditions of one `deny_if` entry must.
    ///
    /// ## Why is this bad?
    /// A `deny_if` entry that can never match protects nothing, which is an error. A tool whose `require` entries can never hold is always denied, which may be meant but is said better by hiding it.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [
    ///   {"path": "args.amount", "op": "gt", "value": 100},
    ///   {"path": "args.amount", "op": "lt", "value": 10}]}]}
    /// ```
    ///
    /// ## Use instead
    /// Two entries, each of which denies by itself:
    ///
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]},
    ///   {"conditions": [{"path": "args.amount", "op": "lt", "value": 10}]}]}
    /// ```
    "contradictory-conditions", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Contradictory {
    tool: String,
    subject: String,
    never_denies: bool,
    /// Whether a single condition can never hold.
    alone: bool,
}

impl Facts for Contradictory {
    fn message(&self) -> String {
        let cannot = match self.alone {
            true => format!("the condition on `{}` can never hold", self.subject),
            false => format!("the conditions on `{}` cannot hold together", self.subject),
        };
        let so = match self.never_denies {
            true => "this entry never denies anything".to_owned(),
            false => format!("every call of `{}` is denied", self.tool),
        };
        format!("{cannot}, so {so}")
    }

    fn help(&self) -> Option<String> {
        let help = match self.never_denies {
            true if self.alone => "mend the condition",
            true => "split the entry in two if either condition is to deny",
            false => "hide the tool if no call is to pass, else mend the conditions",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for listed in context.undenied() {
        report(context, &listed.name, &context.required(listed), false, findings);
        let own = &listed.rules.checks;
        let denying = |check: &&Check| check.effect == Effect::DenyIf;
        for check in own.iter().filter(denying) {
            let conditions: Vec<&Condition> = check.conditions.iter().collect();
            report(context, &listed.name, &conditions, true, findings);
        }
    }
}

fn report(
    context: &Context<'_>,
    tool: &str,
    conditions: &[&Condition],
    never_denies: bool,
    findings: &mut Findings<'_>,
) {
    let clashing = contradiction(conditions, context.policy.semantics.equality);
    let Some((last, earlier)) = clashing.as_deref().and_then(<[_]>::split_last) else { return };
    let subject = last.subject.to_string();
    let alone = earlier.is_empty();
    let facts = Contradictory { tool: tool.to_owned(), subject, never_denies, alone };
    let severity = if never_denies { RULE.severity } else { Severity::Warning };
    let related = earlier
        .iter()
        .map(|condition| (Place::value(condition.pointer.clone()), "clashes with this".to_owned()))
        .collect();
    findings.add_related(&RULE, severity, Place::value(last.pointer.clone()), facts, related);
}
