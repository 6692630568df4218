//! Why an index cannot be used.

use std::io;

use thiserror::Error;

/// The version of the file that is written, and the newest that is read.
pub const INDEX_VERSION: u32 = 3;

/// Why an index cannot be used.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The file cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        cause: io::Error,
    },
    /// A newer program wrote it.
    #[error(
        "{file} is an index of version {found}, and this program knows versions up to {INDEX_VERSION}"
    )]
    Newer {
        /// The file.
        file: String,
        /// Its version.
        found: u32,
    },
    /// Its bytes are not those that were written.
    #[error("{file} is damaged: {what}")]
    Damaged {
        /// The file.
        file: String,
        /// Where.
        what: &'static str,
    },
}

impl IndexError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            IndexError::Unreadable { .. } => "check the path and its permissions",
            IndexError::Newer { .. } => "use the program that built it, or build it again",
            IndexError::Damaged { .. } => "build it again with `gatelint catalogue build`",
        }
    }
}
