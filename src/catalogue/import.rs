//! Importing what a server announces: the pages of its answer to `tools/list` made one record.

use std::collections::HashSet;

use thiserror::Error;

use super::fingerprint::{Fingerprint, Fingerprints, fingerprints, hash};
use super::listing;
use super::record::{Server, Tool};
use super::walk::quoted;
use super::warning::{Warning, shadows, warnings};
use crate::source::Document;

/// A server as it announces itself, classified.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its record.
    pub server: Server,
    /// What the record leaves out of the announcement, as hashes, by tool; none for a server that
    /// was read from a record.
    pub fingerprints: Fingerprints,
    /// Whether the last page says that there are more.
    pub goes_on: bool,
    /// How the server was started, as text that is the same on every machine; none for one that was
    /// not asked itself.
    pub command: Option<String>,
    /// What of the announcement a person should look at; none for a server that was read from a
    /// record.
    pub warnings: Vec<Warning>,
}

/// Why pages do not make one server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// A file holds the records of several servers, or none.
    #[error("{document} holds {count} servers, and one is needed")]
    NotOne {
        /// The document's name.
        document: String,
        /// How many it holds.
        count: usize,
    },
    /// Two pages have a tool of the same name.
    #[error("the tool {} stands on two pages", quoted(tool))]
    Repeated {
        /// The tool.
        tool: String,
    },
}

impl Imported {
    /// The servers of one document, each for itself.
    pub fn each(document: &Document, servers: Vec<Server>) -> Vec<Imported> {
        let fingerprints = fingerprints(document);
        let goes_on = goes_on(document);
        let warnings = warnings(document);
        let one = |server| Imported {
            server,
            fingerprints: fingerprints.clone(),
            goes_on,
            command: None,
            warnings: warnings.clone(),
        };
        servers.into_iter().map(one).collect()
    }

    /// A server as its record has it: what is hashed of its schemas are their facts.
    pub fn of_record(server: Server) -> Imported {
        let fingerprint = |tool: &Tool| {
            let facts = tool.schema.as_ref().map(|schema| hash(schema.to_string().as_bytes()));
            (tool.name.clone(), Fingerprint { schema: facts, ..Fingerprint::default() })
        };
        let fingerprints = server.tools.iter().map(fingerprint).collect();
        Imported { server, fingerprints, goes_on: false, command: None, warnings: Vec::new() }
    }

    /// One server from the pages of its answer, in their order.
    ///
    /// # Errors
    /// A page that holds several servers, and tools that stand on two pages.
    pub fn of_pages(
        name: &str,
        pages: Vec<(Document, Vec<Server>)>,
    ) -> Result<Imported, ImportError> {
        let mut whole = Imported {
            server: Server { name: name.to_owned(), ..Server::default() },
            fingerprints: Fingerprints::new(),
            goes_on: false,
            command: None,
            warnings: Vec::new(),
        };
        let mut seen = HashSet::new();
        for (document, servers) in pages {
            let count = servers.len();
            let Ok([page]) = <[Server; 1]>::try_from(servers) else {
                return Err(ImportError::NotOne { document: document.name, count });
            };
            if let Some(tool) = page.tools.iter().find(|tool| !seen.insert(tool.name.clone())) {
                return Err(ImportError::Repeated { tool: tool.name.clone() });
            }
            whole.server.override_tools(page);
            whole.fingerprints.extend(fingerprints(&document));
            whole.goes_on = goes_on(&document);
            whole.warnings.extend(warnings(&document));
        }
        Ok(whole)
    }
}

/// Adds warnings of tools that stand for one of a server before theirs.
pub fn find_shadows(servers: &mut [Imported]) {
    for (at, warning) in shadows(servers.iter().map(|one| &one.server)) {
        servers[at].warnings.push(warning);
    }
}

/// Whether an answer says that the list goes on in another one.
fn goes_on(document: &Document) -> bool {
    document.root.as_ref().is_some_and(listing::goes_on)
}
