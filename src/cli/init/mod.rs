//! `gatelint init`.

mod approvals;
mod arguments;
mod folder;
mod output;
mod server;
mod trace;

pub(super) use arguments::InitArguments;

use self::trace::Whose;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::names;
use super::common::output::OutputOptions;

pub(super) fn run(
    arguments: &InitArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if !arguments.file.is_folder() {
        arguments.file.check()?;
    }
    if arguments.to.agent().is_some() {
        return approvals::proposed(arguments, &arguments.origin.traces);
    }
    arguments.refuse_for_agents()?;
    let (catalogue, name) = arguments.catalogue()?;
    let traces = arguments.origin.traces.as_slice();
    let whose = match &name {
        None => Whose::Any,
        Some(name) if traces.is_empty() => {
            let server = names::server(&catalogue, name)?;
            return server::recommended(arguments, &catalogue, server, output);
        }
        Some(name) => match names::exact_server(&catalogue, name) {
            Ok(server) => Whose::Known(server),
            // Calls tell of a server that the catalogue does not have.
            Err(_) if catalogue.called(name).is_empty() => Whose::Own(name),
            Err(error) => return Err(error),
        },
    };
    trace::fitted(arguments, traces, &catalogue, whose, output)
}
