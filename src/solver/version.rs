//! A policy as the solver asks it: what it says of one tool.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::literal::{Atom, is_same_predicate};
use crate::engine::{Gate, Outcome};
use crate::policy::{
    Amount, Check, Condition, Dialect, Effect, Hidden, Limit, Order, Policy, Predicate, Rules,
    Subject, ToolPolicy, Value,
};

/// Every number that JSON can have stands in this relation.
static ANY_NUMBER: Predicate = Predicate::Compare { order: Order::Gte, bound: f64::NEG_INFINITY };

/// A policy, compiled to decide calls and indexed to be asked about tools.
#[derive(Debug)]
pub struct Version<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// The same, compiled.
    pub gate: Gate,
    /// Whether a call passes that a person is asked about.
    approved: bool,
    tools: HashMap<&'p str, &'p ToolPolicy>,
    hidden: HashMap<&'p str, &'p Hidden>,
}

/// What a policy says of one tool before it looks at the arguments.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access<'p> {
    Hidden(&'p Hidden),
    Unlisted,
    Checked,
}

/// Everything that a policy says of one tool.
pub(super) struct View<'p> {
    pub(super) access: Access<'p>,
    pub(super) checks: Vec<CheckView<'p>>,
    /// The checks that have a person asked, where what is asked about passes.
    pub(super) questions: Vec<CheckView<'p>>,
    pub(super) limits: Vec<&'p Limit>,
    /// The arguments that must be numbers, because a limit counts them.
    pub(super) amounts: Vec<(Atom<'p>, &'p Limit)>,
}

/// One check with its conditions on arguments.
pub(super) struct CheckView<'p> {
    pub(super) check: &'p Check,
    pub(super) atoms: Vec<Atom<'p>>,
    /// Whether it also reads a counter in a way that its own limit does not cover.
    pub(super) counts: bool,
    /// Equal for checks that are the same.
    pub(super) hash: u64,
}

impl<'p> Version<'p> {
    /// Compiles and indexes a policy under which a call passes only unasked.
    pub fn new(policy: &'p Policy) -> Version<'p> {
        Version::answered(policy, false)
    }

    /// Compiles and indexes a policy under which a call that a person is asked about passes, or does
    /// not.
    pub fn answered(policy: &'p Policy, approved: bool) -> Version<'p> {
        Version {
            policy,
            gate: Gate::new(policy),
            approved,
            tools: policy.tools.iter().map(|tool| (tool.name.as_str(), tool)).collect(),
            hidden: policy.hide.iter().rev().map(|hidden| (hidden.name.as_str(), hidden)).collect(),
        }
    }

    /// The names that the policy speaks of. `*` stands for all tools, but for a listed tool of
    /// version "1", which is called so.
    pub fn names(&self) -> impl Iterator<Item = &'p str> {
        let is_name = |name: &&str| *name != "*";
        let is_literal = self.policy.dialect == Dialect::V1;
        let hidden = self.policy.hide.iter().map(|hidden| hidden.name.as_str());
        let listed = self.policy.tools.iter().map(|tool| tool.name.as_str());
        let of_agent = self.policy.permissions.iter().flat_map(|permissions| permissions.names());
        let listed = listed.filter(move |name| is_literal || is_name(name));
        hidden.filter(is_name).chain(listed).chain(of_agent)
    }

    pub(super) fn own_rules(&self, tool: &str) -> Option<&'p Rules> {
        self.tools.get(tool).map(|tool| &tool.rules)
    }

    fn access(&self, tool: &str) -> Access<'p> {
        if let Some(hidden) = self.hidden.get(tool).or_else(|| self.hidden.get("*")) {
            return Access::Hidden(hidden);
        }
        match self.tools.get(tool) {
            None if !self.policy.default.allows() => Access::Unlisted,
            _ => Access::Checked,
        }
    }

    /// Whether a call with this outcome passes; none where that cannot be told.
    pub(super) fn passes(&self, outcome: Outcome) -> Option<bool> {
        let least = if self.approved { Outcome::Ask } else { Outcome::Allow };
        Some(outcome.access()? >= least.access()?)
    }

    fn rules(&self, tool: &str) -> impl Iterator<Item = &'p Rules> + use<'p> {
        self.own_rules(tool).into_iter().chain([&self.policy.all_tools])
    }

    /// The checks that have a person asked about calls of a tool.
    fn questions(&self, tool: &str) -> impl Iterator<Item = &'p Check> + use<'p> {
        let checks = self.rules(tool).flat_map(|rules| &rules.checks);
        checks.filter(|check| check.effect == Effect::AskIf)
    }

    /// Whether both policies ask about the same calls of a tool, word for word.
    pub(super) fn asks_the_same(&self, other: &Version<'_>, tool: &str) -> bool {
        let [ours, theirs] =
            [self, other].map(|version| version.questions(tool).collect::<Vec<_>>());
        let same = |(one, other): (&&Check, &&Check)| is_same_check(one, other);
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
    }

    /// Whether limits are left out of what the policy says of a tool: a call that is asked about passes,
    /// and no limit is looked at before.
    pub(super) fn is_unlimited(&self, tool: &str) -> bool {
        self.approved && self.questions(tool).next().is_some()
    }

    /// What the policy says of a tool, as what lets calls pass.
    pub(super) fn view(&self, tool: &str) -> View<'p> {
        let mut view = self.whole_view(tool);
        if self.is_unlimited(tool) {
            view.limits.clear();
            view.amounts.clear();
        }
        view
    }

    /// What the policy says of a tool, as what refuses calls that another one lets pass. Its limits
    /// count for what both ask about in the same words as little as for the other.
    pub(super) fn view_against(&self, other: &Version<'_>, tool: &str) -> View<'p> {
        match self.asks_the_same(other, tool) {
            true => self.view(tool),
            false => self.whole_view(tool),
        }
    }

    fn whole_view(&self, tool: &str) -> View<'p> {
        let rules = || self.rules(tool);
        let limits: Vec<&'p Limit> = rules().flat_map(|rules| &rules.limits).collect();
        let equality = self.policy.semantics.equality;
        let checks = rules().flat_map(|rules| &rules.checks).map(|check| {
            let argument = |condition: &'p Condition| match &condition.subject {
                Subject::Argument(path) => Some(Atom::new(path, &condition.predicate, equality)),
                Subject::Counter(_) | Subject::Price { .. } => None,
            };
            CheckView {
                atoms: check.conditions.iter().filter_map(argument).collect(),
                counts: counts(check, &limits),
                hash: hash(check),
                check,
            }
        });
        let passes = |view: &CheckView<'_>| self.approved && view.check.effect == Effect::AskIf;
        let (questions, checks) = checks.partition(passes);
        let amounts = limits.iter().filter_map(|limit| match &limit.amount {
            Amount::Argument(path) => Some((Atom::new(path, &ANY_NUMBER, equality), *limit)),
            Amount::Fixed(_) => None,
        });
        View { access: self.access(tool), checks, questions, amounts: amounts.collect(), limits }
    }

    /// Whether two policies say the same of a tool, word for word.
    pub(super) fn says_the_same(&self, other: &Version<'_>, tool: &str) -> bool {
        if self.policy.permissions != other.policy.permissions {
            return false;
        }
        let same_access = match (self.access(tool), other.access(tool)) {
            (Access::Hidden(_) | Access::Unlisted, Access::Hidden(_) | Access::Unlisted) => {
                // One of them may forward what it does not read, whatever it says of the tool.
                return self.policy.semantics.unreadable == other.policy.semantics.unreadable;
            }
            (Access::Checked, Access::Checked) => true,
            _ => false,
        };
        let none = Rules::default();
        let same_rules = is_same_rules(
            self.own_rules(tool).unwrap_or(&none),
            other.own_rules(tool).unwrap_or(&none),
        );
        same_access
            && self.policy.semantics == other.policy.semantics
            && same_rules
            && is_same_rules(&self.policy.all_tools, &other.policy.all_tools)
    }

    /// Whether some set of rules charges a counter.
    pub(super) fn charges(&self, key: &str) -> bool {
        self.charging(key) > 0
    }

    /// Whether more than one set of rules charges a counter, as those of a tool called `_global`
    /// and those of all tools do.
    pub(super) fn is_shared(&self, key: &str) -> bool {
        self.charging(key) > 1
    }

    /// How many sets of rules charge a counter.
    fn charging(&self, key: &str) -> usize {
        let rules = self.policy.tools.iter().map(|tool| &tool.rules);
        let charges = |rules: &&Rules| rules.limits.iter().any(|limit| limit.key == key);
        rules.chain([&self.policy.all_tools]).filter(charges).count()
    }

    /// Whether a counter counts the same in both policies: the rules of the tools that charge it
    /// are the same.
    pub(super) fn counts_the_same(&self, other: &Version<'_>, key: &str) -> bool {
        let charges = |rules: &Rules| rules.limits.iter().any(|limit| limit.key == key);
        let charging = |version: &Version<'_>| -> Vec<String> {
            let tools = version.policy.tools.iter().filter(|tool| charges(&tool.rules));
            tools.map(|tool| tool.name.clone()).collect()
        };
        let names = charging(self);
        let all = charges(&self.policy.all_tools) || charges(&other.policy.all_tools);
        !all && names == charging(other) && names.iter().all(|name| self.says_the_same(other, name))
    }
}

impl<'p> View<'p> {
    /// The limit that lets no call pass at all, if there is one.
    pub(super) fn shut(&self) -> Option<&'p Limit> {
        self.limits.iter().find(|limit| limit.calls() == Some(0)).copied()
    }
}

/// Whether a check reads a counter in another way than to stop where its own limit stops, which
/// needs no look: a counter never gets beyond its limit.
fn counts(check: &Check, limits: &[&Limit]) -> bool {
    let own = limits.iter().find(|limit| limit.pointer == check.pointer);
    let is_own = |condition: &Condition| {
        let Some(limit) = own else { return false };
        let bounds =
            matches!(condition.predicate, Predicate::Compare { order: Order::Lt | Order::Lte, .. });
        bounds && matches!(&condition.subject, Subject::Counter(key) if *key == limit.key)
    };
    let mut counting = check.conditions.iter().filter(|condition| {
        matches!(condition.subject, Subject::Counter(_) | Subject::Price { .. })
    });
    // Only the first of them is the limit.
    let first = counting.next();
    let covered = first.is_none_or(|condition| {
        is_own(condition) && own.is_some_and(|limit| limit.max.is_some_and(|max| max >= 0))
    });
    !covered || counting.next().is_some()
}

/// Whether two sets of rules are the same, word for word but for messages and places.
fn is_same_rules(one: &Rules, other: &Rules) -> bool {
    one.checks.len() == other.checks.len()
        && one.limits.len() == other.limits.len()
        && one.checks.iter().zip(&other.checks).all(|(one, other)| is_same_check(one, other))
        && one.limits.iter().zip(&other.limits).all(|(one, other)| is_same_limit(one, other))
}

/// Whether two checks are the same, word for word but for message and place.
pub(super) fn is_same_check(one: &Check, other: &Check) -> bool {
    let is_same = |(one, other): (&Condition, &Condition)| {
        one.subject == other.subject && is_same_predicate(&one.predicate, &other.predicate)
    };
    one.effect == other.effect
        && one.conditions.len() == other.conditions.len()
        && one.conditions.iter().zip(&other.conditions).all(is_same)
}

/// A number that is equal for checks that are the same.
fn hash(check: &Check) -> u64 {
    let mut hasher = DefaultHasher::new();
    check.conditions.len().hash(&mut hasher);
    for condition in &check.conditions {
        condition.subject.hash(&mut hasher);
        condition.predicate.operator().hash(&mut hasher);
        match &condition.predicate {
            Predicate::Equal { value: Value::String(text), .. } => text.hash(&mut hasher),
            Predicate::Matches(pattern) => pattern.source().hash(&mut hasher),
            Predicate::Equal { value, .. } => value.printed().hash(&mut hasher),
            _ => {}
        }
    }
    hasher.finish()
}

fn is_same_limit(one: &Limit, other: &Limit) -> bool {
    one.key == other.key
        && one.window == other.window
        && one.max == other.max
        && one.amount == other.amount
        && one.scope == other.scope
}
