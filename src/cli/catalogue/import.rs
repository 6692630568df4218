//! `gatelint catalogue import`.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::imported::{Import, print_warnings};
use super::sources::Sources;
use crate::catalogue::{Imported, Renewed, Server};
use crate::cli::common::clock::parse_day;
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
    #[arg(long, value_parser = parse_release, value_name = "VERSION", requires = "update")]
    release: Option<String>,
    /// The day of the import, for the record that is brought up to date, such as `2026-11-27`.
    #[arg(long, value_parser = parse_day, value_name = "DAY", requires = "update")]
    date: Option<Date>,
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

fn parse_release(text: &str) -> Result<String, &'static str> {
    let is_version = !text.trim().is_empty() && !text.contains(char::is_control);
    is_version.then(|| text.to_owned()).ok_or("a version is a word, such as 1.2.3")
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
    if !present.shares_tools_with(&announced) {
        return Err(CliError::Refused {
            message: format!("what is imported has none of the tools of {}", present.name),
            help: "import the server that the record is of, or begin a new record".to_owned(),
        });
    }
    let Renewed { mut server, changed, gone } = present.renewed(announced);
    server.version = arguments.release.clone().or(server.version);
    server.date = arguments.date.map(|day| day.to_string()).or(server.date);
    write_file(path, true, |out| write_record_lines(out, &server))?;
    let file = path.display().to_string();
    for (tools, why, help) in [
        (changed, "no longer stands, for they changed", "decide again, and write it into"),
        (gone, "is lost, for they are gone", "if they come back, decide again in"),
    ] {
        if !tools.is_empty() {
            let tools = escape(&tools.join(", ")).into_owned();
            print_error(&format!(
                "warning: what was decided of these tools {why}: {tools}\n  help: {help} {}\n",
                escape(&file)
            ));
        }
    }
    Ok(ExitStatus::Ok)
}

fn records(servers: &[Imported]) -> Result<String, CliError> {
    let mut out = Vec::new();
    write_imported_json(&mut out, servers)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}
