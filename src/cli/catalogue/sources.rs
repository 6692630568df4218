//! Where a command finds what servers announce.

use std::path::PathBuf;

use clap::Args;

use super::imported::Import;
use crate::catalogue::{Imported, Lock, find_shadows};
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::{OutputOptions, print_error};
#[cfg(feature = "live")]
use crate::cli::common::trace_input::parse_timeout;
use crate::report::escape;

/// The servers to import, and how.
#[derive(Debug, Args)]
pub(super) struct Sources {
    #[command(flatten)]
    origin: Origin,
    /// What the server is called in the record. Several files are the pages of its one answer.
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// How long a live server may take, its start included, such as `60s`.
    #[cfg(feature = "live")]
    #[arg(long, value_parser = parse_timeout, default_value = "60s", value_name = "TIME")]
    timeout: std::time::Duration,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Origin {
    /// Answers to `tools/list`, or records; `-` is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The URL of a server on this machine that speaks MCP over streamable HTTP.
    #[cfg(feature = "live")]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// An agent's configuration: `.mcp.json`, `claude_desktop_config.json`, VS Code's `mcp.json`, or
    /// Codex's `config.toml`. `import` starts and asks all of its servers, `check` only those whose
    /// command is the one in the lock.
    #[cfg(feature = "live")]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A server to start, which speaks MCP over its standard input and output.
    #[cfg(feature = "live")]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<std::ffi::OsString>,
}

impl Sources {
    /// Imports every server. One that cannot be imported does not keep the others back. Of an agent's
    /// configuration only what a lock has is started, if there is one.
    pub(super) fn import(
        &self,
        lock: Option<&Lock>,
        output: &OutputOptions,
    ) -> Result<Import, CliError> {
        let mut import = self.of_origin(lock, output)?;
        find_shadows(&mut import.servers);
        for one in import.servers.iter().filter(|one| one.goes_on) {
            print_error(&format!(
                "warning: the list of {} goes on behind its `nextCursor`\n  help: import the other pages with it: `gatelint catalogue import PAGE1 PAGE2 … --server NAME`\n",
                escape(&one.server.name)
            ));
        }
        Ok(import)
    }

    #[cfg(not(feature = "live"))]
    fn of_origin(&self, _: Option<&Lock>, _: &OutputOptions) -> Result<Import, CliError> {
        self.of_files()
    }

    #[cfg(feature = "live")]
    fn of_origin(&self, lock: Option<&Lock>, output: &OutputOptions) -> Result<Import, CliError> {
        let limit = self.timeout;
        let server = self.server.as_deref();
        match (&self.origin.url, &self.origin.config, self.origin.command.as_slice()) {
            (Some(url), ..) => super::live::of_url(url, server, limit),
            (_, Some(config), _) => super::live::of_config(config, server, lock, limit, output),
            (_, _, [program, arguments @ ..]) => {
                super::live::of_command(program, arguments, server, lock, limit)
            }
            _ => self.of_files(),
        }
    }

    fn of_files(&self) -> Result<Import, CliError> {
        let read = |path| input::servers(input::document(path)?);
        let pages = self.origin.files.iter().map(|path| read(path));
        let pages = pages.collect::<Result<Vec<_>, _>>()?;
        let servers = match &self.server {
            None => {
                let each = |(document, servers)| Imported::each(&document, servers);
                distinct(pages.into_iter().flat_map(each).collect())?
            }
            Some(name) => {
                vec![Imported::of_pages(name, pages).map_err(|error| CliError::Refused {
                    message: error.to_string(),
                    help: "with --server, several files are the pages of one answer".to_owned(),
                })?]
            }
        };
        Ok(Import { servers, objections: Vec::new(), failed: false })
    }
}

/// Refuses two servers of one name, of which a catalogue could only keep one.
fn distinct(imported: Vec<Imported>) -> Result<Vec<Imported>, CliError> {
    let mut seen = std::collections::HashSet::new();
    match imported.iter().find(|one| !seen.insert(one.server.name.to_ascii_lowercase())) {
        None => Ok(imported),
        Some(twice) => Err(CliError::Refused {
            message: format!("two of the servers are called {}", twice.server.name),
            help: "import them one by one, each with a `--server NAME` of its own".to_owned(),
        }),
    }
}
