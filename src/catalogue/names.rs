//! What a server answers to besides its name.

use std::collections::{BTreeMap, BTreeSet};

use super::record::Server;

/// Parts of names that tell no server from another.
const COMMON: [&str; 12] = [
    "", "agent", "agents", "ai", "api", "dev", "labs", "mcp", "official", "remote", "server",
    "servers",
];

/// What such a part may begin and end with.
const AFFIXES: [&str; 6] = ["mcp-server", "mcp_server", "server", "mcp", "dev", "official"];

impl Server {
    /// The names that are its own: its package with and without the registry, and what it is called
    /// elsewhere, all in lower case as the name itself.
    pub fn names(&self) -> BTreeSet<String> {
        let package = self.package.iter().flat_map(|package| {
            let bare = package.split_once(':').map(|(_, bare)| bare);
            bare.into_iter().chain([&**package])
        });
        let aliases = self.aliases.iter().map(String::as_str);
        let names = [&*self.name].into_iter().chain(package).chain(aliases);
        names.map(str::to_ascii_lowercase).collect()
    }

    /// Whether it answers to a name, whatever the case of its letters: one of its own, or a part.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.names().contains(&name) || self.parts().contains(&name)
    }

    /// What it may be called where no other server is: its repository, and the parts of its names.
    fn parts(&self) -> BTreeSet<String> {
        let repository = self.repository.iter().filter_map(|address| {
            let path = address.split_once("://").map_or(&**address, |(_, path)| path);
            Some(path.split_once('/')?.1.trim_end_matches(".git").to_ascii_lowercase())
        });
        let mut parts: BTreeSet<String> = repository.collect();
        for name in self.names() {
            let pieces = name.split(['/', '#', ':', '@']);
            parts.extend(pieces.flat_map(|piece| [piece.to_owned(), core(piece).to_owned()]));
        }
        parts.retain(|part| !COMMON.contains(&&**part));
        parts
    }
}

/// A part of a name without what says that it is a server.
fn core(mut part: &str) -> &str {
    for affix in AFFIXES {
        let after = part.strip_prefix(affix).and_then(|rest| rest.strip_prefix(['-', '_']));
        part = after.unwrap_or(part);
        let before = part.strip_suffix(affix).and_then(|rest| rest.strip_suffix(['-', '_']));
        part = before.unwrap_or(part);
    }
    part
}

/// The names of many servers, which are given by numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    own: BTreeMap<String, BTreeSet<u32>>,
    parts: BTreeMap<String, BTreeSet<u32>>,
}

impl Names {
    /// Adds those of a server.
    pub(super) fn add(&mut self, number: u32, server: &Server) {
        for (table, names) in [(&mut self.own, server.names()), (&mut self.parts, server.parts())] {
            for name in names {
                table.entry(name).or_default().insert(number);
            }
        }
    }

    /// The servers by name. What is a server's own name stands for no other that has it as a part.
    pub(super) fn into_table(self) -> BTreeMap<String, Vec<u8>> {
        let mut all = self.parts;
        all.extend(self.own);
        let bytes =
            |numbers: BTreeSet<u32>| numbers.into_iter().flat_map(u32::to_le_bytes).collect();
        all.into_iter().map(|(name, numbers)| (name, bytes(numbers))).collect()
    }
}
