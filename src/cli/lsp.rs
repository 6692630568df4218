//! `gatelint lsp`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::common::clock::today;
use super::common::config_input;
use super::common::config_input::ConfigOptions;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::lsp::{Setup, serve, stdio};

#[derive(Debug, Args)]
pub(super) struct LspArguments {
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    /// Speak over standard input and output, which is the only way there is; editors say so.
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(arguments: &LspArguments) -> Result<ExitStatus, CliError> {
    let (connection, writer) = stdio();
    let served = serve(&connection, |folder| set_up(arguments, folder));
    // The writer ends when nobody can send any more. It does nothing that could panic.
    drop(connection);
    _ = writer.join();
    let orderly = served.map_err(CliError::Lsp)?;
    Ok(ExitStatus::of(false, false, !orderly))
}

/// What an editor that works in a folder is served with; one that names none works where it started the server.
/// An editor shows what is wrong; without a server it would show nothing.
fn set_up(arguments: &LspArguments, folder: Option<&Path>) -> Setup {
    let (config, mut trouble) = match config_input::read_in(&arguments.config, folder) {
        Ok(config) => (config, None),
        Err(error) => (Config::default(), Some(error.in_words())),
    };
    let files = [&config.catalogues[..], &arguments.catalogue[..]].concat();
    let catalogue = input::catalogue(&files).unwrap_or_else(|error| {
        trouble.get_or_insert_with(|| error.in_words());
        Catalogue::builtin()
    });
    Setup { config, catalogue, trouble, today: Some(today()) }
}
