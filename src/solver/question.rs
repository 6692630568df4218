//! Questions about the calls of one tool under two policies.

use serde_json::Value;

use super::answer::{Answer, Why};
use super::budget::Budget;
use super::evidence::Evidence;
use super::literal::Literal;
use super::query::Query;
use super::shape::Shape;
use super::version::{Access, CheckView, Version, View};
use crate::engine::{Arguments, Call, CallResult, Counters, GrantId, Outcome, Timestamp};
use crate::policy::Effect;

/// The moment at which witnesses are decided: 2026-01-01T00:00:00Z, where every window begins.
pub(super) const MOMENT: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

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

impl Question<'_, '_> {
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
                result: CallResult::Ok,
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
            Effect::DenyIf | Effect::AskIf if check.counts => {}
            Effect::DenyIf | Effect::AskIf => match literals(check, false).as_slice() {
                [only] => query.all.push(*only),
                several => query.any.push(several.to_vec()),
            },
        }
    }
    query.all.extend(view.amounts.iter().map(|(atom, _)| Literal { atom, holds: true }));
    true
}

/// What a check tests, as true or as false.
pub(super) fn literals<'a>(check: &'a CheckView<'_>, holds: bool) -> Vec<Literal<'a>> {
    check.atoms.iter().map(|atom| Literal { atom, holds }).collect()
}
