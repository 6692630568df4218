//! The configuration as commands take it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use crate::config::{self, Config};
use crate::lint::{Severity, WalkError};
use crate::report::Notice;
use crate::source::Document;

/// Options of every command that heeds the configuration.
#[derive(Debug, Args)]
pub(super) struct ConfigOptions {
    /// The configuration; without it the nearest `toolgate.yaml` is used, up to the root of the
    /// repository.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use no configuration.
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// Reads the configuration that holds here; an empty one where there is none.
pub(super) fn read(options: &ConfigOptions) -> Result<Config, CliError> {
    let Some(path) = path(options)? else { return Ok(Config::default()) };
    let bytes = std::fs::read(&path).map_err(|cause| WalkError { path: path.clone(), cause })?;
    let document = Document::read(path.display().to_string(), bytes);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    config::read(document, folder.unwrap_or(Path::new("."))).map_err(|(document, errors)| {
        let notices = errors.into_iter().map(|error| Notice {
            code: "error[config]".to_owned(),
            severity: Severity::Error,
            message: error.message,
            help: error.help,
            span: error.span,
            related: Vec::new(),
        });
        CliError::Invalid { what: "configuration", document, notices: notices.collect() }
    })
}

fn path(options: &ConfigOptions) -> Result<Option<PathBuf>, CliError> {
    if options.no_config {
        return Ok(None);
    }
    if let Some(path) = &options.config {
        return Ok(Some(path.clone()));
    }
    let here =
        std::env::current_dir().map_err(|cause| WalkError { path: PathBuf::from("."), cause })?;
    let found = config::find(&here);
    // Below the current folder it is shown by its name alone.
    Ok(found.map(|path| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path)))
}
