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
    /// The arguments.
    pub arguments: Arguments<'a>,
    /// Whether the server answered with a JSON-RPC error, which gives quota back.
    pub failed_upstream: bool,
}
