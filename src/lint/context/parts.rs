//! The parts of a policy, each once.

use super::Context;
use crate::lint::name::is_pattern;
use crate::policy::{Check, Hidden, Limit, Rules, ToolPolicy};
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

    /// The rules of each tool with the tool, and those of all tools once.
    pub fn owners(&self) -> impl Iterator<Item = (Option<&'a ToolPolicy>, &'a Rules)> {
        // An Intercept policy keeps the rules of all tools under `*`, where they stand twice.
        let is_own = |tool: &&ToolPolicy| !(tool.name == "*" && self.policy.dialect.is_intercept());
        let tools = self.policy.tools.iter().filter(is_own);
        let own = tools.map(|tool| (Some(tool), &tool.rules));
        own.chain(std::iter::once((None, &self.policy.all_tools)))
    }

    /// The names in `tools` and in `hide` with their places, and whether they are hidden.
    pub fn names(&self) -> impl Iterator<Item = (&'a str, Place, bool)> {
        let listed = self.policy.tools.iter();
        let listed = listed.map(|tool| (&*tool.name, Place::key(tool.pointer.clone()), false));
        let hidden = self.policy.hide.iter();
        let place = |hidden: &Hidden| Place::value(hidden.pointer.clone());
        listed.chain(hidden.map(move |hidden| (&*hidden.name, place(hidden), true)))
    }

    /// The names of tools that are not known to be those of the server, with their places.
    pub fn unknown_names(&self) -> impl Iterator<Item = (&'a str, Place)> {
        let server = self.server.map(|known| known.server);
        let is_tool = move |name| server.is_some_and(|server| server.tool(name).is_some());
        self.names()
            .filter(move |(name, ..)| !is_pattern(name) && !is_tool(name))
            .map(|(name, place, _)| (name, place))
    }

    /// The tools that the policy names and the server, which is known, does not have.
    pub fn foreign_tools(&self) -> impl Iterator<Item = (&'a str, Place)> {
        self.server.into_iter().flat_map(|_| self.unknown_names())
    }
}
