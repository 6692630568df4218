//! What a replay read, and what that comes to.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Seen;
use crate::replay::{GrantSet, Part, Parted, Run, Totals};

/// What was read, and what it comes to.
pub(super) struct Read {
    pub(super) run: Run<()>,
    pub(super) totals: Totals,
    pub(super) seen: Option<Vec<Seen>>,
    /// The grants whose calls were counted.
    pub(super) grants: GrantSet,
    /// The names of those that were counted in parts.
    pub(super) names: BTreeSet<String>,
    pub(super) parted: Parted,
}

impl Read {
    pub(super) fn of_part(part: Part) -> Read {
        let Part { run, totals, grants: names, parted, .. } = part;
        Read { run, totals, seen: None, grants: GrantSet::default(), names, parted }
    }

    /// The same as a part.
    pub(super) fn part(mut self, options: BTreeMap<String, String>) -> Part {
        self.names.extend(self.run.grants.names(&self.grants).map(str::to_owned));
        Part::new(options, self.run, self.totals, self.names, self.parted)
    }
}
