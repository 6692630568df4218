//! Where a command finds what servers announce.

use std::path::PathBuf;

use clap::Args;

use super::super::error::CliError;
use super::super::input;
use super::super::output::print_error;
use crate::catalogue::Imported;
use crate::report::escape;

/// The servers to import, and how.
#[derive(Debug, Args)]
pub(super) struct Sources {
    #[command(flatten)]
    origin: Origin,
    /// What the server is called in the record. Several files are the pages of its one answer.
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Origin {
    /// Answers to `tools/list`, or records; `-` is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Sources {
    /// Imports every server. What could not be imported is told on standard error and makes the
    /// second part of the result true; it does not keep the others back.
    pub(super) fn import(&self) -> Result<(Vec<Imported>, bool), CliError> {
        let imported = self.of_files()?;
        for one in imported.iter().filter(|one| one.goes_on) {
            print_error(&format!(
                "warning: the list of {} goes on behind its `nextCursor`\n  help: import the other pages with it: `toolgate catalogue import PAGE1 PAGE2 … --server NAME`\n",
                escape(&one.server.name)
            ));
        }
        Ok((imported, false))
    }

    fn of_files(&self) -> Result<Vec<Imported>, CliError> {
        let read = |path| input::servers(input::document(path)?);
        let pages =
            self.origin.files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let Some(name) = &self.server else {
            let each = |(document, servers)| Imported::each(&document, servers);
            let imported: Vec<Imported> = pages.into_iter().flat_map(each).collect();
            return distinct(imported);
        };
        match Imported::of_pages(name, pages) {
            Ok(one) => Ok(vec![one]),
            Err(error) => Err(CliError::Refused {
                message: error.to_string(),
                help: "with --server, several files are the pages of one answer".to_owned(),
            }),
        }
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
