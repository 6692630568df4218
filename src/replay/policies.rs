//! Several policies at once, each for a server.

use hashbrown::{HashMap, HashSet};

use super::partition_key::PartitionKey;
use crate::engine::{Cause, Gate, Parting};
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
    /// The file and line of what decides, by the policy's number and the pointer, where it has none of its own.
    places: HashMap<(u32, String), String>,
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

/// Whether a name is one of those of what decides: its rule string, its pointer, or its file and line, of which the
/// file may be the end of its path, from wherever it is seen.
pub fn is_called(names: [&str; 2], place: Option<&str>, name: &str) -> bool {
    let mut end = name;
    while let Some(rest) = end.strip_prefix("../").or_else(|| end.strip_prefix("./")) {
        end = rest;
    }
    let is_place = |place: &str| {
        place.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    !name.is_empty() && (names.contains(&name) || place.is_some_and(is_place))
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

    /// Says where what decides calls stands, by the number of the policy and the pointer.
    pub fn place(&mut self, place: impl Fn(usize, &str) -> String) {
        for (number, (_, gate)) in (0..).zip(&self.gates) {
            let pointers = gate.causes().into_iter().filter(|cause| cause.place().is_none());
            let placed = pointers.map(|cause| {
                let pointer = cause.pointer();
                ((number, pointer.to_owned()), place(number as usize, pointer))
            });
            self.places.extend(placed);
        }
    }

    /// The file and line of what decided under a policy, if it was said.
    pub fn place_of<'g>(&'g self, policy: Option<u32>, cause: &Cause<'g>) -> Option<&'g str> {
        let known = || self.places.get(&(policy?, cause.pointer().to_owned())).map(String::as_str);
        cause.place().or_else(known)
    }

    /// Everything by which what decides calls can be named: rule strings, pointers, files and lines.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.rules().flat_map(|(names, place)| names.into_iter().chain(place))
    }

    /// Whether something that decides calls is called so.
    pub fn have_rule(&self, name: &str) -> bool {
        self.rules().any(|(names, place)| is_called(names, place, name))
    }

    /// What decides calls: its rule string and pointer, and its file and line where they are known.
    fn rules(&self) -> impl Iterator<Item = ([&str; 2], Option<&str>)> {
        let causes = (0..).zip(&self.gates).flat_map(|(number, (_, gate))| {
            gate.causes().into_iter().map(move |cause| (number, cause))
        });
        causes.map(|(number, cause)| {
            ([cause.rule(), cause.pointer()], self.place_of(Some(number), &cause))
        })
    }

    /// The servers that have a policy of their own, in the order of their names.
    pub fn servers(&self) -> Vec<&str> {
        let mut servers: Vec<&str> = self.servers.keys().map(String::as_str).collect();
        servers.sort_unstable();
        servers
    }

    /// What decides a call. No gateway in front of servers sees an agent's own tools, unless the user
    /// says so; where the log names servers' tools like these, a policy that names the tool decides it.
    #[inline]
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
    #[inline]
    fn others_are_of_agent(&self) -> bool {
        self.others.is_some_and(|number| self.gates[number as usize].1.is_of_agent())
    }

    /// Whether the policy of all servers lists a tool.
    fn others_name(&self, tool: &str) -> bool {
        let gate = self.others.map(|number| &self.gates[number as usize].1);
        gate.is_some_and(|gate| gate.tools().iter().any(|listed| **listed == *tool))
    }

    #[inline]
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

    /// By what calls may be parted so that every part can be decided alone.
    pub fn partition_key(&self) -> PartitionKey {
        let counting = self.gates.iter().map(|(_, gate)| gate.parting());
        let counting: Vec<(u32, Parting)> =
            (0..).zip(counting).filter_map(|(number, parting)| Some((number, parting?))).collect();
        let has_server = |number: &u32| {
            let own = self.servers.iter().any(|(name, own)| own == number && name != AGENT);
            own && self.others != Some(*number)
        };
        match counting.as_slice() {
            [] => PartitionKey::Call,
            all if all.iter().all(|(_, parting)| parting.by_grant) => PartitionKey::Grant,
            all if all.iter().all(|(_, parting)| parting.by_tool) => PartitionKey::Tool,
            all if all.iter().all(|(number, _)| has_server(number)) => PartitionKey::Server,
            _ => PartitionKey::Day,
        }
    }

    /// The policies by their numbers: the files' names, and the gates.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Gate)> {
        self.gates.iter().map(|(name, gate)| (name.as_str(), gate))
    }
}
