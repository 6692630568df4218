//! Traces that are read more than once.

use std::path::PathBuf;

use super::error::CliError;
use super::interrupt::Leftover;

/// Traces as files: they are read twice, which standard input cannot be.
pub(in crate::cli) struct Spooled {
    paths: Vec<PathBuf>,
    /// Kept until both readings are done.
    _file: Option<(tempfile::NamedTempFile, Leftover)>,
}

impl Spooled {
    /// Copies standard input to a file where the traces name it.
    pub(in crate::cli) fn of(traces: &[PathBuf]) -> Result<Spooled, CliError> {
        let mut file = None;
        let mut paths = traces.to_vec();
        for path in paths.iter_mut().filter(|path| path.as_os_str() == "-") {
            let mut spool = tempfile::Builder::new().suffix(".jsonl").tempfile()?;
            let leftover = Leftover::new(spool.path());
            std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
            *path = spool.path().to_owned();
            file = Some((spool, leftover));
        }
        Ok(Spooled { paths, _file: file })
    }

    /// The paths to read, as often as need be.
    pub(in crate::cli) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}
