//! A policy as the solver asks it: what it says of one tool.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use super::literal::{Atom, is_same_predicate};
use crate::engine::{Gate, Outcome};
use crate::policy::{
    Amount, Check, Condition, Dialect, Effect, Hidden, Limit, Order, Policy, Predicate, Rules,
    Subject, ToolPolicy, Value,
};

/// Every number that JSON can have stands in this relation.
static ANY_NUMBER: Predicate = Predicate::Compare { order: Order::Gte, bound: f64::NEG_INFINITY };

/// A policy, indexed to be asked about tools, and compiled to decide calls as far as they are decided.
#[derive(Debug)]
pub struct Version<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// Whether a call passes that a person is asked about.
    approved: bool,
    tools: HashMap<&'p str, &'p ToolPolicy>,
    hidden: HashMap<&'p str, &'p Hidden>,
    /// The whole policy, compiled when it is first needed.
    gate: OnceLock<Gate>,
    /// The places of the tools whose rules charge each counter, made when one is first asked for.
    charging: OnceLock<HashMap<Box<str>, Vec<u32>>>,
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
    /// It all, compiled when a call is first decided.
    gate: OnceCell<Gate>,
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
    /// Indexes a policy under which a call passes only unasked.
    pub fn new(policy: &'p Policy) -> Version<'p> {
        Version::answered(policy, false)
    }

    /// Indexes a policy under which a call that a person is asked about passes, or does not.
    pub fn answered(policy: &'p Policy, approved: bool) -> Version<'p> {
        Version {
            policy,
            approved,
            gate: OnceLock::new(),
            charging: OnceLock::new(),
            tools: policy.tools.iter().map(|tool| (tool.name.as_str(), tool)).collect(),
            hidden: policy.hide.iter().rev().map(|hidden| (hidden.name.as_str(), hidden)).collect(),
        }
    }

    /// The whole policy, compiled.
    pub fn gate(&self) -> &Gate {
        self.gate.get_or_init(|| Gate::new(self.policy))
    }

    /// What the policy says of one tool, compiled: where few tools are asked about, the others need not be. Of an agent's
    /// permission files each is about all tools.
    pub(super) fn gate_of<'v>(&'v self, tool: &str, view: &'v View<'_>) -> &'v Gate {
        if self.policy.permissions.is_some() {
            return self.gate();
        }
        let listed = || self.tools.get(tool).copied();
        view.gate.get_or_init(|| Gate::of_tool(self.policy, listed(), self.hides(tool)))
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

    /// What hides a tool.
    fn hides(&self, tool: &str) -> Option<&'p Hidden> {
        self.hidden.get(tool).or_else(|| self.hidden.get("*")).copied()
    }

    fn access(&self, tool: &str) -> Access<'p> {
        if let Some(hidden) = self.hides(tool) {
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
        let (access, amounts, gate) = (self.access(tool), amounts.collect(), OnceCell::new());
        View { access, checks, questions, limits, amounts, gate }
    }

    /// Whether a check that may refuse calls of a tool reads a counter in a way that its own limit does not cover.
    pub(super) fn counts(&self, tool: &str) -> bool {
        let checks = || self.rules(tool).flat_map(|rules| &rules.checks);
        let is_of_counter =
            |condition: &Condition| !matches!(condition.subject, Subject::Argument(_));
        if !checks().any(|check| check.conditions.iter().any(is_of_counter)) {
            return false;
        }
        let limits: Vec<&Limit> = self.rules(tool).flat_map(|rules| &rules.limits).collect();
        let refuses = |check: &&Check| !(self.approved && check.effect == Effect::AskIf);
        checks().filter(refuses).any(|check| counts(check, &limits))
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
        self.charged_by_all(key) || self.charging(key).next().is_some()
    }

    /// Whether more than one set of rules charges a counter, as those of a tool called `_global`
    /// and those of all tools do.
    pub(super) fn is_shared(&self, key: &str) -> bool {
        self.charging(key).count() + usize::from(self.charged_by_all(key)) > 1
    }

    /// The tools whose rules charge a counter.
    fn charging(&self, key: &str) -> impl Iterator<Item = &'p str> {
        let index = || {
            let mut index: HashMap<Box<str>, Vec<u32>> = HashMap::new();
            for (place, tool) in (0..).zip(&self.policy.tools) {
                for limit in &tool.rules.limits {
                    let places = index.entry(limit.key.as_str().into()).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                }
            }
            index
        };
        let places = self.charging.get_or_init(index).get(key).into_iter().flatten();
        let tools = &self.policy.tools;
        places.map(|place| tools[*place as usize].name.as_str())
    }

    fn charged_by_all(&self, key: &str) -> bool {
        self.policy.all_tools.limits.iter().any(|limit| limit.key == key)
    }

    /// Whether a counter counts the same in both policies: the rules of the tools that charge it
    /// are the same.
    pub(super) fn counts_the_same(&self, other: &Version<'_>, key: &str) -> bool {
        !self.charged_by_all(key)
            && !other.charged_by_all(key)
            && self.charging(key).eq(other.charging(key))
            && self.charging(key).all(|name| self.says_the_same(other, name))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Arguments;
    use crate::policy::read;
    use crate::solver::question::decide;
    use crate::source::Document;

    #[track_caller]
    fn policy(text: &str) -> Policy {
        let reading = read(&Document::read("p.yaml", text.as_bytes().to_vec()), None);
        assert!(!reading.is_refused(), "{:?}", reading.defects);
        reading.policy.unwrap()
    }

    #[test]
    fn what_is_compiled_of_one_tool_decides_its_calls_as_the_whole_does() {
        let tools = "tools:
  pay: {deny_if: [{conditions: [{path: args.a, op: gt, value: 1}]}], limits: [{counter: c, window: minute, max: 1, scope: grant}]}
  get: {}
  gone: {}
";
        let all = "all_tools: {limits: [{counter: c, window: minute, max: 1, scope: grant}]}\n";
        let heads = [
            "default: deny\nhide: [gone]\n",
            "default: allow\n",
            "default: allow\nhide: [\"*\"]\n",
        ];
        for text in heads
            .iter()
            .flat_map(|head| ["", all].map(|all| format!("version: \"1\"\n{head}{all}{tools}")))
        {
            let policy = policy(&text);
            let version = Version::new(&policy);
            for tool in ["pay", "get", "gone", "other"] {
                let view = version.view(tool);
                for arguments in ["{}", r#"{"a":2}"#] {
                    let of = |gate: &Gate| decide(gate, tool, Arguments::Json(arguments));
                    let own = of(version.gate_of(tool, &view));
                    assert_eq!(own, of(version.gate()), "{tool} {arguments}\n{text}");
                }
            }
        }
    }

    #[test]
    fn a_counter_is_told_by_who_charges_it() {
        let text =
            "version: \"1\"\ndefault: deny\ntools:\n  a: {rules: [{name: r, rate_limit: 2/minute}]}
  b: {rules: [{name: r, rate_limit: 2/minute}]}\n";
        let policy = policy(text);
        let version = Version::new(&policy);
        let key = &policy.tools[1].rules.limits[0].key;
        assert_eq!(version.charging(key).collect::<Vec<_>>(), ["b"]);
        assert!(version.charges(key) && !version.is_shared(key) && !version.charges("none"));
        let mut shared = policy.clone();
        shared.all_tools.limits.clone_from(&shared.tools[1].rules.limits);
        assert!(Version::new(&shared).is_shared(key));
        shared.tools[1].rules.limits.clear();
        assert!(Version::new(&shared).charges(key) && !Version::new(&shared).is_shared(key));
        assert!(version.counts_the_same(&version, key));
        assert!(!version.counts_the_same(&Version::new(&shared), key));
    }
}
