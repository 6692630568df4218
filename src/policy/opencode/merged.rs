//! Configurations put together, as the program's deep merge of objects does.

use super::block::Block;
use super::config::Config;
use crate::policy::other_settings::OtherSetting;

/// Everything that all files say of permissions.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Who works where nobody is named.
    pub(super) default_agent: Option<Box<str>>,
    pub(super) tools: Block,
    pub(super) permission: Block,
    pub(super) agents: Vec<(String, Block)>,
    pub(super) modes: Vec<(String, Block)>,
    pub(super) others: Vec<OtherSetting>,
}

impl Merged {
    /// Puts a later file on top.
    pub(super) fn add(&mut self, config: Config) {
        let Config { default_agent, tools, permission, agents, modes, others } = config;
        self.default_agent = default_agent.or(self.default_agent.take());
        self.others.extend(others);
        self.tools.merge(tools);
        self.permission.merge(permission);
        merge_named(&mut self.agents, agents);
        merge_named(&mut self.modes, modes);
    }

    /// All agents by their names: what stands under the old name for them counts for more.
    pub(super) fn all_agents(&self) -> Vec<(String, Block)> {
        let mut all = self.agents.clone();
        merge_named(&mut all, self.modes.clone());
        all
    }

    /// What all agents are given: switches of tools stand before permissions.
    pub(super) fn of_all(&self) -> Block {
        let mut all = self.tools.clone();
        all.merge(self.permission.clone());
        all
    }
}

fn merge_named(all: &mut Vec<(String, Block)>, more: Vec<(String, Block)>) {
    for (name, block) in more {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.merge(block),
            None => all.push((name, block)),
        }
    }
}
