use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Amount, Effect, Predicate, Subject};
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds paths that seem to lead into a list: `args.items[0].price`, `args.items.0.price`, `args.items[*].price`, `args.items.*.price`, `args.items[1:2]`, `args.items[?(@.x)]`, `args.items['x']`. A key that is a number, or ends with empty brackets or a letter in them, may be meant, so that such a path is a warning.
    /// Where the server is known and has an argument of that very name, nothing is said.
    ///
    /// ## Why is this bad?
    /// A path leads through objects only: `items[0]` is a key called "items[0]". In a list nothing is found there, so that a `deny_if` entry never denies, and a `require` entry denies every call; `exists` `false` the other way round.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.tags[0]", "op": "eq", "value": "prod"}]}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.tags", "op": "contains", "value": "prod"}]}]}
    /// ```
    "index-in-path", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct IndexInPath {
    path: String,
    /// The key that seems to be an index.
    key: String,
    /// Whether the entry never denies because of it; otherwise it denies every call without such a key.
    never_denies: bool,
}

impl Facts for IndexInPath {
    fn message(&self) -> String {
        let so = match self.never_denies {
            true => "this entry never denies what is in a list",
            false => "every call with a list is denied",
        };
        format!(
            "`{}` in `{}` is the name of a key: no path leads into a list, so {so}",
            self.key, self.path
        )
    }

    fn help(&self) -> Option<String> {
        Some("look for an element with `contains` on the list itself; what lies deeper in a list cannot be looked at".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (tool, rules) in context.owners() {
        let tool = tool.filter(|tool| context.is_known(tool)).map(|tool| context.tool(&tool.name));
        let is_argument = |path: &[String]| {
            tool.and_then(|tool| tool.arguments.as_ref())
                .is_some_and(|arguments| arguments.contains_key(&path[0]))
        };
        let mut look = |path: &[String], at: Pointer, never_denies| {
            let Some(index) = index_of(path) else { return };
            if index == 0 && is_argument(path) {
                return;
            }
            let key = path[index].clone();
            let severity = if is_plain(&key) { RULE.severity } else { Severity::Warning };
            let path = format!("args.{}", path.join("."));
            findings.add(
                &RULE,
                severity,
                Place::value(at),
                IndexInPath { path, key, never_denies },
            );
        };
        for check in &rules.checks {
            for condition in &check.conditions {
                let Subject::Argument(path) = &condition.subject else { continue };
                // What is not there meets `exists` `false` alone.
                let never_holds = !matches!(condition.predicate, Predicate::Exists(false));
                let denies = check.effect == Effect::DenyIf;
                look(path, condition.pointer.key("path"), denies == never_holds);
            }
        }
        for limit in &rules.limits {
            let Amount::Argument(path) = &limit.amount else { continue };
            look(path, limit.pointer.key("state").key("increment_from"), false);
        }
    }
}

/// Where in a path a key seems to be an index.
pub(super) fn index_of(path: &[String]) -> Option<usize> {
    let is_index = |(at, key): (usize, &String)| {
        // An argument called "0" or "*" is no part of anything.
        is_plain(key)
            || key.ends_with("[]")
            || ends_with_letter(key)
            || (at > 0 && (is_number(key) || matches!(&**key, "*" | "#")))
    };
    path.iter().enumerate().position(|(at, key)| is_index((at, key)))
}

/// Whether there is an index in brackets in a key, as other languages for paths have them, which
/// hardly is a name: a number, a slice, all, a condition, a key in quotes.
fn is_plain(key: &str) -> bool {
    let mut brackets = key.split('[').skip(1);
    brackets.any(|rest| {
        // A point in a condition or in a key with quotes ends the key, so that no bracket closes it.
        let (inner, is_closed) = match rest.split_once(']') {
            Some((inner, _)) => (inner, true),
            None => (rest, false),
        };
        let is_slice =
            || inner.contains(':') && inner.split(':').all(|end| end.is_empty() || is_number(end));
        inner.starts_with(['?', '\'', '"'])
            || is_closed && (matches!(inner, "*" | "#") || is_number(inner) || is_slice())
    })
}

fn is_number(key: &str) -> bool {
    let digits = key.strip_prefix('-').unwrap_or(key);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a key ends with a letter in brackets by which people mean any index.
fn ends_with_letter(key: &str) -> bool {
    ["[i]", "[j]", "[k]", "[n]", "[N]"].iter().any(|letter| key.ends_with(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_told_from_keys() {
        let index = |path: &str| {
            let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
            index_of(&keys).map(|at| (at, is_plain(&keys[at])))
        };
        for path in [
            "items[0]",
            "items[-1]",
            "items[*]",
            "items[1:2]",
            "items[:]",
            "items[::2]",
            "items[#]",
            "items[?(@.x)]",
            "items[?x]",
            "items['x']",
            "items[\"a.b\"]",
            "a[0]b",
            "[0]",
        ] {
            assert_eq!(index(path), Some((0, true)), "{path}");
        }
        for path in ["items.0.x", "items.-1", "items.*", "items.#"] {
            assert_eq!(index(path), Some((1, false)), "{path}");
        }
        for path in ["items[]", "items[i]", "items[n]"] {
            assert_eq!(index(path), Some((0, false)), "{path}");
        }
        for path in [
            "0",
            "-1",
            "*",
            "#",
            "items",
            "filter[name]",
            "a[b].c",
            "a-1",
            "a.b-0",
            "a:b",
            "c#",
            "x.y#",
            "is_open?",
            "it's.x",
        ] {
            assert_eq!(index(path), None, "{path}");
        }
    }
}
