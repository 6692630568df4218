//! `gatelint catalogue explain`.

use clap::Args;

use super::known::Known;
use crate::catalogue::{Server, Subject, classify};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::names::{server, tool};
use crate::cli::common::output::{OutputFormat, OutputOptions};
use crate::report::{Explanation, write_tool_explanation, write_tool_explanation_json};

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The tool's name; any name is classified, known or not.
    tool: String,
    /// The server that it belongs to; without it, every server that has such a tool.
    #[arg(long, value_name = "SERVER")]
    server: Option<String>,
    #[command(flatten)]
    known: Known,
    /// How the explanation is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &ExplainArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.known.read()?;
    let mut name = &*arguments.tool;
    let servers: Vec<&Server> = match &arguments.server {
        Some(of) => {
            let server = server(&catalogue, of)?;
            name = &tool(server, name)?.name;
            vec![server]
        }
        None => catalogue.servers_with(name),
    };
    input::sound(&catalogue)?;
    let records =
        servers.into_iter().filter_map(|server| Some((&*server.name, server.tool(name)?)));
    let explanation = Explanation {
        tool: name,
        records: records.collect(),
        by_name: classify(&Subject::named(name)).into_tool(name),
    };
    arguments.format.write(
        |out| write_tool_explanation_json(out, &explanation),
        |text| write_tool_explanation(text, &explanation, &output.style()),
    )?;
    Ok(ExitStatus::Ok)
}
