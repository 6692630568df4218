//! What a subcommand takes for known.

use std::path::PathBuf;

use clap::Args;

use crate::catalogue::Catalogue;
use crate::cli::common::error::CliError;
use crate::cli::common::input;

/// Files that a command takes for known beside what is built in.
#[derive(Debug, Args)]
pub(super) struct Known {
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
}

impl Known {
    /// Reads them.
    pub(super) fn read(&self) -> Result<Catalogue, CliError> {
        input::catalogue(&self.catalogue)
    }
}
