//! What came of a call.

use std::borrow::Cow;
use std::time::Duration;

use crate::engine::{Decision, Missing, Outcome, Timestamp};
use crate::replay::{Policies, is_called};
use crate::trace::Record;

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'g> {
    /// The outcome; none where no policy is for the call's server.
    pub outcome: Option<Outcome>,
    /// The rule string of what decided; empty where nothing did.
    pub rule: &'g str,
    /// The JSON Pointer of what decided.
    pub pointer: &'g str,
    /// The file and line of what decided, where it is known.
    pub place: Option<&'g str>,
    /// What the caller is told.
    pub message: Cow<'g, str>,
    /// How long after the call the same would find room again.
    pub retry: Option<Duration>,
    /// The fact that is missing.
    pub missing: Option<Missing>,
    /// The number of the policy that decided.
    pub policy: Option<u32>,
}

impl<'g> Found<'g> {
    /// What a decision comes to, on a call that was made at a time.
    pub(super) fn of(
        decision: &Decision<'g>,
        policy: Option<u32>,
        record: &Record<'_>,
        time: Timestamp,
        policies: &'g Policies,
    ) -> Found<'g> {
        let cause = &decision.cause;
        Found {
            outcome: Some(decision.outcome),
            rule: cause.rule(),
            pointer: cause.pointer(),
            place: policies.place_of(policy, cause),
            message: cause.message(&record.tool),
            retry: decision.retry_at.and_then(|at| since(time, at)),
            missing: decision.missing,
            policy,
        }
    }

    /// What comes of a call for whose server no policy is.
    pub(super) fn nothing() -> Found<'static> {
        Found {
            outcome: None,
            rule: "",
            pointer: "",
            place: None,
            message: Cow::Borrowed(""),
            retry: None,
            missing: None,
            policy: None,
        }
    }

    /// Whether the rule that decided is called so. Of a file and line the file may be the end of its path.
    pub(super) fn is_rule(&self, name: &str) -> bool {
        is_called([self.rule, self.pointer], self.place, name)
    }
}

/// How long one moment is after another; none where it is before.
pub(super) fn since(from: Timestamp, to: Timestamp) -> Option<Duration> {
    let seconds = u64::try_from(to.seconds.checked_sub(from.seconds)?).ok()?;
    let whole = Duration::new(seconds, to.nanoseconds);
    whole.checked_sub(Duration::from_nanos(u64::from(from.nanoseconds)))
}
