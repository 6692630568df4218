//! `gatelint catalogue`: one file a subcommand.

mod build;
mod check;
mod explain;
mod import;
mod list;
#[cfg(feature = "live")]
mod live;
mod search;
mod show;
mod sources;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::output::{OutputOptions, print, stdout};
use super::lint::OutputFormat;
use crate::catalogue::{Catalogue, Server};

#[derive(Debug, Args)]
pub(super) struct CatalogueArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the servers that are known.
    List(list::ListArguments),
    /// Show the tools of a server.
    Show(show::ShowArguments),
    /// Find tools by words.
    Search(search::SearchArguments),
    /// Say why a tool is in its category.
    Explain(explain::ExplainArguments),
    /// Make a record of what a server announces.
    Import(import::ImportArguments),
    /// Make one indexed file of any number of servers, which `--catalogue` takes like others.
    Build(build::BuildArguments),
    /// Find what changed on a server since a lock was written.
    Check(check::CheckArguments),
}

/// Files that a command takes for known beside what is built in.
#[derive(Debug, Args)]
struct Known {
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
}

impl Known {
    fn read(&self) -> Result<Catalogue, CliError> {
        input::catalogue(&self.catalogue)
    }
}

pub(super) fn run(
    arguments: &CatalogueArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    match &arguments.command {
        Command::List(arguments) => list::run(arguments, output),
        Command::Show(arguments) => show::run(arguments, output),
        Command::Search(arguments) => search::run(arguments, output),
        Command::Explain(arguments) => explain::run(arguments, output),
        Command::Build(arguments) => build::run(arguments),
        Command::Check(arguments) => check::run(arguments, output),
        Command::Import(arguments) => import::run(arguments, output),
    }
}

/// Writes a result for people or for machines.
fn write(
    format: OutputFormat,
    json: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    human: impl FnOnce(&mut String),
) -> Result<(), CliError> {
    if format == OutputFormat::Json {
        let mut out = stdout();
        json(&mut out)?;
        return Ok(out.flush()?);
    }
    let mut text = String::new();
    human(&mut text);
    Ok(print(&text)?)
}

/// A server of the catalogue, or the error that names the one that was meant.
pub(in crate::cli) fn server<'c>(
    catalogue: &'c Catalogue,
    name: &str,
) -> Result<&'c Server, CliError> {
    if let Some(server) = catalogue.server(name) {
        return Ok(server);
    }
    let help = match catalogue.nearest_server(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "add its tools with `--catalogue FILE`, such as its answer to `tools/list`".into(),
    };
    input::sound(catalogue)?;
    Err(CliError::UnknownName { what: "server", name: name.to_owned(), help })
}

/// The error for a tool that a server does not have.
pub(in crate::cli) fn unknown_tool(server: &Server, name: &str) -> CliError {
    let help = match server.nearest_tool(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("`gatelint catalogue show {}` lists its tools", server.name),
    };
    CliError::UnknownName { what: "tool", name: name.to_owned(), help }
}
