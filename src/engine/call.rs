//! What is decided.

use serde::Deserialize;

use super::arguments::Arguments;
use super::counters::{GrantId, When};
use super::time::Timestamp;

/// A call to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// Who calls.
    pub grant: GrantId,
    /// When, if that is known.
    pub time: Option<Timestamp>,
    /// Whether every call before this one in the trace was made before it. Not so for a call
    /// without a time among those of several files.
    pub in_order: bool,
    /// Of a call without a time, when it was made at the earliest, if that is known.
    pub after: Option<Timestamp>,
    /// The arguments.
    pub arguments: Arguments<'a>,
    /// What came of it upstream, if it passed.
    pub result: CallResult,
    /// What else is known of it.
    pub around: Surroundings<'a>,
}

impl Call<'_> {
    /// What is known of when it was made.
    pub(super) fn when(&self) -> When {
        When { time: self.time, after: self.after }
    }
}

/// What is known of where a call was made; empty where it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings<'a> {
    /// The server whose tool it is.
    pub server: &'a str,
    /// The folder that the agent worked in.
    pub folder: &'a str,
    /// The folders that belong to its work: the one that it was started in, then those that were added.
    pub roots: &'a [Box<str>],
    /// The permission mode of the agent, or the agent's name where that decides.
    pub mode: &'a str,
    /// The annotations of the tool, as JSON; none where they are not known.
    pub annotations: Option<&'a str>,
    /// The agent within the agent that calls, empty for the outermost; none where that is not known.
    pub caller: Option<&'a str>,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// The tool answered.
    #[default]
    Ok,
    /// The tool answered that it failed (`isError`). Whether the call counts all the same is for the
    /// dialect to say.
    ToolError,
    /// The server answered with a JSON-RPC error, which gives quota back.
    UpstreamError,
    /// No answer is known, which counts as success unless the user chooses otherwise.
    Unknown,
}
