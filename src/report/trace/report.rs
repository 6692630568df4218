//! What the writers of what is in a trace have in common.

use crate::trace::{BadLine, Format, PassedOver, Stats, UnknownFields};

/// What is in a trace, to be written.
#[derive(Clone, Copy, Debug)]
pub struct StatsReport<'a> {
    /// The calls.
    pub stats: &'a Stats,
    /// The files that hold calls by name, and the format of each.
    pub files: &'a [(String, Format)],
    /// The files that gave no call.
    pub passed_over: &'a [PassedOver],
    /// Fields that were not read and in which arguments may stand.
    pub unknown_fields: &'a UnknownFields,
    /// How many lines are not valid.
    pub bad_lines: u64,
    /// The first of them.
    pub bad_examples: &'a [BadLine],
}
