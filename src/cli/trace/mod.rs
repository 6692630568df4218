//! `gatelint trace`.

mod convert;
mod stats;

use clap::{Args, Subcommand};

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output::OutputOptions;

#[derive(Debug, Args)]
pub(super) struct TraceArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write recorded calls as gatelint's own record, one call a line, in the order of time.
    #[command(after_help = examples!("trace convert logs/ -o trace.jsonl"))]
    Convert(convert::ConvertArguments),
    /// Show what is in a trace, and what is not known of it.
    #[command(after_help = examples!("trace stats march.jsonl"))]
    Stats(stats::StatsArguments),
}

pub(super) fn run(
    arguments: &TraceArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    match &arguments.command {
        Command::Convert(arguments) => convert::run(arguments),
        Command::Stats(arguments) => stats::run(arguments, output),
    }
}
