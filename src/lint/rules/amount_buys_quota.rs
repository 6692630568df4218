use serde::Serialize;

use crate::lint::amount::{Bounds, place};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Amount;

rule! {
    /// ## What it does
    /// Finds limits that count an argument which may be negative, and those with a negative `increment`.
    /// It is silent where a condition that must hold keeps the argument at zero or above.
    ///
    /// ## Why is this bad?
    /// A negative amount lowers the counter, also below zero: one call with -1000000 buys a quota for whatever follows.
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
    /// conditions: [{path: args.amount, op: gte, value: 1}]
    /// ```
    "amount-buys-quota", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct BuysQuota {
    counter: String,
    /// The argument; none for a fixed amount.
    argument: Option<String>,
}

impl Facts for BuysQuota {
    fn message(&self) -> String {
        match &self.argument {
            Some(argument) => {
                format!("a negative `{argument}` lowers `{}` and buys quota", self.counter)
            }
            None => format!("every call lowers `{}` and buys quota", self.counter),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match &self.argument {
            Some(argument) => format!("require `{argument}` with `gte` 1"),
            None => "write a positive `increment`".to_owned(),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (tool, limit) in context.limits_by_owner().filter(|(_, limit)| limit.max.is_some()) {
        let argument = match &limit.amount {
            Amount::Fixed(amount) if *amount >= 0 => continue,
            Amount::Fixed(_) => None,
            Amount::Argument(path) => {
                if Bounds::of(context, tool, path).not_negative {
                    continue;
                }
                Some(format!("args.{}", path.join(".")))
            }
        };
        let facts = BuysQuota { counter: limit.key.clone(), argument };
        findings.add(&RULE, RULE.severity, place(limit), facts);
    }
}
