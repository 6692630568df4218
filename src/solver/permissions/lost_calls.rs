//! What is lost for the calls of a tool.

use crate::solver::lost::{Lost, Protection};
use crate::solver::{Evidence, Why};

/// What one of two policies of agents refuses or asks about, and the other does not.
#[derive(Clone, Debug)]
pub struct LostCalls<'p> {
    /// The tool whose calls they are.
    pub tool: String,
    /// Whether it stands for tools that nobody names.
    pub is_other: bool,
    /// The protections.
    pub lost: Vec<Lost<'p>>,
}

/// What is not known.
pub(super) fn unknown<'p>(why: Why) -> Lost<'p> {
    let (protection, evidence) = (Protection::Permissions, Evidence::Unknown(why));
    Lost { protection, evidence, step: None }
}
