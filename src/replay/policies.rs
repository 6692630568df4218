//! Several policies at once, each for a server.

use hashbrown::{HashMap, HashSet};

use crate::engine::Gate;
use crate::policy::Scope;
use crate::trace::{Record, Toolset};

/// The name by which an agent's own tools are given a policy.
pub const AGENT: &str = "agent";

/// The policies of a replay, compiled, and which calls each decides.
#[derive(Debug, Default)]
pub struct Policies {
    gates: Vec<(String, Gate)>,
    /// The policy of each server that has one of its own.
    servers: HashMap<String, u32>,
    /// The policy of all other servers.
    others: Option<u32>,
    /// Servers behind the gateway, which denies what has no policy.
    gated: HashSet<String>,
}

/// What decides a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The policy of this number.
    Policy(u32),
    /// Nothing: the server is behind the gateway and has no policy, so the call is denied.
    NoPolicy,
    /// Nothing: whether the gateway sees the call at all is not known.
    NotCovered,
}

impl Policies {
    /// Adds a policy for a server, or for all servers without one of their own, by the name of its
    /// file. One that is given before for the same is replaced.
    pub fn add(&mut self, server: Option<String>, name: String, gate: Gate) {
        let number = u32::try_from(self.gates.len()).expect("nobody names four billion policies");
        self.gates.push((name, gate));
        match server {
            Some(server) => _ = self.servers.insert(server, number),
            None => self.others = Some(number),
        }
    }

    /// Says that a server is behind the gateway.
    pub fn add_gated(&mut self, server: String) {
        self.gated.insert(server);
    }

    /// What decides a call. No gateway in front of servers sees an agent's own tools, unless the user
    /// says so; where the log names servers' tools like these, a policy that names the tool decides it.
    pub fn route(&self, record: &Record<'_>) -> Route {
        match record.toolset {
            // An agent's own rules are about all of its tools.
            _ if self.others_are_of_agent() && !self.servers.contains_key(&*record.server) => {
                self.of_server("")
            }
            Toolset::Server => self.of_server(&record.server),
            Toolset::Either if self.others_name(&record.tool) => self.of_server(AGENT),
            Toolset::Agent | Toolset::Either => match self.servers.get(AGENT) {
                Some(number) => Route::Policy(*number),
                None if self.gated.contains(AGENT) => self.of_server(AGENT),
                None => Route::NotCovered,
            },
        }
    }

    /// Whether the policy of all others is that of an agent.
    fn others_are_of_agent(&self) -> bool {
        self.others.is_some_and(|number| self.gates[number as usize].1.is_of_agent())
    }

    /// Whether the policy of all servers lists a tool.
    fn others_name(&self, tool: &str) -> bool {
        let gate = self.others.map(|number| &self.gates[number as usize].1);
        gate.is_some_and(|gate| gate.tools().iter().any(|listed| **listed == *tool))
    }

    fn of_server(&self, server: &str) -> Route {
        // Most replays have one policy for everything.
        let own = if self.servers.is_empty() { None } else { self.servers.get(server) };
        match own.copied().or(self.others) {
            Some(number) => Route::Policy(number),
            None if self.gated.contains(server) => Route::NoPolicy,
            None => Route::NotCovered,
        }
    }

    /// Whether some limit counts the calls of each grant apart.
    pub fn count_by_grant(&self) -> bool {
        self.gates.iter().any(|(_, gate)| gate.counts_by_grant())
    }

    /// Whether some limit counts the calls of all grants together.
    pub fn count_grants_together(&self) -> bool {
        let limits = self.gates.iter().flat_map(|(_, gate)| gate.limits());
        limits.into_iter().any(|limit| limit.scope == Scope::Gateway)
    }

    /// The policies by their numbers: the files' names, and the gates.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Gate)> {
        self.gates.iter().map(|(name, gate)| (name.as_str(), gate))
    }
}
