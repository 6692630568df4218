//! Which calls meet the same counters, so that others can be decided without them.

use hashbrown::{HashMap, HashSet};

use super::check::Source;
use super::rules::Rules;
use crate::policy::Scope;

/// What all calls that meet one counter have in common, whatever the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// They are of one grant.
    pub by_grant: bool,
    /// They are of one tool.
    pub by_tool: bool,
}

/// Whose counter it is, and its number in the gate.
type Counter = (Scope, u32);

impl Parting {
    /// What the counters of some tools' rules say; none where nothing is counted. `unlisted` are the
    /// rules of any number of other tools.
    pub(super) fn of<'g>(
        listed: impl Iterator<Item = &'g Rules>,
        unlisted: Option<&'g Rules>,
    ) -> Option<Parting> {
        let mut tools: HashMap<Counter, usize> = HashMap::new();
        let mut charged: HashSet<Counter> = HashSet::new();
        let several = unlisted.into_iter().cycle().take(2);
        for rules in listed.chain(several) {
            // A limit without a `max` counts nothing.
            let limits = rules.limits.iter().filter(|limit| limit.max.is_some());
            let own: HashSet<Counter> = limits.map(|limit| (limit.scope, limit.counter)).collect();
            charged.extend(&own);
            let read = rules.checks.iter().flat_map(|check| &check.conditions);
            // What is read is what everybody has used up.
            let read = read.filter_map(|condition| match condition.subject {
                Source::Counter(number) => Some((Scope::Gateway, number)),
                Source::Argument(_) | Source::Price => None,
            });
            let used: HashSet<Counter> = own.iter().copied().chain(read).collect();
            used.into_iter().for_each(|counter| *tools.entry(counter).or_default() += 1);
        }
        (!charged.is_empty()).then(|| Parting {
            by_grant: charged.iter().all(|(scope, _)| *scope == Scope::Grant),
            by_tool: charged.iter().all(|counter| tools[counter] == 1),
        })
    }
}
