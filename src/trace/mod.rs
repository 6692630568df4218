//! Recorded tool calls: files in any supported format read as one stream of [`Record`]s,
//! ordered by time.
//!
//! A trace is never held in memory. The clock is the trace's own; the machine's is never read.

mod feed;
mod format;
mod live;
mod mcp;
mod merge;
mod reader;
mod record;
mod stats;
mod timestamp;
mod units;

use std::path::PathBuf;

use thiserror::Error;

pub use format::Format;
pub use live::{LiveSession, Side};
pub use merge::{BadLine, Item, Trace};
pub use record::{CallResult, GrantBy, Record, RecordArguments, parse as parse_record};
pub use stats::{ArgumentStats, Stats, Tally};
pub use timestamp::parse_time;

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
}

impl TraceError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            TraceError::Unreadable { .. } => "check the path and its permissions",
            TraceError::NotATrace { .. } => {
                "a trace has one JSON object a line: calls such as {\"tool\":\"run_job\",\"args\":{}}, or MCP JSON-RPC messages"
            }
        }
    }
}
