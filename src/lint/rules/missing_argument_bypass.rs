use std::cell::OnceCell;
use std::collections::HashSet;

use serde::Serialize;

use crate::catalogue::Tool;
use crate::lint::check::rule;
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Condition, Effect, Predicate, Subject};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `deny_if` conditions on arguments that may be left out.
    /// It is silent where the server requires the argument, and where a `require` entry of the same tool already fails without it.
    ///
    /// ## Why is this bad?
    /// A missing argument makes every condition but `exists` false, so that the entry does not match and the call passes: `deny_if amount gt 100` is slipped past by leaving `amount` out, and the server fills in its own default.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]}
    /// ```
    ///
    /// ## Use instead
    /// `require`, which fails closed:
    ///
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 100}]}]}
    /// ```
    ///
    /// or a second `deny_if` entry with `exists` `false`.
    "missing-argument-bypass", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct MissingArgumentBypass {
    tool: String,
    argument: String,
    /// Whether the server is known to let it be left out.
    optional: bool,
    /// Whether the entry has no other condition.
    #[serde(skip)]
    alone: bool,
    /// Whether a person is asked, instead of the call being denied.
    #[serde(skip)]
    asks: bool,
}

impl Facts for MissingArgumentBypass {
    fn message(&self) -> String {
        let optional = if self.optional { ", which is optional," } else { "" };
        let past = if self.asks { "the question to a person" } else { "this `deny_if`" };
        format!("leaving out `{}`{optional} slips past {past}", self.argument)
    }

    fn help(&self) -> Option<String> {
        let help = match self.alone {
            _ if self.asks => "require the argument in a rule of its own, as with `exists` `true`",
            true => "write the opposite as `require`, which fails closed",
            false => "add an entry that denies with `exists` `false`, or require the argument",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let equality = context.policy.semantics.equality;
    for (listed, tool) in context.reachable() {
        let checks = &listed.rules.checks;
        let denying = checks.iter().filter(|check| check.effect != Effect::Require);
        // Asked only of tools that have something to bypass.
        let present = OnceCell::new();
        let whole =
            |check: &&Check| !check.conditions.is_empty() && context.is_read(&check.pointer);
        for check in denying.filter(whole) {
            let present = present.get_or_init(|| context.present_arguments(listed));
            let slippery = |condition: &&Condition| {
                is_slippery(check, tool, condition, present)
                    && argument_path(condition)
                        .is_some_and(|path| !context.is_unknown_argument(tool, path))
            };
            let Some(condition) = check.conditions.iter().find(slippery) else { continue };
            let conditions: Vec<&Condition> = check.conditions.iter().collect();
            if contradiction(&conditions, equality).is_some() {
                continue;
            }
            let facts = MissingArgumentBypass {
                tool: tool.name.clone(),
                argument: condition.subject.to_string(),
                optional: is_optional(tool, &condition.subject),
                alone: check.conditions.len() == 1,
                asks: check.effect == Effect::AskIf,
            };
            findings.add(&RULE, RULE.severity, Place::value(condition.pointer.clone()), facts);
        }
    }
}

/// Whether leaving an argument out makes a condition false, and may be done.
fn is_slippery(
    check: &Check,
    tool: &Tool,
    condition: &Condition,
    present: &HashSet<&[String]>,
) -> bool {
    let Subject::Argument(path) = &condition.subject else { return false };
    // Only the outermost argument is known to be required; what is inside it is not.
    let required =
        path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| argument.required);
    // An entry that asks whether the argument is there knows that it may not be.
    let asked = check.conditions.iter().any(|other| {
        other.subject == condition.subject && matches!(other.predicate, Predicate::Exists(_))
    });
    !required && !asked && !present.contains(path.as_slice())
}

fn argument_path(condition: &Condition) -> Option<&[String]> {
    match &condition.subject {
        Subject::Argument(path) => Some(path),
        Subject::Counter(_) | Subject::Price { .. } => None,
    }
}

fn is_optional(tool: &Tool, subject: &Subject) -> bool {
    match subject {
        Subject::Argument(path) => {
            path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| !argument.required)
        }
        Subject::Counter(_) | Subject::Price { .. } => false,
    }
}
