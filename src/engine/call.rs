//! What is decided.

use super::arguments::Arguments;
use super::counters::GrantId;
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
    /// The arguments.
    pub arguments: Arguments<'a>,
    /// Whether the server answered with a JSON-RPC error, which gives quota back.
    pub failed_upstream: bool,
}
