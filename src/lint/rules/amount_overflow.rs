use serde::Serialize;

use crate::lint::amount::{Bounds, place};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Amount;

rule! {
    /// ## What it does
    /// Finds limits that count an argument which may be larger than any counter can hold.
    /// It is silent where a condition that must hold keeps the argument below a number that fits.
    ///
    /// ## Why is this bad?
    /// An amount beyond 64 bits becomes the least number there is: one call with 1e30 sets the counter far below zero and switches the limit off for the rest of the window.
    ///
    /// ## Example
    /// ```yaml
    /// conditions: [{path: state.pay.spend, op: lte, value: 1000}]
    /// state: {counter: spend, window: day, increment_from: args.amount}
    /// ```
    ///
    /// ## Use instead
    /// A rule of the same tool beside it:
    ///
    /// ```yaml
    /// conditions: [{path: args.amount, op: lte, value: 1000}]
    /// ```
    "amount-overflow", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Overflow {
    counter: String,
    argument: String,
}

impl Facts for Overflow {
    fn message(&self) -> String {
        format!(
            "a huge `{}` overflows `{}` and switches the limit off",
            self.argument, self.counter
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("require `{}` with `lte` and the largest amount of one call", self.argument))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (tool, limit) in context.limits_by_owner() {
        let (Some(max), Amount::Argument(path)) = (limit.max, &limit.amount) else { continue };
        if Bounds::of(context, tool, path).fits(max) {
            continue;
        }
        let argument = format!("args.{}", path.join("."));
        let facts = Overflow { counter: limit.key.clone(), argument };
        findings.add(&RULE, RULE.severity, place(limit), facts);
    }
}
