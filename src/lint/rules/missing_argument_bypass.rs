use serde::Serialize;

use crate::catalogue::Tool;
use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Condition, Effect, Predicate, Subject, ToolPolicy};
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
}

impl Facts for MissingArgumentBypass {
    fn message(&self) -> String {
        let optional = if self.optional { ", which is optional," } else { "" };
        format!("leaving out `{}`{optional} slips past this `deny_if`", self.argument)
    }

    fn help(&self) -> Option<String> {
        Some("write the opposite as `require`, which fails closed".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable() {
        let checks = &listed.rules.checks;
        for check in checks.iter().filter(|check| check.effect == Effect::DenyIf) {
            let slippery = |condition: &&Condition| is_slippery(context, listed, tool, condition);
            let Some(condition) = check.conditions.iter().find(slippery) else { continue };
            let facts = MissingArgumentBypass {
                tool: tool.name.clone(),
                argument: condition.subject.to_string(),
                optional: is_optional(tool, &condition.subject),
            };
            findings.add(&RULE, RULE.severity, Place::value(condition.pointer.clone()), facts);
        }
    }
}

/// Whether leaving an argument out makes a condition false, and may be done.
fn is_slippery(
    context: &Context<'_>,
    listed: &ToolPolicy,
    tool: &Tool,
    condition: &Condition,
) -> bool {
    let Subject::Argument(path) = &condition.subject else { return false };
    // Only the outermost argument is known to be required; what is inside it is not.
    let required = path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| argument.required);
    !required
        && !matches!(condition.predicate, Predicate::Exists(_))
        && !context.requires_presence(listed, path)
}

fn is_optional(tool: &Tool, subject: &Subject) -> bool {
    match subject {
        Subject::Argument(path) => {
            path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| !argument.required)
        }
        Subject::Counter(_) => false,
    }
}
