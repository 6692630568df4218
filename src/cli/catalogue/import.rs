//! `gatelint catalogue import`.

use clap::Args;

use super::imported::{Import, print_warnings};
use super::sources::Sources;
use crate::catalogue::Imported;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputFormat, OutputOptions, print, print_error};
use crate::cli::common::output_file::OutputFile;
use crate::report::{write_imported_json, write_server, write_warnings};

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    file: OutputFile,
    /// How the servers are written; JSON is the record that `--catalogue` takes.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &ImportArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    arguments.file.check()?;
    let Import { servers, failed, .. } = arguments.sources.import(None, output)?;
    if servers.is_empty() {
        if !failed {
            print_error(
                "error: there is no server to import\n  help: name a file that holds one\n",
            );
        }
        return Ok(ExitStatus::of(failed, true, false));
    }
    if arguments.file.is_named() {
        print_warnings(&servers);
    }
    if arguments.file.is_named() || arguments.format == OutputFormat::Json {
        arguments.file.write(&records(&servers)?)?;
    } else {
        let mut text = String::new();
        for (index, server) in servers.iter().enumerate() {
            text.push_str(if index > 0 { "\n" } else { "" });
            write_server(&mut text, &server.server, &output.style());
        }
        if servers.iter().any(|one| !one.warnings.is_empty()) {
            text.push('\n');
            write_warnings(&mut text, &servers);
        }
        print(&text)?;
    }
    Ok(ExitStatus::of(failed, false, false))
}

fn records(servers: &[Imported]) -> Result<String, CliError> {
    let mut out = Vec::new();
    write_imported_json(&mut out, servers)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}
