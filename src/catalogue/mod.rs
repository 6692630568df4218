//! The risk catalogue: which tools servers have, and how dangerous each is.
//!
//! Records come from three places: the servers built in (reviewed by hand), a server's own
//! `tools/list` (classified by name, arguments and claims), and users' files. Later ones
//! override earlier ones tool by tool.

mod argument;
mod capability;
mod category;
mod classify;
mod disclosed;
mod evidence;
mod fingerprint;
mod given;
mod holds;
mod import;
mod index;
mod listing;
mod load;
mod lock;
mod method;
mod name;
mod orders;
mod peers;
mod record;
mod said;
mod schema;
mod search;
mod secret;
mod signals;
mod verbs;
mod walk;
mod warning;
mod words;

use std::sync::{Arc, OnceLock};

use hashbrown::HashSet;

pub use argument::{Argument, ArgumentType, Arguments, Holds, Signal};
pub use category::{Category, Recommendation, Severity, Vocabulary};
pub use classify::{Subject, Verdict, classify};
pub use disclosed::{Disclosed, disclosed, is_secret_of};
pub use fingerprint::{Fingerprint, Fingerprints};
pub use holds::{Held, HeldArguments};
pub use import::{ImportError, Imported, find_shadows};
pub use index::{
    Build, Built, INDEX_VERSION, Index, IndexError, Source, SourceError, Stale, find_sources,
};
pub use load::{is_catalogue, is_lock, load};
pub use lock::{Changed, LOCK_VERSION, Lock, LockChange, LockError, LockedServer, LockedTool};
pub use method::Method;
pub use name::split as words_of;
pub use peers::Peers;
pub use record::{Annotations, Capabilities, Capability, Contradiction, Server, Tool};
pub use schema::{Property, choices};
pub use secret::{looks_like_secret, names_secret};
pub use walk::LoadError;
pub use warning::{Poison, Warning};

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
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The servers that are held in memory; no name stands twice, whatever the case of its letters.
    pub servers: Vec<Server>,
    /// The names of the servers that the user added.
    added: Vec<String>,
    /// Servers that are looked up when they are asked for. Those in memory hide theirs.
    index: Option<Arc<Index>>,
    /// The first failure to look something up.
    failure: Arc<OnceLock<IndexError>>,
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
        Catalogue { servers: BUILTIN.into_iter().map(parse).collect(), ..Catalogue::default() }
    }

    /// Adds servers. A tool overrides the present one of the same server and name, but keeps
    /// the arguments, annotations and signals that it leaves open; everything else is appended.
    pub fn add(&mut self, servers: impl IntoIterator<Item = Server>) {
        for server in servers {
            self.added.push(server.name.clone());
            self.put(server);
        }
    }

    /// Adds an index in place of the one that was there. Its servers override those in memory as
    /// added ones do, but nobody is known to work with all of them.
    pub fn add_index(&mut self, index: Index) {
        let index = Arc::new(index);
        for at in 0..self.servers.len() {
            let newer = self.noted(index.server(&self.servers[at].name)).flatten().cloned();
            if let Some(newer) = newer {
                self.servers[at].override_tools(newer);
            }
        }
        self.index = Some(index);
    }

    /// Why something of the index could not be looked up, if that happened. Until it is asked, such
    /// a server is as good as unknown, and no verdict is to be given.
    pub fn failure(&self) -> Option<&IndexError> {
        self.failure.get()
    }

    /// Whether the user added a server, or added to it.
    pub fn is_added(&self, server: &Server) -> bool {
        self.added.iter().any(|name| same_name(name, &server.name))
    }

    /// A server by its name, whatever the case of its letters.
    pub fn server(&self, name: &str) -> Option<&Server> {
        match self.position(name) {
            Some(at) => Some(&self.servers[at]),
            None => self.noted(self.index.as_ref()?.server(name)).flatten(),
        }
    }

    /// The name of the server whose name is most like the given one, if any is like it at all.
    pub fn nearest_server(&self, name: &str) -> Option<String> {
        let mut names = Vec::new();
        self.each_server(|server| names.push(server.name.clone()));
        nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Visits every server: those in memory, then those of the index by name.
    pub fn each_server(&self, visit: impl FnMut(&Server)) {
        self.each_wanted(|_| true, visit);
    }

    /// The same, but for servers of the index whose record, as JSON, is not wanted.
    fn each_wanted(&self, wanted: impl Fn(&[u8]) -> bool, mut visit: impl FnMut(&Server)) {
        self.servers.iter().for_each(&mut visit);
        if let Some(index) = &self.index {
            self.noted(index.each(wanted, |server| {
                if self.position(&server.name).is_none() {
                    visit(&server);
                }
            }));
        }
    }

    /// The servers that have a tool of that name.
    pub fn servers_with(&self, tool: &str) -> Vec<&Server> {
        let in_memory = self.servers.iter().filter(|server| server.tool(tool).is_some());
        in_memory.chain(self.indexed([tool]).map(|(server, _)| server)).collect()
    }

    /// The tools that have all of the words, with their servers: in the tool's name, its category
    /// or its signals, or in the server's name or title, whatever the case of the letters.
    pub fn search(&self, words: &[&str]) -> Vec<Server> {
        let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let mut found = Vec::new();
        let wanted = search::may_match(&words);
        self.each_wanted(wanted, |server| found.extend(search::matching(server, &words)));
        found
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
        // What is in memory was reviewed or added, and wins over one of the many of an index.
        let mut indexed = self.indexed(names.iter().copied());
        if let Some((server, known)) = indexed.next()
            && known > best.map_or(0, |best| best.known)
        {
            best = Some(Match { server, known, of: names.len() });
            tied = indexed.next().is_some_and(|(_, also)| also == known);
        }
        best.filter(|best| !tied && best.known * 2 >= best.of)
    }

    /// The servers of the index that have some of the tools, the one with the most first, and how
    /// many. Those that are in memory as well are passed over.
    fn indexed<'c, 'n>(
        &'c self,
        tools: impl IntoIterator<Item = &'n str>,
    ) -> impl Iterator<Item = (&'c Server, usize)> {
        let index = self.index.as_deref();
        let knowing = index.and_then(|index| self.noted(index.knowing(tools))).unwrap_or_default();
        let server = move |(number, known)| Some((self.noted(index?.at(number))?, known));
        let in_memory = |server: &Server| self.position(&server.name).is_some();
        knowing.into_iter().filter_map(server).filter(move |(server, _)| !in_memory(server))
    }

    fn put(&mut self, server: Server) {
        let present = self.position(&server.name);
        let indexed = || self.server(&server.name).cloned();
        match present {
            Some(at) => self.servers[at].override_tools(server),
            None => match indexed() {
                None => self.servers.push(server),
                Some(mut older) => {
                    older.override_tools(server);
                    self.servers.push(older);
                }
            },
        }
    }

    /// The result of a look-up, or a note of its failure.
    fn noted<T>(&self, result: Result<T, IndexError>) -> Option<T> {
        result.map_err(|error| self.failure.set(error)).ok()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| same_name(&server.name, name))
    }
}

/// Whether two names are those of one server.
fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests;
