//! `--watch`: lints again whenever something changes.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{EventKind, RecursiveMode, Watcher};

use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputOptions, print};

/// Editors write a file in several steps; what comes within this time is one change.
const SETTLING: Duration = Duration::from_millis(100);

/// Lints, and again after every change of what is watched, until somebody ends it. An error is
/// shown and does not end it, because the next change may mend it.
pub(super) fn watch(
    paths: &[PathBuf],
    output: &OutputOptions,
    lint: impl Fn() -> Result<ExitStatus, CliError>,
) -> Result<ExitStatus, CliError> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let changes = |kind: EventKind| {
            matches!(kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_))
        };
        if event.is_ok_and(|event| changes(event.kind)) {
            // Whoever listens no more has ended.
            _ = sender.send(());
        }
    })
    .map_err(CliError::Watch)?;
    for path in paths {
        // A file is often replaced by another of its name, so its folder is watched.
        let (place, mode) = match path.is_dir() {
            true => (path.as_path(), RecursiveMode::Recursive),
            false => (path.parent().unwrap_or(Path::new("")), RecursiveMode::NonRecursive),
        };
        let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
        watcher.watch(place, mode).map_err(CliError::Watch)?;
    }
    loop {
        if std::io::stdout().is_terminal() {
            print("\x1b[2J\x1b[H")?;
        }
        if let Err(error) = lint() {
            error.show(output);
        }
        if !wait(&changes) {
            return Ok(ExitStatus::Ok);
        }
    }
}

/// Waits for a change and until no more come; false when none can come.
fn wait(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    while changes.recv_timeout(SETTLING).is_ok() {}
    true
}
