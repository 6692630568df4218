use std::collections::HashMap;

use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::context::per;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Limit, Window};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds limits with the name of a counter that another limit has with another window or maximum.
    ///
    /// ## Why is this bad?
    /// Counters of different tools are never shared, whatever their names; a name that stands in two places suggests that they are. Within one tool it is not documented that a gateway keeps counters apart by their windows.
    ///
    /// ## Example
    /// ```json
    /// {"limits": [
    ///   {"counter": "jobs", "window": "minute", "max": 10, "scope": "grant"},
    ///   {"counter": "jobs", "window": "day", "max": 100, "scope": "grant"}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"limits": [
    ///   {"counter": "jobs_per_minute", "window": "minute", "max": 10, "scope": "grant"},
    ///   {"counter": "jobs_per_day", "window": "day", "max": 100, "scope": "grant"}]}
    /// ```
    "shared-counter-conflict", Info, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Conflict {
    counter: String,
    max: i64,
    window: Window,
    /// Whether the other limit is one of the same tool.
    same_tool: bool,
}

impl Facts for Conflict {
    fn message(&self) -> String {
        let Conflict { counter, max, window, same_tool } = self;
        let other = if *same_tool { "another limit of this tool" } else { "another tool" };
        format!(
            "the counter `{counter}` with {max} {} is that of {other}, with other numbers",
            per(*window)
        )
    }

    fn help(&self) -> Option<String> {
        Some("give each limit a counter of its own name".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut first: HashMap<&str, (usize, &Limit)> = HashMap::new();
    for (owner, rules) in context.rules().enumerate() {
        for limit in &rules.limits {
            // The names of Intercept's shorthand are made, not chosen.
            let is_made =
                context.policy.dialect.is_intercept() && limit.counter.starts_with("_rate_");
            let Some(max) = limit.max.filter(|_| !is_made) else { continue };
            let Some((other_owner, other)) = first.get(limit.counter.as_str()) else {
                first.insert(&limit.counter, (owner, limit));
                continue;
            };
            // One counter for two limits is said elsewhere.
            if (other.window, other.max) == (limit.window, limit.max) || other.key == limit.key {
                continue;
            }
            let same_tool = *other_owner == owner;
            let facts =
                Conflict { counter: limit.counter.clone(), max, window: limit.window, same_tool };

            let related =
                vec![(Place::value(other.pointer.clone()), "it stands here first".to_owned())];
            let place = Place::value(limit.pointer.clone());
            findings.add_related(&RULE, RULE.severity, place, facts, related);
        }
    }
}
