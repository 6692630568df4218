//! Names in cases that are slips of others, so that a case proves less than it seems to: what a policy does not name
//! is denied by default, whatever its rules are.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::suite::{Case, Step};
use crate::policy::{Policy, Subject};
use crate::solver::{Shapes, Version};
use crate::source::slip;

/// A name in a call that the policy does not speak of, beside one that it does.
#[derive(Clone, Debug)]
pub struct Slip<'c> {
    /// The case.
    pub case: &'c Case,
    /// Its step with the call.
    pub step: &'c Step,
    /// The argument whose name it is; none where it is the tool's.
    pub argument: Option<String>,
    /// The name that may be meant.
    pub meant: String,
}

/// What a policy speaks of.
pub struct Spoken<'p> {
    /// The server that it is for.
    server: Option<&'p str>,
    policy: &'p Policy,
    /// The tools that it or a server names.
    names: BTreeSet<&'p str>,
}

/// The first such name in a case, under policies that are tested together. Who says by which rule a call is decided
/// has said what is proved.
pub fn slip_of<'c>(case: &'c Case, policies: &[Spoken<'_>]) -> Option<Slip<'c>> {
    let unsaid = case.steps.iter().filter(|step| step.expected.rule.is_none());
    let found = |step: &'c Step| {
        let is_for = |one: &&Spoken<'_>| one.server.is_none_or(|name| step.record.server == name);
        let policy = policies.iter().find(is_for)?;
        let (argument, meant) = policy.slip(step)?;
        Some(Slip { case, step, argument, meant })
    };
    unsaid.filter_map(found).next()
}

impl<'p> Spoken<'p> {
    /// What a policy speaks of, that is for a server or for all.
    pub fn new(server: Option<&'p str>, policy: &'p Policy, shapes: &'p Shapes) -> Spoken<'p> {
        let names = Version::new(policy).names().chain(shapes.names()).collect();
        Spoken { server, policy, names }
    }

    fn slip(&self, step: &Step) -> Option<(Option<String>, String)> {
        let tool = &*step.record.tool;
        let permissions = self.policy.permissions.as_ref();
        let is_named = permissions.is_some_and(|permissions| permissions.names_tool(tool));
        if !is_named && !self.names.contains(tool) {
            let meant = slip(tool, self.names.iter().copied())?;
            return Some((None, meant.to_owned()));
        }
        let own = self.policy.tool(tool).map(|tool| &tool.rules);
        let checks =
            own.into_iter().chain([&self.policy.all_tools]).flat_map(|rules| &rules.checks);
        let conditions = checks.flat_map(|check| &check.conditions);
        let asked = conditions.filter_map(|condition| match &condition.subject {
            Subject::Argument(path) => path.first().map(String::as_str),
            Subject::Counter(_) | Subject::Price { .. } => None,
        });
        let asked: BTreeSet<&str> = asked.collect();
        if asked.is_empty() {
            return None;
        }
        let arguments: Map<String, Value> =
            serde_json::from_str(step.record.arguments.json()?).ok()?;
        let absent = || asked.iter().copied().filter(|name| !arguments.contains_key(*name));
        let unasked = arguments.keys().filter(|name| !asked.contains(name.as_str()));
        let mut slips =
            unasked.filter_map(|name| Some((Some(name.clone()), slip(name, absent())?.to_owned())));
        slips.next()
    }
}
