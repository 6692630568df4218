//! `gatelint catalogue search`.

use clap::Args;

use super::known::Known;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::output::{OutputFormat, OutputOptions, print_error};
use crate::report::{write_found_tools, write_records_json};

#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// Words that must all stand in the tool's name, its category, its signals, or the name or
    /// title of its server, whatever the case of their letters.
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    known: Known,
    /// How the tools are written; JSON are the records of their servers with these tools only.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &SearchArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.known.read()?;
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    let found = catalogue.search(&words);
    input::sound(&catalogue)?;
    arguments.format.write(
        |out| write_records_json(out, &found),
        |text| write_found_tools(text, &found, &output.style()),
    )?;
    if found.is_empty() {
        print_error(
            "error: no tool has all of these words\n  help: try fewer, or add servers with --catalogue\n",
        );
        return Ok(ExitStatus::Nothing);
    }
    Ok(ExitStatus::Ok)
}
