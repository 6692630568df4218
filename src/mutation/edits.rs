//! The edits that matter.

use std::collections::HashSet;

use super::mutant::{Edit, Mutant, Site};
use crate::policy::{
    Check, Condition, Limit, Order, Origin, Pattern, PermissionRule, Permissions, Policy,
    Precedence, Predicate, Rules, Ruling, Window,
};
use crate::source::Pointer;

/// Every mutant of a policy, in the order of its parts.
pub fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut found = Vec::new();
    let mut add = |edit, pointer: &Pointer| {
        found.push(Mutant { site: Site::Policy, edit, pointer: pointer.clone(), rule: None });
    };
    if let Some(permissions) = &policy.permissions {
        return of_agent(permissions);
    }
    if !policy.default.allows() {
        add(Edit::DefaultAllows, &Pointer::root().key("default"));
    }
    for (at, hidden) in policy.hide.iter().enumerate() {
        add(Edit::Unhide(at), &hidden.pointer);
    }
    for tool in &policy.tools {
        let site = Site::Tool(tool.name.clone());
        if !policy.default.allows() {
            let (site, pointer) = (site.clone(), tool.pointer.clone());
            found.push(Mutant { site, edit: Edit::Unlist, pointer, rule: None });
        }
        of_rules(&tool.rules, &site, &mut found);
    }
    of_rules(&policy.all_tools, &Site::AllTools, &mut found);
    found
}

fn of_rules(rules: &Rules, site: &Site, found: &mut Vec<Mutant>) {
    let mut add = |edit, pointer: &Pointer| {
        found.push(Mutant { site: site.clone(), edit, pointer: pointer.clone(), rule: None });
    };
    for (at, check) in rules.checks.iter().enumerate() {
        add(Edit::DropCheck(at), &check.pointer);
        of_check(at, check, &mut add);
    }
    for (at, limit) in rules.limits.iter().enumerate() {
        of_limit(at, limit, &mut add);
    }
}

fn of_check(check: usize, of: &Check, add: &mut impl FnMut(Edit, &Pointer)) {
    for (at, condition) in of.conditions.iter().enumerate() {
        let Condition { predicate, pointer, .. } = condition;
        // Without its only condition an entry is about every call, or none: dropping it says as much.
        if of.conditions.len() > 1 {
            add(Edit::DropCondition(check, at), pointer);
        }
        for after in other_tests(predicate) {
            let both = [Box::new(predicate.clone()), Box::new(after)];
            add(Edit::Test(check, at, both), pointer);
        }
    }
}

fn of_limit(at: usize, limit: &Limit, add: &mut impl FnMut(Edit, &Pointer)) {
    let Some(max) = limit.max else { return };
    add(Edit::DropLimit(at), &limit.pointer);
    add(Edit::Max(at, [max, max.saturating_mul(2).max(1)]), &limit.max_pointer);
    let longer = Window::ALL.into_iter().find(|window| *window > limit.window);
    if let Some(longer) = longer {
        add(Edit::Window(at, [limit.window, longer]), &limit.pointer);
    }
}

/// What a condition could test instead.
fn other_tests(predicate: &Predicate) -> Vec<Predicate> {
    match predicate {
        Predicate::Equal { value, negated } => {
            vec![Predicate::Equal { value: value.clone(), negated: !negated }]
        }
        Predicate::OneOf { values, negated } => {
            vec![Predicate::OneOf { values: values.clone(), negated: !negated }]
        }
        Predicate::Compare { order, bound } => {
            let order = match order {
                Order::Lt => Order::Lte,
                Order::Lte => Order::Lt,
                Order::Gt => Order::Gte,
                Order::Gte => Order::Gt,
            };
            vec![Predicate::Compare { order, bound: *bound }]
        }
        Predicate::Exists(there) => vec![Predicate::Exists(!there)],
        Predicate::Matches(pattern) => without_anchors(pattern.source()),
        Predicate::Contains(_) => Vec::new(),
    }
}

/// A pattern without its first and without its last anchor.
fn without_anchors(source: &str) -> Vec<Predicate> {
    let start = ["^", "\\A"].into_iter().find_map(|anchor| source.strip_prefix(anchor));
    let is_escaped = |rest: &str| rest.len() - rest.trim_end_matches('\\').len();
    let end = source.strip_suffix('$').filter(|rest| is_escaped(rest) % 2 == 0);
    let end = end.or_else(|| source.strip_suffix("\\z"));
    let all = [start, end].into_iter().flatten();
    all.filter_map(|rest| Pattern::compile(rest).ok()).map(Predicate::Matches).collect()
}

/// The mutants of an agent's rules: those of files, each of which may be several of the model.
fn of_agent(permissions: &Permissions) -> Vec<Mutant> {
    let mut found = Vec::new();
    let is_ordered =
        matches!(permissions.precedence, Precedence::LastMatch | Precedence::HighestPriority);
    let rules = &permissions.rules;
    let mut seen: HashSet<&Origin> = HashSet::new();
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.is_written()) {
        if !seen.insert(&rule.origin) {
            continue;
        }
        let mut add = |edit| found.push(of_rule(rule, edit));
        add(Edit::DropRule);
        // What a mode makes of a question is no question.
        let own = || rules.iter().filter(|other| other.origin == rule.origin);
        let ruling = own().map(|rule| rule.ruling).min().unwrap_or(rule.ruling);
        for milder in Ruling::ALL.into_iter().filter(|milder| *milder < ruling) {
            add(Edit::Ruling([ruling, milder]));
        }
        let end = run(rules, at);
        let next = rules.get(end).filter(|next| next.is_written());
        let differs = |next: &PermissionRule| {
            next.ruling != rule.ruling
                && next.rank == rule.rank
                && next.origin.file == rule.origin.file
        };
        let is_whole = own().count() == end - at;
        if is_ordered && is_whole && next.is_some_and(differs) {
            add(Edit::Swap(at..end, run(rules, end)));
        }
    }
    found
}

/// Where the rules end that stand in a row and are one as it is written.
fn run(rules: &[PermissionRule], at: usize) -> usize {
    let same = rules[at..].iter().take_while(|rule| rule.origin == rules[at].origin);
    at + same.count()
}

fn of_rule(rule: &PermissionRule, edit: Edit) -> Mutant {
    let pointer = rule.origin.pointer.clone();
    let rule = Some((rule.text.clone(), rule.origin.clone()));
    Mutant { site: Site::Policy, edit, pointer, rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_anchors_at_the_ends_are_dropped() {
        let sources = |source: &str| {
            let patterns = without_anchors(source).into_iter().filter_map(|test| match test {
                Predicate::Matches(pattern) => Some(pattern.source().to_owned()),
                _ => None,
            });
            patterns.collect::<Vec<_>>()
        };
        assert_eq!(sources("^a$"), ["a$", "^a"]);
        assert_eq!(sources(r"a\$"), [""; 0]);
        assert_eq!(sources(r"a\\$"), [r"a\\"]);
        assert_eq!(sources(r"\Aa\z"), [r"a\z", r"\Aa"]);
        assert_eq!(sources("a^b"), [""; 0]);
    }
}
