//! `gatelint convert`.

mod agent;
mod arguments;
mod gateway;
mod made;

pub(super) use arguments::ConvertArguments;

use arguments::FailOn;

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::fail_on;
use super::common::output::OutputOptions;
use crate::policy::Dialect;

pub(super) fn run(
    arguments: &ConvertArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    fail_on::check(&arguments.fail_on, &FailOn::None)?;
    arguments.file.check()?;
    let loaded = arguments.load()?;
    let (from, to) = (loaded.policy.dialect, arguments.to);
    if from.code() == to.code() {
        return Err(already(&loaded.document.name, to));
    }
    match (from.agent(), to.agent()) {
        (None, None) => gateway::run(arguments, loaded, output),
        (None, Some(agent)) => agent::from_gateway(arguments, &loaded, agent),
        (Some(_), _) => agent::from_agent(arguments, &loaded),
    }
}

fn already(name: &str, to: Dialect) -> CliError {
    let message = match to {
        Dialect::Agent(_) => format!("{name} has the permissions of {to} already"),
        Dialect::V1 => format!("{name} is a {to} policy already"),
        Dialect::Intercept(_) => format!("{name} is an {to} policy already"),
    };
    CliError::usage(&message, "name another dialect with --to")
}
