//! `gatelint export`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::common::dialect::DialectOptions;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::names::server;
use super::common::output::{OutputFormat, OutputOptions, print_error, stdout};
use super::common::output_file::OutputFile;
use crate::export::Export;
use crate::report::{Enforcer, export_text, write_export_json, write_losses};

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The policy.
    policy: PathBuf,
    #[command(flatten)]
    dialect: DialectOptions,
    /// Who is to enforce it.
    #[arg(long, value_enum, value_name = "AGENT")]
    to: Enforcer,
    /// What the agent's configuration calls the MCP server.
    #[arg(long = "as", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// The server that the policy is for; without it, the one that has all the tools it lists. Those
    /// of its tools that the policy does not list are named too.
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    #[command(flatten)]
    file: OutputFile,
    /// What is written to standard output: the agent's own notation, or for machines also what
    /// it cannot say.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &ExportArguments,
    _output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    arguments.file.check()?;
    let policy = input::gateway_policy(&arguments.policy, arguments.dialect.named())?.policy;
    let catalogue = input::catalogue(&arguments.catalogue)?;
    let known = match &arguments.server {
        Some(name) => Some(server(&catalogue, name)?),
        None => {
            let names: Vec<&str> = policy.tools.iter().map(|tool| tool.name.as_str()).collect();
            // One that has only some of them may be the wrong one.
            let found = catalogue.recognise(&names).filter(|found| found.known == found.of);
            found.map(|found| found.server)
        }
    };
    input::sound(&catalogue)?;
    let export = Export::of(&policy, known);
    let mut losses = String::new();
    write_losses(&mut losses, &export, arguments.to);
    print_error(&losses);
    let text = || export_text(&export, arguments.to, &arguments.name);
    if arguments.format == OutputFormat::Json {
        let mut out = stdout();
        write_export_json(&mut out, &export, arguments.to, &arguments.name)?;
        out.flush()?;
        if arguments.file.path().is_some() {
            arguments.file.write(&text())?;
        }
    } else {
        arguments.file.write(&text())?;
    }
    Ok(ExitStatus::Ok)
}
