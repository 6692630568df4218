//! The names that a policy and its server have, by how they look.

use std::collections::HashMap;

use super::Context;
use super::name::is_plain;
use crate::catalogue::Server;
use crate::source::{Place, look, rough_look};

/// A name that others may look like.
pub(super) struct Alike<'a> {
    pub(super) name: &'a str,
    /// Where it stands in the policy; none for a tool of the server.
    pub(super) place: Option<Place>,
    /// The server, for a tool of it.
    pub(super) server: Option<&'a Server>,
}

/// Names by how they look, the plainest of each look.
#[derive(Default)]
pub(super) struct Looks<'a> {
    alike: HashMap<String, Alike<'a>>,
    /// The looks above by how they look among letters of other scripts.
    rough: HashMap<String, String>,
}

impl<'a> Looks<'a> {
    /// The names of a policy and of its server.
    pub(super) fn new(context: &Context<'a>) -> Looks<'a> {
        let mut looks = Looks::default();
        let server = context.server().map(|known| known.server);
        for tool in server.into_iter().flat_map(|server| &server.tools) {
            looks.add(Alike { name: &tool.name, place: None, server });
        }
        let (plain, others): (Vec<_>, Vec<_>) =
            context.unknown_names().partition(|(name, _)| is_plain(name));
        for (name, place) in plain.into_iter().chain(others) {
            looks.add(Alike { name, place: Some(place), server: None });
        }
        looks
    }

    fn add(&mut self, alike: Alike<'a>) {
        let look = look(alike.name).to_lowercase();
        self.rough.entry(rough_look(&look)).or_insert_with(|| look.clone());
        self.alike.entry(look).or_insert(alike);
    }

    /// The plainest other name that a name looks like.
    pub(super) fn like(&self, name: &str) -> Option<&Alike<'a>> {
        let look = look(name).to_lowercase();
        let is_other = |alike: &&Alike<'_>| alike.name != name;
        let roughly = || match name.is_ascii() {
            true => None,
            false => self.alike.get(self.rough.get(&rough_look(&look))?).filter(is_other),
        };
        self.alike.get(&look).filter(is_other).or_else(roughly)
    }

    /// Whether a name looks like that of a tool of the server, so that it is no misspelling.
    pub(super) fn has_tool_like(&self, name: &str) -> bool {
        self.like(name).is_some_and(|alike| alike.server.is_some())
    }
}
