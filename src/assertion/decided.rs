//! What decided the calls that show that a statement does not hold.

use crate::engine::Outcome;
use crate::solver::{Evidence, Version, decided};

/// What came of a call, and what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What came of it.
    pub outcome: Outcome,
    /// The rule string of what decided, as `explain` names it; empty where no rule did.
    pub rule: String,
    /// Where what decided stands; where no rule did, the tool or the default.
    pub pointer: String,
    /// The file and line of what decided, where the policy is made of several files.
    pub place: Option<String>,
}

impl Decided {
    /// What decides calls of a tool that show something; none where no call does.
    pub(super) fn of(evidence: &Evidence, tool: &str, version: &Version<'_>) -> Option<Decided> {
        let decision = decided(evidence, tool, version)?;
        let (cause, policy) = (decision.cause, version.policy);
        let own = policy.tools.iter().find(|own| own.name == tool).map(|own| own.pointer.as_str());
        let pointer = match cause.pointer() {
            "" if policy.permissions.is_some() => "",
            "" => own.unwrap_or("/default"),
            pointer => pointer,
        };
        Some(Decided {
            outcome: decision.outcome,
            rule: cause.rule().to_owned(),
            pointer: pointer.to_owned(),
            place: cause.place().map(str::to_owned),
        })
    }
}
