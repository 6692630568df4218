//! Calls that were recorded, for showing what a fix keeps of them.

use std::collections::{HashMap, HashSet};

/// The arguments of recorded calls by tool, each once.
#[derive(Debug, Default)]
pub struct Recorded {
    calls: HashMap<String, HashSet<String>>,
}

impl Recorded {
    /// How many calls of a tool are kept; more of them show nothing new.
    const MOST: usize = 10_000;

    /// Adds a call; its arguments are JSON text.
    pub fn add(&mut self, tool: &str, arguments: &str) {
        if !self.calls.contains_key(tool) {
            self.calls.insert(tool.to_owned(), HashSet::new());
        }
        let calls = self.calls.get_mut(tool).expect("it was just put there");
        if calls.len() < Self::MOST && !calls.contains(arguments) {
            calls.insert(arguments.to_owned());
        }
    }

    /// The arguments of the calls of a tool, as values.
    pub(super) fn of(&self, tool: &str) -> impl Iterator<Item = serde_json::Value> {
        let calls = self.calls.get(tool).into_iter().flatten();
        calls.filter_map(|arguments| serde_json::from_str(arguments).ok())
    }
}
