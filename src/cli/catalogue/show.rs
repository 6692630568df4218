//! `gatelint catalogue show`.

use clap::Args;

use super::known::Known;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::names::server;
use crate::cli::common::output::{OutputFormat, OutputOptions};
use crate::report::{write_record_json, write_server};

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The server, such as `octopusdeploy/mcp-server`.
    #[arg(value_name = "SERVER")]
    server: String,
    #[command(flatten)]
    known: Known,
    /// How the server is written; JSON is its record, as `--catalogue` takes it.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &ShowArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.known.read()?;
    let server = server(&catalogue, &arguments.server)?;
    arguments.format.write(
        |out| write_record_json(out, server),
        |text| write_server(text, server, &output.style()),
    )?;
    Ok(ExitStatus::Ok)
}
