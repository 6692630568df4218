//! What is taken to be so where a fact is missing, because the user says so. Nothing is assumed
//! otherwise.

use super::decision::Missing;

/// What is assumed where a fact is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What depends on it does not stand in the call's way.
    Allow,
    /// It does.
    Deny,
    /// The argument is not there.
    Absent,
}

impl Choice {
    /// The choice's name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Choice::Allow => "allow",
            Choice::Deny => "deny",
            Choice::Absent => "absent",
        }
    }
}

/// The choices for the facts that may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    choices: [Option<Choice>; Missing::ALL.len()],
    /// Whether a call of which no answer is known failed upstream; it is taken to have succeeded
    /// unless that is chosen.
    pub unanswered_failed: Option<bool>,
    /// Whether a call that the tool itself says has failed gives back what it took; the dialect
    /// says, unless that is chosen.
    pub tool_error_refunds: Option<bool>,
    /// Whether a person who is asked says yes; nothing is taken for granted unless that is chosen.
    pub approved: Option<bool>,
    /// The permission mode of calls whose record tells none.
    pub mode: Option<Box<str>>,
}

impl Assumptions {
    /// Nothing but that whoever is asked says yes, or no.
    pub fn answered(approved: bool) -> Assumptions {
        Assumptions { approved: Some(approved), ..Assumptions::default() }
    }

    /// Chooses what is assumed where a fact is missing.
    pub fn set(&mut self, fact: Missing, choice: Choice) {
        self.choices[fact as usize] = Some(choice);
    }

    /// What is assumed where a fact is missing.
    pub fn of(&self, fact: Missing) -> Option<Choice> {
        self.choices[fact as usize]
    }
}

/// The assumptions on which one call is decided.
pub(super) struct Assuming<'g> {
    assumptions: &'g Assumptions,
    /// The first fact that was missing and assumed.
    pub(super) first: Option<Missing>,
    /// Whether a person would be asked, whose answer is assumed.
    pub(super) asked: bool,
}

impl<'g> Assuming<'g> {
    pub(super) fn new(assumptions: &'g Assumptions) -> Assuming<'g> {
        Assuming { assumptions, first: None, asked: false }
    }

    /// What is assumed of a missing fact, if anything is.
    pub(super) fn choose(&mut self, fact: Missing) -> Option<Choice> {
        let choice = self.assumptions.of(fact)?;
        self.first.get_or_insert(fact);
        Some(choice)
    }
}
