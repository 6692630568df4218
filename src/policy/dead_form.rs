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
