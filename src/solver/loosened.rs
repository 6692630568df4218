//! Whether a policy lets anything pass that another one does not.

use std::collections::HashSet;

use super::answer::Why;
use super::budget::Budget;
use super::evidence::Evidence;
use super::lost::{Lost, lost};
use super::overall::lost_overall;
use super::shape::Shape;
use super::version::Version;
use crate::policy::{Policy, Rules, Subject};

/// What a policy may let pass that another one does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loosened {
    /// The tools of which it lets more calls pass, by name.
    pub tools: Vec<String>,
    /// Whether it lets calls of tools pass that no policy names.
    pub others: bool,
    /// Whether it lets more calls of all tools together pass.
    pub overall: bool,
    /// Why it cannot be told of some tools.
    pub unknown: Option<Why>,
}

impl Loosened {
    /// Whether it is proved that there is nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Loosened::default()
    }
}

/// What `new` may let pass that `old` refuses, asked of every tool that one of them names, of one that
/// none does, and of all together. Where one of them asks, it is asked twice: what passes unasked, and
/// what may pass at all.
pub fn loosened(old: &Version<'_>, new: &Version<'_>, budget: &Budget) -> Loosened {
    let mut found = loosened_as_answered(old, new, budget);
    if old.policy.asks() || new.policy.asks() {
        let [old, new] = [old, new].map(|version| Version::answered(version.policy, true));
        found.merge(loosened_as_answered(&old, &new, budget));
    }
    found
}

fn loosened_as_answered(old: &Version<'_>, new: &Version<'_>, budget: &Budget) -> Loosened {
    let mut seen = HashSet::new();
    let names: Vec<&str> =
        new.names().chain(old.names()).filter(|name| seen.insert(*name)).collect();
    let other = unused_name(&names);
    let any = Shape::any();
    let mut found = Loosened::default();
    // What no counter of another tool bears on is the same where the words are.
    let counts = reads_counters(old.policy) || reads_counters(new.policy);
    for name in names.iter().copied().filter(|name| counts || !old.says_the_same(new, name)) {
        if found.take(&lost(old, new, name, &any, budget)) {
            found.tools.push(name.to_owned());
        }
    }
    found.others = found.take(&lost(old, new, &other, &any, budget));
    let tools: Vec<(&str, &Shape)> =
        names.iter().chain([&other.as_str()]).map(|name| (*name, &any)).collect();
    found.overall = found.take(&lost_overall(old, new, &tools, budget));
    found
}

impl Loosened {
    fn merge(&mut self, other: Loosened) {
        let Loosened { tools, others, overall, unknown } = other;
        let news = tools.into_iter().filter(|tool| !self.tools.contains(tool));
        let news: Vec<String> = news.collect();
        self.tools.extend(news);
        self.others |= others;
        self.overall |= overall;
        self.unknown = self.unknown.or(unknown);
    }

    /// Notes what cannot be told, and tells whether something is lost for certain.
    fn take(&mut self, lost: &[Lost<'_>]) -> bool {
        let mut certain = false;
        for one in lost {
            match &one.evidence {
                Evidence::Unknown(why) => self.unknown = self.unknown.or(Some(*why)),
                Evidence::Call(_) | Evidence::Recorded(_) | Evidence::Burst(_) => certain = true,
            }
        }
        certain
    }
}

/// Whether a rule reads a counter.
fn reads_counters(policy: &Policy) -> bool {
    let reads = |rules: &Rules| {
        let mut conditions = rules.checks.iter().flat_map(|check| &check.conditions);
        conditions.any(|condition| matches!(condition.subject, Subject::Counter(_)))
    };
    policy.tools.iter().map(|tool| &tool.rules).chain([&policy.all_tools]).any(reads)
}

/// A name that nobody uses.
pub fn unused_name(names: &[&str]) -> String {
    let mut name = "any_other_tool".to_owned();
    while names.contains(&name.as_str()) {
        name.push('_');
    }
    name
}
