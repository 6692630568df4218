//! `--watch`: does its work again whenever something changes.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::error::CliError;
use super::exit::ExitStatus;
use super::output::{OutputOptions, print};

/// How often the files are looked at. Editors write a file in several steps; what comes between two
/// looks is one change.
const STEP: Duration = Duration::from_millis(200);

/// How a file is seen from outside: its length and when it was written.
pub(in crate::cli) type Stamp = (u64, Option<SystemTime>);

/// A file and how it was seen, if it is there.
type Seen = (PathBuf, Option<Stamp>);

/// Works, and again after every change of the files, until somebody ends it. An error is shown and
/// does not end it, because the next change may mend it. What the work itself `writes` is no change.
pub(in crate::cli) fn watch(
    mut files: impl FnMut() -> Vec<PathBuf>,
    writes: bool,
    output: &OutputOptions,
    work: impl Fn() -> Result<ExitStatus, CliError>,
) -> Result<ExitStatus, CliError> {
    let mut seen = look(files());
    loop {
        if std::io::stdout().is_terminal() {
            print("\x1b[2J\x1b[H")?;
        }
        if let Err(error) = work() {
            error.show(output);
        }
        if writes {
            seen = look(files());
        }
        seen = changed(&mut files, seen);
    }
}

/// Waits for a change and until no more come.
fn changed(mut files: impl FnMut() -> Vec<PathBuf>, before: Vec<Seen>) -> Vec<Seen> {
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
        let stamp = stamp(&path);
        (path, stamp)
    };
    files.into_iter().map(of_file).collect()
}

/// How a file is seen from outside; none where it is not there.
pub(in crate::cli) fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
