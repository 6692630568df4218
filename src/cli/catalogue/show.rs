//! `toolgate catalogue show`.

use std::io::Write;

use clap::Args;

use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::lint::OutputFormat;
use super::super::output::{OutputOptions, print, stdout};
use super::{Known, server};
use crate::report::{write_record_json, write_server};

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The server, such as `octopusdeploy/mcp-server`.
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
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_record_json(&mut out, server)?;
            out.flush()?;
        }
        OutputFormat::Human => {
            let mut text = String::new();
            write_server(&mut text, server, &output.style());
            print(&text)?;
        }
    }
    Ok(ExitStatus::Ok)
}
