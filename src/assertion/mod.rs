//! Statements that must hold for every call under a policy: which tools nobody may call, or
//! nobody unasked, which calls are allowed, with which arguments, and how often at most.
//!
//! A statement is asked as policies of its own: one that lets pass just the calls that it is about
//! ([`claims`]), which the policy must refuse or let pass, and one that holds a limit, of which no
//! protection may be lost.

mod check;
mod claims;
mod decided;
mod read;
mod tools;
mod vacuous;
mod words;

pub use check::{Answered, Checked, Violation, check, counterexamples};
pub use decided::Decided;
pub use read::{FIELDS, Mistake, read_list};
pub(crate) use read::{Misplaced, SCHEMA, mistakes_of_text, statements};
pub use tools::Tools;
pub(crate) use tools::tool_pattern;
pub use vacuous::{Reason, Vacuous, says_nothing, vacuous};

use std::collections::BTreeSet;

use crate::catalogue::names_secret;
use crate::policy::Window;
use crate::source::{Node, Pointer};

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is called; none if it has no name of its own.
    pub name: Option<String>,
    /// The tools that it is about.
    pub tools: Tools,
    /// What it says of them.
    pub claim: Claim,
    /// Where it stands.
    pub pointer: Pointer,
    /// The paths of its conditions whose values are not said.
    pub hidden: BTreeSet<String>,
}

/// What a statement says of tools.
#[derive(Clone, Debug)]
pub enum Claim {
    /// No such call passes.
    Denied(Calls),
    /// No such call passes unless a person agrees.
    Asked(Calls),
    /// No check denies such a call, and none has a person asked about it.
    Allowed(Calls),
    /// No more than so many calls pass in one window.
    Limited {
        /// How many.
        max: i64,
        /// In which window.
        window: Window,
        /// Whether the calls of all the tools are counted together.
        total: bool,
    },
}

/// Which calls of its tools a statement is about: all, without conditions.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// Conditions all of which they meet.
    pub when: Option<Node>,
    /// Conditions one of which they miss.
    pub unless: Option<Node>,
}

impl Statement {
    /// Says no values of arguments that are called like a secret, or that are one of `named`.
    pub fn hide(&mut self, named: impl Fn(&str) -> bool) {
        let is_secret = |path: &str| path.split('.').any(|key| named(key) || names_secret(key));
        let paths = self.claim.conditions().filter_map(|one| one.get("path")?.as_str());
        self.hidden = paths.filter(|path| is_secret(path)).map(str::to_owned).collect();
    }
}

impl Claim {
    /// The conditions of which calls it is about.
    fn conditions(&self) -> impl Iterator<Item = &Node> {
        let lists = self.calls().into_iter().flat_map(|calls| [&calls.when, &calls.unless]);
        lists.flatten().flat_map(Node::elements)
    }

    /// Which calls it is about; none of a limit, which counts all.
    pub fn calls(&self) -> Option<&Calls> {
        match self {
            Claim::Denied(calls) | Claim::Asked(calls) | Claim::Allowed(calls) => Some(calls),
            Claim::Limited { .. } => None,
        }
    }
}
