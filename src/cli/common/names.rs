//! Names that the catalogue should have.

use super::error::CliError;
use super::input;
use crate::catalogue::{Catalogue, Server};
use crate::source::one_of;

/// A server of the catalogue, or the error that names the one that was meant.
pub(in crate::cli) fn server<'c>(
    catalogue: &'c Catalogue,
    name: &str,
) -> Result<&'c Server, CliError> {
    if let Some(server) = catalogue.server(name) {
        return Ok(server);
    }
    let called = catalogue.called(name);
    let names = || called.iter().map(|server| server.name.as_str());
    let help = match catalogue.nearest_server(name) {
        _ if called.len() > 1 => format!("use {}", one_of(names())),
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "add its tools with `--catalogue FILE`, such as its answer to `tools/list`".into(),
    };
    let what = if called.len() > 1 { "server that alone is called" } else { "server" };
    input::sound(catalogue)?;
    Err(CliError::UnknownName { what, name: name.to_owned(), help })
}

/// The error for a tool that a server does not have.
pub(in crate::cli) fn unknown_tool(server: &Server, name: &str) -> CliError {
    let help = match server.nearest_tool(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("`gatelint catalogue show {}` lists its tools", server.name),
    };
    CliError::UnknownName { what: "tool", name: name.to_owned(), help }
}
