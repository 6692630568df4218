//! What links lead to that git does not keep: of that nobody can tell what it was. Times tell nothing:
//! who moves a folder above it or dates a commit writes them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::candidate::is_policy_name;
use crate::policy::looks_like_policy;
use crate::source::Document;

/// How much is looked at behind one link.
const MAX_SEEN: usize = 100_000;

/// Whether what a link leads to is or may have been a policy: one that is there now, or nothing under a
/// policy's name. `name` is what the link is called.
pub(super) fn may_be_policy(place: &Path, name: &Path) -> bool {
    match place.metadata() {
        Ok(found) if found.is_dir() => Look::default().folder(place),
        Ok(_) => is_policy_name(name) && is_policy(place),
        Err(_) => is_policy_name(name),
    }
}

#[derive(Default)]
struct Look {
    seen: usize,
    /// The folders that were looked at.
    open: BTreeSet<PathBuf>,
}

impl Look {
    /// Whether there are policies in a folder, as far as it can be looked at.
    fn folder(&mut self, folder: &Path) -> bool {
        let Ok(real) = folder.canonicalize() else { return true };
        if !self.open.insert(real) {
            return false;
        }
        let Ok(entries) = folder.read_dir() else { return true };
        entries.into_iter().any(|entry| {
            self.seen += 1;
            let Ok(path) = entry.map(|entry| entry.path()) else { return true };
            if self.seen > MAX_SEEN {
                return true;
            }
            match path.metadata() {
                Ok(found) if found.is_dir() => self.folder(&path),
                Ok(_) => is_policy_name(&path) && is_policy(&path),
                Err(_) => false,
            }
        })
    }
}

/// Whether a file is a policy, as far as it can be read.
fn is_policy(path: &Path) -> bool {
    let text = std::fs::read(path);
    text.map_or(true, |text| looks_like_policy(&Document::read(path.to_string_lossy(), text)))
}
