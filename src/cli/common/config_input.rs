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
pub(in crate::cli) struct ConfigOptions {
    /// The configuration; without it the nearest `gatelint.yaml` is used (also `.yml` and with a
    /// leading dot), up to the root of the repository.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use no configuration.
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// Reads the configuration that holds here; an empty one where there is none.
pub(in crate::cli) fn read(options: &ConfigOptions) -> Result<Config, CliError> {
    read_in(options, None)
}

/// Reads the configuration that holds in a folder, without one the current folder.
pub(in crate::cli) fn read_in(
    options: &ConfigOptions,
    folder: Option<&Path>,
) -> Result<Config, CliError> {
    let Some(path) = path_in(options, folder)? else { return Ok(Config::default()) };
    let bytes = std::fs::read(&path).map_err(|cause| WalkError { path: path.clone(), cause })?;
    let document = Document::read(path.display().to_string(), bytes);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    config::read(document, folder.unwrap_or(Path::new("."))).map_err(|(document, errors)| {
        let notices = errors.into_iter().map(|error| Notice {
            code: "error[config]".to_owned(),
            severity: Severity::Error,
            message: error.message,
            help: error.help.into_iter().collect(),
            span: error.span,
            related: Vec::new(),
        });
        CliError::Invalid { what: "configuration", document, notices: notices.collect() }
    })
}

/// The file of the configuration that holds here, if there is one.
pub(in crate::cli) fn path(options: &ConfigOptions) -> Result<Option<PathBuf>, CliError> {
    path_in(options, None)
}

fn path_in(options: &ConfigOptions, folder: Option<&Path>) -> Result<Option<PathBuf>, CliError> {
    if options.no_config {
        return Ok(None);
    }
    if let Some(path) = &options.config {
        return Ok(Some(path.clone()));
    }
    let here =
        std::env::current_dir().map_err(|cause| WalkError { path: PathBuf::from("."), cause })?;
    // Below the current folder they are shown by their names alone.
    let shown = |path: PathBuf| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path);
    let mut found = config::find(folder.unwrap_or(&here)).into_iter().map(shown);
    let nearest = found.next();
    match (&nearest, found.next()) {
        (Some(one), Some(other)) => Err(CliError::usage(
            &format!("there are two configurations: {} and {}", one.display(), other.display()),
            "keep one of them, or say which with `--config`",
        )),
        _ => Ok(nearest),
    }
}
