//! `gatelint mcp`.

mod answer;
mod connection;
mod input;
mod root;
mod serve;
mod tools;

use std::path::PathBuf;

use clap::Args;

use self::root::Root;
use self::serve::serve;
use self::tools::Room;
use super::common::config_input::{self, ConfigOptions};
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input::catalogue;

#[derive(Debug, Args)]
pub(super) struct McpArguments {
    /// The folder that is served, and from which everything else is named: agents ask about the files in it, and
    /// nothing outside it is read for them. Its configuration is read once, when the server starts.
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(arguments: &McpArguments) -> Result<ExitStatus, CliError> {
    let root = Root::enter(&arguments.root)?;
    let config = config_input::read(&arguments.config)?;
    let catalogue = catalogue(&[&config.catalogues[..], &arguments.catalogue[..]].concat())?;
    serve(Room { root, config, catalogue })?;
    Ok(ExitStatus::Ok)
}
