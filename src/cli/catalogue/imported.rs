//! What came of importing.

use crate::catalogue::Imported;

/// What came of importing.
pub(super) struct Import {
    /// The servers, each by another name.
    pub(super) servers: Vec<Imported>,
    /// Whether one of those asked for could not be imported, which has been told.
    pub(super) failed: bool,
}
