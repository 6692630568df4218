//! Two policies of agents, with the tools and the modes that they are compared for.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::list::Names;
use super::modes::{Modes, modes};
use super::moved;
use crate::policy::{Agent, OtherSetting, Permissions, Policy};
use crate::solver::{Why, unused_name};

/// Two policies of agents, to be compared.
pub struct AgentPair<'p> {
    pub(super) old: &'p Permissions,
    pub(super) new: &'p Permissions,
    pub(super) bench: Bench<'p>,
    /// The same rules, as if both agents had been started in the same folder.
    pub(super) placed: [Permissions; 2],
    /// The names of tools that are known beside those that rules name.
    pub(super) known: Vec<String>,
    pub(super) agents: [Option<Agent>; 2],
}

/// A tool, with the names that its calls, or their subjects, go by.
pub(super) struct Context {
    pub(super) tool: String,
    pub(super) is_other: bool,
    pub(super) names: Vec<Names>,
    /// Whether it may be hidden although nothing about a call of it is asked.
    pub(super) raises: bool,
}

impl<'p> AgentPair<'p> {
    /// Prepares two policies; none where one of them is not of an agent. `known` are names of tools, as calls
    /// have them.
    pub fn new(old: &'p Policy, new: &'p Policy, known: Vec<String>) -> Option<AgentPair<'p>> {
        let (before, after) = (old.permissions.as_deref()?, new.permissions.as_deref()?);
        let start = after.ground.start.as_deref().or(before.ground.start.as_deref());
        Some(AgentPair {
            old: before,
            new: after,
            bench: Bench::new([old, new]),
            placed: [before, after].map(|permissions| moved::placed(permissions, start)),
            known,
            agents: [old, new].map(|policy| policy.dialect.agent()),
        })
    }

    /// How many tools are asked about by name.
    pub fn asked(&self) -> usize {
        self.contexts().iter().filter(|context| !context.is_other).count()
    }

    /// The tools that are asked about, those that nobody names last.
    pub(super) fn contexts(&self) -> Vec<Context> {
        let tables = [self.old.tools, self.new.tools];
        let mut found: Vec<Context> = Vec::new();
        for tool in tables.into_iter().flatten() {
            let matters = tool.matters.iter().map(|matter| matter.name);
            let names: BTreeSet<&str> = matters.chain([tool.tool]).collect();
            let names = names.into_iter().map(|name| Names::Matter(name.to_owned())).collect();
            let context =
                Context { tool: tool.tool.to_owned(), is_other: false, names, raises: true };
            if !found.iter().any(|known| known.tool == context.tool) {
                found.push(context);
            }
        }
        let named: BTreeSet<&str> =
            [self.old, self.new].into_iter().flat_map(Permissions::names).collect();
        for name in named {
            if !found.iter().any(|known| known.tool == name) {
                let names = vec![Names::Tool(name.to_owned())];
                let tool = name.to_owned();
                found.push(Context { tool, is_other: false, names, raises: false });
            }
        }
        let tool = unused_name(&found.iter().map(|c| c.tool.as_str()).collect::<Vec<_>>());
        found.push(Context { tool, is_other: true, names: vec![Names::Other], raises: false });
        found
    }

    /// The modes that calls may be made in, the usual one first.
    pub(super) fn modes(&self) -> Vec<Modes> {
        let policies = [self.old, self.new];
        let own = policies.map(|permissions| permissions.mode.as_deref());
        let usual = self.agents[1].map(Agent::usual_mode);
        let all = modes(&policies, usual);
        let pair = |recorded: Option<&str>, old: &str, new: &str| Modes {
            recorded: recorded.map(str::to_owned),
            decided: [old.to_owned(), new.to_owned()],
        };
        let mut found: Vec<Modes> = match own {
            [Some(old), Some(new)] => vec![pair(None, old, new)],
            [Some(old), None] => all.iter().map(|new| pair(None, old, new)).collect(),
            [None, Some(new)] => all.iter().map(|old| pair(None, old, new)).collect(),
            [None, None] => Vec::new(),
        };
        let is_own = |mode: &str| own == [Some(mode); 2];
        let given = all.iter().filter(|mode| !is_own(mode));
        found.extend(given.map(|mode| pair(Some(mode), mode, mode)));
        found
    }

    /// Why nothing is proved of the two policies; none where something may be.
    pub(super) fn is_beyond_proof(&self) -> Option<Why> {
        let [old, new] = &self.placed;
        let is_same_agent = (std::ptr::eq(old.tools, new.tools) || old.tools == new.tools)
            && (old.server_tools, old.hides) == (new.server_tools, new.hides);
        let is_same_place = old.ground == new.ground && old.shell == new.shell;
        let calls = match (&old.calls, &new.calls) {
            (Some(one), Some(other)) => one == other && old.unmatched <= new.unmatched,
            (one, other) => one.is_none() && other.is_none(),
        };
        (!is_same_agent || !is_same_place || !calls).then_some(Why::Surroundings)
    }
}

impl AgentPair<'_> {
    /// A setting that no rule stands for and that is not the same on both sides.
    pub(super) fn differing_setting(&self) -> Option<Why> {
        let [old, new] = [self.old, self.new].map(|permissions| &permissions.others);
        let of = |all: &[OtherSetting], one: &OtherSetting| -> Vec<String> {
            all.iter().filter(|known| known.is_same(one)).map(|known| known.value.clone()).collect()
        };
        let mut all = old.iter().chain(new);
        let differs = |one: &&OtherSetting| {
            let sides = [of(old, one), of(new, one)];
            let is_compared = one.server.is_none() || sides.iter().all(|side| !side.is_empty());
            is_compared && sides[0] != sides[1]
        };
        all.find(differs).map(|one| Why::Settings(one.name))
    }

    pub(super) fn is_spelt_out(&self, tool: &str) -> bool {
        [self.old, self.new].iter().any(|permissions| permissions.names().contains(tool))
    }
}
