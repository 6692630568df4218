//! The files and folders that are looked at.

use std::path::{Component, Path, PathBuf};

use super::range::Range;
use super::repository::Repository;
use crate::cli::common::error::CliError;

/// The files and folders to look at, by their paths from the root; none at all is everything.
pub(super) struct Selection(Vec<PathBuf>);

impl Selection {
    /// What the user named from a folder of the repository.
    ///
    /// # Errors
    /// A path is neither in the folder nor in a revision, or is outside of the repository: a gate
    /// must not pass because of a typing error.
    pub(super) fn new(
        repository: &Repository,
        folder: &Path,
        range: &Range,
        paths: &[PathBuf],
    ) -> Result<Selection, CliError> {
        let select = |path: &PathBuf| {
            let selected = from_root(repository, folder, path).ok_or_else(|| {
                let message = format!("{} is outside of the repository", path.display());
                CliError::usage(&message, "name files and folders of the repository")
            })?;
            let mut revisions = [Some(&range.old), range.new.as_ref()].into_iter().flatten();
            if path.symlink_metadata().is_ok()
                || revisions.any(|revision| repository.has(revision, &selected))
            {
                return Ok(selected);
            }
            Err(CliError::UnknownName {
                what: "file or folder",
                name: path.display().to_string(),
                help: "name one that is here or in the revision".to_owned(),
            })
        };
        Ok(Selection(paths.iter().map(select).collect::<Result<_, _>>()?))
    }

    /// Whether a path is among what is looked at.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.0.is_empty() || self.0.iter().any(|selected| path.starts_with(selected))
    }

    /// What was named.
    pub(super) fn named(&self) -> &[PathBuf] {
        &self.0
    }

    /// What of a folder is looked at, by paths from there; none if nothing is.
    pub(super) fn within(&self, folder: &Path) -> Option<Selection> {
        if self.holds(folder) {
            return Some(Selection(Vec::new()));
        }
        let below = self.0.iter().filter_map(|path| path.strip_prefix(folder).ok());
        let below: Vec<PathBuf> = below.map(Path::to_owned).collect();
        (!below.is_empty()).then_some(Selection(below))
    }
}

/// A path as it is from the root, without `.` and `..`; none if it leads out of the repository.
fn from_root(repository: &Repository, folder: &Path, path: &Path) -> Option<PathBuf> {
    let full = match path.strip_prefix(&repository.root) {
        Ok(path) => path.to_owned(),
        Err(_) if path.is_absolute() => {
            path.canonicalize().ok()?.strip_prefix(&repository.root).ok()?.to_owned()
        }
        Err(_) => folder.join(path),
    };
    let mut found = PathBuf::new();
    for part in full.components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::ParentDir if !found.pop() => return None,
            _ => {}
        }
    }
    Some(found)
}
