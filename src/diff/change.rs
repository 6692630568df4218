//! What changes for the calls of a tool.

use crate::catalogue::Category;
use crate::solver::{Evidence, Lost, Steps};

/// What changes for the calls of one tool.
#[derive(Clone, Debug)]
pub struct ToolChange<'p> {
    /// Which tool.
    pub tool: ToolName,
    /// What the tool does to the world; none where it is not one tool alone.
    pub category: Option<Category>,
    /// The protections of the old policy that the new one lacks.
    pub loosened: Vec<Lost<'p>>,
    /// The protections of the new policy that the old one lacks.
    pub tightened: Vec<Lost<'p>>,
}

/// Which tool a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ToolName {
    /// One that a policy or the catalogue names.
    Named(String),
    /// Any that nobody names; this name stands for all of them.
    Other(String),
    /// All tools together, where they share a limit.
    All,
}

/// What there is to say of one direction: is access loosened, or tightened?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is proved that it is not.
    No,
    /// It cannot be told.
    Maybe,
    /// A call, or a burst of calls, shows it.
    Yes,
}

impl<'p> ToolChange<'p> {
    /// Decides every call that shows something as it is, with nobody's answer.
    pub(super) fn decide(&mut self, steps: &Steps) {
        let tool = match &self.tool {
            ToolName::Named(name) | ToolName::Other(name) => name,
            // Several calls show it, each of a tool of its own.
            ToolName::All => "",
        };
        for lost in self.loosened.iter_mut().chain(&mut self.tightened) {
            lost.step = steps.of(tool, &lost.evidence);
        }
    }

    /// Adds what else changes; of one protection, what shows each step first stays.
    pub(super) fn add(&mut self, other: ToolChange<'p>) {
        let sides = [(&mut self.loosened, other.loosened), (&mut self.tightened, other.tightened)];
        for (all, more) in sides {
            for lost in more {
                let is_told = |known: &Lost<'_>| {
                    known.protection.pointer() == lost.protection.pointer()
                        && (lost.step.is_none() || known.step == lost.step)
                };
                if !all.iter().any(is_told) {
                    all.push(lost);
                }
            }
        }
    }

    /// How bad it is if access is loosened: what is about no tool alone is about every one.
    pub fn danger(&self) -> (bool, Option<Category>) {
        (self.category.is_none(), self.category)
    }

    /// Whether access is loosened.
    pub fn loosens(&self) -> Certainty {
        certainty(&self.loosened)
    }

    /// Whether access is tightened.
    pub fn tightens(&self) -> Certainty {
        certainty(&self.tightened)
    }
}

/// How certain it is that a protection is lost.
pub(super) fn certainty(lost: &[Lost<'_>]) -> Certainty {
    let of = |lost: &Lost<'_>| match lost.evidence {
        Evidence::Unknown(_) => Certainty::Maybe,
        Evidence::Call(_) | Evidence::Recorded(_) | Evidence::Burst(_) => Certainty::Yes,
    };
    lost.iter().map(of).max().unwrap_or(Certainty::No)
}
