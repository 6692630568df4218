//! Input schemas as commands take them.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::input;
use crate::catalogue::Catalogue;
use crate::diff::Shapes;
use crate::policy::Policy;

/// Options of every command that asks about all calls.
#[derive(Debug, Args)]
pub(super) struct CatalogueOptions {
    /// The server that the policies are for, whose input schemas restrict the calls; without it,
    /// one that --catalogue adds, if it has the tools that they name.
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    /// Ask about calls that the tools' input schemas exclude, too.
    #[arg(long)]
    no_schemas: bool,
}

impl CatalogueOptions {
    /// The catalogue, where it is wanted.
    pub(super) fn load(&self) -> Result<Option<Catalogue>, CliError> {
        let catalogue = input::catalogue(&self.catalogue)?;
        input::check_server(&catalogue, self.server.as_deref())?;
        Ok((!self.no_schemas).then_some(catalogue))
    }

    /// What the catalogue says of the arguments of the tools that some policies name.
    pub(super) fn shapes(&self, catalogue: Option<&Catalogue>, policies: &[&Policy]) -> Shapes {
        let Some(catalogue) = catalogue else { return Shapes::default() };
        let names: Vec<&str> = policies
            .iter()
            .flat_map(|policy| {
                let listed = policy.tools.iter().map(|tool| tool.name.as_str());
                listed.chain(policy.hide.iter().map(|hidden| hidden.name.as_str()))
            })
            .filter(|name| *name != "*")
            .collect();
        let named = self.server.as_deref().and_then(|name| catalogue.server(name));
        // A server that was only guessed is no ground for a proof, but one that the user added is.
        let found = || catalogue.recognise(&names).map(|found| found.server);
        let server = named.or_else(|| found().filter(|server| catalogue.is_added(server)));
        server.map(Shapes::of_server).unwrap_or_default()
    }
}
