use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Amount;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds limits of zero or less.
    ///
    /// ## Why is this bad?
    /// No call could ever pass, which is what hiding says more plainly. Often a sign that a value was left to be filled in.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 0, "scope": "grant"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"hide": ["run_job"]}
    /// ```
    "non-positive-limit", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct NonPositive {
    rule: String,
    max: i64,
    /// How much each call takes.
    amount: i64,
}

impl Facts for NonPositive {
    fn message(&self) -> String {
        match self.amount {
            1 => format!("a limit of {} lets no call through", self.max),
            amount => format!("a limit of {} lets no call through that takes {amount}", self.max),
        }
    }

    fn help(&self) -> Option<String> {
        Some("hide the tool if no call is to pass, else write how many may".to_owned())
    }
}

/// Version 1 is checked while the document is read, because there such a limit is invalid.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    if policy.dialect == crate::policy::Dialect::V1 {
        return;
    }
    let tools = policy.tools.iter().filter(|tool| tool.name != "*");
    let own = tools.flat_map(|tool| &tool.rules.limits);
    for limit in own.chain(&policy.all_tools.limits) {
        let Some(max) = limit.max.filter(|_| limit.calls().is_some_and(|calls| calls <= 0)) else {
            continue;
        };
        let amount = match limit.amount {
            Amount::Fixed(amount) => amount,
            Amount::Argument(_) => 1,
        };
        let facts = NonPositive { rule: limit.rule.clone(), max, amount };
        findings.add(&RULE, RULE.severity, Place::value(limit.max_pointer.clone()), facts);
    }
}
