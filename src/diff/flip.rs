//! One call that two policies decide differently.

use serde::Serialize;

use crate::engine::{Decision, Missing, Outcome, Timestamp};

/// How a decision changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// More access than before: refused before and asked or allowed now, or asked and now allowed.
    Loosened,
    /// One side cannot be told, and may be looser; or neither can, and the rules differ.
    MaybeLoosened,
    /// Less access than before.
    Tightened,
    /// One side cannot be told; if it changes, then to the tighter.
    MaybeTightened,
    /// Refused as before, but by another rule, in another way, or with another message; also where a file asks
    /// about what the agent refused by its classifier.
    Reworded,
}

impl Change {
    /// All changes, the gravest first.
    pub const ALL: [Change; 5] = [
        Change::Loosened,
        Change::MaybeLoosened,
        Change::Tightened,
        Change::MaybeTightened,
        Change::Reworded,
    ];

    /// The change's name.
    pub fn name(self) -> &'static str {
        match self {
            Change::Loosened => "loosened",
            Change::MaybeLoosened => "maybe-loosened",
            Change::Tightened => "tightened",
            Change::MaybeTightened => "maybe-tightened",
            Change::Reworded => "reworded",
        }
    }

    /// What changes from one decision to another; none if nothing does.
    pub fn between(old: &Side, new: &Side) -> Option<Change> {
        let most = Outcome::Allow.access();
        if new.replaces(old) || old.replaces(new) {
            return Some(Change::Reworded);
        }
        match (old.outcome.access(), new.outcome.access()) {
            (None, None) => None,
            (None, Some(0)) => Some(Change::MaybeTightened),
            (None, Some(_)) => Some(Change::MaybeLoosened),
            (access, None) if access == most => Some(Change::MaybeTightened),
            (Some(_), None) => Some(Change::MaybeLoosened),
            (Some(before), Some(after)) if before < after => Some(Change::Loosened),
            (Some(before), Some(after)) if before > after => Some(Change::Tightened),
            (same, _) if same == most => None,
            _ => (!old.says_the_same(new)).then_some(Change::Reworded),
        }
    }
}

/// The decision of one side, in words that outlive its gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The outcome.
    pub outcome: Outcome,
    /// The rule string.
    pub rule: String,
    /// The pointer of what decided.
    pub pointer: String,
    /// What the caller is told.
    pub message: String,
    /// What is missing, of an indeterminate decision.
    pub missing: Option<Missing>,
    /// Whether an agent refuses of its own accord what its classifier would be asked about.
    pub for_classifier: bool,
}

impl Side {
    /// The words of a decision on a call of a tool.
    pub fn new(decision: &Decision<'_>, tool: &str) -> Side {
        Side {
            outcome: decision.outcome,
            rule: decision.cause.rule().to_owned(),
            pointer: decision.cause.pointer().to_owned(),
            message: decision.cause.message(tool).into_owned(),
            missing: decision.missing,
            for_classifier: decision.cause.is_for_classifier(),
        }
    }

    /// Whether this is a question of a file, which the classifier may answer, in the place of a refusal for which
    /// the agent's classifier answers.
    fn replaces(&self, refusal: &Side) -> bool {
        let is_question = self.outcome == Outcome::Ask && !self.pointer.is_empty();
        refusal.for_classifier && (is_question || self.missing == Some(Missing::Classifier))
    }

    /// Whether callers and logs cannot tell this refusal from another. The place in the document
    /// does not count: entries may be moved about.
    pub(super) fn says_the_same(&self, other: &Side) -> bool {
        self.outcome == other.outcome && self.rule == other.rule && self.message == other.message
    }
}

/// A call that two policies decide differently.
#[derive(Clone, Debug)]
pub struct Flip {
    /// The number of the call in the trace, counted from 1.
    pub number: u64,
    /// Its time.
    pub time: Option<Timestamp>,
    /// Who called.
    pub grant: String,
    /// The tool.
    pub tool: String,
    /// How the decision changes.
    pub change: Change,
    /// The decision under the old policy.
    pub old: Side,
    /// The decision under the new policy.
    pub new: Side,
}
