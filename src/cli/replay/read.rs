//! What a replay read, and what that comes to.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Seen;
use crate::replay::{Part, Parted, Run, Totals};

/// What was read, and what it comes to.
pub(super) struct Read {
    pub(super) run: Run<()>,
    pub(super) totals: Totals,
    pub(super) seen: Option<Vec<Seen>>,
    /// The names of the grants, where they were written down.
    pub(super) grants: BTreeSet<String>,
    pub(super) parted: Parted,
}

impl Read {
    pub(super) fn of_part(part: Part) -> Read {
        let Part { run, totals, grants, parted, .. } = part;
        Read { run, totals, seen: None, grants, parted }
    }

    /// The same as a part.
    pub(super) fn part(mut self, options: BTreeMap<String, String>) -> Part {
        self.grants.extend(self.run.grants.names().map(str::to_owned));
        Part::new(options, self.run, self.totals, self.grants, self.parted)
    }
}
