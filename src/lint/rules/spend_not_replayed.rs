use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Subject;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Names rules that bound what may be spent (`spend`, in Intercept after 1.1).
    ///
    /// ## Why is this bad?
    /// The price of a call stands in the server's answer and not in its arguments, so that no recorded call, no proof and no
    /// statement can tell what such a rule lets pass: those calls are `indeterminate`, and `--assume price=deny` or `price=allow` settles them.
    /// It also bounds money and not calls: a tool that costs nothing is called without end.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   - name: budget
    ///     spend: {per_call: 0.50, daily: 50.00}
    /// ```
    ///
    /// ## Use instead
    /// A limit on the calls beside it:
    ///
    /// ```yaml
    /// rules:
    ///   - name: budget
    ///     spend: {per_call: 0.50, daily: 50.00}
    ///   - name: hundred a day
    ///     rate_limit: 100/day
    /// ```
    "spend-not-replayed", Info, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Spend<'c> {
    rule: &'c str,
    per_call: Option<&'c str>,
    daily: Option<&'c str>,
}

impl Facts for Spend<'_> {
    fn message(&self) -> String {
        let per_call = self.per_call.map(|most| format!("{most} a call"));
        let daily = self.daily.map(|most| format!("{most} a day"));
        let bounds: Vec<String> = per_call.into_iter().chain(daily).collect();
        match bounds.as_slice() {
            [] => "`spend` bounds nothing: it has neither `per_call` nor `daily`".to_owned(),
            bounds => format!(
                "at most {} may be spent, at prices that only the server tells: it cannot be replayed",
                bounds.join(" and ")
            ),
        }
    }

    fn help(&self) -> Option<String> {
        Some("bound the calls too, with a `rate_limit` in a rule of its own".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for check in context.own_checks() {
        for condition in &check.conditions {
            let Subject::Price { per_call, daily } = &condition.subject else { continue };
            let facts =
                Spend { rule: &check.rule, per_call: per_call.as_deref(), daily: daily.as_deref() };
            let place = Place::key(condition.pointer.clone());
            findings.add(&RULE, RULE.severity, place, facts);
        }
    }
}
