//! Coverage: what of a policy calls have met, and what not.
//!
//! What counts is decided in one place, `parts`: rules, conditions, limits and tools, each a [`Part`] with one or
//! two [`Item`]s that must be seen.

mod part;
mod parts;
mod picked;
mod share;

pub use part::{Item, Kind, Part, What};
pub use picked::{Picker, Picks};
pub use share::Share;

use crate::engine::{Gate, Seen};
use crate::policy::Policy;

/// What of a policy calls have met.
#[derive(Clone, Debug)]
pub struct Coverage<'p> {
    /// How many calls the policy decided.
    pub calls: u64,
    /// Everything that counts.
    pub parts: Vec<Part<'p>>,
    /// How many calls passed that no rule looked at, by their tools, the most frequent first: the default or an
    /// empty entry let them pass, the gateway could not read them, or the agent's own rules alone decided.
    pub unchecked: Vec<(String, u64)>,
}

impl<'p> Coverage<'p> {
    /// What calls have met of a policy, under its gate.
    pub fn new(policy: &'p Policy, gate: &Gate, seen: &Seen) -> Coverage<'p> {
        let unchecked = seen.unchecked.iter().map(|(tool, calls)| (tool.clone(), *calls));
        let mut unchecked: Vec<(String, u64)> = unchecked.collect();
        unchecked.sort_by(|(a, fewer), (b, more)| more.cmp(fewer).then_with(|| a.cmp(b)));
        let parts = match &policy.permissions {
            Some(permissions) => parts::of_agent(permissions, seen),
            None => parts::of_gateway(policy, gate, seen),
        };
        Coverage { calls: seen.calls, parts, unchecked }
    }

    /// How much of one kind was seen.
    pub fn of(&self, kind: Kind) -> Share {
        let parts = self.parts.iter().filter(|part| part.what.kind() == kind);
        parts.map(Part::share).fold(Share::default(), Share::plus)
    }

    /// How much of everything was seen.
    pub fn share(&self) -> Share {
        self.parts.iter().map(Part::share).fold(Share::default(), Share::plus)
    }
}
