//! `gatelint init`.

mod approvals;
mod arguments;
mod output;
mod server;
mod trace;

pub(super) use arguments::InitArguments;

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::names;
use super::common::output::OutputOptions;

pub(super) fn run(
    arguments: &InitArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if !arguments.takes_folder() {
        arguments.file.check()?;
    }
    if arguments.to.agent().is_some() {
        return approvals::proposed(arguments, &arguments.origin.traces);
    }
    arguments.refuse_for_agents()?;
    let (catalogue, name) = arguments.catalogue()?;
    let known = name.map(|name| names::server(&catalogue, &name)).transpose()?;
    match (known, arguments.origin.traces.as_slice()) {
        (Some(server), []) => server::recommended(arguments, &catalogue, server, output),
        (server, traces) => trace::fitted(arguments, traces, &catalogue, server, output),
    }
}
