use std::collections::HashMap;

use serde::Serialize;

use crate::catalogue::words_of;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Limit, Window};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds limits with the name of a counter that another limit has with another window or maximum, and limits of several tools that seem to share one counter by its name. A name that says no more than `rate` or `calls` suggests nothing.
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
    "shared-counter-conflict", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Conflict {
    counter: String,
    max: i64,
    window: Window,
    /// Whether the other limit is one of the same tool.
    same_tool: bool,
    /// Whether it is that of another tool with the same numbers, as if the two shared it.
    same_numbers: bool,
}

impl Facts for Conflict {
    fn message(&self) -> String {
        let Conflict { counter, max, window, same_tool, same_numbers } = self;
        if *same_numbers {
            return format!(
                "the counter `{counter}` is shared with no other tool: each that names it has {max} {} of its own",
                window.each()
            );
        }
        let other = if *same_tool { "another limit of this tool" } else { "another tool" };
        format!(
            "the counter `{counter}` with {max} {} is that of {other}, with other numbers",
            window.each()
        )
    }

    fn help(&self) -> Option<String> {
        Some(match self.same_numbers {
            true => "give each tool its share, or limit all tools together".to_owned(),
            false => "give each limit a counter of its own name".to_owned(),
        })
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
            let same_tool = *other_owner == owner;
            let same_numbers = (other.window, other.max) == (limit.window, limit.max);
            let is_shared = same_numbers && !same_tool && !is_general(&limit.counter);
            if (same_numbers && !is_shared) || other.key == limit.key {
                continue;
            }
            let severity = if is_shared { RULE.severity } else { Severity::Info };
            let (counter, window) = (limit.counter.clone(), limit.window);
            let facts = Conflict { counter, max, window, same_tool, same_numbers };

            let related =
                vec![(Place::value(other.pointer.clone()), "it stands here first".to_owned())];
            let place = Place::value(limit.pointer.clone());
            findings.add_related(&RULE, severity, place, facts, related);
        }
    }
}

/// Whether a counter's name says only that something is counted.
fn is_general(name: &str) -> bool {
    const GENERAL: &str =
        "rate rates limit limits call calls request requests count counter per minute
        hour day minutely hourly daily quota usage max total budget tool tools grant";
    let is_general = |word: &String| GENERAL.split_ascii_whitespace().any(|known| known == word);
    words_of(name).iter().all(is_general)
}
