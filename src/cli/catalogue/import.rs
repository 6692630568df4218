//! `gatelint catalogue import`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::imported::{Import, print_warnings};
use super::sources::Sources;
use crate::catalogue::{Imported, Server};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::output::{OutputFormat, OutputOptions, print, print_error};
use crate::cli::common::output_file::{OutputFile, write_file};
use crate::report::{
    escape, write_imported_json, write_record_lines, write_server, write_warnings,
};

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    file: OutputFile,
    /// Bring a record up to date, in its file: with the tools that the server announces now, and what
    /// a person decided of them (confidence 1) where they are as they were.
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["output", "format"])]
    update: Option<PathBuf>,
    /// The version of the server that is imported, for the record that is brought up to date.
    #[arg(long, value_name = "VERSION", requires = "update")]
    release: Option<String>,
    /// The day of the import, for the record that is brought up to date, such as `2026-11-27`.
    #[arg(long, value_name = "DATE", requires = "update")]
    date: Option<String>,
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
    if arguments.file.is_named() || arguments.update.is_some() {
        print_warnings(&servers);
    }
    if let Some(path) = &arguments.update {
        return update(arguments, path, servers);
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

/// Brings the record in a file up to date.
fn update(
    arguments: &ImportArguments,
    path: &Path,
    servers: Vec<Imported>,
) -> Result<ExitStatus, CliError> {
    let one = |servers: &[Server], what: &str| CliError::Refused {
        message: format!("{what} holds {} servers, and one is needed", servers.len()),
        help: "bring one record after the other up to date".to_owned(),
    };
    let announced: Vec<Server> = servers.into_iter().map(|one| one.server).collect();
    let [announced] =
        <[Server; 1]>::try_from(announced).map_err(|all| one(&all, "what is imported"))?;
    let (document, present) = input::servers(input::document(path)?)?;
    let [present] = <[Server; 1]>::try_from(present).map_err(|all| one(&all, &document.name))?;
    let (mut renewed, dropped) = present.renewed(announced);
    renewed.version = arguments.release.clone().or(renewed.version);
    renewed.date = arguments.date.clone().or(renewed.date);
    write_file(path, true, |out| write_record_lines(out, &renewed))?;
    if !dropped.is_empty() {
        let tools = escape(&dropped.join(", ")).into_owned();
        print_error(&format!(
            "warning: what was decided of these tools no longer stands, for they changed: {tools}\n  help: decide again, and write it into {}\n",
            escape(&path.display().to_string())
        ));
    }
    Ok(ExitStatus::Ok)
}

fn records(servers: &[Imported]) -> Result<String, CliError> {
    let mut out = Vec::new();
    write_imported_json(&mut out, servers)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}
