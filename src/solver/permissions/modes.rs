//! The modes that calls are made in.

use std::collections::BTreeSet;

use crate::policy::Permissions;

/// The mode of a call as its record has it, and the one that it is decided in under each policy.
#[derive(Clone, Debug)]
pub(super) struct Modes {
    pub(super) recorded: Option<String>,
    pub(super) decided: [String; 2],
}

/// A mode that no rule speaks of.
pub const OTHER_MODE: &str = "other";

/// The modes that rules and agents name, and one that none does; the usual one first. Where no tool is called
/// nothing is compared.
pub(super) fn modes<'m>(policies: &[&'m Permissions], usual: Option<&'m str>) -> Vec<&'m str> {
    let rules = policies.iter().flat_map(|permissions| &permissions.rules);
    let of_rules = rules.filter_map(|rule| rule.modes.as_ref()).flatten().map(|mode| &**mode);
    let is_idle = |mode: &&str| policies.iter().all(|p| p.own_modes.idle.contains(mode));
    let of_rules = of_rules.filter(|mode| !is_idle(mode));
    let own = policies.iter().filter_map(|permissions| permissions.mode.as_deref());
    let profiles =
        policies.iter().filter_map(|permissions| Some(permissions.calls.as_ref()?.profile));
    let of_profiles =
        profiles.flat_map(|p| p.redirecting_modes.iter().copied().chain([p.careless_mode]));
    let named: BTreeSet<&str> = of_rules.chain(own).chain(of_profiles).collect();
    let known: Vec<&str> = policies.iter().flat_map(|p| p.own_modes.known).copied().collect();
    let any = if known.is_empty() { &[OTHER_MODE][..] } else { &known };
    let mut others = usual.into_iter().chain(any.iter().copied());
    let other = others.find(|mode| !named.contains(mode) && !is_idle(mode));
    let mut all: Vec<&str> = named.into_iter().chain(other).collect();
    all.sort_by_key(|mode| Some(*mode) != usual);
    all
}
