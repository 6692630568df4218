//! The protections of one policy that another one lacks, for the calls of one tool.

use serde_json::Value;

use super::Why;
use super::answer::Answer;
use super::budget::Budget;
use super::burst::{Burst, lost_limit};
use super::literal::Literal;
use super::query::Query;
use super::shape::Shape;
use super::version::{Access, CheckView, Version, View, is_same_check};
use crate::engine::{Arguments, Call, Counters, GrantId, Outcome, Timestamp};
use crate::policy::{Check, Effect, Hidden, Limit, Subject};

/// The moment at which witnesses are decided: 2026-01-01T00:00:00Z, where every window begins.
pub(super) const MOMENT: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

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
}

/// A protection of which it is not proved that the other policy has it too.
#[derive(Clone, Debug)]
pub struct Lost<'p> {
    /// The protection.
    pub protection: Protection<'p>,
    /// The call or calls that it refuses and the other policy lets pass; or why there may be one.
    pub evidence: Evidence,
}

/// What shows that a protection is lost.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// The arguments of one call.
    Call(Value),
    /// Several calls in a window.
    Burst(Burst),
    /// It cannot be told.
    Unknown(Why),
}

impl Protection<'_> {
    /// The rule as the gateway's log names it.
    pub fn rule(&self) -> &str {
        match self {
            Protection::Hidden(_) => "(hidden)",
            Protection::Unlisted => "(default deny)",
            Protection::Check(check) => &check.rule,
            Protection::Amount(limit) | Protection::Limit(limit) => &limit.rule,
        }
    }

    /// Its place in the document.
    pub fn pointer(&self) -> &str {
        match self {
            Protection::Hidden(hidden) => hidden.pointer.as_str(),
            Protection::Unlisted => "/default",
            Protection::Check(check) => check.pointer.as_str(),
            Protection::Amount(limit) | Protection::Limit(limit) => limit.pointer.as_str(),
        }
    }
}

/// A question about one tool: what does `old` refuse that `new` lets pass?
pub(super) struct Question<'q, 'p> {
    pub(super) old: &'q Version<'p>,
    pub(super) new: &'q Version<'p>,
    pub(super) tool: &'q str,
    pub(super) before: &'q View<'p>,
    pub(super) after: &'q View<'p>,
    pub(super) shape: &'q Shape,
    pub(super) budget: &'q Budget,
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
    let (before, after) = (&old.view(tool), &new.view(tool));
    if is_surely_kept(old, new, tool, before) {
        return Vec::new();
    }
    lost_of(&Question { old, new, tool, before, after, shape, budget })
}

/// The protections that each of two policies has and the other lacks: those of `old` first.
pub fn lost_both_ways<'p>(
    old: &Version<'p>,
    new: &Version<'p>,
    tool: &str,
    shape: &Shape,
    budget: &Budget,
) -> [Vec<Lost<'p>>; 2] {
    let (before, after) = (&old.view(tool), &new.view(tool));
    if is_surely_kept(old, new, tool, before) {
        return [Vec::new(), Vec::new()];
    }
    let there = Question { old, new, tool, before, after, shape, budget };
    let back = Question { old: new, new: old, before: after, after: before, ..there };
    [lost_of(&there), lost_of(&back)]
}

/// Whether the policies say the same of a tool, and no counters of others bear on it.
fn is_surely_kept(old: &Version<'_>, new: &Version<'_>, tool: &str, view: &View<'_>) -> bool {
    !view.checks.iter().any(|check| check.counts) && old.says_the_same(new, tool)
}

fn lost_of<'p>(question: &Question<'_, 'p>) -> Vec<Lost<'p>> {
    let Question { old, tool, before, .. } = *question;
    let shut = before.shut().map(Protection::Amount);
    let whole = match before.access {
        Access::Hidden(hidden) => Some(Protection::Hidden(hidden)),
        Access::Unlisted => Some(Protection::Unlisted),
        Access::Checked => shut,
    };
    let mut found = Vec::new();
    let mut add = |protection, evidence: Option<Evidence>| {
        found.extend(evidence.map(|evidence| Lost { protection, evidence }));
    };
    if let Some(protection) = whole {
        add(protection, question.ask(&[]));
        return found;
    }
    for check in &before.checks {
        add(Protection::Check(check.check), question.ask_check(check));
    }
    for (atom, limit) in &before.amounts {
        add(Protection::Amount(limit), question.ask(&[Literal { atom, holds: false }]));
    }
    for limit in old.own_rules(tool).into_iter().flat_map(|rules| &rules.limits) {
        add(Protection::Limit(limit), lost_limit(question, limit));
    }
    found
}

impl Question<'_, '_> {
    /// A call that agrees with some literals and that `new` lets pass, though `old` refuses it.
    fn ask(&self, more: &[Literal<'_>]) -> Option<Evidence> {
        match self.passing(more, false) {
            Answer::Proved => None,
            Answer::Witness(arguments) => Some(self.confirm(arguments)),
            Answer::Unknown(why) => Some(Evidence::Unknown(why)),
        }
    }

    fn ask_check(&self, check: &CheckView<'_>) -> Option<Evidence> {
        let equality = |version: &Version<'_>| version.policy.semantics.equality;
        let is_same = |other: &CheckView<'_>| is_same_check(check.check, other.check);
        if !check.counts
            && equality(self.old) == equality(self.new)
            && self.after.checks.iter().any(is_same)
        {
            return None;
        }
        if check.check.effect == Effect::DenyIf {
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
                Subject::Argument(_) => None,
            })
        };
        let is_kept = || {
            let has = |other: &CheckView<'_>| is_same_check(check.check, other.check);
            self.after.checks.iter().any(has)
                && keys().all(|key| self.old.counts_the_same(self.new, key))
        };
        if !check.counts || is_kept() {
            return None;
        }
        match self.passing(&[], false) {
            Answer::Proved => None,
            _ => Some(Evidence::Unknown(Why::Counter)),
        }
    }

    /// The arguments of a call that agrees with some literals and that `new` lets pass; with
    /// `both`, that `old` lets pass as well.
    pub(super) fn passing(&self, more: &[Literal<'_>], both: bool) -> Answer {
        let mut query = Query { all: more.to_vec(), any: Vec::new() };
        let views = if both { &[self.after, self.before][..] } else { &[self.after] };
        for view in views {
            if !allow(view, &mut query) {
                return Answer::Proved;
            }
        }
        query.answer(self.shape, self.budget)
    }

    /// Decides a call under both policies.
    pub(super) fn confirm(&self, arguments: Value) -> Evidence {
        let text = arguments.to_string();
        let decide = |version: &Version<'_>| {
            let call = Call {
                tool: self.tool,
                grant: GrantId(0),
                time: Some(MOMENT),
                in_order: true,
                arguments: Arguments::Json(&text),
                failed_upstream: false,
            };
            version.gate.decide(&call, &mut Counters::default()).outcome
        };
        let refused = matches!(decide(self.old), Outcome::Deny | Outcome::Throttle);
        match decide(self.new) {
            Outcome::Allow if refused => Evidence::Call(arguments),
            Outcome::Throttle if !self.after.amounts.is_empty() => Evidence::Unknown(Why::Amount),
            _ if self.after.checks.iter().any(|check| check.counts) => {
                Evidence::Unknown(Why::Counter)
            }
            _ => Evidence::Unknown(Why::Unconfirmed),
        }
    }
}

/// Adds to a query that a policy lets the call pass; false where it lets none pass at all. A
/// condition on a counter may hold and may not, so it is left out.
fn allow<'a>(view: &'a View<'_>, query: &mut Query<'a>) -> bool {
    if !matches!(view.access, Access::Checked) || view.shut().is_some() {
        return false;
    }
    for check in &view.checks {
        match check.check.effect {
            Effect::Require => query.all.extend(literals(check, true)),
            Effect::DenyIf if check.counts => {}
            Effect::DenyIf => match literals(check, false).as_slice() {
                [only] => query.all.push(*only),
                several => query.any.push(several.to_vec()),
            },
        }
    }
    query.all.extend(view.amounts.iter().map(|(atom, _)| Literal { atom, holds: true }));
    true
}

fn literals<'a>(check: &'a CheckView<'_>, holds: bool) -> Vec<Literal<'a>> {
    check.atoms.iter().map(|atom| Literal { atom, holds }).collect()
}
