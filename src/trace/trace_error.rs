//! Why a trace cannot be read at all.

use std::path::PathBuf;

use thiserror::Error;

/// Why a trace cannot be read at all.
#[derive(Debug, Error)]
pub enum TraceError {
    /// A file or folder cannot be opened or read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file holds nothing that a reader knows.
    #[error("{name} is not a trace: {found}")]
    NotATrace {
        /// The file's name.
        name: String,
        /// What was found instead.
        found: String,
    },
    /// Several files that were named cannot be read, each for its reason.
    #[error("{} files cannot be read", .0.len())]
    Several(Vec<TraceError>),
    /// Calls cannot be kept while they are put in the order of time.
    #[error("cannot put the calls in the order of time: {0}")]
    Sort(std::io::Error),
}

impl TraceError {
    /// The error that some errors come to, if there is one.
    ///
    /// # Errors
    /// That one.
    pub(in crate::trace) fn of_all(mut errors: Vec<TraceError>) -> Result<(), TraceError> {
        match errors.len() {
            0 => Ok(()),
            1 => errors.pop().map_or(Ok(()), Err),
            _ => Err(TraceError::Several(errors)),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            TraceError::Several(_) => "mend them, or name the others only",
            TraceError::Unreadable { .. } => "check the path and its permissions",
            TraceError::NotATrace { .. } => {
                "a trace has one JSON object a line: calls such as {\"tool\":\"run_job\",\"args\":{}}, or a log in one of the formats that --trace-format lists; --map reads JSON lines of other fields"
            }
            TraceError::Sort(_) => {
                "make room in the folder for temporary files (TMPDIR), or take the calls as they stand with --order input"
            }
        }
    }
}
