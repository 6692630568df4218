//! What an index was built from, and whether that is still as it was.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::source::Format;

/// A file or folder that an index was built from, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "kind")]
pub enum Source {
    /// A file.
    File {
        /// Its path, from the folder of the index where that is possible.
        path: PathBuf,
        /// How many bytes it had.
        length: u64,
        /// When it was last changed, in nanoseconds since 1970.
        modified: u64,
        /// The SHA-256 of its bytes: a fresh checkout changes the time alone.
        hash: String,
    },
    /// A folder.
    Folder {
        /// Its path, as for a file.
        path: PathBuf,
        /// The names of the files and folders in it that count.
        names: BTreeSet<String>,
    },
}

/// How a source is no longer as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// It has changed.
    Changed(PathBuf),
    /// It cannot be found or read.
    Gone(PathBuf),
}

/// The files that sources stand for (of a folder everything in it that is JSON or YAML, but for
/// what is hidden), in the order of their paths, and the folders among them.
///
/// # Errors
/// A path that cannot be read, with the path.
pub fn find_sources(
    paths: &[PathBuf],
) -> Result<(Vec<PathBuf>, Vec<PathBuf>), (PathBuf, io::Error)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let mut waiting: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(path) = waiting.pop() {
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let names = names(&path).map_err(|cause| (path.clone(), cause))?;
        waiting.extend(names.iter().rev().map(|name| path.join(name)));
        folders.push(path);
    }
    Ok((files, folders))
}

/// The names in a folder that count. A link to a folder is not followed, for it may lead back.
fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_folder = entry.file_type()?.is_dir();
        if !name.starts_with('.') && (is_folder || Format::of_name(&name).is_some()) {
            names.insert(name);
        }
    }
    Ok(names)
}

impl Source {
    /// A file as it is now, with the bytes that were read from it. The path is kept from the folder
    /// of the index.
    pub(super) fn file(path: &Path, bytes: &[u8], base: &Path) -> io::Result<Source> {
        let metadata = fs::metadata(path)?;
        Ok(Source::File {
            path: from(base, path),
            length: bytes.len() as u64,
            modified: modified(&metadata),
            hash: hash(bytes),
        })
    }

    /// A folder as it is now.
    pub(super) fn folder(path: &Path, base: &Path) -> io::Result<Source> {
        Ok(Source::Folder { path: from(base, path), names: names(path)? })
    }

    fn path(&self) -> &Path {
        match self {
            Source::File { path, .. } | Source::Folder { path, .. } => path,
        }
    }

    fn is_fresh(&self, base: &Path) -> io::Result<bool> {
        let path = base.join(self.path());
        match self {
            Source::Folder { names: then, .. } => Ok(names(&path)? == *then),
            Source::File { length, modified: then, hash: bytes, .. } => {
                let metadata = fs::metadata(&path)?;
                let same = metadata.len() == *length;
                Ok(same && (modified(&metadata) == *then || hash(&fs::read(&path)?) == *bytes))
            }
        }
    }
}

/// The sources of an index that are no longer as they were.
pub(super) fn stale(sources: &[Source], index: &Path) -> Vec<Stale> {
    let base = folder_of(index);
    let judge = |source: &Source| match source.is_fresh(&base) {
        Ok(true) => None,
        Ok(false) => Some(Stale::Changed(base.join(source.path()))),
        Err(_) => Some(Stale::Gone(base.join(source.path()))),
    };
    sources.iter().filter_map(judge).collect()
}

/// The folder that the paths of an index's sources begin from.
pub(super) fn folder_of(index: &Path) -> PathBuf {
    let path = std::path::absolute(index).unwrap_or_else(|_| index.to_owned());
    path.parent().unwrap_or(Path::new(".")).to_owned()
}

/// A path from a folder, where it is in it; else from the root.
fn from(base: &Path, path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.strip_prefix(base).map(Path::to_owned).unwrap_or(path)
}

fn modified(metadata: &Metadata) -> u64 {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanoseconds = modified.map_or(0, |since| since.as_nanos());
    u64::try_from(nanoseconds).unwrap_or(u64::MAX)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
