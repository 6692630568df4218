//! The risk catalogue: which tools servers have, and how dangerous each is.
//!
//! Records come from three places: the servers built in (reviewed by hand), a server's own
//! `tools/list` (classified by name, arguments and claims), and users' files. Later ones
//! override earlier ones tool by tool.

mod category;
mod classify;
mod listing;
mod load;
mod name;
mod record;
mod signals;
mod walk;
mod words;

use hashbrown::HashSet;

pub use category::{Category, Recommendation, Severity, Vocabulary};
pub use classify::{Subject, Verdict, classify};
pub use load::load;
pub use record::{
    Annotations, Argument, ArgumentType, Arguments, Contradiction, Server, Signal, Tool,
};
pub use walk::LoadError;

use crate::source::nearest;

/// The reviewed servers. Names, arguments and annotations are those the servers announce in
/// `tools/list`; categories and evidence are our own.
const BUILTIN: [&str; 4] = [
    include_str!("builtin/octopusdeploy-mcp-server.json"),
    include_str!("builtin/myrikld-komodo-mcp.json"),
    include_str!("builtin/sibilleb-aap-enterprise-mcp-server.json"),
    include_str!("builtin/paretools-http.json"),
];

/// The servers that are known, with their tools.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// The servers; no name stands twice, whatever the case of its letters.
    pub servers: Vec<Server>,
    /// The names of the servers that the user added.
    added: Vec<String>,
}

/// A server that was recognised by the names of its tools.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match<'a> {
    /// The server.
    pub server: &'a Server,
    /// How many of the names it knows.
    pub known: usize,
    /// How many different names there were.
    pub of: usize,
}

impl Catalogue {
    /// The catalogue that is built in.
    pub fn builtin() -> Catalogue {
        let parse = |text| serde_json::from_str(text).expect("a test parses every built-in file");
        Catalogue { servers: BUILTIN.into_iter().map(parse).collect(), added: Vec::new() }
    }

    /// Adds servers. A tool overrides the present one of the same server and name, but keeps
    /// the arguments, annotations and signals that it leaves open; everything else is appended.
    pub fn add(&mut self, servers: impl IntoIterator<Item = Server>) {
        for server in servers {
            self.added.push(server.name.clone());
            match self.position(&server.name) {
                Some(at) => override_tools(&mut self.servers[at], server),
                None => self.servers.push(server),
            }
        }
    }

    /// Whether the user added a server, or added to it.
    pub fn is_added(&self, server: &Server) -> bool {
        self.added.iter().any(|name| same_name(name, &server.name))
    }

    /// A server by its name, whatever the case of its letters.
    pub fn server(&self, name: &str) -> Option<&Server> {
        self.position(name).map(|at| &self.servers[at])
    }

    /// The name of the server whose name is most like the given one, if any is like it at all.
    pub fn nearest_server(&self, name: &str) -> Option<&str> {
        nearest(name, self.servers.iter().map(|server| &*server.name))
    }

    /// The server that the tools of a policy or a trace seem to belong to: the one that knows
    /// most of the names, at least half of them. `None` when two servers know equally many.
    pub fn recognise(&self, tool_names: &[&str]) -> Option<Match<'_>> {
        let names: HashSet<&str> = tool_names.iter().copied().collect();
        let mut best: Option<Match<'_>> = None;
        let mut tied = false;
        for server in &self.servers {
            let known = server.tools.iter().filter(|tool| names.contains(&*tool.name)).count();
            let most = best.map_or(0, |best| best.known);
            // What the user added wins over what is built in.
            let wins = known == most && best.is_some_and(|best| !self.is_added(best.server));
            if known > most || (known > 0 && wins && self.is_added(server)) {
                best = Some(Match { server, known, of: names.len() });
                tied = false;
            } else if known == most {
                tied = true;
            }
        }
        best.filter(|best| !tied && best.known * 2 >= best.of)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| same_name(&server.name, name))
    }
}

/// Whether two names are those of one server.
fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn override_tools(present: &mut Server, newer: Server) {
    if newer.title.is_some() {
        present.title = newer.title;
    }
    for tool in newer.tools {
        match present.tools.iter_mut().find(|older| older.name == tool.name) {
            Some(slot) => *slot = tool.completed_by(slot.clone()),
            None => present.tools.push(tool),
        }
    }
}

#[cfg(test)]
mod tests;
