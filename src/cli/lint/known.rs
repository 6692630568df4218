//! What is known of files while they are watched.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::cli::common::again::{Stamp, stamp};
use crate::lint::Found;

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
