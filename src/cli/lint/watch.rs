//! `--watch`: lints again whenever something changes.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputOptions, print};

/// How often the files are looked at. Editors write a file in several steps; what comes between two
/// looks is one change.
const STEP: Duration = Duration::from_millis(200);

/// A file as it is seen from outside: its length and when it was written, if it is there.
type Seen = (PathBuf, Option<(u64, Option<SystemTime>)>);

/// Lints, and again after every change of the files, until somebody ends it. An error is shown and
/// does not end it, because the next change may mend it.
pub(super) fn watch(
    files: impl Fn() -> Vec<PathBuf>,
    output: &OutputOptions,
    lint: impl Fn() -> Result<ExitStatus, CliError>,
) -> Result<ExitStatus, CliError> {
    let mut seen = look(files());
    loop {
        if std::io::stdout().is_terminal() {
            print("\x1b[2J\x1b[H")?;
        }
        if let Err(error) = lint() {
            error.show(output);
        }
        seen = changed(&files, seen);
    }
}

/// Waits for a change and until no more come.
fn changed(files: impl Fn() -> Vec<PathBuf>, before: Vec<Seen>) -> Vec<Seen> {
    let mut last = before.clone();
    loop {
        sleep(STEP);
        let now = look(files());
        if now == last && now != before {
            return now;
        }
        last = now;
    }
}

fn look(files: Vec<PathBuf>) -> Vec<Seen> {
    let of_file = |path: PathBuf| {
        let metadata = path.metadata().ok();
        (path, metadata.map(|metadata| (metadata.len(), metadata.modified().ok())))
    };
    files.into_iter().map(of_file).collect()
}
