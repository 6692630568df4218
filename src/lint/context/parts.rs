//! The parts of a policy, each once.

use super::Context;
use crate::policy::{Check, Limit, Rules, ToolPolicy};
use crate::source::Place;

impl<'a> Context<'a> {
    /// The rules of each tool, and those of all tools once.
    pub fn rules(&self) -> impl Iterator<Item = &'a Rules> {
        self.owners().map(|(_, rules)| rules)
    }

    /// Every check of the policy once.
    pub fn own_checks(&self) -> impl Iterator<Item = &'a Check> {
        self.rules().flat_map(|rules| &rules.checks)
    }

    /// Every limit of the policy once.
    pub fn own_limits(&self) -> impl Iterator<Item = &'a Limit> {
        self.rules().flat_map(|rules| &rules.limits)
    }

    /// Every limit of the policy once, with its tool; none for those of all tools.
    pub fn limits_by_owner(&self) -> impl Iterator<Item = (Option<&'a ToolPolicy>, &'a Limit)> {
        self.owners().flat_map(|(tool, rules)| rules.limits.iter().map(move |limit| (tool, limit)))
    }

    fn owners(&self) -> impl Iterator<Item = (Option<&'a ToolPolicy>, &'a Rules)> {
        // An Intercept policy keeps the rules of all tools under `*`, where they stand twice.
        let is_own = |tool: &&ToolPolicy| !(tool.name == "*" && self.policy.dialect.is_intercept());
        let tools = self.policy.tools.iter().filter(is_own);
        let own = tools.map(|tool| (Some(tool), &tool.rules));
        own.chain(std::iter::once((None, &self.policy.all_tools)))
    }

    /// The tools that the policy names and the server does not have, with their places.
    pub fn foreign_tools(&self) -> impl Iterator<Item = (&'a str, Place)> {
        let listed =
            self.policy.tools.iter().map(|tool| (&*tool.name, Place::key(tool.pointer.clone())));
        let hidden = self.policy.hide.iter();
        let hidden = hidden.map(|hidden| (&*hidden.name, Place::value(hidden.pointer.clone())));
        let server = self.server.map(|known| known.server);
        listed.chain(hidden).filter(move |(name, _)| {
            *name != "*" && server.is_some_and(|server| server.tool(name).is_none())
        })
    }
}
