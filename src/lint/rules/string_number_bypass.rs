use serde::Serialize;

use crate::catalogue::ArgumentType;
use crate::lint::check::rule;
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Condition, Effect, Predicate, Subject};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `deny_if` conditions with `lt`, `lte`, `gt` or `gte` on arguments that may be text.
    /// It is silent where the server declares the argument as a number, and where a `require` entry already demands a number.
    ///
    /// ## Why is this bad?
    /// Comparisons hold for numbers only. The text `"500"` is no number, so that it slips past `gt 100`; many servers take it for 500 all the same.
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
    "string-number-bypass", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct StringNumberBypass {
    tool: String,
    argument: String,
    operator: &'static str,
    bound: f64,
}

impl Facts for StringNumberBypass {
    fn message(&self) -> String {
        let StringNumberBypass { argument, operator, bound, .. } = self;
        format!("a number written as text in `{argument}` slips past `{operator} {bound}`")
    }

    fn help(&self) -> Option<String> {
        Some("write the opposite as `require`, which lets only numbers through".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable() {
        let denying = listed.rules.checks.iter().filter(|check| check.effect != Effect::Require);
        let matching = denying.filter(|check| {
            let conditions: Vec<&Condition> = check.conditions.iter().collect();
            contradiction(&conditions, context.policy.semantics.equality).is_none()
        });
        for condition in matching.flat_map(|check| &check.conditions) {
            let Subject::Argument(path) = &condition.subject else { continue };
            let Predicate::Compare { order, bound } = condition.predicate else { continue };
            let declared = tool.argument(&path[0]).filter(|_| path.len() == 1);
            let is_number = declared.is_some_and(|argument| {
                matches!(argument.kind, Some(ArgumentType::Number | ArgumentType::Integer))
            });
            // That the comparison never holds at all is said elsewhere.
            let certain = context.server().is_some_and(|known| known.is_certain());
            let is_other = certain && declared.is_some_and(|argument| argument.kind.is_some());
            let is_none = context.is_unknown_argument(tool, path);
            if is_number || is_other || is_none || context.requires_number(listed, path) {
                continue;
            }
            let facts = StringNumberBypass {
                tool: tool.name.clone(),
                argument: condition.subject.to_string(),
                operator: order.name(),
                bound,
            };
            findings.add(&RULE, RULE.severity, Place::value(condition.pointer.clone()), facts);
        }
    }
}
