//! Limits that both policies have, and what becomes of them.

use std::borrow::Cow;

use crate::diff::{AccessChanges, ToolName};
use crate::policy::{Amount, Limit, Scope};
use crate::report::common::escape::escape;
use crate::solver::{Lost, Protection};

/// A limit as the old policy has it and as the new one has it, where both have it and it lets pass more or less.
pub(in crate::report) fn moved<'p>(
    access: &AccessChanges<'p>,
    tool: &ToolName,
    protection: &Protection<'_>,
) -> Option<[&'p Limit; 2]> {
    let Protection::Limit(limit) = protection else { return None };
    let terms = |limit: &'p Limit| (limit.max, limit.window, &limit.amount, limit.scope);
    access.limits(tool, limit).filter(|[old, new]| terms(old) != terms(new))
}

/// What happens to the protection of a limit that stays: only where nothing but its maximum differs it is raised or
/// lowered.
fn change([old, new]: [&Limit; 2]) -> &'static str {
    let is_same = (old.window, &old.amount, old.scope) == (new.window, &new.amount, new.scope);
    match (is_same, old.max < new.max) {
        (true, true) => "raised",
        (true, false) => "lowered",
        (false, _) => "changed",
    }
}

/// What a protection is called that the old policy alone has.
pub(in crate::report) const LOST: &str = "lost protection";

/// What becomes of protections on one side: what a heading says of one of them.
pub(in crate::report) fn becoming(
    access: &AccessChanges<'_>,
    tool: &ToolName,
    lost: &Lost<'_>,
    otherwise: &'static str,
) -> &'static str {
    match moved(access, tool, &lost.protection).map(change) {
        Some("raised") => "raised limit",
        Some("lowered") => "lowered limit",
        Some(_) if otherwise == LOST => "loosened limit",
        Some(_) => "tightened limit",
        None => otherwise,
    }
}

/// A limit with how much fits into one window.
pub(in crate::report) fn limit(limit: &Limit) -> String {
    let max = limit.max.map_or("any number".to_owned(), |max| format!("at most {max}"));
    format!("limit {}: {max} {}", counter(limit), limit.window.each())
}

/// A limit that both policies have: how much it lets pass before and after.
pub(super) fn moving(limit: &Limit, [old, new]: [&Limit; 2]) -> String {
    let counter = counter(limit);
    let max = |limit: &Limit| limit.max.map_or("any number".to_owned(), |max| max.to_string());
    match change([old, new]) {
        "changed" => {
            format!("limit {counter} changed from {} to {}", terms(old, new), terms(new, old))
        }
        change => {
            format!(
                "limit {counter} {change} from {} to {} {}",
                max(old),
                max(new),
                new.window.each()
            )
        }
    }
}

/// How much a limit lets pass of what, and how it counts where another one counts otherwise.
fn terms(limit: &Limit, other: &Limit) -> String {
    let max = limit.max.map_or("any number".to_owned(), |max| max.to_string());
    let each = limit.window.each();
    let scope = match limit.scope {
        _ if limit.scope == other.scope => "",
        Scope::Grant => " for each grant",
        Scope::Gateway => " for all grants together",
    };
    match &limit.amount {
        amount if *amount == other.amount => format!("{max} {each}{scope}"),
        Amount::Fixed(1) => format!("{max} calls {each}{scope}"),
        Amount::Fixed(amount) => format!("{max} {each}, of which a call takes {amount}{scope}"),
        Amount::Argument(path) => {
            format!("{max} of args.{} {each}{scope}", escape(&path.join(".")))
        }
    }
}

/// The name of a limit. The counter of Intercept's shorthand has one that nobody wrote.
fn counter(limit: &Limit) -> Cow<'_, str> {
    escape(if limit.counter.starts_with("_rate_") { &limit.rule } else { &limit.counter })
}
