//! Input schemas as commands take them.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::input;
use super::names::server;
use super::output::print_error;
use crate::catalogue::{Catalogue, Server};
use crate::policy::Policy;
use crate::report::escape;
use crate::solver::Shapes;

/// Options of every command that asks about all calls.
#[derive(Debug, Args)]
pub(in crate::cli) struct CatalogueOptions {
    /// The server that the policies are for, whose input schemas restrict the calls; without it,
    /// one that --catalogue adds, if it has the tools that they name.
    #[arg(long, value_name = "SERVER")]
    server: Option<String>,
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    /// Ask about calls that the tools' input schemas exclude, too.
    #[arg(long)]
    no_schemas: bool,
}

impl CatalogueOptions {
    /// The catalogue.
    pub(in crate::cli) fn load(&self) -> Result<Catalogue, CliError> {
        let catalogue = input::catalogue(&self.catalogue)?;
        self.check(&catalogue)?;
        Ok(catalogue)
    }

    /// Refuses a server that the catalogue does not have.
    pub(in crate::cli) fn check(&self, catalogue: &Catalogue) -> Result<(), CliError> {
        self.server.as_ref().map_or(Ok(()), |name| server(catalogue, name).map(drop))
    }

    /// Warns where two policies seem to be for different servers: then little of what is found
    /// says anything of a change.
    pub(in crate::cli) fn warn_of_servers(
        &self,
        catalogue: &Catalogue,
        old: &Policy,
        new: &Policy,
    ) {
        let server = |policy: &Policy| {
            let found = catalogue.recognise(&names(policy))?;
            Some(found.server.name.clone())
        };
        if self.server.is_none()
            && let (Some(old), Some(new)) = (server(old), server(new))
            && old != new
        {
            print_error(&format!(
                "warning: the old policy names tools of {}, the new one those of {}\n  help: check that they are two versions of one policy, or name the server with --server\n",
                escape(&old),
                escape(&new)
            ));
        }
    }

    /// What the catalogue says of the arguments of the tools that some policies name.
    pub(in crate::cli) fn shapes(&self, catalogue: &Catalogue, policies: &[&Policy]) -> Shapes {
        let names: Vec<&str> = policies.iter().flat_map(|policy| names(policy)).collect();
        let named = self.server.as_deref().and_then(|name| server(catalogue, name).ok());
        // A server that was only guessed is no ground for a proof, but one that the user added is.
        let found = || catalogue.recognise(&names).map(|found| found.server);
        let (guessed, is_added) = (found(), |server: &&Server| catalogue.is_added(server));
        match (named.or_else(|| guessed.filter(is_added)), guessed) {
            (Some(server), _) if self.no_schemas => Shapes::of_server(server).without_schemas(),
            (Some(server), _) => Shapes::of_server(server),
            (None, Some(server)) => Shapes::default().with_categories(server),
            (None, None) => Shapes::default(),
        }
    }
}

/// The tools that a policy names.
fn names(policy: &Policy) -> Vec<&str> {
    let listed = policy.tools.iter().map(|tool| tool.name.as_str());
    let hidden = policy.hide.iter().map(|hidden| hidden.name.as_str());
    listed.chain(hidden).filter(|name| *name != "*").collect()
}
