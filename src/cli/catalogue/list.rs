//! `toolgate catalogue list`.

use std::io::Write;

use clap::Args;

use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::input;
use super::super::lint::OutputFormat;
use super::super::output::{OutputOptions, print, stdout};
use super::Known;
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
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_server_list_json(&mut out, &lines)?;
            out.flush()?;
        }
        OutputFormat::Human => {
            let mut text = String::new();
            write_server_list(&mut text, &lines, &output.style());
            print(&text)?;
        }
    }
    Ok(ExitStatus::Ok)
}
