//! `gatelint catalogue list`.

use clap::Args;

use super::known::Known;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::output::{OutputFormat, OutputOptions};
use crate::report::{ServerLine, write_server_list, write_server_list_json};

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    known: Known,
    /// How the servers are written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &ListArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.known.read()?;
    let mut lines = Vec::new();
    catalogue.each_server(|server| lines.push(ServerLine::of(server)));
    input::sound(&catalogue)?;
    arguments.format.write(
        |out| write_server_list_json(out, &lines),
        |text| write_server_list(text, &lines, &output.style()),
    )?;
    Ok(ExitStatus::Ok)
}
