//! Arguments by which a call may do harm and which no condition bounds, and why: who is not told of them takes the
//! policy for tighter than it is.

use super::choose::{Chooser, Role};
use super::condition::Condition;
use super::seen::Seen;

/// An argument that any value passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The keys that lead to the argument.
    pub path: Vec<String>,
    /// Why it has no condition.
    pub why: WhyOpen,
}

/// Why an argument has no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyOpen {
    /// A key that leads to it has a dot or a control character.
    Unreachable,
    /// Of some calls the arguments are not known.
    Unknown,
    /// The tool looks for something, which is new each time.
    Searching,
    /// A sum of money that is written as text.
    TextAmount,
    /// Addresses of which a host is no plain name, or that name a user.
    OddHost,
    /// Paths that lead up or are no plain ones.
    OddPath,
    /// Values of several kinds, or such as cannot be compared.
    Mixed,
    /// Too few calls to tell.
    FewCalls,
    /// Nearly each call had another value.
    Changing,
    /// Calls may leave it out, which the dialect or a pattern cannot say.
    Optional,
    /// What was to be asked of it can be got around, as the linter says.
    Faulty,
}

impl Chooser<'_> {
    /// The arguments that stay open beside these conditions, and by which a call may do harm.
    pub(super) fn open(&self, chosen: &[Condition]) -> Vec<Open> {
        let is_bound = |path: &[String]| chosen.iter().any(|condition| condition.path == path);
        let seen = self.used.arguments.iter().filter(|seen| !is_bound(&seen.path));
        let seen = seen.filter_map(|seen| {
            let role = self.means(seen);
            let why = || self.why_open(seen, role);
            self.is_risky(seen, role).then(|| Open { path: seen.path.clone(), why: why() })
        });
        let reads = self.is_reading();
        let unreachable = self.used.unreachable.iter().filter(|_| !reads);
        let unreachable =
            unreachable.map(|path| Open { path: path.clone(), why: WhyOpen::Unreachable });
        seen.chain(unreachable).collect()
    }

    fn why_open(&self, seen: &Seen, role: Role) -> WhyOpen {
        let is_url = role == Role::Url;
        match role {
            _ if self.used.unknown > 0 => WhyOpen::Unknown,
            _ if self.is_searching() => WhyOpen::Searching,
            Role::Amount if seen.is_text() => WhyOpen::TextAmount,
            _ if is_url && seen.urls.is_odd() => WhyOpen::OddHost,
            Role::Path if seen.is_text() && seen.paths.is_odd() => WhyOpen::OddPath,
            Role::Amount => WhyOpen::Mixed,
            _ if !seen.is_text() || seen.others > 0 && !is_url => WhyOpen::Mixed,
            _ if !self.is_enough() => WhyOpen::FewCalls,
            // What leads to few hosts or folders would have a pattern, were it always there.
            _ if seen.given() < self.used.calls && self.is_patterned(seen, role) => {
                WhyOpen::Optional
            }
            _ => WhyOpen::Changing,
        }
    }
}
