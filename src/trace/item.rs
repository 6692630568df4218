//! What a trace gives: calls, and lines that are none.

use serde::{Deserialize, Serialize};

use super::record::Record;

/// What a trace gives.
pub enum Item<'r, 'a> {
    /// Calls that follow each other, at least one; they may be taken.
    Calls(&'r mut [Record<'a>]),
    /// A line that is not valid; it decides nothing and stops nothing.
    Bad(BadLine),
}

/// A line that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// The file's name as it was given.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// A file that was found and gave no call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The file's name as it was given, or as it was met in a folder.
    pub file: String,
    /// Why, in words.
    pub reason: String,
}
