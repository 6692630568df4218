//! `gatelint catalogue`: one file a subcommand.

mod build;
mod check;
mod explain;
mod import;
mod imported;
mod known;
mod list;
#[cfg(feature = "live")]
mod live;
mod search;
mod show;
mod sources;

use clap::{Args, Subcommand};

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output::OutputOptions;

#[derive(Debug, Args)]
pub(super) struct CatalogueArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the servers that are known.
    #[command(after_help = examples!("catalogue list", "catalogue list --catalogue all.index"))]
    List(list::ListArguments),
    /// Show the tools of a server.
    #[command(after_help = examples!("catalogue show octopusdeploy/mcp-server"))]
    Show(show::ShowArguments),
    /// Find tools by words.
    #[command(after_help = examples!("catalogue search delete repository"))]
    Search(search::SearchArguments),
    /// Say why a tool is in its category.
    #[command(after_help = examples!("catalogue explain delete_repository --server github"))]
    Explain(explain::ExplainArguments),
    /// Make a record of what a server announces.
    #[command(after_help = examples!(
        "catalogue import tools-list.json --server files -o files.json",
        "catalogue import --server web -o web.json -- npx -y @playwright/mcp"
    ))]
    Import(import::ImportArguments),
    /// Make one indexed file of any number of servers, which `--catalogue` takes like others. Its servers are
    /// told by their tools, as those built in are; for proofs name one with --server.
    #[command(after_help = examples!("catalogue build records/ -o all.index"))]
    Build(build::BuildArguments),
    /// Find what changed on a server since a lock was written.
    #[command(after_help = examples!(
        "catalogue check --config .mcp.json --write-lock",
        "catalogue check --config .mcp.json  # what changed since"
    ))]
    Check(check::CheckArguments),
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
