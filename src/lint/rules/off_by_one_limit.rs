use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, Order, Predicate};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds limits of Intercept policies that are written with `lt`.
    ///
    /// ## Why is this bad?
    /// The counter may not reach the number: `lt 10` lets 9 calls through, and `lt 1` none.
    ///
    /// ## Example
    /// ```yaml
    /// conditions: [{path: state.run_job.jobs, op: lt, value: 10}]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// conditions: [{path: state.run_job.jobs, op: lte, value: 10}]
    /// ```
    "off-by-one-limit", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct OffByOne {
    counter: String,
    bound: f64,
    max: i64,
}

impl Facts for OffByOne {
    fn message(&self) -> String {
        format!("`lt {}` lets `{}` reach {} only", self.bound, self.counter, self.max)
    }

    fn help(&self) -> Option<String> {
        let (bound, max) = (self.bound, self.max);
        Some(format!("write `lte` with {max} to say what it does; with {bound} more would pass"))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for limit in context.own_limits() {
        let Some(max) = limit.max else { continue };
        let condition = limit.max_pointer.parent();
        let Some(bound) = bound(context, limit, &condition) else { continue };
        let edit = findings.editor().replace(&condition.key("op"), &"lte".into());
        let facts = OffByOne { counter: limit.key.clone(), bound, max };
        let place = Place::value(condition.key("op"));
        let fix = Fix::new(Safety::Unsafe, "write `lte`", [edit]);
        findings.add(&RULE, RULE.severity, place, facts).fixed_by(fix);
    }
}

/// The number of the condition that sets a limit, if it does so with `lt`.
fn bound(context: &Context<'_>, limit: &Limit, condition: &Pointer) -> Option<f64> {
    let checks = context.own_checks().find(|check| check.pointer == limit.pointer)?;
    let setting = checks.conditions.iter().find(|own| own.pointer == *condition)?;
    match setting.predicate {
        Predicate::Compare { order: Order::Lt, bound } => Some(bound),
        _ => None,
    }
}
