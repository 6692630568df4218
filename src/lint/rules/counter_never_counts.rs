use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `state` blocks of Intercept policies in whose own rule no condition limits the counter with `lt` or `lte`.
    ///
    /// ## Why is this bad?
    /// Intercept counts only where a condition of the same rule sets a limit. Without one the counter stays at zero for ever, so that conditions on it in other rules hold always, or never.
    ///
    /// ## Example
    /// ```yaml
    /// - name: count
    ///   conditions: [{path: args.amount, op: gt, value: 0}]
    ///   state: {counter: jobs, window: day}
    /// - name: limit
    ///   conditions: [{path: state.run_job.jobs, op: lte, value: 10}]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// - name: limit
    ///   conditions: [{path: state.run_job.jobs, op: lte, value: 10}]
    ///   state: {counter: jobs, window: day}
    /// ```
    "counter-never-counts", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct NeverCounts {
    counter: String,
}

impl Facts for NeverCounts {
    fn message(&self) -> String {
        format!("the counter `{}` never counts: no condition of this rule limits it", self.counter)
    }

    fn help(&self) -> Option<String> {
        Some(format!("add a condition on `state.{}` with `lte` to this rule", self.counter))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // The condition that limits it may be one that could not be read.
    let whole = context.rules().filter(|rules| !rules.gaps.is_any());
    for limit in whole.flat_map(|rules| &rules.limits).filter(|limit| limit.max.is_none()) {
        let facts = NeverCounts { counter: limit.key.clone() };
        findings.add(&RULE, RULE.severity, Place::key(limit.pointer.key("state")), facts);
    }
}
