//! The files that the paths of a trace stand for.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::trace::formats::Format;
use crate::trace::trace_error::TraceError;

/// File endings of compressed files; that of a trace stands before them.
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

/// Endings of logs beside those that formats name: what cannot be read of them is named.
const OF_LOGS: [&str; 4] = ["txt", "log", "har", "traj"];

fn has_ending(path: &Path) -> bool {
    let ending = |path: &Path| path.extension().and_then(OsStr::to_str).map(str::to_owned);
    let is_extra = |ending: &str| {
        // The older parts of a log that is rotated: `audit.jsonl.1`.
        PACKED.contains(&ending) || ending.bytes().all(|byte| byte.is_ascii_digit())
    };
    let of_trace = match ending(path) {
        Some(extra) if is_extra(&extra) => path.file_stem().map(Path::new).and_then(ending),
        own => own,
    };
    of_trace.is_some_and(|ending| OF_LOGS.contains(&&*ending) || Format::has_ending(&ending))
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
            ("notes.txt", true),
            ("notes.txt.gz", true),
            ("site.har", true),
            ("run.traj", true),
            ("notes.md", false),
            ("archive.gz", false),
            ("a.1", false),
            ("jsonl", false),
        ] {
            assert_eq!(has_ending(Path::new(name)), is_trace, "{name}");
        }
    }
}
