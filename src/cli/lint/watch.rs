//! `--watch`: lints again whenever something changes.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputOptions, print};
use crate::lint::Found;

/// How often the files are looked at. Editors write a file in several steps; what comes between two
/// looks is one change.
const STEP: Duration = Duration::from_millis(200);

/// How a file is seen from outside: its length and when it was written.
type Stamp = (u64, Option<SystemTime>);

/// A file and how it was seen, if it is there.
type Seen = (PathBuf, Option<Stamp>);

/// What is known of files that were met in folders: how each was seen, and whether it looked like a
/// policy then. Others may change as they like.
#[derive(Default)]
pub(super) struct Known(HashMap<PathBuf, (Option<Stamp>, bool)>);

impl Known {
    /// Whether a file is linted for what is in it; it is read again only if it changed.
    pub(super) fn is_policy(&mut self, found: &Found) -> bool {
        let stamp = stamp(&found.path);
        match self.0.get(&found.path) {
            Some((seen, is_policy)) if *seen == stamp => *is_policy,
            _ => {
                // What cannot be read is told, so that its change is worth another look.
                let is_policy = found.read().map_or(true, |candidate| candidate.is_some());
                self.0.insert(found.path.clone(), (stamp, is_policy));
                is_policy
            }
        }
    }
}

/// Lints, and again after every change of the files, until somebody ends it. An error is shown and
/// does not end it, because the next change may mend it. What linting itself `writes` is no change.
pub(super) fn watch(
    mut files: impl FnMut() -> Vec<PathBuf>,
    writes: bool,
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

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
