//! The files that the paths of a trace stand for.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::trace::TraceError;

/// File endings that are taken for traces when a folder is given; one of a compressed file may
/// stand behind them.
const ENDINGS: [&str; 4] = ["jsonl", "ndjson", "json", "log"];

/// File endings of compressed files.
const PACKED: [&str; 2] = ["gz", "zst"];

/// The files that paths stand for, and whether the user named them.
pub(in crate::trace) fn expand(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, TraceError> {
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
    // The older parts of a log that is rotated: `audit.jsonl.1`.
    let is_number = |ending: &str| ending.bytes().all(|byte| byte.is_ascii_digit());
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_part = ending.is_some_and(is_number);
    let name = if is_part { path.file_stem().map(Path::new) } else { Some(path) };
    name.is_some_and(|name| is_one_of(name, &ENDINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_known_by_their_endings() {
        for (name, is_trace) in [
            ("a.jsonl", true),
            ("a.json.gz", true),
            ("a.log.zst", true),
            ("mcp.jsonl.1", true),
            ("notes.txt", false),
            ("notes.txt.gz", false),
            ("archive.gz", false),
            ("a.1", false),
            ("jsonl", false),
        ] {
            assert_eq!(has_ending(Path::new(name)), is_trace, "{name}");
        }
    }
}
