//! What came of importing.

use crate::catalogue::{Changed, Imported};

/// What came of importing.
pub(super) struct Import {
    /// The servers, each by another name.
    pub(super) servers: Vec<Imported>,
    /// What speaks against starting the others, which were not.
    pub(super) objections: Vec<Changed>,
    /// Whether one of those asked for could not be imported, which has been told.
    pub(super) failed: bool,
}
