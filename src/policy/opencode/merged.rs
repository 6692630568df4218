//! Configurations put together, as the program's deep merge of objects does.

use super::config::Config;
use crate::policy::permissions::{Origin, Ruling};

/// Everything that all files say of permissions.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Who works where nobody is named.
    pub(super) default_agent: Option<Box<str>>,
    pub(super) tools: Block,
    pub(super) permission: Block,
    pub(super) agents: Vec<(String, Block)>,
}

/// An object: a key that comes again keeps its place and takes the new value.
#[derive(Clone, Debug, Default)]
pub(super) struct Block(Vec<(String, Value)>);

/// What stands under a key.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// What happens, and where that is said.
    Word(Ruling, Origin),
    /// What happens to subjects by their patterns.
    Object(Block),
}

impl Merged {
    /// Puts a later file on top.
    pub(super) fn add(&mut self, config: Config) {
        let Config { default_agent, tools, permission, agents } = config;
        self.default_agent = default_agent.or(self.default_agent.take());
        self.tools.merge(tools);
        self.permission.merge(permission);
        for (name, block) in agents {
            match self.agents.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.merge(block),
                None => self.agents.push((name, block)),
            }
        }
    }

    /// What all agents are given: switches of tools stand before permissions.
    pub(super) fn of_all(&self) -> Block {
        let mut all = self.tools.clone();
        all.merge(self.permission.clone());
        all
    }
}

impl Block {
    /// Puts a value under a key; objects are put together, anything else is replaced.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        // JavaScript takes this key for something else than a key of its own.
        if key == "__proto__" {
            return;
        }
        let known = self.0.iter_mut().find(|(known, _)| known == key);
        match (known, value) {
            (Some((_, Value::Object(block))), Value::Object(other)) => block.merge(other),
            (Some((_, known)), value) => *known = value,
            (None, value) => self.0.push((key.to_owned(), value)),
        }
    }

    pub(super) fn merge(&mut self, other: Block) {
        other.0.into_iter().for_each(|(key, value)| self.put(&key, value));
    }

    /// The entries in JavaScript's order: what looks like an index of an array comes first, by number.
    pub(super) fn entries(&self) -> Vec<(&str, &Value)> {
        let mut entries: Vec<_> = self.0.iter().map(|(key, value)| (key.as_str(), value)).collect();
        entries.sort_by_key(|(key, _)| index(key).map_or((true, 0), |index| (false, index)));
        entries
    }
}

/// The index of an array that a key is, as it would be printed.
fn index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index < u32::MAX && index.to_string() == key).then_some(index)
}
