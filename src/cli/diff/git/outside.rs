//! What links lead to that git does not keep: of that nobody can tell what it was.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::candidate::is_policy_name;
use crate::policy::looks_like_policy;
use crate::source::Document;

/// How much is looked at behind one link.
const MAX_SEEN: usize = 100_000;

/// How many links are followed one after the other, as in Linux.
const MAX_LINKS: usize = 40;

/// Whether a policy behind a link may have changed since a moment, in seconds since 1970: one that is
/// there now, and was written or put there since then, or nobody knows when. Where nothing is there, or
/// no policy, nothing is let pass. `name` is what the link is called.
pub(super) fn may_have_changed(place: &Path, name: &Path, since: Option<i64>) -> bool {
    let Ok(found) = place.metadata() else { return false };
    let mut look = Look { since, seen: 0, open: BTreeSet::new() };
    let is_led_elsewhere = look.is_led_elsewhere(place, MAX_LINKS);
    if found.is_dir() {
        if is_led_elsewhere {
            look.since = None;
        }
        return look.folder(place);
    }
    is_policy_name(name) && (is_led_elsewhere || look.is_new(&found)) && is_policy(place)
}

struct Look {
    since: Option<i64>,
    seen: usize,
    /// The folders that were looked at.
    open: BTreeSet<PathBuf>,
}

impl Look {
    /// Whether one of the links on the way to a place is new.
    fn is_led_elsewhere(&self, place: &Path, left: usize) -> bool {
        place.ancestors().any(|at| {
            let Ok(to) = at.read_link() else { return false };
            let is_new = at.symlink_metadata().map_or(true, |link| self.is_new(&link));
            let to = at.parent().unwrap_or(at).join(to);
            is_new || left == 0 || self.is_led_elsewhere(&to, left - 1)
        })
    }

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
                Ok(found) => is_policy_name(&path) && self.is_new(&found) && is_policy(&path),
                Err(_) => false,
            }
        })
    }

    fn is_new(&self, found: &Metadata) -> bool {
        self.since.is_none_or(|since| touched(found).is_none_or(|touched| touched >= since))
    }
}

/// Whether a file is a policy, as far as it can be read.
fn is_policy(path: &Path) -> bool {
    let text = std::fs::read(path);
    text.map_or(true, |text| looks_like_policy(&Document::read(path.to_string_lossy(), text)))
}

/// When a file was written, renamed or given other rights, which nobody can set.
#[cfg(unix)]
fn touched(found: &Metadata) -> Option<i64> {
    Some(std::os::unix::fs::MetadataExt::ctime(found))
}

/// Nothing tells it on this system that nobody can set.
#[cfg(not(unix))]
fn touched(_: &Metadata) -> Option<i64> {
    None
}
