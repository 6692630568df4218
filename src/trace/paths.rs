//! The files that the paths of a trace stand for.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::TraceError;

/// File endings that are taken for traces when a folder is given; one of a compressed file may
/// stand behind them.
const ENDINGS: [&str; 4] = ["jsonl", "ndjson", "json", "log"];

/// File endings of compressed files.
const PACKED: [&str; 2] = ["gz", "zst"];

/// The files that paths stand for, and whether the user named them.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, TraceError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push((path.clone(), true));
            continue;
        }
        let walk =
            WalkBuilder::new(path).standard_filters(false).sort_by_file_name(Ord::cmp).build();
        for entry in walk {
            let entry = entry.map_err(|error| {
                let cause =
                    error.into_io_error().unwrap_or_else(|| io::Error::other("cannot be walked"));
                TraceError::Unreadable { path: path.clone(), cause }
            })?;
            if entry.path().is_file() && has_ending(entry.path()) {
                files.push((entry.into_path(), false));
            }
        }
    }
    Ok(files)
}

fn has_ending(path: &Path) -> bool {
    let is_one_of = |path: &Path, endings: &[&str]| {
        path.extension().and_then(|ending| ending.to_str()).is_some_and(|e| endings.contains(&e))
    };
    if is_one_of(path, &PACKED) {
        return path.file_stem().is_some_and(|stem| is_one_of(Path::new(stem), &ENDINGS));
    }
    is_one_of(path, &ENDINGS)
}
