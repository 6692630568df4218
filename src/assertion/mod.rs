//! Statements that must hold for every call under a policy: which tools nobody may call, or
//! nobody unasked, with which arguments, and how often at most.
//!
//! A statement is a policy of its own, which refuses what must not happen and allows everything
//! else. It holds where no protection of that policy is lost.

mod check;
mod read;
mod vacuous;
mod words;

pub(crate) use check::tool_pattern;
pub use check::{Answered, Checked, Verdict, check, counterexamples};
pub use read::{FIELDS, Mistake, read_list};
pub(crate) use read::{Misplaced, SCHEMA, mistakes_of_text, statements};
pub use vacuous::{Reason, Vacuous, is_contradiction, vacuous};

use crate::policy::Window;
use crate::source::{Node, Pointer};

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is called; none if it has no name of its own.
    pub name: Option<String>,
    /// The tools that it is about: a name in which `*` stands for any text.
    pub tools: String,
    /// What it says of them.
    pub claim: Claim,
    /// Where it stands.
    pub pointer: Pointer,
}

/// What a statement says of tools.
#[derive(Clone, Debug)]
pub enum Claim {
    /// No call passes; with conditions, none that meets all of them.
    Denied(Option<Node>),
    /// No call passes unless a person agrees; with conditions, none that meets all of them.
    Asked(Option<Node>),
    /// No more than so many calls pass in one window.
    Limited {
        /// How many.
        max: i64,
        /// In which window.
        window: Window,
    },
}
