//! Why a pattern is refused.

use thiserror::Error;

/// Why a pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong, and the part of the pattern that is, in Go's words.
    pub message: String,
    /// The byte offset in the pattern where the trouble starts.
    pub at: usize,
}
