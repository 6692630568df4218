//! What counts, and what is left out because no call could show it:
//!
//! - a condition on what the call costs, which only the server's answer tells;
//! - a condition that is the bound of its own rule's limit: the limit is hit first, and counts in its place;
//! - a rule of which only such conditions are left;
//! - a counter without a bound, which nothing limits;
//! - `*` among the tools, which is no tool;
//! - what an agent brings along itself, and what depends on a program among its files.

use std::collections::HashMap;

use super::part::{Item, Part, What};
use crate::engine::{Gate, Met, Seen};
use crate::policy::{
    Check, Condition, Origin, PermissionRule, Permissions, Policy, Rules, Subject, SubjectTest,
    Unsure,
};

/// The name of what is no tool and stands among them.
const ALL_TOOLS: &str = "*";

/// The parts of a gateway's policy.
pub(super) fn of_gateway<'p>(policy: &'p Policy, gate: &Gate, seen: &Seen) -> Vec<Part<'p>> {
    let mut parts = Vec::new();
    if !policy.default.allows() {
        parts.push(rule(What::Unlisted, seen.unlisted.into()));
    }
    let hidden = policy.hide.iter().map(|hidden| {
        let calls = seen.hidden.get(hidden.pointer.as_str()).copied().unwrap_or_default();
        rule(What::Hidden(hidden), calls.into())
    });
    parts.extend(hidden);
    let (mut checks, mut conditions) = (seen.checks.iter(), seen.conditions.iter());
    for rules in policy.all_rules() {
        for (check, met) in rules.checks.iter().zip(&mut checks) {
            let both = check.conditions.iter().zip(&mut conditions);
            let counted = both.filter(|(condition, _)| counts(condition, check, rules));
            let counted: Vec<Part<'p>> =
                counted.map(|(one, times)| condition(one, *times)).collect();
            if !counted.is_empty() || check.conditions.is_empty() {
                parts.push(rule(What::Check(check), *met));
            }
            parts.extend(counted);
        }
    }
    parts.extend(limits(policy, gate, seen));
    let tools = policy.tools.iter().zip(&seen.tools);
    let tools = tools.filter(|(tool, _)| tool.name != ALL_TOOLS);
    parts.extend(tools.map(|(tool, calls)| Part {
        what: What::Tool(tool),
        reached: *calls,
        items: vec![(Item::Called, *calls)],
    }));
    parts
}

/// The limits that have a bound, each once.
fn limits<'p>(policy: &'p Policy, gate: &Gate, seen: &Seen) -> Vec<Part<'p>> {
    let facts = gate.limits().iter().zip(&seen.limits);
    let mut times: HashMap<&str, [u64; 2]> =
        facts.map(|(facts, times)| (&*facts.pointer, *times)).collect();
    let limits = policy.all_rules().flat_map(|rules| &rules.limits);
    let once = limits.filter_map(|limit| Some((limit, times.remove(limit.pointer.as_str())?)));
    let part = |(limit, [full, room]): (_, [u64; 2])| Part {
        what: What::Limit(limit),
        reached: full + room,
        items: vec![(Item::Hit, full), (Item::Room, room)],
    };
    once.map(part).collect()
}

/// Whether a call can show a condition both to hold and not to.
fn counts(condition: &Condition, check: &Check, rules: &Rules) -> bool {
    match condition.subject {
        Subject::Argument(_) => true,
        Subject::Price { .. } => false,
        Subject::Counter(_) => !rules.limits.iter().any(|limit| {
            limit.pointer == check.pointer && condition.pointer.holds(&limit.max_pointer)
        }),
    }
}

/// The rules of an agent's files, those that are void among them. What stands for one rule of a file is one.
pub(super) fn of_agent<'p>(permissions: &'p Permissions, seen: &Seen) -> Vec<Part<'p>> {
    let mut parts: Vec<(&PermissionRule, Met)> = Vec::new();
    let mut known: HashMap<&Origin, usize> = HashMap::new();
    let rules = permissions.rules.iter().zip(&seen.permissions);
    for (rule, met) in rules.filter(|(rule, _)| rule.is_written()) {
        if matches!(rule.test, SubjectTest::AnythingUnsure(Unsure::Program(_))) {
            continue;
        }
        let at = *known.entry(&rule.origin).or_insert(parts.len());
        match parts.get_mut(at) {
            Some((_, sum)) => {
                sum.asked += met.asked;
                sum.decided += met.decided;
            }
            None => parts.push((rule, *met)),
        }
    }
    let rules = parts.into_iter().map(|(one, met)| rule(What::Permission(one), met));
    let void = permissions.void.iter().map(|one| rule(What::Void(one), Met::default()));
    rules.chain(void).collect()
}

fn rule(what: What<'_>, met: Met) -> Part<'_> {
    Part { what, reached: met.asked, items: vec![(Item::Decided, met.decided)] }
}

fn condition(condition: &Condition, [held, failed]: [u64; 2]) -> Part<'_> {
    Part {
        what: What::Condition(condition),
        reached: held + failed,
        items: vec![(Item::True, held), (Item::False, failed)],
    }
}
