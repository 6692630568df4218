//! The risk catalogue: which tools servers have, and how dangerous each is.
//!
//! Records come from three places: the servers built in (those that people use most, four of them
//! reviewed by hand), a server's own `tools/list` (classified by name, arguments and claims), and
//! users' files. Later ones override earlier ones tool by tool.

mod actions;
mod argument;
mod capability;
mod card;
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
mod names;
mod near;
mod orders;
mod peers;
mod recognise;
mod record;
mod renew;
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

pub use argument::{Argument, ArgumentType, Arguments, Holds, Signal};
pub use capability::names_place;
pub use category::{Category, Recommendation, Severity, Vocabulary};
pub use classify::{Subject, Verdict, classify};
pub use disclosed::{Disclosed, disclosed, is_secret_of, may_be_secret};
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
pub use recognise::{Match, Recognised};
pub use record::{Annotations, Capabilities, Capability, Contradiction, Server, Tool};
pub use renew::Renewed;
pub use schema::{Property, choices};
pub use secret::{may_name_secret, names_secret};
pub use walk::LoadError;
pub use warning::{Poison, Warning};

use crate::source::{nearest, slip};
use crate::stop;

/// The servers that are known, with their tools.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The servers that the user added; no name stands twice, whatever the case of its letters.
    pub servers: Vec<Server>,
    /// Servers that are looked up when they are asked for: the user's own index, then what is built
    /// in. Each hides what comes after it.
    indexes: Vec<Arc<Index>>,
    /// The first failure to look something up.
    failure: Arc<OnceLock<IndexError>>,
}

impl Catalogue {
    /// The catalogue that is built in.
    pub fn builtin() -> Catalogue {
        Catalogue { indexes: vec![Index::builtin()], ..Catalogue::default() }
    }

    /// Adds servers. A tool overrides the present one of the same server and name, but keeps
    /// the arguments, annotations and signals that it leaves open; everything else is appended.
    pub fn add(&mut self, servers: impl IntoIterator<Item = Server>) {
        for server in servers {
            match self.position(&server.name) {
                Some(at) => self.servers[at].override_tools(server),
                None => match self.indexed(&server.name).cloned() {
                    None => self.servers.push(server),
                    Some(mut older) => {
                        older.override_tools(server);
                        self.servers.push(older);
                    }
                },
            }
        }
    }

    /// Adds an index in place of the one that was added before. Its servers override those that are
    /// built in, as added ones do, but nobody is known to work with all of them.
    pub fn add_index(&mut self, index: Index) {
        let builtin = self.indexes.pop();
        let index = index.over(builtin.clone());
        for server in &mut self.servers {
            let older = index.server(&server.name).map_err(|error| self.failure.set(error));
            if let Some(mut older) = older.ok().flatten().cloned() {
                older.override_tools(std::mem::take(server));
                *server = older;
            }
        }
        self.indexes = [Arc::new(index)].into_iter().chain(builtin).collect();
    }

    /// Why something of the index could not be looked up, if that happened. Until it is asked, such
    /// a server is as good as unknown, and no verdict is to be given.
    pub fn failure(&self) -> Option<&IndexError> {
        self.failure.get()
    }

    /// Whether the user added a server, or added to it.
    pub fn is_added(&self, server: &Server) -> bool {
        self.position(&server.name).is_some()
    }

    /// A server by its name, or by another one that it alone answers to, whatever the case of the
    /// letters.
    pub fn server(&self, name: &str) -> Option<&Server> {
        let own = self.position(name).map(|at| &self.servers[at]).or_else(|| self.indexed(name));
        own.or_else(|| match self.called(name)[..] {
            [only] => Some(only),
            _ => None,
        })
    }

    /// The servers that answer to a name.
    pub fn called(&self, name: &str) -> Vec<&Server> {
        let added = self.servers.iter().filter(|server| server.is_called(name));
        let mut found: Vec<&Server> = added.collect();
        for (layer, index) in self.indexes.iter().enumerate() {
            let numbers = self.noted(index.called(name)).unwrap_or_default();
            found.extend(numbers.into_iter().filter_map(|number| self.at((layer, number))));
        }
        // What is a server's own name stands for no other that has it as a part.
        let name = name.to_ascii_lowercase();
        match found.iter().find(|server| server.names().contains(&name)) {
            Some(own) => vec![*own],
            None => found,
        }
    }

    /// The name of the server whose name is most like the given one, if any is like it at all.
    pub fn nearest_server(&self, name: &str) -> Option<String> {
        let (answers, names) = (self.answers(), self.names());
        let named = |name: &str| self.server(name).map(|server| server.name.clone());
        match slip(name, answers.iter().map(String::as_str)) {
            // What several answer to is said as it is, for they are told apart next.
            Some(answer) => named(answer).or_else(|| Some(answer.to_owned())),
            None => named(nearest(name, names.iter().map(String::as_str))?),
        }
    }

    /// Whether a name is that of a server but for a slip of the hand.
    pub fn is_misspelt_server(&self, name: &str) -> bool {
        slip(name, self.names().iter().map(String::as_str)).is_some()
    }

    /// All that servers answer to.
    fn answers(&self) -> Vec<String> {
        let added = self.servers.iter().map(|server| server.name.clone());
        let indexed = self.indexes.iter().flat_map(|index| self.noted(index.answers()));
        added.chain(indexed.flatten()).collect()
    }

    /// The names of all servers; those of an index are in lower case.
    pub fn names(&self) -> Vec<String> {
        let added = self.servers.iter().map(|server| server.name.clone());
        let indexed = self.indexes.iter().flat_map(|index| self.noted(index.names()));
        added.chain(indexed.flatten()).collect()
    }

    /// Visits every server: those that were added, then the others by name.
    pub fn each_server(&self, visit: impl FnMut(&Server)) {
        self.each_wanted(|_| true, visit);
    }

    /// The same, but for servers of an index whose record, as JSON, is not wanted.
    fn each_wanted(&self, wanted: impl Fn(&[u8]) -> bool, mut visit: impl FnMut(&Server)) {
        self.servers.iter().for_each(&mut visit);
        for (layer, index) in self.indexes.iter().enumerate() {
            self.noted(index.each(&wanted, |server| {
                stop::look();
                if !self.is_hidden(layer, &server.name) {
                    visit(&server);
                }
            }));
        }
    }

    /// The servers that have a tool of that name.
    pub fn servers_with(&self, tool: &str) -> Vec<&Server> {
        let added = self.servers.iter().filter(|server| server.tool(tool).is_some());
        added.chain(self.holders(tool).into_iter().filter_map(|place| self.at(place))).collect()
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

    /// Where the servers of the indexes stand that have a tool.
    fn holders(&self, tool: &str) -> Vec<Place> {
        stop::look();
        let mut places = Vec::new();
        for (layer, index) in self.indexes.iter().enumerate() {
            let numbers = self.noted(index.with_tool(tool)).unwrap_or_default();
            places.extend(numbers.into_iter().map(|number| (layer, number)));
        }
        places
    }

    /// The server at a place, unless another one hides it.
    fn at(&self, (layer, number): Place) -> Option<&Server> {
        let server = self.noted(self.indexes[layer].at(number))?;
        (!self.is_hidden(layer, &server.name)).then_some(server)
    }

    /// A server of an index by its very name.
    fn indexed(&self, name: &str) -> Option<&Server> {
        self.indexes.iter().find_map(|index| self.noted(index.server(name)).flatten())
    }

    /// Whether a server of an index is hidden by one of the same name.
    fn is_hidden(&self, layer: usize, name: &str) -> bool {
        let above = &self.indexes[..layer];
        self.position(name).is_some()
            || above.iter().any(|index| self.noted(index.server(name)).flatten().is_some())
    }

    /// The result of a look-up, or a note of its failure.
    fn noted<T>(&self, result: Result<T, IndexError>) -> Option<T> {
        result.map_err(|error| self.failure.set(error)).ok()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| same_name(&server.name, name))
    }
}

/// A server of an index: which of the indexes, and its number there.
type Place = (usize, u32);

/// Whether two names are those of one server.
fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
pub(crate) mod tests;
