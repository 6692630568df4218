//! Forms of rules that people write and that mean nothing, or another thing, to the agent.

/// A form of rules that is not what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadForm {
    /// Its name.
    pub reason: &'static str,
    /// What it is to the agent, as a clause.
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
}

/// The form of a rule for the tool `Edit` with everything in parentheses (Claude Code).
pub const BARE_EDIT: &str = "bare-edit-is-not-write";

impl DeadForm {
    /// Whether a rule of the form does a part of what it says.
    pub fn is_narrow(&self) -> bool {
        [BARE_EDIT, "compound-spec", "path-in-command", "quoted-spec", "search-star-inside"]
            .contains(&self.reason)
    }
}
