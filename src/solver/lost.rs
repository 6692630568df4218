//! The protections of one policy that another one lacks, for the calls of one tool.

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::burst::{lost_limit, unread_burst};
use super::evidence::Evidence;
use super::literal::Literal;
use super::question::{Question, literals, no_object};
use super::shape::Shape;
use super::version::{Access, CheckView, Version, is_same_check};
use crate::engine::{Outcome, holds};
use crate::policy::{Check, Condition, Effect, Hidden, Limit, PermissionRule, Subject, Value};

/// Something in a policy that refuses calls.
#[derive(Clone, Copy, Debug)]
pub enum Protection<'p> {
    /// The tool is hidden.
    Hidden(&'p Hidden),
    /// The tool is not listed, and the default is to deny.
    Unlisted,
    /// A check of the arguments.
    Check(&'p Check),
    /// A limit that needs a number among the arguments, or lets no call pass at all.
    Amount(&'p Limit),
    /// A limit on how many calls there are.
    Limit(&'p Limit),
    /// A rule of an agent's own permission files, or that none allows a call; and the rule by which the
    /// other policy lets pass what it refuses.
    Permission([Option<&'p PermissionRule>; 2]),
    /// The rules of an agent's own permission files, taken together.
    Permissions,
}

/// A protection of which it is not proved that the other policy has it too.
#[derive(Clone, Debug)]
pub struct Lost<'p> {
    /// The protection.
    pub protection: Protection<'p>,
    /// The call or calls that it refuses and the other policy lets pass; or why there may be one.
    pub evidence: Evidence,
    /// What the two policies say of the call, the old one first, where one of them may ask a person and
    /// [`super::Steps`] was asked.
    pub step: Option<[Outcome; 2]>,
}

impl Protection<'_> {
    /// The rule as the gateway's log names it.
    pub fn rule(&self) -> &str {
        match self {
            Protection::Hidden(_) => "(hidden)",
            Protection::Unlisted => "(default deny)",
            Protection::Permission([rule, _]) => rule.map_or("(no rule)", |rule| &rule.text),
            Protection::Permissions => "(permissions)",
            Protection::Check(check) => &check.rule,
            Protection::Amount(limit) | Protection::Limit(limit) => &limit.rule,
        }
    }

    /// Its place in the document.
    pub fn pointer(&self) -> &str {
        match self {
            Protection::Hidden(hidden) => hidden.pointer.as_str(),
            Protection::Unlisted => "/default",
            Protection::Permission([rule, _]) => {
                rule.map_or("", |rule| rule.origin.pointer.as_str())
            }
            Protection::Permissions => "",
            Protection::Check(check) => check.pointer.as_str(),
            Protection::Amount(limit) | Protection::Limit(limit) => limit.pointer.as_str(),
        }
    }
}

/// The protections of `old` that `new` lacks, for the calls of a tool that `shape` allows.
///
/// Checks are asked as for a first call, and a counter that a check reads, other than the one of
/// its own limit, is answered "unknown" unless both policies keep it in the same way. Limits on
/// all tools together are not among them: [`super::lost_overall`] tells those.
pub fn lost<'p>(
    old: &Version<'p>,
    new: &Version<'p>,
    tool: &str,
    shape: &Shape,
    budget: &Budget,
) -> Vec<Lost<'p>> {
    if let Some(unknown) = not_followed(old, new) {
        return unknown;
    }
    if is_surely_kept(old, new, tool) {
        return Vec::new();
    }
    let (before, after) = (&old.view_against(new, tool), &new.view(tool));
    lost_of(&Question::new((old, new), (before, after), tool, shape, budget))
}

/// The protections that each of two policies has and the other lacks: those of `old` first.
pub fn lost_both_ways<'p>(
    old: &Version<'p>,
    new: &Version<'p>,
    tool: &str,
    shape: &Shape,
    budget: &Budget,
) -> [Vec<Lost<'p>>; 2] {
    if let Some(unknown) = not_followed(old, new) {
        return [unknown.clone(), unknown];
    }
    if is_surely_kept(old, new, tool) {
        return [Vec::new(), Vec::new()];
    }
    let (before, after) = (&old.view_against(new, tool), &new.view(tool));
    let there = Question::new((old, new), (before, after), tool, shape, budget);
    let (before, after) = (&new.view_against(old, tool), &old.view(tool));
    let back = Question::new((new, old), (before, after), tool, shape, budget);
    [lost_of(&there), lost_of(&back)]
}

/// The same protections without the limits on how many calls there are: what refuses a call by what it is.
pub fn refused<'p>(
    old: &Version<'p>,
    new: &Version<'p>,
    tool: &str,
    shape: &Shape,
    budget: &Budget,
) -> Vec<Lost<'p>> {
    if let Some(unknown) = not_followed(old, new) {
        return unknown;
    }
    let (before, after) = (&old.view_against(new, tool), &new.view(tool));
    lost_by_call(&Question::new((old, new), (before, after), tool, shape, budget))
}

/// A call of a tool that two policies, none of which is made of permission files, let pass both; or why there
/// may be one. The engine has decided the call under both.
pub fn passed_by_both(
    one: &Version<'_>,
    other: &Version<'_>,
    tool: &str,
    shape: &Shape,
    budget: &Budget,
) -> Option<Evidence> {
    let (before, after) = (&one.view(tool), &other.view(tool));
    Question::new((one, other), (before, after), tool, shape, budget).of_both().ask(&[])
}

/// What can be said where one of two policies is made of an agent's own permission files, whose rules
/// are not followed: nothing is lost between equal ones, and of others it is not known.
pub(super) fn not_followed<'p>(old: &Version<'_>, new: &Version<'_>) -> Option<Vec<Lost<'p>>> {
    let (before, after) = (&old.policy.permissions, &new.policy.permissions);
    if before.is_none() && after.is_none() {
        return None;
    }
    let (protection, evidence) = (Protection::Permissions, Evidence::Unknown(Why::Permissions));
    let unknown = Lost { protection, evidence, step: None };
    Some(if before == after { Vec::new() } else { vec![unknown] })
}

/// Whether the policies say the same of a tool, and no counters of others bear on it.
fn is_surely_kept(old: &Version<'_>, new: &Version<'_>, tool: &str) -> bool {
    !old.counts(tool) && old.says_the_same(new, tool)
}

fn lost_of<'p>(question: &Question<'_, 'p>) -> Vec<Lost<'p>> {
    let Question { old, tool, before, .. } = *question;
    let mut found = lost_by_call(question);
    let is_open = matches!(before.access, Access::Checked) && before.shut().is_none();
    let own = old.own_rules(tool).into_iter().flat_map(|rules| &rules.limits);
    let is_there = |own: &&Limit| before.limits.iter().any(|limit| std::ptr::eq(*limit, *own));
    for limit in own.filter(is_there).filter(|_| is_open) {
        let unread = unread_burst(question, limit);
        add(&mut found, Protection::Limit(limit), lost_limit(question, limit), unread);
    }
    found
}

/// Adds what shows that a protection is lost; what calls show whose arguments are no object only where nothing
/// else does for certain.
fn add<'p>(
    found: &mut Vec<Lost<'p>>,
    protection: Protection<'p>,
    evidence: Option<Evidence>,
    unread: Option<Evidence>,
) {
    let is_certain = evidence.as_ref().is_some_and(Evidence::is_certain);
    let all = evidence.into_iter().chain(unread.filter(|_| !is_certain));
    found.extend(all.map(|evidence| Lost { protection, evidence, step: None }));
}

fn lost_by_call<'p>(question: &Question<'_, 'p>) -> Vec<Lost<'p>> {
    let before = question.before;
    let shut = before.shut().map(Protection::Amount);
    let whole = match before.access {
        Access::Hidden(hidden) => Some(Protection::Hidden(hidden)),
        Access::Unlisted => Some(Protection::Unlisted),
        Access::Checked => shut,
    };
    let mut found = Vec::new();
    let unread = question.unread();
    if let Some(protection) = whole {
        add(&mut found, protection, question.ask(&[]), unread.and_then(of_unread));
        return found;
    }
    for check in &before.checks {
        let unread = unread.map(|decided| of_no_object(check, decided)).and_then(of_unread);
        add(&mut found, Protection::Check(check.check), question.ask_check(check), unread);
    }
    for (atom, limit) in &before.amounts {
        let evidence = question.ask(&[Literal { atom, holds: false }]);
        add(&mut found, Protection::Amount(limit), evidence, None);
    }
    found
}

/// What calls whose arguments are no object, and all of which the other policy lets pass, show of a
/// policy that says this of them.
fn of_unread(decided: Outcome) -> Option<Evidence> {
    match decided {
        Outcome::Deny | Outcome::Throttle | Outcome::Ask => Some(Evidence::Call(no_object())),
        Outcome::Indeterminate => Some(Evidence::Unknown(Why::Unread)),
        Outcome::Allow => None,
    }
}

/// What a check says of a call whose arguments are no object and of which the policy says this: where
/// another check refuses it for certain, what this one may do shows nothing.
fn of_no_object(check: &CheckView<'_>, decided: Outcome) -> Outcome {
    let own = match check.check.effect {
        Effect::Require if check.atoms.iter().any(|atom| !atom.holds_for_nothing()) => {
            Outcome::Deny
        }
        Effect::DenyIf if check.atoms.is_empty() => Outcome::Deny,
        Effect::Require if check.atoms.is_empty() => Outcome::Allow,
        _ => Outcome::Indeterminate,
    };
    match own {
        Outcome::Indeterminate if decided != Outcome::Indeterminate => Outcome::Allow,
        own => own,
    }
}

impl<'q> Question<'q, '_> {
    /// A call that agrees with some literals and that `new` lets pass, though `old` refuses it.
    fn ask(&self, more: &[Literal<'q>]) -> Option<Evidence> {
        let found = self.ask_any(more)?;
        // What is asked about passes for certain, whatever the limits.
        let asked = || {
            let questions = self.after.questions.iter();
            let mut found = questions
                .filter_map(|check| self.ask_any(&[more, &literals(check, true)].concat()));
            found.find(Evidence::is_certain)
        };
        if found.is_certain() { Some(found) } else { asked().or(Some(found)) }
    }

    fn ask_any(&self, more: &[Literal<'q>]) -> Option<Evidence> {
        if let Some(evidence) = self.guessed(more) {
            return Some(evidence);
        }
        match self.passing(more) {
            Answer::Proved => None,
            Answer::Witness(arguments) => Some(self.confirm(arguments)),
            Answer::Unknown(why) => Some(Evidence::Unknown(why)),
        }
    }

    fn ask_check(&self, check: &'q CheckView<'_>) -> Option<Evidence> {
        let equality = |version: &Version<'_>| version.policy.semantics.equality;
        let is_same = |other: &CheckView<'_>| {
            check.hash == other.hash && is_same_check(check.check, other.check)
        };
        if !check.counts
            && equality(self.old) == equality(self.new)
            && self.after.checks.iter().any(is_same)
        {
            return None;
        }
        if check.check.effect != Effect::Require {
            return self.ask(&literals(check, true));
        }
        let opposites = literals(check, false);
        let answers =
            opposites.iter().filter_map(|literal| self.ask(std::slice::from_ref(literal)));
        let mut unknown = None;
        for evidence in answers {
            match evidence {
                Evidence::Unknown(_) => unknown = unknown.or(Some(evidence)),
                certain => return Some(certain),
            }
        }
        unknown.or_else(|| self.ask_counters(check))
    }

    /// Whether counters that a check reads may refuse what `new` lets pass.
    fn ask_counters(&self, check: &CheckView<'_>) -> Option<Evidence> {
        let keys = || {
            check.check.conditions.iter().filter_map(|condition| match &condition.subject {
                Subject::Counter(key) => Some(key),
                Subject::Argument(_) | Subject::Price { .. } => None,
            })
        };
        let is_kept = || {
            let has = |other: &CheckView<'_>| is_same_check(check.check, other.check);
            self.after.checks.iter().any(has)
                && keys().all(|key| self.old.counts_the_same(self.new, key))
        };
        // A counter that nothing charges stays at nothing.
        let equality = self.old.policy.semantics.equality;
        let is_idle = |condition: &Condition| match &condition.subject {
            Subject::Counter(key) => {
                !self.old.charges(key)
                    && holds(&condition.predicate, equality, Some(&Value::Int(0)))
            }
            Subject::Argument(_) => true,
            Subject::Price { .. } => false,
        };
        if !check.counts || check.check.conditions.iter().all(is_idle) || is_kept() {
            return None;
        }
        match self.passing(&[]) {
            Answer::Proved => None,
            _ => Some(Evidence::Unknown(Why::Counter)),
        }
    }
}
